from __future__ import annotations

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.docks.deck import VIEWERS
from app.main import application_of
from viewers.base import ByteSource, Done, FieldRow, Subject, best, value_text
from viewers.chat import ChatViewer, messages_of
from viewers.hexdump import HexViewer
from viewers.look import Look
from viewers.market import MarketViewer
from viewers.marks import marks_of
from viewers.sheet import Grid
from viewers.text import TextViewer, guess
from viewers.words import left_text, precision_text, size_text, time_text

DATA = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def look() -> Look:
    application_of(["test"])
    return Look()


def source_of(data: bytes) -> ByteSource:
    def ask(offset: int, length: int, done: Done) -> None:
        done(data[offset : offset + length], "")

    return ByteSource(size=len(data), runs=((4096, 1000), (65536, len(data) - 1000)), ask=ask)


def subject(**more: object) -> Subject:
    values: dict[str, object] = {
        "title": "Invented", "exhibit": "E1", "kind": "wallet/electrum", "finding": 1, "entry": 1, "span": (32, 64),
        "fields": (FieldRow("type", "standard", (34, 8)), FieldRow("seed", "abse •••••• ut", (64, 20), True)), "grade": 3,
        "sensitivity": "secret", "image_size": 1 << 20,
    }  # fmt: skip
    values.update(more)
    return Subject(**values)  # type: ignore[arg-type]


def test_masked_bytes_are_not_copied(look: Look) -> None:
    viewer = HexViewer(look)
    viewer.resize(1200, 500)
    viewer.show()
    viewer.show_finding(subject(), source_of(DATA))
    viewer.grab()
    viewer.go(62, 4)
    viewer.view.copy()
    assert QApplication.clipboard().text() == "3E 3F ·· ··"
    assert viewer.view.byte(64) is None
    assert viewer.view.byte(63) == 63


def test_masked_bytes_are_not_painted(look: Look) -> None:
    def picture(data: bytes) -> bytes:
        viewer = HexViewer(look)
        viewer.resize(700, 400)
        viewer.show()
        viewer.show_finding(subject(), source_of(data))
        viewer.go(0)
        image = viewer.view.viewport().grab().toImage()
        return bytes(image.constBits())

    other = bytearray(DATA)
    other[64:84] = b"W_gjq|" * 3 + b"WW"
    assert picture(DATA) == picture(bytes(other))


def test_a_secret_without_fields_is_masked_as_a_whole(look: Look) -> None:
    plain = subject(fields=())
    marks = marks_of(plain, source_of(DATA))
    assert [(mark.offset, mark.length, mark.masked) for mark in marks] == [(32, 64, True)]


def test_offsets_follow_the_runs() -> None:
    source = source_of(DATA)
    assert source.image_offset(0) == 4096
    assert source.image_offset(999) == 5095
    assert source.image_offset(1000) == 65536
    assert source.run_of(1000) == 1
    assert ByteSource(size=10, runs=((-1, 10),)).image_offset(3) is None


def test_the_hex_view_moves_by_keys(look: Look) -> None:
    viewer = HexViewer(look)
    viewer.resize(700, 400)
    viewer.show()
    viewer.show_finding(subject(), source_of(DATA))
    viewer.go(0)
    QTest.keyClick(viewer.view, Qt.Key.Key_Down)
    QTest.keyClick(viewer.view, Qt.Key.Key_Right)
    assert viewer.view.place == 17
    QTest.keyClick(viewer.view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert viewer.view.place == len(DATA) - 1


def test_text_marks_stand_where_the_bytes_are(look: Look) -> None:
    text = "\ufeffDeposit: bc1qinvented, 😀 then bc1qsecond\n"
    data = text.encode("utf-16-le")
    start = len("\ufeffDeposit: bc1qinvented, 😀 then ".encode("utf-16-le"))
    shown = subject(fields=(FieldRow("address", "bc1qsecond", (start, 20)),), sensitivity="normal")
    viewer = TextViewer(look)
    viewer.show_finding(shown, source_of(data))
    assert guess(data) == "UTF-16 little"
    selection = viewer.edit.extraSelections()[0]
    assert selection.cursor.selectedText() == "bc1qsecond"


def test_viewers_bid(look: Look) -> None:
    assert best(list(VIEWERS), subject())[0].title == "Wallet"
    chat = subject(
        kind="chat/pidgin", sensitivity="normal", fields=(FieldRow("messages", [{"sender": "a", "text": "b"}]),)
    )
    assert best(list(VIEWERS), chat)[0].title == "Conversation"
    entry = Subject("a.txt", "E1", entry=1, size=5, path="/a.txt")
    titles = [viewer.title for viewer in best(list(VIEWERS), entry)]
    assert titles[0] == "Hex"
    assert "Wallet" not in titles


@pytest.mark.parametrize(
    ("zone", "mark", "said"),
    [
        ("unknown", "Z", "zone not stored"),
        ("unknown", "", "zone not stored"),
        ("utc", "Z", "UTC"),
        (None, "Z", "UTC"),
        (None, "", "zone not stored"),
    ],
)
def test_a_clock_without_a_zone_is_not_called_utc(zone: str | None, mark: str, said: str) -> None:
    fields = [FieldRow("messages", [{"sender": "a", "text": "b", "when": f"2024-04-03T19:10:00{mark}"}])]
    if zone is not None:
        fields.append(FieldRow("zone", zone))
    (message,) = messages_of(subject(kind="chat/x", fields=tuple(fields)))
    assert (message.day, message.time) == (f"Wed 3 April 2024, {said}", "19:10:00")


def test_missing_rows_are_said(look: Look) -> None:
    raw = [
        {"sender": "a", "text": "1", "row": 117},
        {"sender": "a", "text": "2", "row": 118},
        {"sender": "b", "text": "3", "row": 122},
    ]
    chat = subject(kind="chat/x", fields=(FieldRow("messages", raw),))
    notes = [message.note for message in messages_of(chat) if message.note]
    assert notes == ["Rows 119 to 121 are missing. The row numbers jump from 118 to 122."]
    viewer = ChatViewer(look)
    viewer.resize(900, 500)
    viewer.show()
    viewer.show_finding(chat, source_of(DATA))
    assert not viewer.grab().isNull()


@pytest.mark.parametrize("value", [{"absent": "encrypted"}, [1, "a"], {"a": {"b": [True]}}, None, 5, "x", "", True])
def test_any_value_has_text(value: object) -> None:
    assert isinstance(value_text(value), str)
    assert isinstance(FieldRow("a", value).text, str)


def test_a_page_of_offers_is_a_table_of_its_rows(look: Look) -> None:
    offers = [
        {"title": "Walnut spoon", "vendor": "PineAndTwine", "price": "14.50", "currency": "EUR", "ships_from": "Finland",
         "ships_to": "Europe", "offset": 1200, "length": 80},
        {"title": "", "price": "2"},
        "not a row",
    ]  # fmt: skip
    page = subject(
        kind="market/page",
        fields=(FieldRow("page_kind", "search"), FieldRow("listings", offers), FieldRow("feedback", ["good <b>", 7])),
    )
    assert best(list(VIEWERS), page)[0].title == "Offers"
    viewer = MarketViewer(look)
    viewer.show_finding(page, source_of(DATA))
    offered, said = viewer.findChildren(Grid)
    rows = [(part.name, part.value) for part in offered.accessible_parts()]
    assert rows[0][0] == "Walnut spoon"
    assert all(word in rows[0][1] for word in ("PineAndTwine", "14.50 EUR", "Finland to Europe", "1,200 to 1,280"))
    assert rows[1][0] == "no title"
    assert len(rows) == 2
    assert [part.name for part in said.accessible_parts()] == ["good <b>", "7"]
    narrow = viewer.minimumSizeHint().width()
    long = (FieldRow("page_title", "x" * 3000), FieldRow("served_by", f"{'a' * 56}.onion"))
    viewer.show_finding(subject(kind="market/page", fields=long), source_of(DATA))
    assert viewer.minimumSizeHint().width() <= narrow, "a long word of a page must not push the window apart"
    assert not viewer.grab().isNull()


@pytest.mark.parametrize("kind", ["market/page", "wallet/x", "openpgp/armor", "chat/x", "media/x", "x/y", ""])
def test_every_viewer_survives_strange_fields(look: Look, kind: str) -> None:
    strange = tuple(
        FieldRow(name, value, (10_000_000, 5))
        for name in (
            "messages",
            "addresses",
            "subkeys",
            "user_ids",
            "recipients",
            "fingerprint",
            "seed",
            "text",
            "expires",
        )
        for value in (None, {"absent": "overwritten"}, [None, 3, {"x": 1}], 9)
    )
    shown = subject(kind=kind, fields=strange, checks=({"name": "x"},), events=({"when_us": 10**30},), links=({},))
    for made in VIEWERS:
        if made.priority(shown) >= 0:
            viewer = made(look)
            viewer.resize(800, 400)
            viewer.show()
            viewer.show_finding(shown, source_of(DATA))
            assert not viewer.grab().isNull()


def test_words() -> None:
    assert size_text(1536) == "1.5 KiB"
    assert size_text(1) == "1 byte"
    assert time_text(None) == "none stored"
    assert time_text(10**30) == "out of range"
    assert time_text(1_762_290_453_000_000, 1_000_000) == "2025-11-04 21:07:33"
    assert time_text(1_762_290_453_000_000, 86_400_000_000) == "2025-11-04"
    assert left_text(None) == "cannot say yet"
    assert left_text((4200, 6600)) == "70 to 110 min left"
    assert precision_text(2_000_000) == "2 s"
