"""E-mail as text (RFC 5322, RFC 2045 to 2047, RFC 2231), read with the place of every part.

| part   | content                                                                                   |
|--------|-------------------------------------------------------------------------------------------|
| header | lines "Name: value"; lines that begin with a blank go on with the value before them         |
| empty line |                                                                                         |
| body   | text, or parts between lines "--boundary", the last of which is "--boundary--"              |

A part is a header and a body again. The library's parser keeps no positions, hence this reader. All lengths and
counts are bounded; what is beyond a bound is not read.
"""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from forensics.model import Layer

LARGEST_HEADER = 64 << 10
LONGEST_HEADER = 1 << 20
LARGEST_BODY = 32 << 20  # with a boundary
LARGEST_TEXT = 8 << 20  # without
MOST_FIELDS = 1_000
MOST_PARTS = 500
DEEPEST = 12
MESSAGES = ("message/rfc822", "message/partial", "message/global", "message/news")  # whose bodies begin with a header
SECTOR = 512  # a file's first byte stands at a multiple of this, whatever is before it
PIECE = 1 << 16
LARGEST_PIECE = 1 << 20

_FIELD = re.compile(
    rb"([A-Za-z][A-Za-z0-9_-]{0,60}):[ \t]?([^\r\n\0]{0,65000}(?:\r?\n[ \t]+[^\s\0][^\r\n\0]{0,65000})*)(?:\r?\n|\Z)"
)
_OLD_FROM = re.compile(rb">?From [^\r\n\0]{1,300}\r?\n")
_LINE_FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9_-]{0,60}:[^\0]*\Z")
BOM = b"\xef\xbb\xbf"
# Thunderbird writes "From - " with a date or without one, exports of web mail a number at "xxx".
_FROM_FORM = (
    rb"From (?:-|[^\s\0]{1,200}@[^\s\0]{1,200}|[^\s\0]{1,200} +[^\r\n\0]{0,40}\d\d:\d\d[^\r\n\0]{0,100})[ \t]{0,20}"
)
FROM_LINE = re.compile(_FROM_FORM + rb"\Z|From - [^\r\n\0]{10,80}\Z")
_NEXT = re.compile(_FROM_FORM + rb"\r?\n>?[A-Za-z][A-Za-z0-9 -]{0,60}[:-]")
_WORD = re.compile(rb"=\?([A-Za-z0-9_.:-]{2,40})(?:\*[A-Za-z0-9-]{0,20})?\?([BbQq])\?([^?\r\n\0]{0,2000})\?=")
_BETWEEN = re.compile(rb"(?<=\?=)[ \t\r\n]+(?==\?)")
_PARAMETER = re.compile(
    rb";\s*([A-Za-z][A-Za-z0-9-]{0,40})(?:\*(\d{1,3}))?(\*)?\s*=\s*(?:\"((?:[^\"\\]|\\.){0,2000})\"|([^;\s\"]{0,2000}))"
)
# Names of character sets that Python's codecs of those names may be asked for; others of its codecs are no charsets.
_CHARSET = re.compile(
    r"(?:us-?)?ascii|utf-?(?:7|8|16|32)(?:-?[bl]e)?|iso-?8859-?\d{1,2}|latin-?\d|(?:windows-?|cp)\d{3,5}|koi8-[rut]"
    r"|gbk?|gb-?2312|gb18030|hz(?:-gb-2312)?|big5(?:-?hkscs)?|euc-?(?:jp|kr)|(?:shift|s)[-_]?jis|iso-?2022-[a-z0-9-]{2,6}"
    r"|ks_c_5601-1987|tis-?620|mac(?:intosh|cyrillic|roman|greek|turkish|latin2)"
)


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One field: its name in lower case, its stored value with folds, and its place in the layer."""

    name: str
    value: bytes
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Head:
    """A header in a layer: where it starts, its fields, and where the body begins; -1 if no empty line ends it."""

    start: int
    fields: tuple[HeaderField, ...]
    body: int
    end: int  # behind the last field

    def first(self, name: str) -> HeaderField | None:
        """The first field of a name."""
        return next((each for each in self.fields if each.name == name), None)

    def value(self, name: str) -> bytes:
        """The stored value of the first field of a name, empty if there is none."""
        found = self.first(name)
        return found.value if found else b""

    def every(self, name: str) -> list[HeaderField]:
        """All fields of a name."""
        return [each for each in self.fields if each.name == name]


@dataclass(frozen=True, slots=True)
class Content:
    """What a part's header says of its body."""

    type: str  # "text/plain", lower case
    charset: str
    encoding: str  # "base64", "quoted-printable", "7bit", …
    boundary: bytes
    name: str
    attached: bool
    flowed: bool
    delete_space: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message that holds no parts itself: what it is, and where its body lies in the layer."""

    content: Content
    offset: int
    length: int
    depth: int
    data: bytes = field(repr=False)  # as stored

    def decoded(self) -> bytes:
        """The body without its transfer encoding."""
        return decoded(self.data, self.content.encoding)


def head_at(layer: Layer, start: int, most: int = LARGEST_HEADER) -> Head:
    """The header that starts at `start`."""
    data = layer.read(start, most)
    head = head_in(data, start)
    if head.body < 0 and len(data) == most < LONGEST_HEADER:
        return head_in(layer.read(start, LONGEST_HEADER), start)
    return head


def head_in(data: bytes, base: int, at: int = 0) -> Head:
    """The header at `at` of `data`, which lies at `base` of the layer."""
    found: list[HeaderField] = []
    position = at
    while len(found) < MOST_FIELDS:
        match = _FIELD.match(data, position)
        if match is None:
            old = _OLD_FROM.match(data, position)
            if old is None:
                break
            position = old.end()
            continue
        length = match.end() - position
        found.append(HeaderField(match[1].decode("ascii").lower(), match[2], base + position, length))
        position = match.end()
    blank = re.compile(rb"[ \t]{0,80}\r?\n").match(data, position)
    return Head(base + at, tuple(found), base + blank.end() if blank else -1, base + position)


def head_around(layer: Layer, at: int, name: bytes = b"") -> tuple[int, bytes] | None:
    """Where the header around the line start `at` begins, and the line before it (empty at the layer's start).

    A line that is cut by a sector's start begins there if a field does: what is before it is another file's end.
    None if a field of `name` (in lower case, with its colon) stands in the header before `at`.
    """
    size = 1 << 11
    while True:
        low = max(0, at - size)
        window = layer.read(low, at - low)
        found = _begin(window, low, name)
        if found is None or found[0] > low or low == 0 or size >= LARGEST_HEADER:
            return found
        size <<= 2


def _begin(window: bytes, low: int, name: bytes) -> tuple[int, bytes] | None:
    """As `head_around`, in a window that ends where a line starts; `low` is returned if it is all header."""
    begin = held = len(window)  # `held`: where lines start that are folds so far
    while held:
        before = window.rfind(b"\n", 0, held - 1) + 1
        line = window[before:held].rstrip(b"\r\n")
        if before == 0 and low > 0:
            return low, b""  # the window cuts this line
        if window[held - 1 : held] != b"\n":
            return low + begin, b"\0"
        if line[:1] in (b" ", b"\t") and line.strip():
            held = before
            continue
        if _LINE_FIELD.match(line) or line.startswith(b">From "):
            if name and line[: len(name)].lower() == name:
                return None
            begin = held = before
            continue
        return _within(line, low + before, low + begin)
    return low + begin, b""


def _within(line: bytes, at: int, begin: int) -> tuple[int, bytes]:
    """Where a header begins in or behind a line that is no field as a whole, and what is before it."""
    zero = line.rfind(b"\0") + 1
    if zero and _LINE_FIELD.match(line, zero):
        return at + zero, b"\0"
    if line.startswith(BOM) and _LINE_FIELD.match(line, len(BOM)):
        return at + len(BOM), b"\0"
    for place in range(at + -at % SECTOR, at + len(line), SECTOR):
        if _LINE_FIELD.match(line, place - at):
            return place, b"\0"
    return begin, line[zero:] or line[-1:]


def encoding_before(layer: Layer, at: int) -> str:
    """The transfer encoding that a header says of the body that begins at `at`; empty where no such header ends there."""
    low = max(0, at - 512)
    blank = len(layer.read(low, at - low).rstrip(b"\r\n"))
    if low + blank + 2 > at or not blank:
        return ""
    last = low + blank
    last += 2 if layer.read(last, 2) == b"\r\n" else 1
    around = head_around(layer, last)
    if around is None:
        return ""
    head = head_at(layer, around[0])
    if head.end != last or not 0 <= head.body <= at:
        return ""
    stated = head.first("content-transfer-encoding")
    content = content_of(head)
    return content.encoding if stated and stated.offset and not content.type.startswith("multipart/") else ""


def content_of(head: Head) -> Content:
    """What a header says of the body."""
    stored = head.value("content-type")
    disposition = head.value("content-disposition")
    given, placed = parameters(stored), parameters(disposition)
    kind = re.match(rb"\s*([A-Za-z0-9.+_-]{1,60}/[A-Za-z0-9.+_-]{1,100})", stored)
    encoding = re.match(rb"\s*\"?([A-Za-z0-9-]{1,30})", head.value("content-transfer-encoding"))
    return Content(
        type=kind[1].decode("ascii").lower() if kind else "text/plain",
        charset=given.get("charset", "").lower()[:40],
        encoding=encoding[1].decode("ascii").lower() if encoding else "7bit",
        boundary=given.get("boundary", "")[:200].rstrip().encode("utf-8", "surrogateescape"),
        name=(placed.get("filename") or given.get("name") or "")[:255],
        attached=disposition.strip()[:10].lower() == b"attachment",
        flowed=given.get("format", "").lower() == "flowed",
        delete_space=given.get("delsp", "").lower() == "yes",
    )


def parameters(stored: bytes) -> dict[str, str]:
    """The parameters of a field's value, by lower-case name; those of RFC 2231 put together."""
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, bytes]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(stored[:16_384])):
        if count >= 100:
            break
        name = match[1].decode("ascii").lower()
        value = re.sub(
            rb"\r?\n[ \t]", b" ", re.sub(rb"\\([\"\\])", rb"\1", match[4]) if match[4] is not None else match[5]
        )
        if match[2] is not None or match[3]:
            pieces.setdefault(name, []).append((int(match[2] or 0), bool(match[3]), value))
        else:
            plain.setdefault(name, value.decode("utf-8", "surrogateescape") if name == "boundary" else words(value))
    for name, parts in pieces.items():
        plain[name] = _joined(sorted(parts, key=lambda each: each[0]))
    return plain


def _joined(parts: list[tuple[int, bool, bytes]]) -> str:
    """The value of a parameter in numbered, percent-encoded pieces (RFC 2231)."""
    charset, out = "", b""
    for number, coded, value in parts:
        if coded and number == parts[0][0] and value.count(b"'") >= 2:
            named, _, rest = value.split(b"'", 2)
            charset = named.decode("ascii", "replace")
            out += unquote_to_bytes(rest)
        else:
            out += unquote_to_bytes(value) if coded else value
    return text(out, charset)


def charset_name(stored: str) -> str:
    """The name of Python's codec for a stored charset, empty if it is none."""
    name = stored.strip().strip("'\"").lower()
    if not _CHARSET.fullmatch(name):
        return ""
    name = {"ks_c_5601-1987": "cp949", "gb2312": "gbk", "gb-2312": "gbk", "hz-gb-2312": "hz"}.get(name, name)
    try:
        return codecs.lookup(name.replace("windows-", "cp").replace("windows", "cp")).name
    except LookupError:
        return ""


def text(data: bytes, charset: str = "") -> str:
    """Bytes as text of a charset; without a good one UTF-8, else Windows-1252."""
    known = charset_name(charset)
    if known and known != "ascii":
        return data.decode(known, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def word(match: re.Match[bytes]) -> str:
    """One encoded word (RFC 2047)."""
    return text(_word_bytes(match[2], match[3]), match[1].decode("ascii"))


def _word_bytes(form: bytes, body: bytes) -> bytes:
    if form in b"Bb":
        return base64_bytes(body)
    return binascii.a2b_qp(body.replace(b"_", b"=20"))


def words(stored: bytes) -> str:
    """A field's value as text: folds undone, encoded words (RFC 2047) decoded."""
    return "".join(piece for piece, _, _ in word_pieces(stored)).replace("\r", "").replace("\n", "").strip()


def word_pieces(stored: bytes) -> Iterator[tuple[str, int, int]]:
    """The pieces of a value: text, and the offset and length of its stored form; nothing is left out between them.

    Neighbouring words of one charset are decoded together: some programs cut within a character.
    """
    position = 0
    found = list(_WORD.finditer(stored))
    number = 0
    while number < len(found):
        first = last = found[number]
        if first.start() > position:
            yield text(stored[position : first.start()]), position, first.start() - position
        body = _word_bytes(first[2], first[3])
        while number + 1 < len(found):
            following = found[number + 1]
            if stored[last.end() : following.start()].strip() or following[1].lower() != first[1].lower():
                break
            body += _word_bytes(following[2], following[3])
            last = following
            number += 1
        number += 1
        yield text(body, first[1].decode("ascii")), first.start(), last.end() - first.start()
        position = last.end()
        gap = _BETWEEN.match(stored, position)
        if gap:
            position = gap.end()
    if position < len(stored):
        yield text(stored[position:]), position, len(stored) - position


def base64_bytes(data: bytes) -> bytes:
    """Base64 decoded; what is not of its alphabet is left out, an incomplete end too."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data.split(b"=", 1)[0] if data.count(b"=") <= 2 else data)
    over = len(kept) % 4
    return binascii.a2b_base64(kept[:-1] if over == 1 else kept + b"=" * (-len(kept) % 4))


def decoded(data: bytes, encoding: str) -> bytes:
    """Bytes without their transfer encoding."""
    if encoding == "base64":
        return base64_bytes(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding in ("x-uuencode", "uuencode", "x-uue"):
        return b"".join(uu_line(each) for each in data.splitlines())
    return data


def uu_line(line: bytes) -> bytes:
    """A line of uuencoded text; empty for its first and last lines and what is none."""
    if not line or line.startswith(b"begin ") or line == b"end":
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return b""


def delimiter(boundary: bytes) -> re.Pattern[bytes]:
    """The lines that part the parts; group 1 is not empty for the closing one."""
    return re.compile(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\0|\Z)")


def parts_of(data: bytes, base: int, head: Head, depth: int = 0) -> Iterator[Part]:
    """The parts of the message or part `data`, which lies at `base`, with their places; at most `MOST_PARTS`."""
    left = [MOST_PARTS]
    yield from _parts(data, base, head, head.body - base, len(data), depth, left)


def _parts(data: bytes, base: int, head: Head, start: int, end: int, depth: int, left: list[int]) -> Iterator[Part]:
    content = content_of(head)
    if depth < DEEPEST and content.type.startswith("multipart/") and content.boundary:
        inner = None
        for match in delimiter(content.boundary).finditer(data, max(0, start - 1), end):
            if inner is not None:
                stop = match.start() - (data[match.start() - 1 : match.start()] == b"\r")
                yield from _part(data, base, inner, stop, depth, left)
            inner = match.end()
            newline = re.compile(rb"\r?\n").match(data, inner)
            inner = newline.end() if newline else inner
            if match[1]:
                return
        if inner is not None and inner < end:
            yield from _part(data, base, inner, end, depth, left)
        return
    if depth < DEEPEST and content.type in MESSAGES and content.encoding not in ("base64", "quoted-printable"):
        yield from _part(data, base, start, end, depth, left, content)
        return
    if left[0] > 0:
        left[0] -= 1
        yield Part(content, base + start, end - start, depth, data[start:end])


def _part(
    data: bytes, base: int, at: int, end: int, depth: int, left: list[int], message: Content | None = None
) -> Iterator[Part]:
    """The part whose header begins at `at`; with `message`, what its own part says, it is yielded as a whole too."""
    if left[0] <= 0 or at >= end:
        return
    head = head_in(data[at : min(end, at + LARGEST_HEADER)], base + at)
    start = head.body - base if head.body >= 0 else min(end, head.end - base)
    if message is not None:
        left[0] -= 1
        yield Part(message, base + at, end - at, depth, data[at:end])
    yield from _parts(data, base, head, start, end, depth + 1, left)


def moment(stored: bytes | str) -> tuple[datetime, str] | None:
    """A date of RFC 5322 in UTC with the zone that it was written in, `unknown` where there is none."""
    written = (stored.decode("latin-1") if isinstance(stored, bytes) else stored).strip()[:100]
    try:
        when = parsedate_to_datetime(written)
        if not 1970 <= when.year <= 2100:
            return None
        ahead = when.utcoffset()
        if ahead is None:
            return when.replace(tzinfo=UTC), "unknown"
        minutes = int(ahead.total_seconds()) // 60
        zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
        return when.astimezone(UTC), zone if minutes else "utc"
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def hop(each: HeaderField) -> dict[str, str]:
    """One Received field: from where, by whom, when."""
    stored = words(each.value)[:2_000]
    route, _, written = stored.rpartition(";")
    match = re.search(r"\bfrom\s+(\S{1,255}(?:\s+\([^()]{0,300}\))?)", route)
    by = re.search(r"\bby\s+(\S{1,255})", route)
    told: dict[str, str] = {"date": written.strip()[:100]}
    if match:
        told["from"] = match[1]
    if by:
        told["by"] = by[1]
    return told


def body_end(layer: Layer, at: int, start: int, boundary: bytes, *, within: bool = False) -> tuple[int, str]:
    """Where a body that begins at `start` ends, and what broke it off where that is not its own end.

    The last line with `boundary`, if there is one, closes the body; `within` another message's part the first does,
    and it is not part of the body.
    """
    most = LARGEST_BODY if boundary else LARGEST_TEXT
    missing = "the closing boundary is missing" if boundary else ""
    lines = delimiter(boundary) if boundary else None
    position, size = max(at, start - 2), PIECE
    while position < min(layer.size, start + most):
        data = layer.read(position, size + 512)
        last = len(data) < size + 512
        reach = len(data) if last else size
        stop, end = _stop(data, reach)
        found = _closing(data, boundary, lines, min(reach, stop), within) if lines else None
        if found is not None:
            end = position + found
            behind = b"" if within else layer.read(end, 2)
            return end + (2 if behind == b"\r\n" else 1 if behind[:1] == b"\n" else 0), ""
        if end >= 0:
            return trimmed(layer, at, position + end), missing
        if last:
            break
        position += size
        size = min(size << 1, LARGEST_PIECE)
    end = min(layer.size, start + most)
    return trimmed(layer, at, end), missing or ("" if end == layer.size else f"more than {most >> 20} MiB of text")


def _stop(data: bytes, reach: int) -> tuple[int, int]:
    """Where text or the message of a mailbox ends before `reach` (else `reach`), and the same or -1 if neither does."""
    zero = data.find(b"\0", 0, reach)
    reach = zero if zero >= 0 else reach
    at = data.find(b"\nFrom ", 0, reach)
    while at >= 0:
        if _NEXT.match(data, at + 1):
            return at, at + 1
        at = data.find(b"\nFrom ", at + 1, reach)
    return reach, zero


def _closing(data: bytes, boundary: bytes, lines: re.Pattern[bytes], reach: int, within: bool) -> int | None:
    """The end of the body by a line with the boundary that begins before `reach`."""
    at = data.find(b"\n--" + boundary, 0, reach)
    while at >= 0:
        match = lines.match(data, at)
        if match and within:
            return at - (data[at - 1 : at] == b"\r")
        if match and match[1]:
            return match.end()
        at = data.find(b"\n--" + boundary, at + 1, reach)
    return None


def trimmed(layer: Layer, at: int, end: int) -> int:
    """Up to the end of the last line that has text."""
    low = max(at, end - PIECE)
    tail = layer.read(low, end - low)
    kept = len(tail.rstrip(b"\r\n\t "))
    kept += 2 if tail[kept : kept + 2] == b"\r\n" else 1 if tail[kept : kept + 1] == b"\n" else 0
    return low + kept
