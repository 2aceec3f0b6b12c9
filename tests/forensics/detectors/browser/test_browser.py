"""Histories that sqlite3 wrote: rows in every state, what they are joined with, and what is left out of big ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.browser import _history, chromium, firefox
from forensics.detectors.browser import _specimens as known
from forensics.model import Absent, Finding, Grade, Link, Locator, Secret, Sensitivity

ONION = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion"
TIME = 1_709_201_472_000_000
WEBKIT = 11_644_473_600_000_000
SCHEMA = """
CREATE TABLE moz_places(id INTEGER PRIMARY KEY,url LONGVARCHAR,title LONGVARCHAR,last_visit_date INTEGER);
CREATE TABLE moz_historyvisits(id INTEGER PRIMARY KEY,from_visit INTEGER,place_id INTEGER,visit_date INTEGER,
 visit_type INTEGER);
"""


def _told(
    detector: Detector, data: bytes, log: bytes | None = None, path: str = "ext4:/p/places.sqlite"
) -> list[Finding]:
    beside = {} if log is None else {"-wal": BytesLayer(log, Locator(f"{path}-wal"), 1 << 30)}
    return list(detector.examine(BytesLayer(data, Locator(path), companions=beside), 0))


def _of(found: list[Finding], what: str) -> list[dict[str, object]]:
    return [
        {"value": each.value, **{name: one.value for name, one in each.fields.items()}}
        for each in found
        if each.fields["what"].value == what
    ]


@pytest.fixture
def base(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "places.sqlite", isolation_level=None)
    connection.execute("PRAGMA secure_delete = OFF")
    connection.executescript(SCHEMA)
    yield connection
    connection.close()


def test_each_visit_has_its_own_octets_in_the_file_that_holds_them() -> None:
    found = _told(firefox.DETECTOR, known.PLACES_WAL_MODE, known.PLACES_LOG)
    visits = [each for each in found if each.fields["what"].value == "visit"]
    told = {str(each.value): each for each in visits}
    late = told["https://example.com/late"]
    assert str(late.locator) == "ext4:/p/places.sqlite-wal"
    assert late.fields["state"].value == "wal"
    assert late.runs[0].offset >= 1 << 30
    span = late.fields["url"].span
    assert span is not None
    assert known.PLACES_LOG[span.offset : span.end] == b"https://example.com/late"
    assert (late.events[0].meaning, late.events[0].as_stored) == ("page visited", str(TIME + 60_000_000))
    assert late.fields["from_url"].value == f"http://{ONION}/?q=stamps"
    search = told[f"http://{ONION}/?q=stamps"]
    assert search.grade is Grade.C3
    assert search.fields["transition"].value == "typed"
    assert search.fields["search"].value == "stamps"
    assert Link("VISITED", "onion/v3", ONION) in search.links


def test_a_deleted_visit_is_joined_with_the_deleted_address_of_its_time() -> None:
    (gone,) = [
        each
        for each in _told(firefox.DETECTOR, known.PLACES)
        if "state" in each.fields and each.fields["state"].value == "deleted"
    ]
    assert gone.value == "https://example.org/gone"
    assert gone.grade < Grade.C3
    assert any("deleted row" in each for each in gone.caveats)
    span = gone.fields["url"].span
    assert span is not None
    assert known.PLACES[span.offset : span.end] == b"https://example.org/gone"


def test_downloads_and_bookmarks_with_their_folder() -> None:
    found = _told(firefox.DETECTOR, known.PLACES)
    (download,) = _of(found, "download")
    assert download["target"] == "file:///home/v/a.zip"
    assert (download["download_state"], download["size"], download["ended"]) == (
        "complete",
        512,
        "2024-02-29T10:11:20Z",
    )
    (mark,) = _of(found, "bookmark")
    assert (mark["value"], mark["title"], mark["folder"]) == ("https://example.net/mark", "mark", "shops")


def test_a_deleted_visit_of_a_page_that_is_still_there(base: sqlite3.Connection, tmp_path: Path) -> None:
    base.execute("INSERT INTO moz_places VALUES(1,'https://a.example/','A',?)", (TIME,))
    base.executemany("INSERT INTO moz_historyvisits VALUES(?,0,1,?,1)", [(n, TIME + n) for n in range(1, 6)])
    base.execute("DELETE FROM moz_historyvisits WHERE id=3")
    found = _told(firefox.DETECTOR, (tmp_path / "places.sqlite").read_bytes())
    visits = _of(found, "visit")
    assert [each["state"] for each in visits].count("live") == 4
    (gone,) = [each for each in visits if each["state"] == "deleted"]
    assert gone["value"] == "https://a.example/"


def test_of_a_big_history_the_newest_and_all_of_onion_services_are_listed(
    base: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_history, "MOST_VISITS", 50)
    base.execute("BEGIN")
    base.execute("INSERT INTO moz_places VALUES(1,'https://a.example/','A',0)")
    base.execute("INSERT INTO moz_places VALUES(2,?,'B',0)", (f"http://{ONION}/",))
    rows = [(n, 2 if n <= 3 else 1, TIME + n * 1_000_000) for n in range(1, 301)]
    base.executemany("INSERT INTO moz_historyvisits VALUES(?,0,?,?,1)", rows)
    base.execute("COMMIT")
    found = _told(firefox.DETECTOR, (tmp_path / "places.sqlite").read_bytes())
    numbers = sorted(int(str(each["row"])) for each in _of(found, "visit"))
    assert numbers == [1, 2, 3, *range(254, 301)]
    (whole,) = _of(found, "database")
    assert whole["visits_by_site"] == (
        {"site": ONION, "visits": 3, "first": "2024-02-29T10:11:13Z", "last": "2024-02-29T10:11:15Z"},
        {"site": "a.example", "visits": 297, "first": "2024-02-29T10:11:16Z", "last": "2024-02-29T10:16:12Z"},
    )
    assert any("250 older rows" in each for each in found[-1].caveats)


def test_chromium_visits_downloads_searches() -> None:
    found = _told(chromium.DETECTOR, known.HISTORY, path="ext4:/home/v/.config/chromium/Default/History")
    visits = {str(each["state"]): each for each in _of(found, "visit")}
    assert visits["live"]["transition"] == "typed"
    assert visits["live"]["seconds"] == 3
    assert visits["live"]["program"] == "Chromium"
    assert visits["deleted"]["value"] == "https://example.org/gone"
    (download,) = _of(found, "download")
    assert download["by_way_of"] == ("https://example.org/get",)
    assert download["target_path"] == "/home/v/a.zip"
    live = next(each for each in found if each.fields["what"].value == "visit" and each.fields["state"].value == "live")
    assert live.events[0].as_stored == str(TIME + WEBKIT)
    assert live.events[0].when.isoformat() == "2024-02-29T10:11:12+00:00"
    assert any("another device" in each for each in live.caveats)


def test_passwords_are_told_and_never_shown() -> None:
    sealed, plain = [
        each for each in _told(chromium.DETECTOR, known.LOGINS) if each.fields["what"].value == "saved login"
    ]
    assert sealed.value is Absent.ENCRYPTED
    assert sealed.fields["password_encryption"].value == "v11"
    assert sealed.sensitivity is plain.sensitivity is Sensitivity.SECRET
    assert plain.value == Secret("hunter2-hunter2")
    assert "hunter2-hunter2" not in repr(plain)
    assert Link("LOGIN_AT", "onion/v3", ONION) in sealed.links


def test_a_cookie_in_seconds_and_in_milliseconds_and_its_secret() -> None:
    (cookie,) = _of(_told(firefox.DETECTOR, known.COOKIES), "cookie")
    assert cookie["expires"] == "2027-03-04T03:25:04Z"
    assert isinstance(cookie["value"], Secret)
    assert "s3cr3t-of-a-session" not in repr(cookie)


def test_a_log_of_another_file_is_said_and_not_read() -> None:
    found = _told(firefox.DETECTOR, known.PLACES, b"no log at all" * 9)
    assert any("not a log" in each for each in found[-1].caveats)
    assert all(str(each.locator).endswith("places.sqlite") for each in found)


def test_damaged_logs_never_raise() -> None:
    for cut in range(0, len(known.PLACES_LOG), 37):
        for log in (known.PLACES_LOG[:cut], known.PLACES_LOG[:cut] + b"\xff" + known.PLACES_LOG[cut + 1 :]):
            for each in _told(firefox.DETECTOR, known.PLACES_WAL_MODE, log):
                limit = len(log) if str(each.locator).endswith("-wal") else len(known.PLACES_WAL_MODE)
                assert each.span.end <= limit
