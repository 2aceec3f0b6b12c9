"""The evidence panel: the tree with its heading."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.docks.frame import Heading
from app.models.tree import NODE_ROLE, Node, TreeModel
from resources.languages import tr
from viewers import draw
from viewers.look import Look
from viewers.parts import label

Index = QModelIndex | QPersistentModelIndex


class TreeDelegate(QStyledItemDelegate):
    """Icon, name, and a note at the right."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(80, self.look.size("row_tree"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one place."""
        look = self.look
        node = index.data(NODE_ROLE)
        if not isinstance(node, Node):
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        rect = QRectF(option.rect)
        if selected:
            painter.fillRect(option.rect, look.colour("select"))
        size = look.px(16)
        look.paint_icon(
            painter, node.icon, rect.left() + 2, rect.center().y() - size / 2, size, look.colour(node.token)
        )
        right = rect.right() - look.px(8)
        left = rect.left() + size + look.px(8)
        note_width = look.metrics("note").horizontalAdvance(node.note) if node.note else 0
        if left + note_width + look.px(40) > right:
            note_width = 0
        if note_width:
            painter.setFont(look.font("note"))
            painter.setPen(look.colour("text2"))
            box = QRectF(right - note_width, rect.top(), note_width + 2, rect.height())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), node.note)
            right -= note_width + look.px(8)
        weight = 600 if node.bold or selected else 0
        painter.setFont(look.font("dense", weight))
        painter.setPen(look.colour("text"))
        name = draw.elided(node.name, int(right - left), look.font("dense", weight))
        painter.drawText(
            QRectF(left, rect.top(), right - left, rect.height()), int(Qt.AlignmentFlag.AlignVCenter), name
        )


class TreeView(QTreeView):
    """A tree that paints its own arrows."""

    opened = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(look.px(14))
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.setExpandsOnDoubleClick(False)
        self.setAccessibleName(tr("Evidence tree"))

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """An arrow where a place can be opened; no lines."""
        look = self.look
        selected = self.selectionModel().isSelected(index)
        if selected:
            painter.fillRect(rect, look.colour("select"))
        if index.model() is not None and index.model().hasChildren(index):
            size = look.px(12)
            name = "down" if self.isExpanded(index) else "right"
            look.paint_icon(
                painter, name, rect.right() - size, rect.center().y() - size / 2 + 1, size, look.colour("text2")
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the place."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)


class TreePanel(QWidget):
    """Heading and tree."""

    chosen = Signal(object)  # Node
    opened = Signal(object)
    locked_opened = Signal(object)  # Node of an encrypted volume

    def __init__(self, look: Look, model: TreeModel) -> None:
        super().__init__()
        self.look = look
        self.model = model
        self.setProperty("ground", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(look.px(16), 0, look.px(12), 0)
        head.addWidget(label(look, tr("Evidence"), "card_title"))
        head.addStretch(1)
        self._locked = QLabel()
        self._locked.setProperty("chip", "warn")
        self._locked.setFont(look.font("dense", 500))
        self._locked.setFixedHeight(look.px(22))
        head.addWidget(self._locked)
        top = Heading(look, "filter_bar", "surface")
        top.setLayout(head)
        self.head = top  # stands over the panel, as its heading
        self.view = TreeView(look)
        self._delegate = TreeDelegate(look)
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(model)
        self.view.selectionModel().currentChanged.connect(self._current)
        self.view.doubleClicked.connect(lambda _index: self._open())
        self.view.opened.connect(self._open)
        outer.addWidget(self.view, 1)
        self._none = label(look, tr("No exhibit yet."), "dense", "text2", wrap=True)
        self._none.setContentsMargins(look.px(16), look.px(8), look.px(12), 0)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        outer.addWidget(self._none, 1)
        model.loaded.connect(self._loaded)
        self._loaded()
        look.changed.connect(self.view.viewport().update)

    def _loaded(self) -> None:
        self.view.setVisible(bool(self.model.root.children))
        self._none.setVisible(not self.model.root.children)
        locked = sum(1 for row in self.model.facts.volumes if row.state == "encrypted")
        self._locked.setText(tr("{locked} locked", locked=locked))
        self._locked.setVisible(bool(locked))
        stack = list(self.model.root.children)
        while stack:
            node = stack.pop(0)
            if node.kind in ("exhibit", "image", "table"):
                self.view.expand(self.model.index_of(node))
                stack.extend(node.children)

    def choose(self, node: Node) -> None:
        """Select a place."""
        self.view.setCurrentIndex(self.model.index_of(node))

    def _current(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.model.node(index))

    def _open(self) -> None:
        index = self.view.currentIndex()
        if index.isValid():
            node = self.model.node(index)
            if node.kind == "volume" and node.icon == "lock":
                self.locked_opened.emit(node)
                return
            if self.model.hasChildren(index):
                self.view.setExpanded(index, not self.view.isExpanded(index))
            self.opened.emit(node)
