"""One exhibit of the record: who held it in lanes, its entries, and what is known of the chosen event or gap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from forensics.visible import visible
from resources.languages import tr
from viewers.custody_lanes import CustodyLanes, time_words
from viewers.custody_legend import legend
from viewers.holding import Gap, Holding, Mark, holding_of
from viewers.look import Look
from viewers.parts import Button, Hairline, IconView, clear, label
from viewers.sheet import Grid, Sheet
from viewers.words import plural, sentence, time_text

TWO_PEOPLE = ("accept", "return", "destroy")
FIELDS = (
    ("from", tr("From")), ("to", tr("To")), ("place", tr("Place")), ("seal_before", tr("Seal found")), ("seal_after", tr("Seal now")),
    ("condition", tr("Condition")), ("purpose", tr("Reason")), ("authority", tr("Authority")),
)  # fmt: skip


def state_words(story: Mapping[str, Any] | None) -> str:
    """Where an exhibit is, as the record leaves it."""
    if story is None or not story.get("events"):
        return tr("No custody event is entered.")
    state = str(story.get("state"))
    if state == "released":
        meant = str(story["events"][-1].get("to") or "")
        if meant:
            return tr("Released for {person}, not accepted yet: with nobody.", person=meant)
        return tr("Released, not accepted yet: with nobody.")
    if state == "ended":
        return tr("Not held any more: {kind}.", kind=story["events"][-1]["kind"])
    parts = [tr("Held by {custodian}", custodian=story.get("custodian") or tr("somebody who is not named"))]
    parts += [str(story["place"])] if story.get("place") else []
    parts += [tr("seal {seal}", seal=story["seal"])] if story.get("seal") else []
    return f"{', '.join(parts)}."


def signed(each: Mapping[str, Any]) -> str:
    """Who signed an event, in two words."""
    if each["kind"] in TWO_PEOPLE:
        return tr("both keys") if each.get("vkey") else tr("one key only")
    return tr("examiner's key") if "." not in str(each["kind"]) else tr("examiner's session")


class Facts(QScrollArea):
    """What is known of an event or a gap."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("The chosen event or gap"))
        body = QWidget()
        body.setProperty("ground", "surface")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(look.px(18), look.px(18), look.px(16), look.px(12))
        self._column.setSpacing(look.px(8))
        self.setWidget(body)

    def _title(self, icon: str, words: str, tone: str) -> None:
        row = QHBoxLayout()
        row.setSpacing(self.look.px(10))
        row.addWidget(IconView(self.look, icon, 20, tone), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(label(self.look, words, "panel_title", tone, wrap=True), 1)
        self._column.addLayout(row)

    def _text(self, words: str, tone: str = "text", weight: int = 0) -> None:
        self._column.addWidget(label(self.look, words, "body", tone, weight=weight, wrap=True, selectable=True))

    def _facts(self, rows: list[tuple[str, str]]) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(self.look.px(12))
        grid.setVerticalSpacing(self.look.px(6))
        for at, (name, words) in enumerate(rows):
            grid.addWidget(label(self.look, name, "dense", "text2"), at, 0, Qt.AlignmentFlag.AlignTop)
            value = label(self.look, visible(words), "body", weight=500, wrap=True, selectable=True)
            value.setAccessibleName(f"{name}: {words}")
            grid.addWidget(value, at, 1)
        grid.setColumnStretch(1, 1)
        self._column.addLayout(grid)

    def show_nothing(self, holding: Holding) -> None:
        """Nothing is chosen."""
        clear(self._column)
        if not holding.marks:
            self._title("custody", tr("Nothing is entered"), "text2")
            self._text(tr("The record holds no custody event and no work on this exhibit."), "text2")
        else:
            self._title("custody", tr("Choose an event"), "text2")
            self._text(tr("A ring is an entry of the record. Left and Right lead from one to the next."), "text2")
        self._column.addStretch(1)

    def show_gap(self, gap: Gap, holding: Holding, exhibit: str) -> None:
        """What the record says at both ends of a gap, and what it does not say."""
        clear(self._column)
        before, after = gap.released, gap.accepted
        giver = visible(holding.lanes[before.lane])
        words = tr(
            "{giver} released {exhibit} on {start} UTC. ", giver=giver, exhibit=exhibit, start=time_text(gap.start)
        )
        if after is None:
            words += tr("Nobody has accepted it since. Nothing in the record says where it is.")
        else:
            taker = visible(holding.lanes[after.lane])
            words += tr(
                "{taker} {words} it on {when} UTC. ",
                taker=taker,
                words=after.words.partition(",")[0],
                when=time_text(after.when),
            )
            words += (
                tr("Both signed.")
                if gap.by_hand
                else tr("Nothing in the record says where it was, or with whom, in between.")
            )
        if gap.by_hand:
            self._title("hand", tr("A hand-over"), "text")
        else:
            self._title("stop", tr("A gap in the record"), "danger")
        self._text(words)
        found = str(after.said.get("seal_before") or "") if after is not None else ""
        was = str(before.said.get("seal_after") or before.said.get("seal_before") or "")
        rows = [
            (tr("Length"), gap.length),
            (tr("Released by"), tr("{giver}, entry {entry}", giver=giver, entry=before.entry)),
        ]
        if after is not None:
            rows.append(
                (tr("Accepted by"), tr("{lanes}, entry {entry}", lanes=holding.lanes[after.lane], entry=after.entry))
            )
        rows += [(tr("Seal before"), was or tr("not entered")), (tr("Seal after"), found or tr("not entered"))]
        self._facts(rows)
        if not gap.by_hand and was and found:
            self._column.addWidget(Hairline(self.look))
            same = was == found
            self._text(tr("What helps") if same else tr("What makes it worse"), weight=600)
            self._text(
                tr(
                    "The seal number is the same at both ends. That supports that it was not opened. It does not fill the gap."
                )
                if same
                else tr("The seal number is another one at the other end. The record does not say who changed it.")
            )
        self._column.addStretch(1)

    def show_mark(self, mark: Mark, holding: Holding) -> None:
        """All that an entry says."""
        clear(self._column)
        tone = "danger" if mark.flags else "text"
        self._title("warn" if mark.flags else "sign", sentence(mark.words.partition(",")[0]).rstrip("."), tone)
        for flag in mark.flags:
            self._text(tr("Does not fit: {flag}. It is in the record all the same.", flag=flag), "danger")
        said = mark.said
        rows = [(tr("Entry"), f"{mark.entry}"), (tr("Held by"), holding.lanes[mark.lane])]
        rows += [(tr("Time"), part.strip()) for part in time_words(mark).split(";")[:1]]
        before, after = mark.proven
        if before is not None:
            rows.append((tr("Not before"), tr("{before} UTC, by a time-stamp", before=time_text(before))))
        if after is not None:
            rows.append((tr("Not after"), tr("{after} UTC, by a time-stamp", after=time_text(after))))
        rows += [(name, str(said[key])) for key, name in FIELDS if said.get(key)]
        second = str(said.get("vkey") or "").partition("+")[0]
        rows.append(
            (tr("Signed by"), tr(" and ").join(part for part in (str(said.get("actor") or ""), second) if part))
        )
        self._facts(rows)
        if mark.claimed:
            self._text(
                tr("The time is what the clock of the computer said. No verified time-stamp bounds it."), "text2"
            )
        self._column.addStretch(1)


class StoryPage(QWidget):
    """The page of one exhibit."""

    hand_over_wanted = Signal(str)
    label_wanted = Signal(str)
    times_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.exhibit = ""
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(12))
        head.setSpacing(look.px(8))
        words = QVBoxLayout()
        words.setSpacing(look.px(2))
        self.title = label(look, "", "panel_title", wrap=True)
        self.where = label(look, "", "dense", "text2", wrap=True)
        words.addWidget(self.title)
        words.addWidget(self.where)
        head.addLayout(words, 1)
        self.times = Button(look, tr("Prove times"), "clock", "normal", self.times_wanted.emit)
        self.times.setToolTip(tr("Check the time-stamps of the record under the certificate of their authority."))
        self.hand_over = Button(
            look, tr("Hand over"), "hand", "primary", lambda: self.hand_over_wanted.emit(self.exhibit)
        )
        self.label = Button(
            look, tr("Print a label"), "printer", "normal", lambda: self.label_wanted.emit(self.exhibit)
        )
        head.addWidget(self.times)
        head.addWidget(self.label)
        head.addWidget(self.hand_over)
        middle.addLayout(head)
        middle.addWidget(Hairline(look))
        self.lanes = CustodyLanes(look)
        self.lanes.chosen.connect(self._chosen)
        sheet = Sheet(look, tr("Custody of the exhibit"))
        sheet.column.setContentsMargins(0, 0, 0, look.px(16))
        sheet.column.addWidget(self.lanes)
        below = QVBoxLayout()
        below.setContentsMargins(look.px(16), look.px(4), look.px(16), 0)
        below.addWidget(legend(look))
        self.times_note = label(look, "", "dense", "text2", wrap=True)
        below.addWidget(self.times_note)
        self.count = label(look, "", "body", weight=600)
        below.addSpacing(look.px(8))
        below.addWidget(self.count)
        self.grid = Grid(
            look, [tr("Entry"), tr("Time, UTC"), tr("What"), tr("Said"), tr("Signed by")], [2, 6, 5, 9, 5], mono=()
        )
        self.grid.activated.connect(lambda at: self._go_to(int(self.grid._rows[at][0])))
        below.addWidget(self.grid)
        sheet.column.addLayout(below)
        sheet.finish()
        middle.addWidget(sheet, 1)
        row.addLayout(middle, 1)
        row.addWidget(Hairline(look, down=True))
        self.facts = Facts(look)
        self.facts.setFixedWidth(look.px(320))
        row.addWidget(self.facts)

    def show_story(self, exhibit: str, description: str, story: Mapping[str, Any] | None, stamps: int) -> None:
        """Show an exhibit; `stamps` is how many time-stamps were verified."""
        self.exhibit = exhibit
        self.title.setText(f"{exhibit}  {visible(description)}".strip())
        self.where.setText(visible(state_words(story)))
        holding = holding_of(story or {})
        self.lanes.show_holding(holding)
        self.lanes.setVisible(bool(holding.marks))
        self.times_note.setText(
            tr("{time_stamps} verified.", time_stamps=plural(stamps, "time-stamp", "time-stamps"))
            if stamps
            else tr("No time-stamp is verified here: every time is what the clock of the computer claimed.")
        )
        told = [*(story or {}).get("events", ()), *(story or {}).get("work", ())]
        told.sort(key=lambda each: -int(each["entry"]))
        self.count.setText(
            tr("{entries} on {exhibit}, newest first", entries=plural(len(told), "entry", "entries"), exhibit=exhibit)
        )
        said = {mark.entry: mark.words.partition(", ")[2] for mark in holding.marks}
        self.grid.show_rows(
            [
                (
                    str(each["entry"]),
                    str(each["time"])[:19].replace("T", " "),
                    f"custody.{each['kind']}" if "." not in str(each["kind"]) else str(each["kind"]),
                    visible(
                        "; ".join(filter(None, (_way(each), said.get(int(each["entry"]), ""), *each.get("flags", ()))))
                    ),
                    signed(each),
                )
                for each in told
            ]
        )
        self.facts.show_nothing(holding)
        if holding.red:
            self.lanes.choose(list(self.lanes.things).index(holding.red[0]))

    def _chosen(self, thing: Mark | Gap) -> None:
        if isinstance(thing, Gap):
            self.facts.show_gap(thing, self.lanes.holding, self.exhibit)
        else:
            self.facts.show_mark(thing, self.lanes.holding)

    def _go_to(self, entry: int) -> None:
        for number, each in enumerate(self.lanes.things):
            if isinstance(each, Mark) and each.entry == entry:
                self.lanes.choose(number)


def _way(each: Mapping[str, Any]) -> str:
    ends = [f"{word} {each[word]}" for word in ("from", "to") if each.get(word)]
    return " ".join(ends)
