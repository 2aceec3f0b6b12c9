"""The tiles of the gallery: which pictures there are, and each one blurred before it reaches the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from sqlalchemy import Connection, func, or_, select

from app.reading import E, F
from app.session import Session
from forensics.case import schema
from forensics.visible import visible
from resources.languages import tr
from viewers import draw, kinds
from viewers.base import Subject
from viewers.image import SUFFIXES
from viewers.look import Look
from viewers.tips import tip
from viewers.words import size_text

Index = QModelIndex | QPersistentModelIndex
MOST = 20_000
AT_ONCE = 4
ROOT = QModelIndex()


@dataclass(slots=True)
class Picture:
    """A tile: an entry, and its finding where there is one; `entry` is `None` for a picture that lies in none."""

    entry: int | None
    name: str
    path: str
    size: int
    finding: int
    note: str
    image: QImage | None = None
    words: str = ""
    asked: bool = False


def picture_of(subject: Subject) -> Picture:
    """The tile of a finding or an entry that is shown elsewhere."""
    name = subject.path.rpartition("/")[2] or subject.title
    return Picture(
        subject.entry, name, subject.path, subject.size, -1 if subject.finding is None else subject.finding, ""
    )


def load(connection: Connection) -> tuple[list[Picture], int]:
    """The pictures of the case, those with findings first; and how many there are."""
    named = or_(*(func.lower(E.name).endswith(suffix) for suffix in SUFFIXES))
    media = [kind for (kind,) in connection.execute(select(F.kind).distinct()) if kinds.tile(kind) == "media"]
    found: dict[int, tuple[int, str]] = {}
    if media:
        for entry, finding, summary in connection.execute(
            select(F.entry, func.min(F.id), func.min(F.summary))
            .where(F.kind.in_(media), F.entry.is_not(None))
            .group_by(F.entry)
        ):
            found[entry] = (finding, summary)
    where = (E.kind == "file") & (E.size > 0) & named
    total = int(connection.execute(select(func.count()).select_from(schema.entry).where(where)).scalar() or 0)
    rows = connection.execute(select(E.id, E.name, E.path, E.size).where(where).order_by(E.path).limit(MOST)).all()
    pictures = [
        Picture(
            row.id,
            visible(row.name),
            row.path,
            row.size,
            found.get(row.id, (-1, ""))[0],
            found.get(row.id, (-1, ""))[1],
        )
        for row in rows
    ]
    return sorted(pictures, key=lambda one: one.finding < 0), total


class Tiles(QAbstractListModel):
    """Pictures are asked for when they come into sight."""

    def __init__(self, session: Session, look: Look) -> None:
        super().__init__()
        self._session = session
        self._look = look
        self.pictures: list[Picture] = []
        self._waiting: list[int] = []
        self._running = 0
        self._generation = 0

    def show_pictures(self, pictures: list[Picture]) -> None:
        """Show these."""
        self.beginResetModel()
        self.pictures = pictures
        self._generation += 1
        self._waiting.clear()
        self._running = 0
        self.endResetModel()

    @property
    def busy(self) -> bool:
        """Whether thumbnails are still to come."""
        return bool(self._waiting) or self._running > 0

    def rowCount(self, parent: Index = ROOT) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self.pictures)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The name, or the picture itself."""
        if not index.isValid():
            return None
        one = self.pictures[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return one.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = tr("blurred") if one.image is not None else one.words or tr("being decoded")
            found = tr(", finding F{finding}, {note}", finding=one.finding, note=one.note) if one.finding >= 0 else ""
            return f"{one.name}, {state}, {size_text(one.size)}{found}"
        if role == Qt.ItemDataRole.UserRole:
            if not one.asked:
                one.asked = True
                self._waiting.append(index.row())
                self._ask()
            return one
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(f"{visible(one.path)}\n{size_text(one.size)}")
        return None

    def _ask(self) -> None:
        while self._waiting and self._running < AT_ONCE:
            row = self._waiting.pop()
            self._running += 1
            one = self.pictures[row]
            generation = self._generation

            def done(
                width: int,
                height: int,
                pixels: bytes,
                note: str,
                row: int = row,
                one: Picture = one,
                generation: int = generation,
            ) -> None:
                if generation != self._generation:
                    return
                self._running -= 1
                if pixels:
                    one.image = QImage(pixels, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()
                else:
                    one.words = note or tr("could not be decoded")
                self.dataChanged.emit(self.index(row), self.index(row))
                self._ask()

            what = {"finding": one.finding} if one.entry is None else {"entry": one.entry}
            self._session.picture_of({**what, "width": 212, "height": 156, "blur": True}, done)


class TileDelegate(QStyledItemDelegate):
    """A tile: the blurred picture, its badge and its name."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All tiles are equal."""
        return QSize(self.look.px(228), self.look.px(206))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one tile."""
        look = self.look
        one = index.data(int(Qt.ItemDataRole.UserRole))
        if not isinstance(one, Picture):
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        cell = QRectF(option.rect).adjusted(look.px(8), look.px(8), -look.px(8), -look.px(2))
        box = QRectF(cell.left(), cell.top(), cell.width(), look.px(156))
        painter.save()
        if one.image is not None:
            size = one.image.size().scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.fillRect(box, look.colour("sunken"))
            target = QRectF(
                box.center().x() - size.width() / 2, box.center().y() - size.height() / 2, size.width(), size.height()
            )
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, one.image)
            draw.care_chip(painter, look, box.left() + look.px(6), box.top() + look.px(6), look.px(18), "blurred")
        else:
            draw.hatch(painter, box, look.colour("line"), look.colour("sunken"), 8)
            painter.setFont(look.font("dense"))
            painter.setPen(look.colour("text2"))
            painter.drawText(
                box.adjusted(8, 8, -8, -8),
                int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap),
                one.words or tr("being decoded"),
            )
        painter.restore()
        draw.rounded(painter, box, look.px(4), None, look.colour("focus" if selected else "line"), 2 if selected else 1)
        painter.setFont(look.font("dense", 500 if selected else 0))
        painter.setPen(look.colour("text"))
        name = draw.elided(one.name, int(box.width()), look.font("dense"), middle=True)
        painter.drawText(
            QRectF(box.left(), box.bottom() + look.px(4), box.width(), look.px(18)),
            int(Qt.AlignmentFlag.AlignVCenter),
            name,
        )
        note = f"F{one.finding}  {one.note}" if one.finding >= 0 else size_text(one.size)
        painter.setFont(look.font("note"))
        painter.setPen(look.colour("text2"))
        painter.drawText(
            QRectF(box.left(), box.bottom() + look.px(20), box.width(), look.px(18)),
            int(Qt.AlignmentFlag.AlignVCenter),
            draw.elided(note, int(box.width()), look.font("note")),
        )
