"""The evidence tree: exhibit, image, volumes, folders, and the places outside them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from app import reading
from app.reader import Reader
from app.reading import TreeFacts
from app.verdicts import words_of
from forensics.visible import visible
from resources.languages import tr
from viewers.tips import tip
from viewers.words import plural, size_text

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
NODE_ROLE = int(Qt.ItemDataRole.UserRole)
REGIONS = {
    "gap": ("gap", tr("Gaps")),
    "unallocated": ("bytes", tr("Unallocated")),
    "slack": ("bytes", tr("Slack")),
    "metadata": ("chip", tr("Metadata")),
}
_APFS = re.compile(r"APFS volume (.+) of volume \d+", re.DOTALL)  # the type of an encrypted volume of a container


@dataclass(slots=True, eq=False)
class Node:
    """A place of the evidence."""

    kind: str  # exhibit | image | table | volume | folder | region | unexamined
    name: str
    icon: str
    note: str = ""
    token: str = "text2"
    bold: bool = False
    exhibit: str = ""
    volume: int = 0
    path: str = ""
    region: str = ""
    lazy: bool = False
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    asked: bool = False

    def add(self, child: Node) -> Node:
        """Put a place under this one."""
        child.parent = self
        self.children.append(child)
        return child


def _volume_node(row: Any) -> Node:
    system = row.file_system or row.type_text or tr("unknown content")
    locked = row.state == "encrypted"
    words = {"encrypted": tr(", locked"), "damaged": tr(", damaged"), "unknown": ""}.get(row.state, "")
    shown = system.upper() if system.startswith(("ntfs", "fat", "hfs", "apfs", "iso")) else system
    named = _APFS.fullmatch(row.type_text or "")
    name = f"p{row.number}  {visible(named[1])} (APFS)" if named else f"p{row.number}  {shown}"
    return Node(
        "volume",
        name + words,
        "lock" if locked else "volume",
        size_text(row.size),
        "warn" if locked or row.state == "damaged" else "text2",
        exhibit=row.exhibit,
        volume=row.number,
        path="/",
        lazy=row.state == "read",
    )


def build(facts: TreeFacts) -> Node:
    """The upper part of the tree."""
    root = Node("root", "", "disk")
    for exhibit in facts.exhibits:
        number = exhibit.number
        top = root.add(
            Node(
                "exhibit",
                f"{number}  {exhibit.description}".strip(),
                "evidence",
                "examining" if exhibit.state == "open" else "",
                bold=True,
                exhibit=number,
            )
        )
        words = words_of(exhibit.verdict)
        image = top.add(
            Node(
                "image",
                exhibit.image_name,
                "image",
                words.tree,
                "danger" if words.tone == "danger" else "text2",
                exhibit=number,
            )
        )
        volumes = [row for row in facts.volumes if row.exhibit == number]
        kinds_ = {row.table_kind for row in volumes if row.table_kind != "none"}
        table = image
        if kinds_:
            name = f"{'/'.join(sorted(kinds_)).upper()}, {plural(len(volumes), 'volume', 'volumes')}"
            table = image.add(Node("table", name, "volume", exhibit=number))
        for row in volumes:
            table.add(_volume_node(row))
        sums: dict[str, int] = {}
        for row in facts.regions:
            if row.exhibit == number:
                sums[row.kind] = sums.get(row.kind, 0) + row.bytes
        for kind, (icon, name) in REGIONS.items():
            if sums.get(kind):
                table.add(Node("region", name, icon, size_text(sums[kind]), exhibit=number, region=kind))
        if number in facts.unexamined:
            count, total = facts.unexamined[number]
            note = size_text(total) if total else plural(count, "place", "places")
            table.add(Node("unexamined", tr("Could not be searched"), "ban", note, "danger", exhibit=number))
    return root


class TreeModel(QAbstractItemModel):
    """Folders are read when they are opened."""

    loaded = Signal()

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader
        self.root = Node("root", "", "disk")
        self.facts = TreeFacts([], [], [], {})
        self.ready = False

    def load(self) -> None:
        """Read exhibits, volumes and regions."""
        self._reader.submit(reading.tree_facts, self._take)

    def _take(self, facts: TreeFacts) -> None:
        self.beginResetModel()
        self.facts = facts
        self.ready = True
        self.root = build(facts)
        self.endResetModel()
        self.loaded.emit()

    def node(self, index: Index) -> Node:
        """The place of an index."""
        if index.isValid():
            found = index.internalPointer()
            if isinstance(found, Node):
                return found
        return self.root

    def index_of(self, node: Node) -> QModelIndex:
        """The index of a place."""
        if node.parent is None:
            return QModelIndex()
        return self.createIndex(node.parent.children.index(node), 0, node)

    def index(self, row: int, column: int, parent: Index = ROOT) -> QModelIndex:
        """The index of a child."""
        node = self.node(parent)
        if 0 <= row < len(node.children) and column == 0:
            return self.createIndex(row, 0, node.children[row])
        return QModelIndex()

    def parent(self, index: Index = ROOT) -> QModelIndex:  # type: ignore[override]
        """The place above."""
        node = self.node(index)
        if node.parent is None or node.parent.parent is None:
            return QModelIndex()
        return self.index_of(node.parent)

    def rowCount(self, parent: Index = ROOT) -> int:
        """How many places stand directly in a place."""
        return len(self.node(parent).children)

    def columnCount(self, parent: Index = ROOT) -> int:
        """One column; the note is painted in it."""
        return 1

    def hasChildren(self, parent: Index = ROOT) -> bool:
        """Whether it can be opened."""
        node = self.node(parent)
        return bool(node.children) or (node.lazy and not node.asked)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether its folders have not been read yet."""
        node = self.node(parent)
        return node.lazy and not node.asked

    def fetchMore(self, parent: Index) -> None:
        """Read its folders."""
        node = self.node(parent)
        node.asked = True

        def take(rows: list[tuple[str, str, int]]) -> None:
            if not rows:
                self.layoutChanged.emit()
                return
            index = self.index_of(node)
            self.beginInsertRows(index, 0, len(rows) - 1)
            for name, path, count in rows:
                note = f"{count:,}" if count else ""
                node.add(
                    Node("folder", name, "folder", note, exhibit=node.exhibit, volume=node.volume, path=path, lazy=True)
                )
            self.endInsertRows()

        exhibit, volume, path = node.exhibit, node.volume, node.path
        self._reader.submit(lambda connection: reading.folders(connection, exhibit, volume, path), take)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, note and the place itself."""
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return node.name
        if role == NODE_ROLE:
            return node
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{node.name}, {node.note}" if node.note else node.name
        if role == Qt.ItemDataRole.ToolTipRole and node.icon == "lock":
            return tr("Locked. Enter or a double click asks for its key.")
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(node.path or node.name)
        return None
