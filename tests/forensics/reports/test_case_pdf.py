"""The report of a case on paper: what is on it, for whom it is safe, and that it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from forensics.case import schema
from forensics.case.store import Case
from forensics.commands.main import main
from forensics.reports import case_pdf
from forensics.reports.case_pdf import write_pdf
from forensics.reports.paper import MARGIN, Paper, Words
from forensics.reports.state import state_of
from tests.forensics.reports.conftest import finding

Put = Callable[..., None]
Pages = Callable[[Path], list[str]]


def written(folder: Path, out: Path) -> Path:
    with Case.read(folder) as case:
        write_pdf(case, out, state_of(case))
    return out


def test_what_it_says(case: Path, tmp_path: Path, put: Put, pages: Pages) -> None:
    put(case, schema.finding, [finding(1), finding(2, kind="onion/v3", grade=3, caveats_json='["beside a title"]')])
    place = {"exhibit": "E1", "place": "partition 2", "reason": "encrypted", "detail": "LUKS 2", "bytes": 1 << 20,
             "offset": 512, "logical": False, "attempts": 1}  # fmt: skip
    put(case, schema.unexamined, [place])
    text = "\n".join(pages(written(case, tmp_path / "r.pdf")))
    plain = " ".join(text.split())
    for each in (
        "Case 2026-17", "J. Doe", "lab.example/2026-17/ledger", "L1", "none: whoever holds the keys",
        "Laptop de Jörg, 北京", "cd" * 16, "no digest stored", "the last sector is short", "address/bitcoin", "1Value1",
        "/home/Jörg/Datei 1.txt", "34 bytes at 512", "base58check: pass", "C3", "beside a title", "partition 2",
        "1,048,576 bytes", "LUKS 2", "A false statement, signed when it was made", "proven by cryptography",
    ):  # fmt: skip
        assert each in plain, each
    assert f"{2:064x}" in text.replace("\n", "").replace("\r", "")


def test_the_same_state_gives_the_same_bytes(case: Path, tmp_path: Path, put: Put) -> None:
    put(case, schema.finding, [finding(n, value=f"שלום {n} 张伟") for n in range(30)])
    assert written(case, tmp_path / "a").read_bytes() == written(case, tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\u202egnp.exe", "a\\u{202e}gnp.exe"),
        ("one\nPage 1 of 1\x00", "one\\u{a}Page 1 of 1\\u{0}"),
        ("soft\u00adhyphen\u200bzero", "soft\\u{ad}hyphen\\u{200b}zero"),
        ("{nb} **bold** __under__ <b>x</b>", "{nb} **bold** __under__ <b>x</b>"),
        (") Tj ET /JS (app.alert) \\", ") Tj ET /JS (app.alert) \\"),
        ("o" + "\u0301" * 7, "\\u{301}" * 4),
        ("\ue000\U000f0000", "\\u{e000}\\u{f0000}"),
        ("नम ไทย 한", "\\u{928}\\u{92e} \\u{e44}\\u{e17}\\u{e22} \\u{d55c}"),
    ],
)
def test_hostile_text_is_written_out(
    case: Path, tmp_path: Path, put: Put, pages: Pages, hostile: str, shown: str
) -> None:
    put(case, schema.finding, [finding(1, value=hostile, path=hostile, locator=hostile)])
    out = written(case, tmp_path / "r.pdf")
    text = "".join("".join(pages(out)).split())
    assert "".join(shown.split()) in text
    data = out.read_bytes()
    assert not any(word in data for word in (b"/JavaScript", b"/JS", b"/URI", b"/Launch", b"/EmbeddedFile", b"/AA"))


@pytest.mark.parametrize("name", ["Jörg", "Ελένη", "Владимир", "张伟", "東京", "אבגד", "😀", "Łódź", "Երևան"])
def test_names_are_shown_as_they_are(case: Path, tmp_path: Path, put: Put, pages: Pages, name: str) -> None:
    put(case, schema.finding, [finding(1, value=name)])
    text = "".join(pages(written(case, tmp_path / "r.pdf")))
    assert name in text or name[::-1] in text
    assert "\\u{" not in text.replace("\\u{…}", "")


def test_arabic_is_joined_and_an_extension_stays_at_the_end(tmp_path: Path) -> None:
    """Words run from right to left within a line that does not: the name of a file ends with its type."""

    def ink(text: str) -> list[int]:
        paper = Paper("x", 0)
        paper.remark(text, "heading")
        paper.save(tmp_path / "x.pdf")
        with pypdfium2.PdfDocument(tmp_path / "x.pdf") as document:
            picture = document[0].render(scale=4, crop=(0, 700, 0, MARGIN)).to_pil().convert("L")
        return [sum(255 - picture.getpixel((x, y)) for y in range(picture.height)) for x in range(picture.width)]

    left, whole = ink("ملف"), ink("ملف.pdf")
    wide = max(x for x, dark in enumerate(left) if dark)
    assert left[: wide - 4] == whole[: wide - 4]  # the Arabic part stands where it stands alone, the type after it
    assert max(x for x, dark in enumerate(whole) if dark) > wide + 40


def test_a_flood_of_one_kind_is_cut_and_counted(
    case: Path, tmp_path: Path, put: Put, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_pdf, "MOST_OF_A_KIND", 20)
    monkeypatch.setattr(case_pdf, "MOST_FINDINGS", 25)
    monkeypatch.setattr(case_pdf, "MOST_UNEXAMINED", 5)
    rows = [finding(n, value=f"flood{n}") for n in range(300)] + [finding(300, grade=4, value="thebest")]
    put(case, schema.finding, [*rows, *(finding(400 + n, kind="onion/v3", value=f"late{n}") for n in range(9))])
    place = {"exhibit": "E1", "reason": "damaged", "detail": "d", "bytes": 1, "logical": True, "attempts": 1}
    put(case, schema.unexamined, [{**place, "place": f"place{n}."} for n in range(12)])
    text = " ".join("\n".join(pages(written(case, tmp_path / "r.pdf"))).split())
    assert text.index("thebest") < text.index("flood0")
    assert text.count("flood") == 19
    assert "281 more findings of this kind are not printed" in text
    assert text.count("late") == 5
    assert "4 more findings of this kind" in text
    assert "place4." in text
    assert "place5." not in text
    assert "7 more places are not printed" in text


def test_one_huge_value_is_cut(case: Path, tmp_path: Path, put: Put, pages: Pages) -> None:
    put(case, schema.finding, [finding(1, value="x" * 5_000_000, caveats_json=json.dumps(["y" * 9999] * 50))])
    found = pages(written(case, tmp_path / "r.pdf"))
    assert len(found) < 10
    assert "and 4,999,400 characters more" in " ".join("".join(found).split())


def test_a_row_longer_than_a_page_goes_on_with_its_head(tmp_path: Path, pages: Pages) -> None:
    paper = Paper("long", 0)
    paper.table((("name", 40), ("what", 100)), [("one", [Words(f"line {n}") for n in range(200)]), ("two", "end")])
    paper.save(tmp_path / "x.pdf")
    found = pages(tmp_path / "x.pdf")
    assert len(found) == 4
    assert all("what" in page for page in found)
    assert [n for n in range(200) if f"line {n}\r" in "\r".join(found)] == list(range(200))
    assert "page 4 of 4" in found[3]


def test_the_verb_enters_it(case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["report", str(case), "--format", "pdf", "--out", str(tmp_path / "r.pdf"), "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["ledger_entry"] == 3
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF-")
