"""Files in 7z archives (7zFormat.txt of the LZMA SDK), solid ones too.

    | offset | length | what |
    |--------|--------|------|
    | 0      | 6      | "7z" BC AF 27 1C |
    | 6      | 2      | version, 00 and 02 to 04 |
    | 8      | 4      | CRC-32 of the next 20 bytes |
    | 12     | 8      | offset of the header, from 32 |
    | 20     | 8      | its length |
    | 28     | 4      | its CRC-32 |
    | 32     |        | encoded streams |
    |        |        | header: folders (coders and what they made together), files; often encoded itself |

Read are LZMA, LZMA2, DEFLATE, bzip2 and Zstandard, the first two also behind filters (delta, branches of
processors). PPMd, BCJ2 and encrypted archives are named, and not decoded. Stored files are in the layer below
already. Without the header, which stands at the end, nothing can be decoded.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from forensics.detectors.base import Trigger
from forensics.errors import FormatError
from forensics.model import ByteRun, Layer
from forensics.sweep.decoders._note import NOTE, flipped
from forensics.sweep.decoders._seven_zip_header import (
    ENCODED,
    FILES,
    HEADER,
    MAIN_STREAMS,
    Coder,
    Cursor,
    File,
    Folder,
    files_of,
    streams_of,
)
from forensics.sweep.decoders._streams import CHECKSUM, Drained, Plain, Step, drain, inflate_raw
from forensics.sweep.decoders._zstandard import drain_zstandard
from forensics.sweep.decoders.base import Decoded, Decoder, EncodedSpecimen

MAGIC = b"7z\xbc\xaf\x27\x1c"
SIGNATURE = 32
LARGEST_HEADER = 32 << 20

COPY, LZMA, LZMA2, DELTA = b"\0", b"\3\1\1", b"\x21", b"\3"
DEFLATE, BZIP2, ZSTANDARD, AES = b"\4\1\x08", b"\4\2\2", b"\4\xf7\x11\1", b"\6\xf1\7\1"
BRANCHES = {
    b"\3\3\1\3": lzma.FILTER_X86,
    b"\4": lzma.FILTER_X86,
    b"\3\3\2\5": lzma.FILTER_POWERPC,
    b"\5": lzma.FILTER_POWERPC,
    b"\3\3\4\1": lzma.FILTER_IA64,
    b"\6": lzma.FILTER_IA64,
    b"\3\3\5\1": lzma.FILTER_ARM,
    b"\7": lzma.FILTER_ARM,
    b"\3\3\7\1": lzma.FILTER_ARMTHUMB,
    b"\x08": lzma.FILTER_ARMTHUMB,
    b"\3\3\x08\5": lzma.FILTER_SPARC,
    b"\x09": lzma.FILTER_SPARC,
}

_7Z = bytes.fromhex(
    "377abcaf271c0004dc04f55864000000000000005a0000000000000001fd9089e0006a005c5d0028184b22033e008dce067c"
    "d3113ca64b081c2624996e34869fdb48b6d75b714bead76fb5c970f2813da1754eddd4de8af23fa8c382bf7b7de16365a86a"
    "cd552a3852d2cd315827b03f07a6dbb63e36e6f7c83b7b27b518605e713800000104060001096400070b010001212101000c"
    "6b00080a01827e856800000501190c0000000000000000000000001113006e006f00740065002e0074007800740000001900"
    "140a010000600016b410d701150601002080a4810000"
)


def _rehashed(data: bytes) -> bytes:
    """An archive whose header was changed, with the checksums that it then must have."""
    offset, length = int.from_bytes(data[12:20], "little"), int.from_bytes(data[20:28], "little")
    header = data[SIGNATURE + offset : SIGNATURE + offset + length]
    start = data[12:28] + zlib.crc32(header).to_bytes(4, "little")
    return data[:8] + zlib.crc32(start).to_bytes(4, "little") + start + data[SIGNATURE:]


class SevenZip:
    """Decodes the files of one archive."""

    kind: ClassVar[str] = "7z"
    title: ClassVar[str] = "7z archive"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"7z\xbc\xaf\x27\x1c\x00[\x00-\x04]", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("LZMA SDK 23.01, DOC/7zFormat.txt", "LZMA SDK 23.01, DOC/Methods.txt")
    specimens: ClassVar[tuple[EncodedSpecimen, ...]] = (
        EncodedSpecimen("a note", _7Z, (NOTE,), "7-Zip 26.02"),
        EncodedSpecimen("the header is cut off", _7Z[:-30], None, "7-Zip 26.02, cut"),
        EncodedSpecimen(
            "wrong checksum of the file",
            _rehashed(_7Z.replace(b"\x82\x7e\x85\x68", b"\x83\x7e\x85\x68")),
            (NOTE,),
            "7-Zip 26.02, a bit changed",
        ),
        EncodedSpecimen("wrong checksum of the header", flipped(_7Z, -20), None, "7-Zip 26.02, a bit changed"),
    )

    def decode(self, layer: Layer, at: int, limit: int) -> Iterator[Decoded]:
        """As the contract says."""
        header = None if limit <= 0 else header_of(layer, at)
        if header is None:
            return
        whole, data = header
        try:
            folders, files = directory(layer, at, data)
        except FormatError as error:
            yield Decoded(b"", whole, complete=False, caveat=f"Not decoded: {error}.")
            return
        names = [each.name for each in files if each.stored]
        yield from _files(layer, at + SIGNATURE, folders, names, limit)


def header_of(layer: Layer, at: int) -> tuple[ByteRun, bytes] | None:
    """The bytes of a whole archive and its header; None where there is none, or its checksums do not hold."""
    head = layer.read(at, SIGNATURE)
    if len(head) < SIGNATURE or head[:6] != MAGIC or int.from_bytes(head[8:12], "little") != zlib.crc32(head[12:]):
        return None
    offset, length = int.from_bytes(head[12:20], "little"), int.from_bytes(head[20:28], "little")
    if not 0 < length <= LARGEST_HEADER or at + SIGNATURE + offset + length > layer.size:
        return None
    header = layer.read(at + SIGNATURE + offset, length)
    if zlib.crc32(header) != int.from_bytes(head[28:], "little"):
        return None
    return ByteRun(at, SIGNATURE + offset + length), header


def directory(layer: Layer, at: int, header: bytes) -> tuple[list[Folder], list[File]]:
    """What a header says; one that is encoded itself is decoded first.

    Raises:
        FormatError: it is not what it must be, or is encrypted.
    """
    for _ in range(4):
        cursor = Cursor(header)
        if cursor.byte() != ENCODED:
            break
        (folder,) = streams_of(cursor)[:1] or [Folder()]
        done = _folder(layer, at + SIGNATURE, folder, LARGEST_HEADER)
        if done is None or not done.ended or zlib.crc32(done.data) != (folder.digest or zlib.crc32(done.data)):
            raise FormatError("7z header: it cannot be decoded" + (f" ({_why(folder)})" if _why(folder) else ""))
        header = done.data
    else:
        raise FormatError("7z header: encoded too often")
    cursor = Cursor(header)
    cursor.expect(HEADER)
    folders: list[Folder] = []
    kind = cursor.byte()
    if kind == MAIN_STREAMS:
        folders, kind = streams_of(cursor), cursor.byte()
    return folders, files_of(cursor) if kind == FILES else []


def _files(layer: Layer, base: int, folders: Sequence[Folder], names: Sequence[str], limit: int) -> Iterator[Decoded]:
    index, left = 0, limit
    for folder in folders:
        first, index = index, index + len(folder.streams)
        if all(coder.method == COPY for coder in folder.coders) and folder.coders:
            continue
        start = base + folder.offset
        if start >= layer.size or not folder.length or not folder.streams:
            continue
        source = ByteRun(start, min(folder.length, layer.size - start))
        done = _folder(layer, base, folder, left)
        if done is None:
            yield Decoded(b"", source, index=first, complete=False, caveat=f"Not decoded: {_why(folder)}.")
            continue
        position = 0
        early = done.caveat(limit)
        for number, (size, digest) in enumerate(folder.streams, first):
            data = done.data[position : position + size]
            position += size
            if not data and size:
                break
            caveat = early if len(data) < size else ""
            if not caveat and digest is not None and zlib.crc32(data) != digest:
                caveat = CHECKSUM
            if not data:
                continue
            left -= len(data)
            name = names[number] if number < len(names) else ""
            yield Decoded(data, source, name, number, not caveat, caveat)
        if left <= 0:
            return


def _why(folder: Folder) -> str:
    """Why a folder cannot be decoded."""
    if any(coder.method == AES for coder in folder.coders):
        return "it is encrypted"
    methods = ", ".join(coder.method.hex() for coder in folder.coders)
    return f"its methods are not known here ({methods or 'not a chain'})"


def _folder(layer: Layer, base: int, folder: Folder, limit: int) -> Drained | None:
    """The decoded bytes of a folder, at most `limit`; None if its methods are not known here."""
    if not folder.coders or limit <= 0:
        return None
    size = folder.sizes[folder.main]
    start = base + folder.offset
    end = min(start + folder.length, layer.size)
    first, rest = folder.coders[0], folder.coders[1:]
    done = _first(first, layer, start, end, min(size, limit) if not rest else min(folder.sizes[folder.order[0]], limit))
    if done is None:
        return None
    if rest:
        filters = _filters(rest)
        if filters is None:
            return None
        done = Drained(_unfiltered(done.data, filters), done.used, done.ended, done.limited, done.damaged)
    whole = len(done.data) == size and not done.damaged
    return Drained(done.data, done.used, whole, not whole and len(done.data) >= limit, done.damaged)


def _first(coder: Coder, layer: Layer, start: int, end: int, limit: int) -> Drained | None:
    """What the first coder of a chain makes."""
    if coder.method in (LZMA, LZMA2):
        filters = _lzma(coder, limit)
        if filters is None:
            return None

        def make(_exact: bool) -> Step:
            return Plain(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters))

        return drain(make, layer, start, end, limit)
    if coder.method == DEFLATE:
        return drain(inflate_raw, layer, start, end, limit)
    if coder.method == BZIP2:
        return drain(lambda _: Plain(bz2.BZ2Decompressor()), layer, start, end, limit)
    if coder.method == ZSTANDARD:
        return drain_zstandard(layer, start, end, limit)
    if coder.method == COPY:
        data = layer.read(start, min(end - start, limit))
        return Drained(data, len(data), True)
    return None


def _lzma(coder: Coder, limit: int) -> list[dict[str, Any]] | None:
    """The filter chain; its dictionary need not be larger than what is to be decoded."""
    enough = max(4096, limit)
    if coder.method == LZMA2:
        if len(coder.properties) != 1 or coder.properties[0] > 40:
            return None
        power = coder.properties[0]
        size = 0xFFFFFFFF if power == 40 else (2 | power & 1) << (power // 2 + 11)
        return [{"id": lzma.FILTER_LZMA2, "dict_size": min(size, enough)}]
    if len(coder.properties) != 5 or coder.properties[0] >= 225:
        return None
    rest, lc = divmod(coder.properties[0], 9)
    pb, lp = divmod(rest, 5)
    if lc + lp > 4:
        return None
    size = max(4096, min(int.from_bytes(coder.properties[1:], "little"), enough))
    return [{"id": lzma.FILTER_LZMA1, "dict_size": size, "lc": lc, "lp": lp, "pb": pb}]


def _filters(coders: Sequence[Coder]) -> list[dict[str, Any]] | None:
    """Filters that follow the first coder, in the order in which the library wants them."""
    chain: list[dict[str, Any]] = []
    for coder in coders:
        if coder.method == DELTA and len(coder.properties) == 1:
            chain.insert(0, {"id": lzma.FILTER_DELTA, "dist": coder.properties[0] + 1})
        elif coder.method in BRANCHES and not coder.properties:
            chain.insert(0, {"id": BRANCHES[coder.method]})
        else:
            return None
    return chain if len(chain) <= 3 else None


def _unfiltered(data: bytes, filters: list[dict[str, Any]]) -> bytes:
    """The filters undone. The library takes no filter alone, so the data go through LZMA2 chunks that are stored."""
    chain = [*filters, {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
    state = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=chain)
    out = []
    for at in range(0, len(data), 1 << 16):
        piece = data[at : at + (1 << 16)]
        out.append(state.decompress(bytes((2 if at else 1,)) + (len(piece) - 1).to_bytes(2, "big") + piece))
    out.append(state.decompress(b"\0"))
    return b"".join(out)


DECODER: Decoder = SevenZip()
