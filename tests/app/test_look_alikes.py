"""Pictures that look like one: in the real window on a disk of photographs, and among a hundred thousand."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import PIL.Image
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from sqlalchemy import create_engine, insert

from app.main_window import MainWindow
from app.places.gallery import GalleryPlace
from app.places.gallery_tiles import Picture
from app.places.look_alikes import MOST_APART, MOST_SHOWN, alike, differing
from forensics.case import schema
from tests.app import made_disk
from tests.app.conftest import settle


def photograph(seed: int, size: tuple[int, int] = (600, 400), quality: int = 90, turned: int = 0) -> bytes:
    """A JPEG with Exif, written by Pillow: patches of light and shade."""
    dots = np.random.default_rng(seed).integers(0, 256, (6, 9), dtype=np.uint8)
    image = PIL.Image.fromarray(dots).resize(size, PIL.Image.Resampling.BICUBIC).convert("RGB").rotate(turned)
    exif = PIL.Image.Exif()
    exif[0x0110] = "Lamp 3"
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


FILES: made_disk.Files = {
    "a.jpg": photograph(1),
    "copy.jpg": photograph(1),
    "small.jpg": photograph(1, (240, 160), 50),
    "turned.jpg": photograph(1, turned=180),
    "other.jpg": photograph(2),
    "broken.jpg": photograph(3)[:-900],
    "note.txt": "no picture",
}


@pytest.fixture
def window(real_window: Callable[[Path], MainWindow], tmp_path: Path) -> MainWindow:
    made = real_window(made_disk.examined(tmp_path, FILES))
    made.show_place("gallery")
    assert settle(made, 30)
    return made


def gallery(window: MainWindow) -> GalleryPlace:
    place = window.place("gallery")
    assert isinstance(place, GalleryPlace)
    return place


def choose(place: GalleryPlace, name: str) -> None:
    row = next(at for at, one in enumerate(place.model.pictures) if one.name == name)
    place.view.setCurrentIndex(place.model.index(row))


def test_copies_are_listed_and_others_are_not(window: MainWindow) -> None:
    place = gallery(window)
    choose(place, "a.jpg")
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert settle(window, 30)
    shown = {one.name: one.note for one in place.model.pictures}
    assert list(shown) == ["a.jpg", "copy.jpg", "small.jpg"]
    assert shown["a.jpg"] == "the chosen picture"
    assert shown["copy.jpg"] == "the same bytes"
    assert shown["small.jpg"].startswith("differs in ")
    assert "2 pictures look like a.jpg, of 4 that were compared" in place.said.text()
    assert "does not show that one was made from the other" in place.said.text()
    QTest.keyClick(place.view, Qt.Key.Key_Escape)
    assert len(place.model.pictures) == 6
    assert place.chosen is not None
    assert place.chosen.name == "a.jpg"
    assert place.said.isHidden()


def test_a_picture_without_a_look_says_so(window: MainWindow) -> None:
    place = gallery(window)
    choose(place, "broken.jpg")
    place.like.click()
    assert settle(window, 30)
    assert place.said.text().startswith("broken.jpg has no look to compare")
    assert len(place.model.pictures) == 6
    choose(place, "a.jpg")
    assert place.said.isHidden()


def test_from_a_finding_that_is_shown(window: MainWindow) -> None:
    number = next(one.finding for one in gallery(window).model.pictures if one.name == "small.jpg")
    window.show_finding(number)
    assert settle(window, 30)
    window.actions_.show_alike()
    assert settle(window, 30)
    assert window.current_place() is gallery(window)
    assert [one.name for one in gallery(window).model.pictures] == ["small.jpg", "a.jpg", "copy.jpg"]


def test_places_that_differ_are_counted() -> None:
    looks = ["0" * 16, "f" * 16, "8000000000000001"]
    assert differing(0, looks).tolist() == [0, 64, 2]
    assert differing((1 << 64) - 1, looks).tolist() == [64, 0, 62]
    assert differing(5, []).tolist() == []


def test_a_hundred_thousand_pictures() -> None:
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    count, random = 100_000, np.random.default_rng(1)
    looks = random.integers(0, 1 << 63, count, dtype=np.uint64) * 2
    looks[1 : MOST_SHOWN + 10] = looks[0] ^ np.uint64(1 << MOST_APART)
    texts = {column.name: "" for column in schema.finding.c if str(column.type) == "TEXT"}
    plain = {column.name: 0 for column in schema.finding.c if column.name not in texts} | texts
    rows = [
        {**plain, "id": at + 1, "kind": "media/exif", "path": f"/{at}.jpg", "locator": str(at), "entry": None,
         "sha256": str(at), "fields_json": json.dumps({"look": {"value": f"{int(look):016x}", "span": None}})}
        for at, look in enumerate(looks)
    ]  # fmt: skip
    with engine.connect() as connection:
        connection.execute(insert(schema.finding), rows)
        begun = time.process_time()
        found = alike(connection, Picture(None, "0.jpg", "/0.jpg", 1, 1, ""))
        took = time.process_time() - begun
    assert found.compared == count - 1
    near = np.flatnonzero(np.bitwise_count(looks ^ looks[0]) <= MOST_APART)
    assert found.found == len(near) - 1 >= MOST_SHOWN + 8
    assert len(found.pictures) == MOST_SHOWN + 1
    assert [one.finding for one in found.pictures[:3]] == [1, 2, 3]
    assert found.pictures[1].note == "differs in 1 of 64 places"
    assert f"the first {MOST_SHOWN:,} are shown" in found.words()
    assert took < 5
    print(f"alike: {took:.2f} s of {count:,}")
