"""The papers about a case: custody of exhibits, what a bundle withholds, a custodian's certificate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from forensics.case.store import Case
from forensics.commands.handing import stories
from forensics.commands.main import main
from forensics.custody.entry import time_microseconds, time_text
from forensics.custody.ledger import Draft, Ledger
from forensics.custody.verify import Stamp
from forensics.reports.custody_pdf import custody_facts, duration, write_custody
from forensics.reports.schedule_pdf import ranges
from forensics.reports.state import state_of

Pages = Callable[[Path], list[str]]
Run = Callable[..., dict[str, Any]]

ITEMS: list[list[object]] = [
    [{"size": n, "sha256": f"{n:064x}"}, {"path": f"/Nutzer/Bild {n}.jpg"}, {"image": "E1"}, {"alloc": True}]
    for n in range(40)
]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """A verb with `--json`: what it told, having ended with `code`."""

    def command(*arguments: object, code: int = 0) -> dict[str, Any]:
        capsys.readouterr()
        assert main([*map(str, arguments), "--json"]) == code
        out = capsys.readouterr().out
        return dict(json.loads(out)) if out else {}

    return command


def enter(case: Path, *events: tuple[str, dict[str, object], str]) -> None:
    with Ledger.open(case) as ledger:
        for kind, body, exhibit in events:
            ledger.append(Draft(f"custody.{kind}", body, exhibit))


def red(path: Path) -> int:
    """Pixels of the first page in the ink of warnings."""
    with pypdfium2.PdfDocument(path) as document:
        picture = document[0].render(scale=2).to_pil().convert("RGB")
    values = picture.tobytes()
    return sum(r > 150 and g < 80 and b < 80 for r, g, b in zip(values[::3], values[1::3], values[2::3], strict=True))


def test_custody_with_a_gap_and_flags(case: Path, tmp_path: Path, run: Run, pages: Pages) -> None:
    run("report", case, "--about", "custody", "--out", tmp_path / "before.pdf")
    enter(
        case,
        ("release", {"from": "J. Doe", "purpose": "laboratory"}, "E1"),
        ("accept", {"to": "Łódź \u202e lab", "seal_before": "S-2"}, "E1"),
        ("destroy", {}, "E9"),
    )
    told = run("report", case, "--about", "custody", "--out", tmp_path / "after.pdf")
    first, other = told["exhibits"]
    assert [each["kind"] for each in first["events"]] == ["seize", "release", "accept"]
    assert [gap["entry"] for gap in first["gaps"]] == [5]
    assert first["flags"] == ["entry 5: only one person signed"]
    assert first["events"][0]["signed_by"] == ["lab.example/examiner/j-doe"]
    assert (other["exhibit"], other["registered"]) == ("E9", None)
    assert "entry 6: destroy does not follow on not seized" in other["flags"]
    text = " ".join("\n".join(pages(tmp_path / "after.pdf")).split())
    for each in ("gap of 0 s: nobody is recorded", "accept to Łódź \\u{202e} lab", "laboratory", "claimed, not proven",
                 "only one person signed", "Hafenstraße 3", "No time is proven"):  # fmt: skip
        assert each in text, each
    assert red(tmp_path / "after.pdf") > red(tmp_path / "before.pdf") + 500


def test_an_exhibit_that_nobody_holds(case: Path, tmp_path: Path, run: Run) -> None:
    enter(case, ("release", {"from": "J. Doe"}, "E1"))
    told = run("report", case, "--about", "custody", "--out", tmp_path / "c.pdf", "--exhibit", "E1")
    assert told["exhibits"][0]["flags"] == ["it was released, and nobody is recorded as having accepted it"]
    run("report", case, "--about", "custody", "--out", tmp_path / "c.pdf", "--exhibit", "E7", code=2)


def test_an_exhibit_without_events(case: Path, tmp_path: Path, run: Run, pages: Pages) -> None:
    with Ledger.open(case) as ledger:
        ledger.append(Draft("verify.end", {}, "E3"))
    told = run("report", case, "--about", "custody", "--out", tmp_path / "c.pdf", "--exhibit", "E3")
    assert told["exhibits"][0]["flags"] == ["no event of custody is recorded"]
    assert "entry 3, verify.end by lab.example/examiner/j-doe" in "".join(pages(tmp_path / "c.pdf"))


def test_a_claim_outside_its_proven_time(case: Path, tmp_path: Path, pages: Pages) -> None:
    """The interval comes from verified time-stamps; entry 1 is claimed to be later than the stamp over it."""
    with Case.read(case) as opened:
        state = state_of(opened)
        claimed = custody_facts(opened, stories(case, state.checked))[0]["events"][0]["time"]
        stamped = time_microseconds(claimed) - 7_000_000
        state.checked.stamps.append(Stamp(size=2, time_us=stamped, entered=9))
        facts = custody_facts(opened, stories(case, state.checked))
        (event,) = facts[0]["events"]
        assert event["proven"] == [None, time_text(stamped)]
        assert facts[0]["flags"] == ["entry 1: its claimed time is outside the proven interval"]
        write_custody(opened, tmp_path / "c.pdf", state, facts)
    text = " ".join("".join(pages(tmp_path / "c.pdf")).split())
    assert f"not after {time_text(stamped)}" in text
    assert "outside the proven interval" in text


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (61, "1 min 1 s"), (90_000, "1 d 1 h"), (86_400_000, "1,000 d"), (-5, "-5 s")]
)
def test_durations(seconds: int, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("size", "shown", "expected"),
    [
        (5, [], [(0, 4)]),
        (5, [0, 1, 2, 3, 4], []),
        (5, [2], [(0, 1), (3, 4)]),
        (5, [4, 0], [(1, 3)]),
        (0, [], []),
        (3, [1], [(0, 0), (2, 2)]),
    ],
)
def test_what_is_withheld_whole(size: int, shown: list[int], expected: list[tuple[int, int]]) -> None:
    assert list(ranges(size, shown)) == expected


def test_the_schedule_of_a_bundle(case: Path, tmp_path: Path, run: Run, pages: Pages) -> None:
    with Ledger.open(case) as ledger:
        scan = ledger.open_scan("E1", {"parsers": []})
        ledger.append_items(scan, ITEMS)
        ledger.close_scan(scan)
    chosen = [f"--item={scan}:{n}" for n in (3, 4, 20)]
    bundle = tmp_path / "b.impound"
    run("bundle", "build", case, bundle, "--recipient", "Defence", "--purpose", "disclosure", *chosen,
        "--withhold", "name", "--reason", "privilege")  # fmt: skip
    told = run("report", case, "--about", "disclosure-schedule", "--bundle", bundle, "--out", tmp_path / "s.pdf")
    (listed,) = told["scans"]
    assert [(each["index"], each["reason"], list(each["withheld"])) for each in listed["items_in_part"]] == [
        (3, "privilege", ["name"]), (4, "privilege", ["name"]), (20, "privilege", ["name"]),
    ]  # fmt: skip
    assert listed["items_whole"] == [[0, 2], [5, 19], [21, 39]]
    withheld = sum(last - first + 1 for first, last in listed["items_whole"])
    assert withheld == listed["withheld"] == 37
    assert told["level"] == "L1"
    text = "".join(pages(tmp_path / "s.pdf"))
    assert listed["items_in_part"][0]["withheld"]["name"] in text
    assert "5 to 19" in text
    assert "Nutzer" not in text


def test_no_schedule_of_a_bundle_that_does_not_hold(case: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "bad.impound").write_bytes(b"PK\x03\x04 no")
    asked = ("report", case, "--out", tmp_path / "s.pdf", "--about", "disclosure-schedule")
    run(*asked, "--bundle", tmp_path / "bad.impound", code=4)
    run(*asked, "--bundle", tmp_path / "none", code=2)
    run(*asked, code=2)
    assert not (tmp_path / "s.pdf").exists()


def test_the_certificate(case: Path, tmp_path: Path, run: Run, pages: Pages) -> None:
    with Ledger.open(case) as ledger:
        ledger.append(Draft("verify.rerun", {"entries": 10, "findings": 5, "differs": []}))
        ledger.checkpoint()
    told = run("report", case, "--about", "certificate", "--out", tmp_path / "z.pdf")
    assert [(step["type"], step["outcome"]) for step in told["steps"]] == [
        ("verify.end", "verdict no digest stored, size 4096"),
        ("verify.rerun", "entries 10, findings 5, 0 differ"),
    ]
    text = " ".join("".join(pages(tmp_path / "z.pdf")).split())
    for each in ("cd" * 16, told["head"]["fingerprint"], "verify.rerun", "Signature", "Place and date", "at or near"):
        assert each in text, each
    assert "admissible" not in text


def test_papers_are_entered_and_refuse_other_formats(case: Path, run: Run) -> None:
    told = run("report", case, "--about", "certificate")
    assert Path(told["file"]) == case / "exports" / "certificate.pdf"
    run("report", case, "--about", "certificate", "--format", "csv", code=2)
    with Case.read(case) as opened:
        assert state_of(opened).entries == 4
