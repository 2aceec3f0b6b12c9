"""Every setting of the window, declared once: key, default, help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QSettings


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that is remembered between sessions on this computer."""

    key: str
    default: str
    help: str


THEME = Setting("look/theme", "light", "light, dark or contrast")
LANGUAGE = Setting("look/language", "", "de, es, fr, nl, pt or en; empty for the language of the system")
SCALE = Setting("look/scale", "1.0", "font scale from 0.9 to 2.0")
VIEWER = Setting("viewers/tab", "Hex", "the viewer tab that is kept when the row changes")
RECENT = Setting("cases/recent", "", "folders of the cases opened last, one a line")
COLUMNS = Setting("findings/columns", "", "columns that were switched off, one a line")
LAYOUT_FINDINGS = Setting("layout/findings", "", "the panels of the findings, as they were left")
LAYOUT_EVIDENCE = Setting("layout/evidence", "", "the panels of the evidence, as they were left")
GEOMETRY = Setting("window/geometry", "", "size and place of the window")
ALL = (THEME, LANGUAGE, SCALE, VIEWER, RECENT, COLUMNS, LAYOUT_FINDINGS, LAYOUT_EVIDENCE, GEOMETRY)


class Settings(QObject):
    """Reads and writes the declared settings; in memory only when no file is wanted."""

    def __init__(self, *, remember: bool = True) -> None:
        super().__init__()
        self._store = QSettings("Impound", "Impound") if remember else None
        self._values: dict[str, Any] = {}

    def get(self, setting: Setting) -> str:
        """The value of a setting."""
        if setting.key in self._values:
            return str(self._values[setting.key])
        if self._store is None:
            return setting.default
        value = self._store.value(setting.key, setting.default)
        return value if isinstance(value, str) else setting.default

    def put(self, setting: Setting, value: str) -> None:
        """Remember a value."""
        self._values[setting.key] = value
        if self._store is not None:
            self._store.setValue(setting.key, value)

    def lines(self, setting: Setting) -> list[str]:
        """A setting of several lines."""
        return [line for line in self.get(setting).split("\n") if line]

    def geometry(self) -> QByteArray:
        """The geometry of the window."""
        return QByteArray.fromBase64(self.get(GEOMETRY).encode())

    def put_geometry(self, value: QByteArray) -> None:
        """Remember the geometry of the window."""
        self.put(GEOMETRY, bytes(value.toBase64().data()).decode())
