"""The trust strip: chain, signatures, anchor, clock, readers and disk, always in sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.troubles import BOTH, COPY, Trouble
from resources.languages import tr
from viewers import draw
from viewers.look import Look
from viewers.parts import Button, Hairline, IconView, PressButton, label, set_tone
from viewers.tips import tip
from viewers.words import plural, size_text

GOOD, LOOK, BROKEN, UNKNOWN = "good", "look", "broken", "unknown"
ICONS = {GOOD: "okc", LOOK: "warn", BROKEN: "stop", UNKNOWN: "clock"}
TOKENS = {GOOD: "ok", LOOK: "warn", BROKEN: "danger", UNKNOWN: "text3"}
FILLS = {LOOK: "warnsoft", BROKEN: "dangersoft"}
FENCES = {
    "rlimits": tr("limits of memory, files and time"),
    "namespaces": tr("a network of their own, with nothing in it"),
    "privileges": tr("no rights beyond their own"),
    "landlock": tr("no way to files"),
    "seccomp": tr("no calls to the system but the few they need"),
}
LOW_DISK = 5 << 30


@dataclass(frozen=True, slots=True)
class Cell:
    """One statement of the strip."""

    state: str
    sentence: str
    fact: str
    meaning: str


def cells(status: dict[str, Any], trouble: str = "") -> list[Cell]:
    """What the strip says about a status."""
    if not status:
        words = trouble or tr("The record is being read.")
        state = LOOK if trouble else UNKNOWN
        return [
            Cell(
                state,
                tr("Record not read") if trouble else tr("Reading the record"),
                "",
                tr("{words} Nothing is written meanwhile.", words=words),
            )
        ]
    return [
        _chain(status), _signatures(status), _anchor(status), _clock(status), _readers(status), _disk(status),
    ]  # fmt: skip


def _chain(status: dict[str, Any]) -> Cell:
    said = str(status.get("chain", ""))
    entries = plural(int(status.get("entries") or 0), "entry", "entries")
    if said == "holds" or said.startswith(("holds", "intact")):
        return Cell(
            GOOD, tr("Chain intact"), entries,
            tr("Each entry of the record holds the digest of the one before it. They fit together from first to last."),
        )  # fmt: skip
    sentence = said[:1].upper() + said[1:] if said else tr("Chain not checked")
    return Cell(
        BROKEN if said else LOOK, sentence[:48], entries,
        tr("{sentence}. Entries before this place still fit together. Look at it before anything else is "
"written.", sentence=sentence),
    )  # fmt: skip


def _signatures(status: dict[str, Any]) -> Cell:
    said = str(status.get("signatures", ""))
    if said.startswith("signed by"):
        return Cell(
            GOOD,
            tr("Signed by this case's keys"),
            "",
            tr("Each entry is signed by the key that this case keeps. Check the record to see them compared."),
        )
    if said in ("good", "holds", "ok") or said.startswith("good"):
        fact = said.removeprefix("good").strip(" ,:")
        return Cell(
            GOOD,
            tr("Signatures good"),
            fact,
            tr("Each signature in the record was made by a key that this case knows."),
        )
    words = said[:1].upper() + said[1:] if said else tr("Signatures not checked")
    bad = any(word in said.lower() for word in ("bad", "wrong", "fail", "broken"))
    return Cell(
        BROKEN if bad else LOOK,
        words[:48],
        "",
        tr("{words}. A single signature shows one person's key, two show two.", words=words),
    )


def _anchor(status: dict[str, Any]) -> Cell:
    since = int(status.get("entries_since_anchor") or 0)
    if since == 0:
        return Cell(
            GOOD, tr("Anchored"), tr("nothing since"), tr("Every entry is covered by an anchor outside this computer.")
        )
    never = since >= int(status.get("entries") or 0)
    sentence = (
        tr("Not anchored yet")
        if never
        else tr("{entries} since last anchor", entries=plural(since, "entry", "entries"))
    )
    return Cell(
        LOOK if since > 200 else GOOD, sentence, plural(since, "entry", "entries") if never else "",
        tr("An anchor shows others that the record existed at a time. Without one, the time rests on this computer's clock."),
    )  # fmt: skip


def _clock(status: dict[str, Any]) -> Cell:
    said = str(status.get("clock", ""))
    loose = any(word in said.lower() for word in ("not", "un", "back", "jump"))
    if not said or "not compared" in said:
        return Cell(
            LOOK, tr("Clock not compared"), "",
            tr("The times of the record come from this computer's clock. Nobody has compared it with another one."),
        )  # fmt: skip
    sentence = said if said.lower().startswith("clock") else tr("Clock {said}", said=said)
    return Cell(
        LOOK if loose else GOOD,
        sentence[:40],
        "",
        tr("{sentence}. The times of the record come from this clock.", sentence=sentence),
    )


def _readers(status: dict[str, Any]) -> Cell:
    """What the system puts around the processes that read evidence; see :mod:`forensics.confinement.probe`."""
    told = status.get("fences") or {}
    holds = [_fence(each) for each in told.get("layers", ())]
    absent = [_fence(each) for each in told.get("missing", ())]
    meaning = tr("Evidence is read by processes that can neither write, nor reach a network, nor start a program.")
    around = tr("Around them: {holds}.", holds=", ".join(holds) or tr("nothing"))
    if holds and not absent:
        return Cell(GOOD, tr("Readers shut in"), "", f"{meaning} {around}")
    if not holds:
        why = tr(" Missing: {absent}.", absent="; ".join(absent)) if absent else ""
        return Cell(
            LOOK, tr("Readers not shut in"), "",
            tr("This computer shuts in no process that reads evidence. A hostile file could do what you can "
"do.{why}", why=why),
        )  # fmt: skip
    return Cell(
        LOOK, tr("Readers partly shut in"), tr("{absent} of {holds} missing", absent=len(absent), holds=len(holds) + len(absent)),
        tr("Evidence is read by processes that are shut in, with less around them than this program asks "
"for. Missing: {absent}. {around} The record says so of each examination.", absent='; '.join(absent), around=around),
    )  # fmt: skip


def _fence(said: str) -> str:
    """A layer in plain words; the reason why it is missing stays behind it."""
    name, _, rest = said.partition(" ")
    reason = f" {rest}" if rest.startswith("(") else ""
    return FENCES[name] + reason if name in FENCES else said


def _disk(status: dict[str, Any]) -> Cell:
    free = int(status.get("disk_free") or 0)
    low = free < LOW_DISK
    return Cell(
        LOOK if low else GOOD, tr("Disk {free} free", free=size_text(free)), tr("low") if low else "",
        tr("{free:,} bytes are free where the case lies. An examination pauses before the disk is full.", free=free),
    )  # fmt: skip


class CellView(PressButton):
    """One cell: shape, sentence, fact. Enter opens its card."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.cell = Cell(UNKNOWN, "", "", "")
        self._with_words = self._with_fact = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_cell(self, cell: Cell, *, with_fact: bool, with_words: bool = True) -> None:
        """Show a statement; its fact, and what is good in words, only where there is room."""
        self.cell = cell
        self._with_words = with_words or cell.state != GOOD
        self._with_fact = with_fact and self._with_words
        words = f"{cell.sentence}, {cell.fact}" if cell.fact else cell.sentence
        self.setAccessibleName(words)
        self.setAccessibleDescription(cell.meaning)
        self.setToolTip(tip(words))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        look = self._look
        width = look.px(12 + 16 + 12)
        if self._with_words:
            width += look.px(7) + look.metrics("dense", 600).horizontalAdvance(self.cell.sentence)
        if self._with_fact and self.cell.fact:
            width += look.px(8) + look.metrics("dense").horizontalAdvance(self.cell.fact)
        return QSize(width + 2, look.size("trust_strip"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cell."""
        look, cell = self._look, self.cell
        painter = QPainter(self)
        fill = FILLS.get(cell.state)
        if fill:
            box = QRectF(self.rect()).adjusted(look.px(2), look.px(6), -look.px(2), -look.px(6))
            border = look.colour(TOKENS[cell.state]) if look.theme == "contrast" else None
            draw.rounded(painter, box, look.px(4), look.colour(fill), border)
        ink = look.colour(TOKENS[cell.state])
        size = look.px(16)
        x = look.px(12)
        look.paint_icon(painter, ICONS[cell.state], x, (self.height() - size) / 2, size, ink)
        if not self._with_words:
            return
        x += size + look.px(7)
        painter.setFont(look.font("dense", 600))
        painter.setPen(ink if fill else look.colour("text"))
        rect = QRectF(x, 0, self.width() - x, self.height())
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter), cell.sentence)
        if self._with_fact and cell.fact:
            rect.setLeft(x + look.metrics("dense", 600).horizontalAdvance(cell.sentence) + look.px(8))
            painter.setFont(look.font("dense"))
            painter.setPen(look.colour("text2"))
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter), cell.fact)


class Popover(QFrame):
    """A card under a cell: what it means and one action."""

    def __init__(self, look: Look, cell: Cell, action: Button, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("card", True)
        self.setAccessibleName(cell.sentence)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(look.px(16), look.px(14), look.px(16), look.px(14))
        layout.addWidget(label(look, cell.sentence, "item_title"))
        text = label(look, cell.meaning, "body", "text2", wrap=True)
        text.setFixedWidth(look.px(320))
        layout.addWidget(text)
        row = QHBoxLayout()
        row.addWidget(action)
        row.addStretch(1)
        layout.addSpacing(look.px(6))
        layout.addLayout(row)
        action.clicked.connect(self.close)


class TrustStrip(QWidget):
    """Mark, case and the cells."""

    help_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._cells: list[Cell] = []
        self._views: list[CellView] = []
        self._lines: list[Hairline] = []
        self.setAccessibleName(tr("Case"))
        self._number = ""
        self._title = ""
        self.on_verify = lambda: None
        self.setFixedHeight(look.size("trust_strip"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(look.px(16), 0, look.px(14), 0)
        self._row.setSpacing(0)
        self._row.addStretch(1)
        mark = Button(look, "?", "", "quiet", self.help_wanted.emit)
        mark.setAccessibleName(tr("Help for this place"))
        mark.setToolTip(tr("Help for this place (F1)"))
        self._row.addWidget(mark)
        look.changed.connect(self.update)

    def set_case(self, number: str, title: str) -> None:
        """Name the case."""
        self._number, self._title = number, title
        self.setAccessibleName(tr("Case {number}, {title}", number=number, title=title).strip(" ,"))
        self._fit()
        self.update()

    def set_cells(self, cells_: list[Cell]) -> None:
        """Show the statements."""
        self._cells = cells_
        while len(self._views) < len(cells_):
            line = Hairline(self._look, down=True)
            line.setFixedHeight(self._look.px(20))
            view = CellView(self._look)
            view.clicked.connect(self._open)
            for widget in (line, view):
                self._row.insertWidget(self._row.count() - 1, widget)
            self._lines.append(line)
            self._views.append(view)
        self._fit()

    def _name(self) -> str:
        return tr("Case {number}", number=self._number) if self._number else tr("Case")

    def _fit(self) -> None:
        look = self._look
        wide = self.width() >= look.px(1500)
        for at, view in enumerate(self._views):
            shown = at < len(self._cells)
            view.setVisible(shown)
            self._lines[at].setVisible(shown)
            if shown:
                view.show_cell(self._cells[at], with_fact=wide)
        needed = sum(view.sizeHint().width() for view in self._views[: len(self._cells)])
        name = look.metrics("body", 600).horizontalAdvance(self._name())
        if needed + name > self.width() - look.px(52 + 60):
            for view, cell in zip(self._views, self._cells, strict=False):
                view.show_cell(cell, with_fact=False, with_words=False)

    def resizeEvent(self, event: object) -> None:
        """Drop the facts when it gets narrow, then the words of what is good."""
        self._fit()

    def _open(self) -> None:
        view = self.sender()
        if isinstance(view, CellView):
            action = Button(self._look, tr("Check the record now"), "custody", "normal", self.on_verify)
            card = Popover(self._look, view.cell, action, self)
            card.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            card.move(view.mapToGlobal(QPoint(0, view.height())))
            card.adjustSize()
            over = card.x() + card.width() - self.mapToGlobal(QPoint(self.width() - self._look.px(8), 0)).x()
            card.move(card.x() - max(0, over), card.y())
            card.show()
            action.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, mark and case."""
        look = self._look
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("bar"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, look.colour("line"))
        side = look.px(24)
        draw.mark(painter, look, look.px(16), (self.height() - side) / 2, side)
        x = look.px(52)
        painter.setFont(look.font("body", 600))
        painter.setPen(look.colour("text"))
        edge = self._lines[0].x() if self._lines else self.width()
        name = draw.elided(self._name(), edge - x - look.px(8), look.font("body", 600))
        rect = QRectF(x, 0, self.width(), self.height())
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter), name)
        if self._title:
            left = x + look.metrics("body", 600).horizontalAdvance(name) + look.px(9)
            room = edge - left - look.px(8)
            if look.metrics("body").horizontalAdvance(self._title) <= room:
                painter.setFont(look.font("body"))
                painter.setPen(look.colour("text2"))
                rect.setLeft(left)
                painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter), self._title)


class Banner(QWidget):
    """Stands under the strip while something is wrong: what, what is not affected, one action."""

    action_wanted = Signal(str)  # the key of the trouble
    other_wanted = Signal(str, str)  # the key of the trouble, the exhibit that it is about

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._key = self._about = ""
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumHeight(look.px(72))
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(24), look.px(12), look.px(24), look.px(12))
        self._icon = IconView(look, "stop", 24, "danger")
        row.addWidget(self._icon)
        row.addSpacing(look.px(12))
        words = QVBoxLayout()
        words.setSpacing(look.px(3))
        self._title = label(look, "", "item_title", "danger")
        self._text = label(look, "", "body", "text", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._text)
        row.addLayout(words, 1)
        self.action = Button(look, tr("Check the record"), "", "primary", lambda: self.action_wanted.emit(self._key))
        self.other = Button(look, tr("Other"), "", "normal", lambda: self.other_wanted.emit(self._key, self._about))
        row.addWidget(self.other)
        row.addSpacing(look.px(8))
        row.addWidget(self.action)
        self.hide()

    def show_state(self, cells_: list[Cell], trouble: Trouble | None) -> None:
        """Show the first broken cell, else the trouble, else nothing."""
        broken = next((cell for cell in cells_ if cell.state == BROKEN), None)
        if broken is not None:
            trouble = Trouble("ledger", broken.sentence, broken.meaning, BOTH, grave=True, other=COPY)
        self.setVisible(trouble is not None)
        if trouble is None:
            return
        tone = "danger" if trouble.grave else "warn"
        self._key, self._about = trouble.key, trouble.about
        self.other.setVisible(bool(trouble.other))
        self.other.setText(trouble.other or tr("Other"))
        self._icon.set_icon("stop" if trouble.grave else "warn", tone)
        set_tone(self._title, tone)
        self._title.setText(trouble.title)
        self._text.setText(trouble.text)
        self.action.setText(trouble.action)
        if self.property("ground") != f"{tone}soft":
            self.setProperty("ground", f"{tone}soft")
            self.style().unpolish(self)
            self.style().polish(self)
        self.setAccessibleName(f"{trouble.title}. {trouble.text}")
