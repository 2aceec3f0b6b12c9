"""The printed label: read back by a reader that knows nothing of this program, and measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from forensics.commands.main import main
from forensics.custody.ledger import Ledger
from forensics.custody.note import Note
from forensics.custody.store import LedgerReader
from forensics.reports.label_pdf import label_pdf
from resources import verify as plain

DPI = 300  # an ordinary office printer, or less
Pages = Callable[[Path], list[str]]


def printed(path: Path, dpi: int = DPI) -> Any:
    with pypdfium2.PdfDocument(path) as document:
        assert len(document) == 1
        return document[0].render(scale=dpi / 72).to_pil()


def label(case: Path, out: Path, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["anchor", "label", str(case), "--held-by", "room 4", "--pdf", str(out), "--json", *more]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_it_is_read_back_and_anchors_the_ledger(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], pages: Pages
) -> None:
    told = label(case, tmp_path / "l.pdf", capsys, "--exhibit", "E1")
    (code,) = zxingcpp.read_barcodes(printed(tmp_path / "l.pdf"))
    assert code.bytes.decode() == told["note"]
    with LedgerReader.open(case) as reader:
        assert Note.parse(code.bytes).signed_by(reader.verifiers()[1])
        last = next(reader.entries(told["size"] - 1)).time
    policy = (case / "keys" / "policy").read_text()
    report = plain.verify(case / "ledger.db", policy, [code.bytes])
    assert (report["level"], report["anchored"], report["faults"]) == ("L3", told["size"], [])
    text = " ".join("".join(pages(tmp_path / "l.pdf")).split())
    for each in ("Case 2026-17", "Exhibit E1", last, told["fingerprint"], "lab.example/2026-17/ledger"):
        assert each in text, each


def test_a_module_is_0_4_mm_and_the_code_26_with_its_border(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label(case, tmp_path / "l.pdf", capsys)
    dpi = 1270  # 20 dots a module
    picture = printed(tmp_path / "l.pdf", dpi)
    (code,) = zxingcpp.read_barcodes(picture)
    corners = code.position
    side = (corners.top_right.x - corners.top_left.x) / dpi * 25.4
    assert side == pytest.approx(57 * 0.4, abs=0.1)
    assert picture.size == (pytest.approx(100 / 25.4 * dpi, abs=2), pytest.approx(50 / 25.4 * dpi, abs=2))
    quiet = picture.convert("L").crop((0, 0, corners.top_left.x - 10, corners.bottom_left.y))
    assert min(quiet.tobytes()) == 255
    assert corners.top_left.x / dpi * 25.4 == pytest.approx(4 + 1.6, abs=0.1)


def test_a_stained_label_is_still_read(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Error correction M: some 15 % of the code may be lost."""
    told = label(case, tmp_path / "l.pdf", capsys)
    picture = printed(tmp_path / "l.pdf")
    picture.paste((0, 0, 0), (150, 150, 200, 190))
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.bytes.decode() == told["note"]


def test_long_names_leave_the_code_whole(tmp_path: Path, pages: Pages) -> None:
    case = tmp_path / "case"
    with Ledger.create(
        case, number="9" * 60, examiner="J", domain="a-very-long-name.of-a-laboratory.example"
    ) as ledger:
        note = ledger.checkpoint()
    (tmp_path / "l.pdf").write_bytes(label_pdf(note[: note.index("\n\n— ".encode()) + 2] + first_line(note),
                                               number="Å" * 300, exhibit="E\u202e" * 90, time_us=0))  # fmt: skip
    (code,) = zxingcpp.read_barcodes(printed(tmp_path / "l.pdf"))
    assert Note.parse(code.bytes).text == Note.parse(note).text
    assert "\u202e" not in "".join(pages(tmp_path / "l.pdf"))


def first_line(note: bytes) -> bytes:
    """The line of the ledger's Ed25519 key."""
    return note[note.index("\n\n— ".encode()) + 2 :].split(b"\n")[0] + b"\n"


def test_nothing_is_replaced(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    label(case, tmp_path / "l.pdf", capsys)
    before = (tmp_path / "l.pdf").read_bytes()
    assert main(["anchor", "label", str(case), "--held-by", "x", "--pdf", str(tmp_path / "l.pdf")]) == 2
    assert (tmp_path / "l.pdf").read_bytes() == before
