"""Names that reverse, hide, command or compute: none of it takes effect in exports, on the terminal, in the window.

The names are those of real files in an ext4 made by mkfs; each file holds an address, so that each name is that of a
finding too.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import random
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.reading import entry_ids, entry_lines, finding_ids, finding_lines, subject_of_entry, subject_of_finding
from forensics.case.store import Case
from forensics.commands.main import main
from tests.figures import chance, trials

PIECES = (
    "=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=HYPERLINK(\"http:,\"x\")", ";=1", ",=1", '"=1', "\u202egpj.exe",
    "\u2066x\u2069", "\u200b", "\ufeff", "\u2028", "\u0085", "\x1b[2J", "\x1b]0;title\x07", "\b\b\b", "\x7f", "\x9b31m",
    "<script>alert(1)<", "<img src=x onerror=alert(1)>", "\"><svg onload=x>", "'onmouseover='x", "&lt;b&gt;", "&#60;b&#62;", "]]>", "<!--",
    "</td><h1>", "</style><style>", "CON", "..", "%2e%2e%2f", "{{7*7}}", "${x}", "|", "\\", "'; DROP TABLE finding; --", "\U000e0041", "\ue000", "é", "e\u0301",
    "日本", "x" * 60, " ", "|0|0|",
)  # fmt: skip
RAW = (b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80")  # what is no UTF-8
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
TAGS = frozenset(("html", "meta", "title", "style", "h1", "h2", "p", "table", "tr", "th", "td", "code"))


def hostile(number: int) -> bytes:
    draw = chance("names", number)
    pieces = [draw.choice(PIECES).encode() for _ in range(draw.choice((1, 1, 2, 3)))]
    if draw.random() < 0.15:
        pieces.insert(draw.randrange(len(pieces) + 1), draw.choice(RAW))
    name = b"".join(pieces).replace(b"/", b"").replace(b"\0", b"")
    ending = draw.choice((b"", b".txt")) + b" %d" % number
    return name[: 200 - len(ending)] + ending


class Tags(HTMLParser):
    """What a browser would make elements and attributes of."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: Counter[str] = Counter()
        self.others: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1
        if tag not in TAGS or any(name.startswith("on") or name in ("src", "href") for name, _ in attrs):
            self.others.append(self.get_starttag_text() or tag)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)


def unseen(text: str, keep: str = "") -> list[str]:
    """Characters that a reader could not see, or that would move what he sees."""
    return sorted({f"{each!r}" for each in text if each not in keep and unicodedata.category(each) in HIDDEN})


def texts(value: object) -> Iterator[str]:
    """Every text that a row or subject of the window is made of, but for the keys by which it asks again."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in ("path", "locator"):
                yield from texts(getattr(value, field.name))


def told(*arguments: object) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        main([str(each) for each in arguments])
    return out.getvalue()


def examined(folder: Path, names: list[bytes]) -> Path:
    tree, image, case = folder / "tree", folder / "disk.raw", folder / "case"
    tree.mkdir(parents=True)
    for number, name in enumerate(names):
        (tree / "x").with_name("x").write_text(f"write to person{number}@vendor.example soon\n")
        (tree / "x").rename(bytes(tree).decode() + "/" + name.decode("utf-8", "surrogateescape"))
    image.write_bytes(bytes(24 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-N", str(len(names) + 100), "-d", tree, image], check=True, capture_output=True)  # fmt: skip
    told("case", "new", case, "--number", "N-1", "--examiner", "A. Examiner")
    told("add", case, image)
    told("examine", case, "--progress", "none")
    return case


def in_tables(case: Path, count: int) -> Iterator[str]:
    told("report", case, "--format", "csv", "--out", case / "out.csv")
    with (case / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(row["kind"] == "contact/email" for row in rows) == count
    for row in rows:
        for cell in row.values():
            if cell.startswith(tuple("=+-@\t\r")) or unseen(cell):
                yield f"CSV: {cell!r}"
    told("report", case, "--format", "bodyfile", "--out", case / "out.body")
    for line in (case / "out.body").read_text().split("\n")[:-1]:
        if line.count("|") != 10 or unseen(line):
            yield f"bodyfile: {line!r}"


def in_page(case: Path) -> Iterator[str]:
    told("report", case, "--format", "html", "--out", case / "out.html")
    page = (case / "out.html").read_text()
    tags = Tags(page)
    assert tags.seen["td"] > 1000
    yield from (f"HTML: {each!r}" for each in tags.others)
    yield from (f"HTML: {each}" for each in unseen(page, "\n"))


def in_the_terminal(case: Path) -> Iterator[str]:
    for verb in ("findings", "tree", "timeline", "unexamined"):
        yield from (f"{verb}: {each}" for each in unseen(told(verb, case), "\n\t"))
        for line in told(verb, case, "--json").split("\n")[:-1]:
            json.loads(line)
            yield from (f"{verb} --json: {each}" for each in unseen(line))


def in_the_window(case: Path) -> Iterator[str]:
    with Case.read(case).engine.connect() as connection:
        entries = list(entry_ids(connection, None, ()))
        found = list(finding_ids(connection, None, ()))
        shown: list[object] = [
            *entry_lines(connection, entries).values(),
            *finding_lines(connection, found).values(),
            *(subject_of_entry(connection, number) for number in entries[:200]),
            *(subject_of_finding(connection, number) for number in found[:200]),
        ]
    for text in texts(shown):
        if unseen(text):
            yield f"window: {text!r}"


@pytest.mark.figure
def test_no_name_takes_effect_anywhere(tmp_path: Path) -> None:
    def attempt(numbers: range) -> Iterator[str]:
        case = examined(tmp_path / f"{numbers.start}", [hostile(number) for number in numbers])
        yield from in_tables(case, len(numbers))
        yield from in_page(case)
        yield from in_the_terminal(case)
        yield from in_the_window(case)

    trials("names", attempt, together=500)


def test_the_judges_see_what_they_must() -> None:
    assert Tags("<table><td><img src=x onerror=y></td>").others == ["<img src=x onerror=y>"]
    assert unseen("a\u202eb") == ["'\\u202e'"]
    assert list(texts([("a", random)])) == ["a"]
