"""The map of the gallery: which positions it shows, how it is walked, and where the coasts are."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from sqlalchemy import create_engine, insert

from app.places.gallery_map import GalleryMap, positions
from forensics.case import schema
from viewers.look import Look
from viewers.map import Position, outlines

SHOWN = [
    Position(54.6253, 3.5435, "IMG_0412.jpg", "no time stored", 156),
    Position(-33.5, -70.25, "b.jpg", "2024-05-12 10:33:50 as stored", 157),
]


@pytest.fixture
def place(look: Look) -> Iterator[GalleryMap]:
    made = GalleryMap(look)
    made.resize(1000, 600)
    made.show()
    made.take((SHOWN, 2))
    yield made
    made.close()
    made.deleteLater()


def test_land_is_land_and_water_is_water() -> None:
    land = [(51.0, 10.0), (40.0, -100.0), (-25.0, 135.0), (-80.0, 0.0), (66.5, -172.0), (66.5, 178.0)]
    water = [(0.0, -30.0), (55.0, 3.0), (-16.5, 100.0), (68.0, -150.0 - 20), (75.0, 0.0)]
    assert all(outlines().contains(QPointF(east, -north)) for north, east in land)
    assert not any(outlines().contains(QPointF(east, -north)) for north, east in water)


def test_map_and_list_say_the_same(place: GalleryMap) -> None:
    assert place.list.item(1).text() == "b.jpg\n33.50000° S, 70.25000° W\n2024-05-12 10:33:50 as stored"
    place.list.setCurrentRow(1)
    assert place.view.at == 1
    told = [(part.name, part.value, part.chosen) for part in place.view.accessible_parts()]
    assert told[0] == ("IMG_0412.jpg, no time stored", "54.62530° N, 3.54350° E", False)
    assert told[1][2]
    assert place.view.accessible_value() == "2 positions"


def test_it_is_walked_with_the_keys_and_by_hand(place: GalleryMap) -> None:
    view = place.view
    assert all(view.rect().contains(view.mark(at).toPoint()) for at in (0, 1))
    opened: list[int] = []
    place.finding_wanted.connect(opened.append)
    QTest.keyClick(view, Qt.Key.Key_N)
    assert place.list.currentRow() == 0
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert opened == [156]
    before = view.mark(0)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.mark(0).x() < before.x()
    for _ in range(12):
        QTest.keyClick(view, Qt.Key.Key_Plus)
    QTest.keyClick(view, Qt.Key.Key_N)
    assert view.rect().contains(view.mark(1).toPoint())
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.scale == pytest.approx(min(view.width() / 360, view.height() / 180))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.mark(0).toPoint())
    assert view.at == 0


def test_only_stated_positions_are_read() -> None:
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    fields = [
        '{"latitude": {"value": "54.6"}, "longitude": {"value": "3.5"}}',
        '{"latitude": {"value": "out of range"}, "longitude": {"value": "3.5"}}',
        '{"latitude": {"value": "152"}, "longitude": {"value": "nan"}}',
        '{"make": {"value": "Example"}}',
    ]
    texts = {column.name: "" for column in schema.finding.c if str(column.type) == "TEXT"}
    numbers = {column.name: 0 for column in schema.finding.c if column.name not in texts}
    with engine.connect() as connection:
        for number, each in enumerate(fields, 1):
            row = {**texts, **numbers, "id": number, "kind": "media/exif", "path": f"/x/{number}.jpg", "first_us": None}
            connection.execute(insert(schema.finding).values({**row, "locator": str(number), "fields_json": each}))
        found, without = positions(connection)
    assert [(each.title, each.latitude, each.number) for each in found] == [("1.jpg", 54.6, 1)]
    assert without == 3


def test_without_positions_it_says_so(place: GalleryMap) -> None:
    place.take(([], 3))
    assert place.empty.isVisible()
    assert place.findChildren(type(place.view))[0].isHidden()
