"""The check of one step: one plain sentence for each level, those not reached dashed and still on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QRectF

from app import levels
from app.courtroom.stage import INNER, MARGIN, MIDDLE, RIGHT, WIDTH, Stage, tall
from resources.languages import tr
from viewers import draw
from viewers.words import plural

KEYS = tr("Enter: back to the step    D: show digests    C: show commands    Esc: leave")
ROW, GAP = 122.0, 16.0


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence: reached, failed, or not reached."""

    title: str
    note: str
    mark: str  # what stands at the right
    state: str  # ok | missing | bad | waiting


@dataclass(slots=True)
class Outcome:
    """What the check has said so far; the rows appear as each part ends."""

    read: list[Mapping[str, Any]] = field(default_factory=list)
    read_seconds: float = 0.0
    record: Mapping[str, Any] | None = None
    record_seconds: float = 0.0
    gaps: list[str] = field(default_factory=list)
    trouble: str = ""
    when: str = ""

    @property
    def done(self) -> bool:
        """Whether both parts have ended."""
        return bool(self.trouble) or (bool(self.read) and self.record is not None)

    def rows(self) -> list[Row]:
        """The sentences."""
        found = [self._bytes()]
        if self.record is None:
            return [
                *found,
                Row(tr("The record is being checked."), tr("every entry and item is compared"), "", "waiting"),
            ]
        level, faults = str(self.record.get("level")), list(self.record.get("faults") or ())
        entries = plural(int(self.record.get("entries") or 0), "entry", "entries")
        said = {
            "L1": (
                tr("The record is complete and in order."),
                tr("{entries}, each seals all before it", entries=entries),
            ),
            "L2": (tr("The signatures belong to keys that were known before."), tr("by the policy that was given")),
            "L3": (
                tr("The record existed outside this computer."),
                tr(
                    "the first {entries} are fixed by an anchor",
                    entries=plural(int(self.record.get("anchored") or 0), "entry", "entries"),
                ),
            ),
            "L4": (tr("Independent witnesses have signed."), tr("as many as the policy asks for")),
        }
        missing = {
            "L2": tr("no keys were given to compare with"),
            "L3": tr("no anchor was given"),
            "L4": tr("no witnesses were asked"),
        }
        for name, (title, note) in said.items():
            if levels.reached(level, name):
                seconds = f"{self.record_seconds:.1f} s" if name == "L1" else ""
                found.append(Row(title, note, f"{name}   {seconds}".strip(), "ok"))
            elif faults:
                why = levels.fault_text(faults[0]) if name == "L1" else tr("not reached")
                found.append(Row(title, why, name, "bad" if name == "L1" else "missing"))
            else:
                found.append(
                    Row(
                        title,
                        tr("not reached: {name}", name=missing.get(name, tr("it does not fit together"))),
                        name,
                        "missing",
                    )
                )
        return found

    def _bytes(self) -> Row:
        title = tr("The bytes on the exhibit are the bytes that were recorded.")
        if self.trouble:
            return Row(tr("The bytes could not be read again."), self.trouble, "", "bad")
        if not self.read:
            return Row(title, tr("they are being read again"), "", "waiting")
        good = sum(bool(each["equal"]) for each in self.read)
        note = tr(
            "{good} of {digests} equal, read from the image just now",
            good=good,
            digests=plural(len(self.read), "digest", "digests"),
        )
        return Row(title, note, f"{self.read_seconds:.1f} s", "ok" if good == len(self.read) else "bad")

    def verdict(self) -> tuple[str, str]:
        """The large sentence and the line below it."""
        rows = self.rows()
        bad = [row for row in rows if row.state == "bad"]
        if bad:
            return tr("Something does not fit."), tr(
                "{title} This is not shown: {note}", title=bad[0].title, note=bad[0].note
            )
        if not self.done:
            return tr("Checking."), tr("Each line appears when its check has ended.")
        level = str((self.record or {}).get("level"))
        missing = [name for name in levels.ORDER if not levels.reached(level, name)]
        said = tr("Level {level} is reached.", level=level)
        if len(missing) == 1:
            said += " " + tr("{level} is not.", level=missing[0])
        elif missing:
            said += " " + tr("{levels} are not.", levels=", ".join(missing))
        return tr("These bytes are the bytes that were recorded."), (said)


def paint(stage: Stage, outcome: Outcome, at: int, case: str) -> None:
    """Paint the check of step `at`."""
    head = tr("Checking step {at}, on this computer, with no network", at=at + 1)
    stage.text(head, QRectF(MARGIN, 40, 1100, 36), "small", weight=600)
    stage.text(
        tr("Case {case}", case=case), QRectF(WIDTH - MARGIN - 600, 40, 600, 36), "small", "fg2", align=MIDDLE | RIGHT
    )
    title, note = outcome.verdict()
    stage.text(title, QRectF(MARGIN, 100, INNER, 84), "sentence")
    stage.text(note, QRectF(MARGIN, 186, INNER, 48), "label", "fg2", weight=400)
    y = 262.0
    for row in outcome.rows():
        _row(stage, row, QRectF(MARGIN, y, INNER, ROW))
        y += ROW + GAP
    limits = [
        tr("A check cannot show what happened before the first entry."),
        *(tr("Custody has a gap: {words}.", words=words) for words in outcome.gaps),
    ]
    words = " ".join(limits)
    stage.icon("note", MARGIN + 4, y + 8, 24, "warn")
    high = min(76.0, tall(words, INNER - 44, "small"))
    stage.text(words, QRectF(MARGIN + 44, y, INNER - 44, max(40.0, high)), "small", weight=500, wrap=True)
    if outcome.when:
        said = tr("Checked {when}. Anyone can repeat it: press C for the commands.", when=outcome.when)
        stage.text(said, QRectF(MARGIN, 994, INNER, 34), "small", "fg2")
    stage.text(KEYS, QRectF(MARGIN, 1034, INNER, 32), "presenter_keys", "fg2")


def _row(stage: Stage, row: Row, box: QRectF) -> None:
    tone = {"ok": "ok", "bad": "bad", "missing": "warn", "waiting": "ac"}[row.state]
    dashed = row.state in ("missing", "waiting")
    stage.card(box, line=tone if row.state != "ok" else "line", style="dash" if dashed else "solid")
    disc = QRectF(box.left() + 26, box.center().y() - 30, 60, 60)
    if row.state == "ok":
        draw.rounded(stage.painter, disc, 30, stage.colour("ok"))
        stage.icon("check", disc.left() + 18, disc.top() + 18, 24, "bg")
    else:
        draw.rounded(stage.painter, disc, 30, None, stage.colour(tone), 3)
        icon = {"bad": "x", "missing": "more", "waiting": "clock"}[row.state]
        stage.icon(icon, disc.left() + 18, disc.top() + 18, 24, tone)
    left = disc.right() + 26
    room = box.right() - left - 260
    stage.text(row.title, QRectF(left, box.top() + 14, room, 48), "row")
    stage.text(row.note, QRectF(left, box.top() + 62, room, 46), "small", "fg2")
    stage.text(row.mark, QRectF(box.right() - 250, box.top(), 220, box.height()), "small", "fg2", align=MIDDLE | RIGHT)


def paint_list(stage: Stage, title: str, lines: Sequence[str], keys: str) -> None:
    """A page of lines in small type: digests, commands, the way from the disk."""
    stage.text(title, QRectF(MARGIN, 60, INNER, 84), "sentence", size=48)
    y = 170.0
    for line in lines[:24]:
        high = max(36.0, tall(line, INNER, "small"))
        stage.text(line, QRectF(MARGIN, y, INNER, high), "bytes", size=24, wrap=True, weight=400)
        y += high + 8
    stage.text(keys, QRectF(MARGIN, 1034, INNER, 32), "presenter_keys", "fg2", align=MIDDLE)
