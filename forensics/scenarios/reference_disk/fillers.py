"""Files that hold nothing: text, pages, programs, rows, logs, pictures, binaries, documents, containers."""

from __future__ import annotations

import functools
import io
import itertools
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from forensics.scenarios.reference_disk.draw import Draw
from forensics.scenarios.reference_disk.words import Language, fill

_KNOTS = (  # (share of all files in thousandths, size in bytes): between them the size grows evenly
    (0, 60), (80, 350), (250, 900), (500, 2400), (750, 6200), (900, 18000), (970, 44000), (990, 92000),
    (999, 380000), (1000, 800000),
)  # fmt: skip


def size_of(draw: Draw, largest: int) -> int:
    """The size of a file: half are below 2.4 kB, one in a thousand above 380 kB."""
    share = draw.below(1_000_000)
    for (low, small), (high, large) in itertools.pairwise(_KNOTS):
        if share < high * 1000:
            return min(largest, small + (large - small) * (share - low * 1000) // ((high - low) * 1000))
    return largest


Make = Callable[[Language, Draw, int], bytes]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: ending, share in hundredths of a per cent, its sizes against the usual ones in tenths."""

    ending: str
    share: int
    tenths: int
    make: Make


def _text(table: str) -> Make:
    def make(language: Language, draw: Draw, size: int) -> bytes:
        return bytes(fill(getattr(language, table), draw, size))

    return make


def _wide(language: Language, draw: Draw, size: int) -> bytes:
    return wide(fill(language.prose, draw, max(0, size // 2 - 1))).ljust(size, b"\0")


def wide(text: bytes | bytearray) -> bytes:
    """ASCII as UTF-16LE with its mark."""
    out = bytearray(2 + 2 * len(text))
    out[:2] = b"\xff\xfe"
    out[2::2] = text
    return bytes(out)


def _jpeg(_: Language, draw: Draw, size: int) -> bytes:
    head = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x48\0\x48\0\0\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0?\0"
    body = draw.octets(size).replace(b"\xff", b"\xff\0")
    return (head + body)[: max(0, size - 2)] + b"\xff\xd9"[: min(size, 2)]


def _binary(language: Language, draw: Draw, size: int) -> bytes:
    head = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack("<HHI", 3, 62, 1)
    out = bytearray(head[:size])
    while len(out) < size:
        part = min(size - len(out), 60_000)
        out += fill(language.code, draw, part)
        if draw.below(3) == 0:
            names = [f"{language.word(draw)}_{language.word(draw)}" for _ in range(60)]
            out += b"\0".join(f"{name}@{name.upper()}_2.{draw.below(40)}".encode() for name in names)
        out += bytes(draw.pick((0, 64, 512, 4096)))
    return bytes(out[:size])


def _noise(_: Language, draw: Draw, size: int) -> bytes:
    return draw.octets(size)


def gzipped(data: bytes) -> bytes:
    """A gzip member without name and time (RFC 1952)."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = packer.compress(data) + packer.flush()
    return b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + body + struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def document(paragraphs: list[str]) -> bytes:
    """A word processor's document (OOXML) of paragraphs."""
    types = (
        '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>'
    )
    relations = (
        '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'officeDocument" Target="word/document.xml"/></Relationships>'
    )
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>' for text in paragraphs)
    main = (
        '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/'
        f'2006/main"><w:body>{body}</w:body></w:document>'
    )
    members = {"[Content_Types].xml": types, "_rels/.rels": relations, "word/document.xml": main}
    return zipped({name: text.encode() for name, text in members.items()})


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of deflated members, all of one time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (2024, 3, 5, 14, 20, 0))
            info.create_system = 0
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def pdf(pages: list[list[str]]) -> bytes:
    """A PDF of pages of lines, each page one deflated stream."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index, lines in enumerate(pages):
        drawn = "".join(f"({line}) Tj T*\n" for line in lines)
        stream = zlib.compress(f"BT /F1 9 Tf 12 TL 50 800 Td\n{drawn}ET\n".encode(), 6)
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * index} 0 R >>".encode()
        )
        bodies.append(f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode() + stream + b"\nendstream")
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def sentences(language: Language, draw: Draw, size: int) -> list[str]:
    """Prose without marks that documents would have to escape, in lines of about 90 characters."""
    text = fill(language.prose, draw, size).decode().translate(_PLAIN)
    return [text[at : at + 90] for at in range(0, len(text), 90)]


_PLAIN = str.maketrans({"&": "+", "<": " ", ">": " ", "\n": " ", "(": " ", ")": " ", "\\": " "})

KINDS = (
    Kind("txt", 1400, 10, _text("prose")),
    Kind("html", 1500, 10, _text("html")),
    Kind("c", 2200, 8, _text("source")),
    Kind("csv", 700, 12, _text("records")),
    Kind("log", 500, 20, _text("lines")),
    Kind("eml", 300, 6, _text("prose")),
    Kind("jpg", 1100, 24, _jpeg),
    Kind("so", 1500, 16, _binary),
    Kind("dat", 200, 6, _noise),
    Kind("ini", 200, 5, _wide),
)
PACKED = (("gz", 140), ("docx", 130), ("pdf", 130))
_ALL = sum(kind.share for kind in KINDS) + sum(share for _, share in PACKED)


def kind_of(draw: Draw) -> Kind:
    """A kind by its share."""
    turn = draw.below(_ALL)
    for kind in _kinds():
        if turn < kind.share:
            return kind
        turn -= kind.share
    raise AssertionError


def packed(ending: str, lines: list[str]) -> bytes:
    """Lines as a gzip file, a document or a PDF."""
    if ending == "gz":
        return gzipped("\n".join(lines).encode())
    if ending == "docx":
        return document(lines)
    return pdf([lines[at : at + 60] for at in range(0, len(lines), 60)] or [[]])


@functools.cache
def _kinds() -> tuple[Kind, ...]:
    return (*KINDS, *(Kind(ending, share, 10, _packing(ending)) for ending, share in PACKED))


def _packing(ending: str) -> Make:
    def make(language: Language, draw: Draw, size: int) -> bytes:
        return packed(ending, sentences(language, draw, min(4 * size, 400_000)))

    return make
