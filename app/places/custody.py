"""Custody: who held each exhibit, the state of the record, and the check of all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout
from sqlalchemy import Connection, select

from app import levels, reading
from app.places.base import PlaceWidget
from app.places.exhibit_list import WHOLE, ExhibitList, Listed
from app.places.exhibit_story import StoryPage, state_words
from app.reading import Exhibit
from app.session import Session
from app.verdicts import words_of
from forensics.case import schema
from forensics.visible import visible
from resources.languages import tr
from viewers.holding import holding_of
from viewers.look import Look
from viewers.parts import Button, Hairline, IconView, clear, label
from viewers.sheet import Grid, Sheet
from viewers.words import plural, size_text, time_text

MOST = 100  # entries that are asked for at once


def load(connection: Connection) -> tuple[list[Exhibit], list[Any], list[Any]]:
    """Exhibits, scans and tags, as the record put them into the case."""
    tag, scan = schema.tag.c, schema.scan.c
    tags = list(connection.execute(select(schema.tag).order_by(tag.added_us.desc()).limit(200)))
    scans = list(connection.execute(select(schema.scan).order_by(scan.started_us)))
    return reading.exhibits(connection), scans, tags


class CustodyPlace(PlaceWidget):
    """The page."""

    verify_wanted = Signal()
    hand_over_wanted = Signal(str)
    label_wanted = Signal(str)
    prove_wanted = Signal(int)  # an entry

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__()
        self.look = look
        self.session = session
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.exhibits = ExhibitList(look)
        self.exhibits.setFixedWidth(look.px(240))
        self.exhibits.chosen.connect(self._chosen)
        outer.addWidget(self.exhibits)
        outer.addWidget(Hairline(look, down=True))
        self._pages = QStackedWidget()
        outer.addWidget(self._pages, 1)
        self._sheet = Sheet(look, tr("Custody"))
        self.story = StoryPage(look)
        self.story.times_wanted.connect(self._ask_certificate)
        self.story.hand_over_wanted.connect(self.hand_over_wanted)
        self.story.label_wanted.connect(self.label_wanted)
        self._pages.addWidget(self._sheet)
        self._pages.addWidget(self.story)
        self._stories: dict[str, dict[str, Any]] = {}
        self._stamps = 0
        self._authorities: list[str] = []
        self._chose_first = False
        self._entries: list[dict[str, Any]] = []
        self._entries_total = 0
        self._verdict: tuple[bool, Any] | None = None
        self._read: tuple[list[Exhibit], list[Any], list[Any]] = ([], [], [])
        session.status_changed.connect(lambda _status: self._show())

    def reload(self) -> None:
        """Read again."""
        self.session.reader.submit(load, self._take)
        self._ask(None)
        self.session.call("custody", {"authorities": self._authorities}, self._told)

    def focus_first(self) -> None:
        """The list of exhibits has the keys."""
        self.exhibits.setFocus()

    def story_of(self, exhibit: str) -> dict[str, Any]:
        """What the record says of an exhibit; empty where it says nothing."""
        return self._stories.get(exhibit, {})

    def prove_times(self, certificate: Path) -> None:
        """Check the time-stamps of the record under an authority's certificate, and show what they prove."""
        self._authorities = [str(certificate)]
        self.story.times_note.setText(tr("The record is being checked under this certificate."))
        self.session.call("custody", {"authorities": self._authorities}, self._told)

    def _ask_certificate(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("Certificate of the time-stamping authority"), str(Path.home()),
            tr("Certificates (*.pem *.crt *.cer *.der);;All files (*)"), options=QFileDialog.Option.DontUseNativeDialog,
        )  # fmt: skip
        if chosen:
            self.prove_times(Path(chosen))

    def _told(self, ok: bool, result: Any) -> None:
        if not ok:
            self._authorities = []
            self.story.times_note.setText(tr("Who held what could not be read: {result}", result=result))
            return
        self._stories = {str(each["exhibit"]): each for each in result.get("exhibits", ())}
        self._stamps = int(result.get("stamps") or 0)
        self._list()

    def _list(self) -> None:
        """The whole record, then the exhibits of the record and of the case."""
        known = {one.number: one.description or one.image_name for one in self._read[0]}
        rows = [Listed(WHOLE, tr("The whole record"), tr("All entries, examinations, tags"))]
        for number in sorted({*known, *self._stories}, key=_natural):
            story = self._stories.get(number, {})
            gaps, flags = len(holding_of(story).red), len(story.get("flags", ()))
            troubles = [plural(gaps, "gap", "gaps")] * bool(gaps) + [plural(flags, "flag", "flags")] * bool(flags)
            title = f"{number}  {known[number]}" if number in known else number
            rows.append(Listed(number, title, state_words(story), ", ".join(troubles)))
        self.exhibits.show_listed(rows)
        if not self._chose_first and (told := [n for n, each in self._stories.items() if each.get("events")]):
            self._chose_first = True
            self.exhibits.select(min(told, key=_natural))
        self._chosen(self.exhibits.number)

    def _chosen(self, number: str) -> None:
        if number == WHOLE:
            self._pages.setCurrentWidget(self._sheet)
            return
        known = {one.number: one.description or one.image_name for one in self._read[0]}
        self.story.show_story(number, known.get(number, ""), self._stories.get(number), self._stamps)
        self._pages.setCurrentWidget(self.story)

    def show_verdict(self, ok: bool, result: Any) -> None:
        """Show what the check said."""
        self._verdict = (ok, result)
        self.exhibits.select(WHOLE)
        self._show()

    def _take(self, read: tuple[list[Exhibit], list[Any], list[Any]]) -> None:
        self._read = read
        self._show()
        self._list()

    def _show(self) -> None:
        look, sheet, status = self.look, self._sheet, self.session.status
        clear(sheet.column)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(look, tr("Custody"), "page_title"))
        words.addWidget(
            label(
                look,
                tr("What was done with the evidence, by whom, and whether the record of it fits together."),
                "body",
                "text2",
                wrap=True,
            )
        )
        head.addLayout(words, 1)
        head.addWidget(Button(look, tr("Check the record now"), "custody", "primary", self.verify_wanted.emit))
        sheet.column.addLayout(head)
        sheet.column.addSpacing(look.px(8))
        if status:
            entries = plural(int(status.get("entries") or 0), "entry", "entries")
            since = int(status.get("entries_since_anchor") or 0)
            sheet.facts(
                [
                    ("chain", tr("The record"), entries, "text"),
                    ("sign", tr("Signatures"), str(status.get("signatures") or tr("not checked")), "text"),
                    ("anchor", tr("Since the last anchor"), plural(since, "entry", "entries"), "text"),
                    ("person", tr("Examiner"), str(status.get("examiner") or tr("not named")), "text"),
                ]
            )
        elif self.session.trouble:
            sheet.limits(tr("The record is not read"), [self.session.trouble])
        if self._verdict is not None:
            self._verdict_box(*self._verdict)
        self._tables()
        self._lines()
        sheet.finish()

    def _ask(self, before: int | None) -> None:
        args = {"count": MOST} if before is None else {"count": MOST, "before": before}

        def take(ok: bool, result: Any) -> None:
            if ok and isinstance(result, dict):
                older = [] if before is None else self._entries
                self._entries = [*older, *result.get("rows", [])]
                self._entries_total = int(result.get("total") or 0)
                self._show()

        self.session.call("entries", args, take)

    def _lines(self) -> None:
        look, sheet = self.look, self._sheet
        if not self._entries:
            return
        sheet.title(
            tr("Entries of the record"),
            tr(
                "{entries:,} of {entries_total:,}, newest first",
                entries=len(self._entries),
                entries_total=self._entries_total,
            ),
        )
        grid = Grid(
            look,
            [tr("Entry"), tr("Time, UTC"), tr("What"), tr("Exhibit"), tr("Who"), tr("Said")],
            [1, 3, 2, 1, 3, 7],
            mono=(5,),
        )
        grid.show_rows(
            [
                (
                    str(row.get("seq", "")),
                    str(row.get("time", ""))[:19].replace("T", " "),
                    visible(str(row.get("type", ""))),
                    visible(str(row.get("exhibit") or "")),
                    visible(str(row.get("actor", "")).partition("+")[0]),
                    visible(str(row.get("body", ""))),
                )
                for row in self._entries
            ]
        )
        grid.setToolTip(tr("Enter or a double click: prove this entry."))
        grid.activated.connect(lambda at: self.prove_wanted.emit(int(self._entries[at]["seq"])))
        sheet.column.addWidget(grid)
        first = int(self._entries[-1].get("seq") or 0)
        if first > 0:
            older = Button(look, tr("Show older entries"), "", "normal", lambda: self._ask(first))
            row = QHBoxLayout()
            row.addWidget(older)
            row.addStretch(1)
            sheet.column.addLayout(row)

    def _tables(self) -> None:
        exhibits, scans, tags = self._read
        sheet, look = self._sheet, self.look
        sheet.title(tr("Exhibits"), plural(len(exhibits), "exhibit", "exhibits"))
        grid = Grid(
            look,
            [
                tr("Exhibit"),
                tr("Description"),
                tr("Size"),
                tr("Digest of the media, SHA-256"),
                tr("Against the stored one"),
                tr("Entry"),
            ],
            [2, 4, 2, 6, 3, 1],
            mono=(3,),
        )
        grid.show_rows(
            [
                (
                    one.number,
                    one.description or one.image_name,
                    size_text(one.size),
                    str(one.computed.get("sha256") or tr("not computed")),
                    _against(one.verdict, one.stored),
                    str(one.seq),
                )
                for one in exhibits
            ]
        )
        sheet.column.addWidget(grid)
        if scans:
            sheet.title(tr("Examinations"), plural(len(scans), "examination", "examinations"))
            grid = Grid(
                look, [tr("Exhibit"), tr("Profile"), tr("Started, UTC"), tr("Ended, UTC"), tr("State")], [2, 2, 3, 3, 2]
            )
            grid.show_rows(
                [
                    (
                        s.exhibit,
                        s.profile,
                        time_text(s.started_us),
                        time_text(s.ended_us) if s.ended_us else tr("not ended"),
                        s.state,
                    )
                    for s in scans
                ]
            )
            sheet.column.addWidget(grid)
        if tags:
            sheet.title(tr("Tags"), plural(len(tags), "tag", "tags"))
            grid = Grid(look, [tr("Finding"), tr("Tag"), tr("By"), tr("When, UTC"), tr("Entry")], [2, 3, 3, 3, 1])
            grid.show_rows([(f"F{t.finding}", t.name, t.actor, time_text(t.added_us), str(t.seq)) for t in tags])
            sheet.column.addWidget(grid)

    def _verdict_box(self, ok: bool, result: Any) -> None:
        look = self.look
        faults = result.get("faults", []) if ok and isinstance(result, dict) else []
        good = ok and not faults
        box = QFrame()
        box.setProperty("box", "ok" if good else "danger")
        row = QHBoxLayout(box)
        row.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(12))
        row.setSpacing(look.px(12))
        row.addWidget(IconView(look, "okc" if good else "stop", 22, "ok" if good else "danger"))
        words = QVBoxLayout()
        words.setSpacing(look.px(2))
        if good:
            level = str(result.get("level", "L0"))
            words.addWidget(label(look, tr("The record fits together, level {level}", level=level), "item_title", "ok"))
            said = " ".join((levels.SAYS.get(level, ""), *levels.facts(result)))
            words.addWidget(label(look, said, "body", wrap=True))
            for need in levels.needs(level):
                words.addWidget(label(look, need, "dense", "text2", wrap=True))
        elif ok:
            words.addWidget(
                label(
                    look,
                    tr("{faults} in the record", faults=plural(len(faults), "fault", "faults")),
                    "item_title",
                    "danger",
                )
            )
            for fault in faults[:6]:
                words.addWidget(label(look, visible(levels.fault_text(fault)), "body", wrap=True))
        else:
            words.addWidget(label(look, tr("The record could not be checked"), "item_title", "danger"))
            words.addWidget(label(look, str(result), "body", wrap=True))
        row.addLayout(words, 1)
        self._sheet.column.addWidget(box)


def _natural(number: str) -> list[tuple[int, str]]:
    """E2 before E10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", number)]


def _against(verdict: str, stored: Mapping[str, Any]) -> str:
    """What a comparison said, and of which digests: the container seldom stores the one that is shown."""
    names = ", ".join(name.upper().replace("SHA", "SHA-") for name in sorted(stored) if stored[name])
    said = words_of(verdict).cell
    return (
        tr("{verdict} in {names}", verdict=said, names=names) if names and verdict in ("verified", "differs") else said
    )
