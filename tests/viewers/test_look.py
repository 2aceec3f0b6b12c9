from __future__ import annotations

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from app.main import application_of
from viewers import kinds
from viewers.look import THEMES, Look, tokens

TEXT_PAIRS = [
    ("text", "window"), ("text", "surface"), ("text", "raised"), ("text2", "surface"), ("text2", "raised"),
    ("text2", "window"), ("text3", "surface"), ("text2", "sunken"), ("accent", "surface"), ("onaccent", "accent"),
    ("accent", "accentsoft"), ("text", "select"), ("text2", "select"), ("text", "hover"), ("ok", "surface"), ("ok", "oksoft"),
    ("warn", "surface"), ("warn", "warnsoft"), ("danger", "surface"), ("danger", "dangersoft"), ("secret", "surface"),
    ("secret", "secretsoft"), ("text", "run"), ("text", "field"), ("text", "field2"), ("text", "bar"), ("text2", "bar"),
    ("text2", "field"), ("text2", "field2"), ("text", "warnsoft"), ("text", "dangersoft"), ("text", "accentsoft"),
]  # fmt: skip
BORDER_PAIRS = [("line2", "surface"), ("focus", "surface"), ("accent", "surface")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", list(THEMES.values()))
def test_text_can_be_read(theme: str) -> None:
    colours = tokens()["themes"][theme]
    low = {
        (front, back): contrast(colours[front], colours[back])
        for front, back in TEXT_PAIRS
        if contrast(colours[front], colours[back]) < 4.5
    }
    assert low == {}
    assert all(contrast(colours[front], colours[back]) >= 3 for front, back in BORDER_PAIRS)


@pytest.mark.parametrize("theme", list(THEMES.values()))
def test_kinds_can_be_seen(theme: str) -> None:
    surface = tokens()["themes"][theme]["surface"]
    assert all(contrast(kind[theme], surface) >= 3 for kind in tokens()["kinds"].values())


def test_every_family_has_a_tile_and_every_tile_an_icon() -> None:
    application_of(["test"])
    look = Look()
    for tile in set(kinds.TILES.values()) | {"system"}:
        assert look.kind_glyph(tile) in tokens()["icons"]
    assert kinds.tile("never/heard") == "system"


def test_fonts_come_from_the_package() -> None:
    from PySide6.QtGui import QFontInfo

    application_of(["test"])
    look = Look()
    for role, family in (("body", "IBM Plex Sans"), ("bytes", "IBM Plex Mono"), ("quote", "IBM Plex Serif")):
        assert QFontInfo(look.font(role)).family().startswith(family)
