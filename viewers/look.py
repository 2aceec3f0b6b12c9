"""The look: colours, fonts, sizes and icons from the tokens. One object, handed to every widget."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import Any, cast

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

THEMES = {"light": "light", "dark": "dark", "contrast": "high_contrast"}
WEIGHTS = {400: QFont.Weight.Normal, 500: QFont.Weight.Medium, 600: QFont.Weight.DemiBold}
FILES = tuple(
    f"IBMPlex{family}-{weight}.woff"
    for family in ("Sans", "Mono", "Serif")
    for weight in ("Regular", "Medium", "SemiBold")
)


@lru_cache(maxsize=1)
def tokens() -> dict[str, Any]:
    """The tokens as they stand in the package."""
    text = resources.files("resources").joinpath("look/tokens.json").read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


@lru_cache(maxsize=1)
def load_fonts() -> None:
    """Register the fonts of the package with Qt. Call after the application exists."""
    folder = resources.files("resources").joinpath("fonts")
    for name in FILES:
        QFontDatabase.addApplicationFontFromData(QByteArray(folder.joinpath(name).read_bytes()))


def mixed(over: QColor, under: QColor, alpha: float) -> QColor:
    """The colour that `over` at `alpha` gives on `under`."""

    def one(a: int, b: int) -> int:
        return round(a * alpha + b * (1 - alpha))

    return QColor(one(over.red(), under.red()), one(over.green(), under.green()), one(over.blue(), under.blue()))


class Look(QObject):
    """Colours, fonts, sizes and icons of one theme at one scale."""

    changed = Signal()

    def __init__(self, theme: str = "light", scale: float = 1.0) -> None:
        super().__init__()
        load_fonts()
        self._tokens = tokens()
        self.scale = scale
        self._theme = "light"
        self._colours: dict[str, QColor] = {}
        self._fonts: dict[tuple[str, int, int], QFont] = {}
        self._metrics: dict[tuple[str, int, int], QFontMetrics] = {}
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._read(theme)

    def _read(self, theme: str) -> None:
        self._theme = theme
        own = self._tokens["themes"][THEMES[theme]]
        self._colours = {name: QColor(value) for name, value in own.items()}
        self._kinds = {name: QColor(kind[THEMES[theme]]) for name, kind in self._tokens["kinds"].items()}
        self._alpha = float(self._tokens["kind_tile_alpha"][THEMES[theme]])

    @property
    def theme(self) -> str:
        """The name of the theme: light, dark or contrast."""
        return self._theme

    @property
    def is_dark(self) -> bool:
        """Whether surfaces are darker than text."""
        return self._theme != "light"

    def set_theme(self, theme: str) -> None:
        """Take another theme and tell every widget."""
        if theme != self._theme:
            self._read(theme)
            self._pixmaps.clear()
            self.changed.emit()

    def colour(self, name: str) -> QColor:
        """The colour of a token."""
        return QColor(self._colours[name])

    def kind(self, tile: str) -> QColor:
        """The colour of an artefact kind."""
        return QColor(self._kinds[tile])

    def tile(self, tile: str, under: str = "surface") -> QColor:
        """The quiet fill behind the glyph of a kind."""
        return mixed(self._kinds[tile], self._colours[under], self._alpha)

    def kind_glyph(self, tile: str) -> str:
        """The name of the icon of a kind."""
        return str(self._tokens["kinds"][tile]["glyph"])

    def px(self, size: float) -> int:
        """A size at 100 % in pixels of this scale."""
        return round(size * self.scale)

    def size(self, name: str) -> int:
        """A named size of the tokens in pixels of this scale."""
        return self.px(self._tokens["size"][name])

    def font(self, role: str = "body", weight: int = 0) -> QFont:
        """The font of a role ("dense", "body", "digest" ...), in its own or another weight."""
        own = self._tokens["type"][role]
        key = (role, weight or int(own.get("weight", 400)), 0)
        found = self._fonts.get(key)
        if found is None:
            family = self._tokens["font"][own.get("family", "ui")]
            found = QFont([family, *self._tokens["font"]["fallback"]])
            found.setPixelSize(max(1, round(own["px"] * self.scale)))
            found.setWeight(WEIGHTS[key[1]])
            found.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            self._fonts[key] = found
        return found

    def metrics(self, role: str = "body", weight: int = 0) -> QFontMetrics:
        """The metrics of a font of this look."""
        key = (role, weight, 0)
        found = self._metrics.get(key)
        if found is None:
            found = self._metrics[key] = QFontMetrics(self.font(role, weight))
        return found

    def pixmap(self, name: str, colour: QColor, size: int, ratio: float = 1.0) -> QPixmap:
        """An icon as pixels, kept."""
        key = (name, colour.name(), size, ratio)
        found = self._pixmaps.get(key)
        if found is None:
            found = QPixmap(QSize(round(size * ratio), round(size * ratio)))
            found.setDevicePixelRatio(ratio)
            found.fill(Qt.GlobalColor.transparent)
            stroke = max(float(self._tokens["icon"]["stroke"]), 1.3 * 24 / size)
            path = self._tokens["icons"][name]
            svg = (
                '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" '
                f'stroke="{colour.name()}" stroke-width="{stroke:.2f}" stroke-linecap="round" '
                f'stroke-linejoin="round"><path d="{path}"/></svg>'
            )
            painter = QPainter(found)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
            painter.end()
            self._pixmaps[key] = found
        return found

    def icon(self, name: str, token: str = "text2", size: int = 16) -> QIcon:
        """An icon for a button or a menu, with a paler form for the disabled state."""
        made = QIcon()
        for ratio in (1.0, 2.0):
            made.addPixmap(self.pixmap(name, self.colour(token), self.px(size), ratio))
            made.addPixmap(self.pixmap(name, self.colour("text3"), self.px(size), ratio), QIcon.Mode.Disabled)
        return made

    def paint_icon(self, painter: QPainter, name: str, x: float, y: float, size: int, colour: QColor) -> None:
        """Paint an icon with its upper left corner at `x`, `y`; `size` is in real pixels."""
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(round(x), round(y), self.pixmap(name, colour, size, ratio))
