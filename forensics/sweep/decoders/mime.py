r"""Parts of e-mail messages and their headers (RFC 2045, 2047, 2231, 3676), wherever a part's header stands.

    | where | what |
    |-------|------|
    | header | lines "Name: value" before an empty line; Content-Transfer-Encoding among them wakes the decoder |
    | body   | behind the empty line, up to the line "--boundary" that also stands before the header of a part |
    | base64, quoted-printable, x-uuencode | decoded; text in a charset that is not UTF-8 is written in it |
    | 7bit, 8bit | only what is not plain text as it stands: other charsets, lines that flow on |
    | =?charset?B?…?=, =?charset?Q?…?= | encoded words: the field that holds them, decoded |

No whole message is needed: a part in free space is decoded for itself, and what a decoded part holds (a message
in Base64, an archive) is swept as any stream. The name of an attachment is the name of its stream. Parts without
an encoding are in the layer below already.
"""

from __future__ import annotations

import base64
import binascii
import bisect
import codecs
import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors import _mail
from forensics.detectors.base import Trigger
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._note import NOTE
from forensics.sweep.decoders._streams import cut
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen
from forensics.sweep.decoders.quoted_printable import unescape

Places = list[tuple[int, int, int]]

LARGEST_BODY = 64 << 20  # encoded bytes of one part
LARGEST_TEXT = 4 << 20  # of which a charset is changed
LARGEST_FIELD = 8 << 10
BUFFER = 1 << 18
UU = ("x-uuencode", "uuencode", "x-uue")
ENCODED = ("base64", "quoted-printable", *UU)

_HEADER = re.compile(rb"(?i)\AContent-Transfer-Encoding:")
_WORDS = re.compile(rb"=\?[A-Za-z0-9_.:*-]{2,40}\?[BbQq]\?")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{1,8192}(?:={0,2})[ \t]*(?:\r?\n|\Z)|[ \t]*\r?\n")
_QP_LINE = re.compile(rb"[^\r\n\0]{0,8192}(?:\r?\n|\Z)")
_UNFOLDED = re.compile(rb"[^\r\n]+")
_ASCII = re.compile(rb"[\x00-\x7f]+|[^\x00-\x7f]+")

_PART = b"--=_b1\r\nContent-Type: text/plain; charset=%s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n--=_b1--\r\n"
_TEXT = "Gr\u00fc\u00dfe. ".encode("latin-1") + NOTE
_UTF8 = "Gr\u00fc\u00dfe. ".encode() + NOTE
_CRLF = NOTE.replace(b"\n", b"\r\n")


class Mime:
    """Decodes one part, or one field."""

    kind: ClassVar[str] = "mime"
    title: ClassVar[str] = "Parts and headers of e-mail"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"(?i)\nContent-Transfer-Encoding:", at=-1, wide=False),
        Trigger(rb"=\?[A-Za-z0-9_.:*-]{2,40}\?[BbQq]\?", wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("RFC 2045", "RFC 2047", "RFC 2231", "RFC 3676")
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("short Base64", _PART % (b"utf-8", b"base64", b"UGF5IG5vdyE="), (b"Pay now!",), "by hand"),
        EncodedSpecimen(
            "Base64 in another charset",
            _PART % (b"iso-8859-1", b"BASE64", base64.encodebytes(_TEXT).replace(b"\n", b"\r\n")),
            (_UTF8,),
            "base64",
        ),
        EncodedSpecimen(
            "quoted-printable",
            _PART % (b"iso-8859-1", b"quoted-printable", binascii.b2a_qp(_TEXT).replace(b"\n", b"\r\n")[:-2]),
            (_UTF8[:-1],),
            "binascii",
        ),
        EncodedSpecimen(
            "uuencoded",
            _PART % (b"utf-8", b"x-uuencode", b"begin 644 a\r\n" + binascii.b2a_uu(NOTE[:45]) + b"end"),
            (NOTE[:45],),
            "binascii",
        ),
        EncodedSpecimen(
            "flowed",
            _PART % (b"utf-8; format=flowed", b"7bit", b"Alone.\r\nPay \r\nto me\r\n> or \r\n> not\r\n-- \r\nme"),
            (b"Pay to me\nor not\n",),
            "by hand",
        ),
        EncodedSpecimen(
            "a charset that shifts",
            _PART % (b"iso-2022-jp", b"7bit", b"\x1b$B$O$$\x1b(B 1BvB"),
            ("\u306f\u3044 1BvB".encode(),),
            "by hand",
        ),
        EncodedSpecimen(
            "encoded words",
            b"X: 1\nSubject: Re: =?iso-8859-1?Q?Gr=FC=DFe?=\n =?utf-8?B?IDEgQlRD?= now\nTo: x\n",
            ("Re: Gr\u00fc\u00dfe".encode() + b" 1 BTC now",),
            "by hand",
        ),
        EncodedSpecimen(
            "the end is cut off",
            (_PART % (b"utf-8", b"base64", base64.encodebytes(NOTE)))[:-50],
            (NOTE[:80],),
            "base64, cut",
        ),
        EncodedSpecimen("plain", _PART % (b"utf-8", b"7bit", NOTE), None, "by hand"),
        EncodedSpecimen(
            "no header", b"see\nContent-Transfer-Encoding: base64, it is\nsaid here\n\nAAAA\n", None, "by hand"
        ),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        if limit <= 0:
            return
        if _HEADER.match(layer.read(at, 26)):
            yield from _body(layer, at, limit)
        else:
            yield from _field(layer, at, limit)


def _body(layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
    """The body behind the header around `at`."""
    around = _mail.head_around(layer, at, b"content-transfer-encoding:")
    if around is None:
        return
    start, before = around
    head = _mail.head_at(layer, start)
    transfer = head.first("content-transfer-encoding")
    if head.body < 0 or transfer is None or transfer.offset != at:
        return
    content = _mail.content_of(head)
    if content.type.startswith("multipart/") or head.body >= layer.size:
        return
    boundary = before.rstrip() if before.startswith(b"--") and len(before) > 2 else b""
    out = bytearray()
    places: Places = []
    if content.encoding == "base64":
        end = _base64(layer, head.body, limit, out, places)
    elif content.encoding in ENCODED:
        end = _lines(layer, head.body, limit, boundary, content.encoding, out, places)
    else:
        yield from _plain(layer, head.body, boundary, content, limit)
        return
    text = content.type.startswith("text/") and len(out) <= LARGEST_TEXT
    data = bytes(out)
    if text and (codec := _other(content.charset)):
        data, places = _changed(data, places, codec)
    if not data:
        return
    caveat = cut(limit) if len(data) > limit else ""
    data = data[:limit]
    yield Decoded(
        data,
        ByteRun(head.body, max(1, end - head.body)),
        name=content.name,
        complete=not caveat,
        caveat=caveat,
        places=tuple(each for each in places if each[0] < len(data)),
    )


def _other(charset: str) -> str:
    """The codec of a charset that detectors do not read as it stands; empty for the others."""
    codec = _mail.charset_name(charset)
    return "" if codec in ("", "ascii", "utf-8") else codec


def _base64(layer: Layer, start: int, limit: int, out: bytearray, places: Places) -> int:
    """Decode Base64 lines of any width from `start`; gives their end."""
    position = end = start
    carry, carried = b"", start
    base, buffer = start, layer.read(start, BUFFER)
    while len(out) <= limit and position - start < LARGEST_BODY:
        if position - base + (BUFFER >> 1) > len(buffer) and base + len(buffer) < layer.size:
            base, buffer = position, layer.read(position, BUFFER)
        match = _BASE64_LINE.match(buffer, position - base)
        if match is None or match.end() == match.start():
            break
        line = match[0].strip()
        text = carry + line.rstrip(b"=")
        padded = line.endswith(b"=")
        usable = len(text) if padded else len(text) & ~3
        source = carried if carry else position
        piece = _mail.base64_bytes(text[:usable])
        if piece:
            places.append((len(out), source, position + len(match[0].rstrip()) - source))
            out += piece
        carry = text[usable:]
        if line:
            end = position + len(match[0].rstrip())
            carried = end - len(carry)
        position = base + match.end()
        if padded:
            break
    if len(carry) > 1 and len(out) <= limit:
        places.append((len(out), carried, end - carried))
        out += _mail.base64_bytes(carry)
    return end


def _lines(layer: Layer, start: int, limit: int, boundary: bytes, encoding: str, out: bytearray, places: Places) -> int:
    """Decode quoted-printable or uuencoded lines up to the boundary or what is no text; gives their end."""
    end = start
    for offset, line in _text_lines(layer, start, boundary):
        if len(out) > limit:
            break
        if encoding in UU:
            piece = _mail.uu_line(line.rstrip())
            if piece:
                places.append((len(out), offset, len(line)))
                out += piece
        else:
            unescape(out, places, line, offset)
        end = offset + len(line)
    return end


def _text_lines(layer: Layer, start: int, boundary: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines with their ends, up to the boundary, the next message of a mailbox or what is no text."""
    position = start
    base, buffer = start, layer.read(start, BUFFER)
    blank = True
    if boundary and buffer.startswith(boundary):
        return
    while position - start < LARGEST_BODY:
        if position - base + (BUFFER >> 1) > len(buffer) and base + len(buffer) < layer.size:
            base, buffer = position, layer.read(position, BUFFER)
        match = _QP_LINE.match(buffer, position - base)
        if match is None or match.end() == match.start():
            zero = buffer.find(b"\0", position - base, position - base + 8192)
            if zero > position - base:
                yield position, buffer[position - base : zero]
            return
        line = match[0]
        if boundary and buffer.startswith(boundary, match.end()):
            if line.rstrip(b"\r\n"):
                yield position, line.rstrip(b"\r\n")  # the line end belongs to the boundary
            return
        if not boundary and ((blank and _mail.FROM_LINE.match(line.rstrip())) or _HEADER.match(line)):
            return  # the next message
        yield position, line
        blank = not line.strip()
        position = base + match.end()


def _plain(layer: Layer, start: int, boundary: bytes, content: _mail.Content, limit: int) -> Iterator[Decoded]:
    """What of an unencoded body is not plain text as it stands."""
    if not content.type.startswith("text/"):
        return
    codec = _other(content.charset)
    if not codec and not content.flowed:
        return
    shifts = codec.startswith(("iso2022", "hz", "utf-7", "utf_7", "utf-16", "utf-32"))
    out = bytearray()
    places: Places = []
    first = last = -1
    open_line = False
    for offset, line in _text_lines(layer, start, boundary):
        if len(out) > limit or offset - start > LARGEST_TEXT:
            break
        stored, at = line.rstrip(b"\r\n"), offset
        soft = goes_on = False
        if content.flowed:
            quotes = len(stored) - len(stored.lstrip(b">"))
            stored, at = stored[quotes:], at + quotes
            if stored.startswith(b" "):
                stored, at = stored[1:], at + 1
            goes_on, soft = open_line, stored.endswith(b" ") and stored != b"-- "
            if soft and content.delete_space:
                stored = stored[:-1]
        strange = bool(codec) and (not stored.isascii() or (shifts and re.search(rb"[\x1b~+]", stored) is not None))
        if not (strange or soft or goes_on):
            continue
        if first < 0:
            first = offset
        data, pieces = _changed(stored, [(0, at, len(stored))], codec) if strange else (stored, [(0, at, len(stored))])
        if data:
            places.extend((len(out) + each, source, size) for each, source, size in pieces)
            out += data
        last = offset + len(line.rstrip(b"\r\n"))
        open_line = soft
        if not soft and out:
            out += b"\n"
    if first < 0 or not places:
        return
    if not content.flowed and out.endswith(b"\n"):
        del out[-1]
    caveat = cut(limit) if len(out) > limit else ""
    data = bytes(out[:limit])
    kept = tuple(each for each in places if each[0] < len(data))
    yield Decoded(data, ByteRun(first, max(1, last - first)), complete=not caveat, caveat=caveat, places=kept)


def _changed(data: bytes, places: Places, codec: str) -> tuple[bytes, Places]:
    """Text in UTF-8 instead of a charset, with the places of its characters in the source."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    # In these a byte below 128 at the start of a character is that character.
    steady = not codec.startswith(("iso2022", "hz", "utf-7", "utf_7", "utf-16", "utf-32"))
    starts = [each[0] for each in places]
    out = bytearray()
    changed: Places = []
    begun = position = 0

    def keep(text: str, end: int) -> None:
        nonlocal begun
        if text:
            piece = text.encode("utf-8", "replace")
            changed.append((len(out), *_source(places, starts, begun, end)))
            out.extend(piece)
            begun = end

    while position < len(data):
        match = _ASCII.match(data, position)
        assert match is not None
        if steady and begun == position and data[position] < 0x80:
            # plain text, piece by piece as it was
            stop = match.end()
            while position < stop:
                number = bisect.bisect_right(starts, position) - 1
                behind = starts[number + 1] if number + 1 < len(starts) else len(data)
                end = min(stop, behind)
                changed.append((len(out), *_source(places, starts, position, end)))
                out += data[position:end]
                position = begun = end
            continue
        position += 1
        keep(decoder.decode(data[position - 1 : position]), position)
    keep(decoder.decode(b"", True), len(data))
    return bytes(out), changed


def _source(places: Places, starts: list[int], low: int, high: int) -> tuple[int, int]:
    """Source offset and length of decoded bytes from `low` to `high`."""
    first = max(0, bisect.bisect_right(starts, low) - 1)
    last = max(first, bisect.bisect_left(starts, high) - 1)
    start, end = places[first][1], places[last][1] + places[last][2]
    if first == last and len(starts) > 0:
        size = places[first][2]
        behind = starts[first + 1] if first + 1 < len(starts) else starts[first] + size
        if behind - starts[first] == size:  # kept byte for byte
            return start + low - starts[first], high - low
    return start, max(1, end - start)


def _field(layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
    """The field, or other line, whose first encoded word begins before `at`."""
    low = max(0, at - LARGEST_FIELD)
    window = layer.read(low, at - low)
    begin = len(window)
    while True:
        line = window.rfind(b"\n", 0, max(0, begin - 1)) + 1
        begin = max(line, window.rfind(b"\0", line, begin) + 1)
        if begin == 0 or window[begin - 1 : begin] != b"\n" or window[begin : begin + 1] not in (b" ", b"\t"):
            break
    word = _WORDS.search(window, begin)
    if word is None or word.end() < len(window):
        return
    stored = layer.read(low + begin, LARGEST_FIELD)
    stop = re.search(rb"\0|\r?\n(?![ \t])|\Z", stored)
    value = stored[: stop.start()] if stop else stored
    name = re.match(rb"[A-Za-z][A-Za-z0-9-]{0,60}:[ \t]*", value)
    skip = name.end() if name else 0
    out = bytearray()
    places: Places = []
    changed = False
    for text, offset, length in _mail.word_pieces(value[skip:]):
        piece = text.encode("utf-8", "replace")
        raw = value[skip + offset : skip + offset + length]
        if raw != piece:
            changed = True
            places.append((len(out), low + begin + skip + offset, length))
            out += piece
            continue
        for each in _UNFOLDED.finditer(raw):
            places.append((len(out), low + begin + skip + offset + each.start(), len(each[0])))
            out += each[0]
    if not changed or not out:
        return
    caveat = cut(limit) if len(out) > limit else ""
    data = bytes(out[:limit])
    yield Decoded(
        data,
        ByteRun(low + begin + skip, max(1, len(value) - skip)),
        complete=not caveat,
        caveat=caveat,
        places=tuple(each for each in places if each[0] < len(data)),
    )


DECODER: Decoder = Mime()
