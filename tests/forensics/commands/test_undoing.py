"""The lines that undo an encoding are run by a shell, on streams that the stock tools have made."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import shutil
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest

from forensics.commands import undoing

TEXT = b"first line\npay 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa today\n"
SPAN = (15, 34)


def zipped(data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", data * 20)
    return held.getvalue()


def decoded(tmp_path: Path, encoded: bytes, locator: str, span: tuple[int, int] = SPAN) -> bytes:
    lines = undoing.lines({"locator": locator, "span_offset": span[0], "span_length": span[1]})
    (tmp_path / "bytes").write_bytes(encoded)
    script = "\n".join(["set -eu", f"work={tmp_path}", 'out="$work/bytes"', *lines])
    subprocess.run(["sh", "-c", script], check=True, capture_output=True)
    return (tmp_path / "decoded").read_bytes()


@pytest.mark.parametrize(
    ("kind", "encoded"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("bzip2", bz2.compress(TEXT)),
        ("xz", lzma.compress(TEXT)),
        ("zip", zipped(TEXT)),
        ("pdf-stream", b"stream\r\n" + zlib.compress(TEXT)),
        ("pdf-stream", b"stream\n" + zlib.compress(TEXT)),
    ],
    ids=["gzip", "bzip2", "xz", "zip", "pdf, two bytes end the line", "pdf, one byte ends the line"],
)
def test_a_stream_below_an_entry_is_undone(tmp_path: Path, kind: str, encoded: bytes) -> None:
    assert decoded(tmp_path, encoded, f"raw:a.dd > partition:1 > ext4:/a b.gz > {kind}@0") == TEXT[15 : 15 + 34]


@pytest.mark.parametrize("tool", ["zstd", "lz4"])
def test_frames_of_stock_tools_are_undone(tmp_path: Path, tool: str) -> None:
    assert shutil.which(tool)
    encoded = subprocess.run([tool, "-c"], input=TEXT, capture_output=True, check=True).stdout
    assert decoded(tmp_path, encoded, f"raw:a.dd > ext4:/x > {tool}@512") == TEXT[15 : 15 + 34]


def test_streams_within_streams_are_undone_one_after_another(tmp_path: Path) -> None:
    inner = b"-" * 7 + gzip.compress(TEXT.decode().encode("utf-16le"))
    locator = "ewf:a.E01 > partition:2 > unallocated@1024 > gzip@88 > gzip@7 > utf-16le"
    assert decoded(tmp_path, gzip.compress(inner), locator, (30, 68)) == TEXT[15 : 15 + 34]


def test_pieces_of_encoded_text_are_undone(tmp_path: Path) -> None:
    piece = TEXT[15 : 15 + 34]
    assert decoded(tmp_path, base64.encodebytes(piece), "raw:a > ext4:/m > base64@90") == piece
    assert decoded(tmp_path, piece.decode().encode("utf-16le"), "raw:a > ext4:/m > utf-16le") == piece
    assert decoded(tmp_path, b"%31A1%7a", "raw:a > ext4:/m > percent@9") == b"1A1z"


def test_an_area_is_no_encoding_and_an_unknown_one_is_said() -> None:
    finding = {"span_offset": 0, "span_length": 1}
    assert undoing.lines({**finding, "locator": "raw:a > partition:1 > unallocated@4096"}) == []
    assert "No stock tool undoes leveldb" in undoing.lines({**finding, "locator": "raw:a > ext4:/x > leveldb@9/2"})[-1]
