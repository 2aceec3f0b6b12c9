"""Gallery: pictures blurred before they reach the window, on a map, and beside those that look like them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QStackedWidget, QVBoxLayout, QWidget

from app.places.base import PlaceWidget, view_bar
from app.places.gallery_map import GalleryMap, positions
from app.places.gallery_tiles import MOST, Picture, TileDelegate, Tiles, load
from app.places.look_alikes import Alike, alike
from app.session import Session
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, EmptyState, Hairline, label
from viewers.words import plural

AS_MAP, AS_PICTURES = tr("Show as map"), tr("Show as pictures")


class GalleryPlace(PlaceWidget):
    """The page."""

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__()
        self.look = look
        self.session = session
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        bar, row = view_bar(look, tr("Gallery"), 12)
        self._note = label(look, "", "dense", "text2")
        row.addWidget(self._note, 1)
        self.all = Button(look, tr("Show all pictures"), "", "quiet", self.show_all)
        self.all.hide()
        row.addWidget(self.all)
        self.like = Button(look, tr("Show look-alikes"), "gallery", "quiet", self.show_alike)
        row.addWidget(self.like)
        self.turn = Button(look, AS_MAP, "map", "quiet", self.toggle_map)
        row.addWidget(self.turn)
        outer.addWidget(bar)
        outer.addWidget(Hairline(look))
        self.said = label(look, "", "dense", "text2", wrap=True, selectable=True)
        self.said.setContentsMargins(look.px(16), look.px(6), look.px(16), look.px(6))
        self.said.hide()
        outer.addWidget(self.said)
        self._stack = QStackedWidget()
        self.model = Tiles(session, look)
        self.view = QListView()
        self.view.setAccessibleName(tr("Pictures"))
        self.view.setViewMode(QListView.ViewMode.IconMode)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setLayoutMode(QListView.LayoutMode.Batched)
        self.view.setUniformItemSizes(True)
        self.view.setMovement(QListView.Movement.Static)
        self.view.setFrameShape(QListView.Shape.NoFrame)
        self.view.setContentsMargins(look.px(8), 0, 0, 0)
        self._delegate = TileDelegate(look)
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(self.model)
        self.view.activated.connect(self._open)
        self.view.selectionModel().currentChanged.connect(self._moved)
        self._stack.addWidget(self.view)
        self._empty = EmptyState(
            look, "gallery", tr("No pictures"), tr("No entry with the name of a picture was found.")
        )
        self._stack.addWidget(self._empty)
        self.map = GalleryMap(look)
        self.map.finding_wanted.connect(self.finding_wanted)
        self._stack.addWidget(self.map)
        outer.addWidget(self._stack, 1)
        self._all: list[Picture] = []
        self._alike: Alike | None = None
        look.changed.connect(self.view.viewport().update)

    @property
    def busy(self) -> bool:
        """Whether thumbnails are still to come."""
        return self.model.busy

    def focus_first(self) -> None:
        """The tiles have the keys."""
        (self.map.view if self._stack.currentWidget() is self.map else self.view).setFocus()

    def reload(self) -> None:
        """Read which pictures there are."""
        self.session.reader.submit(load, self._take, long=True)
        self.session.reader.submit(positions, self.map.take, long=True)
        if self._alike is not None:
            self.show_alike(self._alike.to)

    def toggle_map(self) -> None:
        """Change between pictures and positions."""
        shown = self._stack.currentWidget() is not self.map
        self.turn.setText(AS_PICTURES if shown else AS_MAP)
        self._stack.setCurrentWidget(self.map if shown else self._tiles_or_none())
        self.focus_first()

    def show_alike(self, picture: Picture | None = None) -> None:
        """Show the pictures that look like one, the chosen one by default."""
        one = picture or self.chosen
        if one is None:
            self.session.announced.emit(tr("Choose a picture first."))
        else:
            self.session.reader.submit(lambda connection: alike(connection, one), self._take_alike, long=True)

    @property
    def chosen(self) -> Picture | None:
        """The picture that has the keys; none on the map."""
        at = self.view.currentIndex()
        return self.model.pictures[at.row()] if at.isValid() and self._stack.currentWidget() is self.view else None

    def show_all(self) -> None:
        """All pictures again, the one that was looked for among them chosen."""
        if self._alike is None:
            return
        to, self._alike = self._alike.to, None
        self.all.hide()
        self.said.hide()
        self.model.show_pictures(self._all)
        self._stack.setCurrentWidget(self._tiles_or_none())
        self._choose(next((at for at, one in enumerate(self._all) if one.entry == to.entry), -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to all pictures."""
        if event.key() == Qt.Key.Key_Escape and self._alike is not None:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def _take_alike(self, found: Alike) -> None:
        if found.compared is not None:
            self._alike = found
            self.all.show()
            self.turn.setText(AS_MAP)
            self.model.show_pictures(found.pictures)
            self._stack.setCurrentWidget(self.view)
            self._choose(0)
        self.said.setText(found.words())
        self.said.show()

    def _moved(self) -> None:
        if self._alike is None:
            self.said.hide()

    def _choose(self, row: int) -> None:
        index = self.model.index(row) if row >= 0 else QModelIndex()
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)
        self.focus_first()

    def _tiles_or_none(self) -> QWidget:
        return self.view if self.model.pictures else self._empty

    def _take(self, found: tuple[list[Picture], int]) -> None:
        self._all, total = found
        pictures = self._all
        if self._alike is None:
            self.model.show_pictures(pictures)
        more = tr(", the first {most:,} are shown", most=MOST) if total > len(pictures) else ""
        self._note.setText(
            tr(
                "{pictures} by name{more}. Blurred before they reach this window; Enter opens one.",
                pictures=plural(total, "picture", "pictures"),
                more=more,
            )
        )
        if self._stack.currentWidget() is not self.map:
            self._stack.setCurrentWidget(self._tiles_or_none())

    def _open(self, index: QModelIndex) -> None:
        one = self.model.pictures[index.row()]
        if one.finding >= 0:
            self.finding_wanted.emit(one.finding)
        else:
            quoted = one.path.replace("\\", "\\\\").replace('"', '\\"')
            self.filter_wanted.emit(f'path = "{quoted}"')
