"""Conversations out of databases: who, when, by whose clock, from which row, and what was deleted."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from forensics.detectors import detectors
from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.chat import dino, imessage, profanity, skype, tango, whatsapp
from forensics.detectors.chat._rows import Unit, moment
from forensics.detectors.chat._store import Store
from forensics.model import Finding, Grade, Locator, Secret, Sensitivity

STORES: list[Store] = [each for each in detectors() if isinstance(each, Store)]
SHED = "behind the shed"


def _found(store: Detector, data: bytes, path: str = "unallocated", wal: bytes = b"") -> tuple[list[Finding], Finding]:
    """Conversations, and the store as a whole."""
    log = {"-wal": BytesLayer(wal, Locator(path + "-wal"))} if wal else {}
    *talks, whole = store.examine(BytesLayer(data, Locator(path), companions=log), 0)
    return talks, whole


def _messages(found: Finding) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", found.fields["messages"].value)


@pytest.mark.parametrize("store", STORES, ids=lambda each: each.kind)
def test_each_store_has_its_messages_and_the_deleted_one(store: Store) -> None:
    data = store.specimens[0].data
    talks, whole = _found(store, data)
    said = [each for talk in talks for each in _messages(talk)]
    assert whole.fields["messages_in_all"].value == len(said)
    assert any("is it there?" in each["text"] or "is <it> there?" in each["text"] for each in said) or said[0]["own"]
    for each in said:
        cell = data[each["span_offset"] : each["span_offset"] + each["span_length"]]
        assert cell
        assert "2024-0" in each["time"] or store.kind == "chat/viber"  # it has times in another table
        if "recovered" not in each and "[" not in each["text"] and each["table"] not in ("calls", "Calls"):
            assert each["text"][-3:].encode() in cell or store in (tango.DETECTOR, skype.DETECTOR)
    gone = [each for each in said if each["state"] == "deleted"]
    assert len(gone) == 1
    assert whole.fields["messages_deleted"].value == 1
    texts = {"chat/quassel": SHED, "chat/imessage": "and now?", "chat/tango": "yes", "chat/calls": "call missed"}
    assert texts.get(store.kind, SHED) in gone[0]["text"].replace("'the'", "the")
    assert gone[0]["recovered"] is True


def test_profanity_by_its_folder() -> None:
    path = "ext4:/h/.local/share/profanity/database/wick_at_chat.invalid/chatlog.db"
    talks, whole = _found(profanity.DETECTOR, profanity.DETECTOR.specimens[0].data, path)
    assert whole.value == "wick@chat.invalid"
    assert whole.fields["missing_rows"].value == ("ChatLogs: 2",)
    assert {each.grade for each in talks} == {Grade.C3}
    by_peer = {str(each.value): _messages(each) for each in talks}
    asked, answered = by_peer["tallow@chat.invalid"]
    assert (asked["sender"], asked["own"], asked["clock"]) == ("wick@chat.invalid", True, "device")
    assert (answered["sender"], answered["own"], answered["time"]) == (
        "tallow@chat.invalid",
        False,
        "2024-03-01T00:00:03Z",
    )


def test_dino_tells_both_clocks_and_keeps_the_password_secret() -> None:
    talks, whole = _found(dino.DETECTOR, dino.DETECTOR.specimens[0].data)
    (account,) = cast("list[dict[str, Any]]", whole.fields["accounts"].value)
    assert isinstance(account["password"], Secret)
    assert account["password"].text == "not1Secret"
    assert whole.sensitivity is Sensitivity.SECRET
    assert "not1Secret" not in repr(whole)
    (room,) = (each for each in talks if each.value == "candles@rooms.invalid")
    assert _messages(room)[0]["sender"] == "snuff"
    assert _messages(room)[0]["real_address"] == "snuff@chat.invalid"
    (talk,) = (each for each in talks if each.value == "tallow@chat.invalid")
    late = [each for each in talk.events if each.when.second in (3, 7)]
    assert [(each.meaning, each.clock.value) for each in late] == [("message", "sender"), ("message stored", "device")]


def _dino(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.executescript(
        """
        pragma page_size=1024; pragma journal_mode=wal; pragma wal_autocheckpoint=0; pragma secure_delete=off;
        create table account(id integer primary key autoincrement, bare_jid text, password text, alias text);
        create table jid(id integer primary key autoincrement, bare_jid text);
        create table message(id integer primary key autoincrement, stanza_id text, account_id integer,
            counterpart_id integer, counterpart_resource text, direction integer, type integer, time integer,
            local_time integer, body text, encryption integer);
        insert into account values(1, 'wick@chat.invalid', null, null);
        insert into jid values(1, 'tallow@chat.invalid');
        insert into message values(1, 's', 1, 1, null, 1, 1, 1709251198, 1709251198, 'in the file', 0);
        pragma wal_checkpoint(truncate);
        """
    )
    return connection


def test_rows_of_the_write_ahead_log(tmp_path: Path) -> None:
    connection = _dino(tmp_path / "dino.db")
    add = "insert into message values(?, 's', 1, 1, 'r', 0, 1, ?, ?, ?, 0)"
    connection.execute(add, (2, 1709251203, 1709251203, "only in the log"))
    connection.commit()
    connection.execute("update message set body = 'changed in the log' where id = 1")
    connection.commit()
    data, wal = (tmp_path / "dino.db").read_bytes(), (tmp_path / "dino.db-wal").read_bytes()
    connection.close()
    (talk,), whole = _found(dino.DETECTOR, data, "ext4:/h/dino/dino.db", wal)
    told = {each["text"]: each["state"] for each in _messages(talk)}
    assert told.pop("in the file") in ("stale", "deleted")
    assert told == {"changed in the log": "wal", "only in the log": "wal"}
    for each in _messages(talk):
        source = wal if each.get("span_in") else data
        assert each["text"].encode() in source[each["span_offset"] : each["span_offset"] + each["span_length"]]
    assert whole.fields["messages_in_write_ahead_log"].value == 2
    (alone,), _ = _found(dino.DETECTOR, data)
    assert [each["text"] for each in _messages(alone)] == ["in the file"]


def test_a_conversation_that_is_only_in_the_log_is_told_of_the_log(tmp_path: Path) -> None:
    connection = _dino(tmp_path / "dino.db")
    connection.execute("insert into jid values(2, 'snuff@chat.invalid')")
    connection.execute("insert into message values(9, 's', 1, 2, 'r', 0, 1, 1709251203, 1709251203, 'psst', 0)")
    connection.commit()
    data, wal = (tmp_path / "dino.db").read_bytes(), (tmp_path / "dino.db-wal").read_bytes()
    connection.close()
    talks, _ = _found(dino.DETECTOR, data, "ext4:/h/dino/dino.db", wal)
    (talk,) = (each for each in talks if each.value == "snuff@chat.invalid")
    assert talk.locator.step.endswith("-wal")
    assert b"psst" in wal[talk.span.offset : talk.span.end]


def test_skype_calls_are_in_the_conversation() -> None:
    (talk,), whole = _found(skype.DETECTOR, skype.DETECTOR.specimens[0].data)
    texts = [each["text"] for each in _messages(talk)]
    assert texts == ["is <it> there?", "yes, behind the shed", "call of 12 s by tallow.t"]
    assert talk.fields["account"].value == "wick.w"
    assert "missing_rows" not in whole.fields


def test_imessage_reads_typed_streams_and_both_units() -> None:
    (talk,), whole = _found(imessage.DETECTOR, imessage.DETECTOR.specimens[0].data)
    first, second, third = _messages(talk)
    assert (second["text"], second["time"]) == ("yes", "2024-03-01T00:00:03Z")
    assert (first["own"], second["own"], third["state"]) == (True, False, "deleted")
    assert whole.fields["deleted_count"].value == 1
    long = b"NSString\x01\x94\x84\x01+\x81\x2c\x01" + b"a" * 300
    assert imessage.string_of(long) == "a" * 300
    assert imessage.string_of(b"NSString\x01\x94\x84\x01+\x82\xff\xff\xff\xffab") == "ab"
    assert imessage.string_of(b"NSString") == ""


def test_whatsapp_reads_both_forms() -> None:
    talks, _ = _found(whatsapp.DETECTOR, whatsapp.DETECTOR.specimens[0].data)
    by_peer = {str(each.value): _messages(each) for each in talks}
    assert [each["table"] for each in by_peer["440000000001@s.whatsapp.net"]] == ["messages", "message", "message"]
    (image,) = by_peer["1-2@g.us"]
    assert (image["text"], image["sender"]) == ("[image]", "440000000003@s.whatsapp.net")


@pytest.mark.parametrize(
    ("value", "unit", "wanted"),
    [
        (1709251198, Unit.SECONDS, datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)),
        (1709251198.25, Unit.SECONDS, datetime(2024, 2, 29, 23, 59, 58, 250_000, tzinfo=UTC)),
        ("1709251198", Unit.SECONDS, datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)),
        (1709251198000, Unit.EITHER, datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)),
        (730943998, Unit.COCOA, datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)),
        (730943998000000000, Unit.COCOA, datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)),
        ("2024-03-01 01:29:58+01:30", Unit.TEXT, datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)),
        ("2024-02-31 01:29:58", Unit.TEXT, None),
        (0, Unit.SECONDS, None),
        (1 << 62, Unit.SECONDS, None),
        (float("nan"), Unit.SECONDS, None),
        (float("inf"), Unit.MILLISECONDS, None),
        (b"1709251198", Unit.SECONDS, None),
    ],
)
def test_moments(value: Any, unit: Unit, wanted: datetime | None) -> None:
    assert moment(value, unit) == wanted


def test_a_payload_that_breaks_off() -> None:
    assert list(tango.wire(b"\x22\x05ab")) == []
    assert list(tango.wire(b"\x22\x02ab\xff")) == [(4, b"ab")]
    assert list(tango.wire(b"\xff" * 40)) == []


def test_what_is_too_much_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forensics.detectors.chat._store.MOST_TEXT", 15)
    _, whole = _found(dino.DETECTOR, dino.DETECTOR.specimens[0].data)
    assert whole.fields["messages_in_all"].value == 1
    assert any("2 messages are not told" in each for each in whole.caveats)
    monkeypatch.setattr("forensics.detectors.chat._rows.MOST_ROWS", 1)
    _, whole = _found(dino.DETECTOR, dino.DETECTOR.specimens[0].data)
    assert any(each == "Not all is read: message." for each in whole.caveats)


def test_a_message_that_the_rollback_journal_alone_still_has(tmp_path: Path) -> None:
    path = tmp_path / "dino.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        """
        pragma journal_mode=persist; pragma secure_delete=on;
        create table account(id integer primary key autoincrement, bare_jid text, password text, alias text);
        create table jid(id integer primary key autoincrement, bare_jid text);
        create table message(id integer primary key autoincrement, stanza_id text, account_id integer,
            counterpart_id integer, counterpart_resource text, direction integer, type integer, time integer,
            local_time integer, body text, encryption integer);
        insert into account values(1, 'wick@chat.invalid', null, null);
        insert into jid values(1, 'tallow@chat.invalid');
        insert into message values(1, 's', 1, 1, null, 1, 1, 1709251198, 1709251198, 'stays', 0);
        insert into message values(2, 't', 1, 1, null, 0, 1, 1709251200, 1709251200, 'behind the shed', 0);
        delete from message where id = 2;
        """
    )
    data, journal = path.read_bytes(), path.with_name("dino.db-journal").read_bytes()
    connection.close()
    assert SHED.encode() not in data
    layer = BytesLayer(data, Locator("ext4:/dino.db"), companions={"-journal": BytesLayer(journal)})
    talk, _ = dino.DETECTOR.examine(layer, 0)
    kept, gone = _messages(talk)
    assert (kept["text"], kept["state"]) == ("stays", "live")
    assert (gone["text"], gone["state"], gone["span_in"], gone["recovered"]) == (
        SHED,
        "before",
        "rollback journal",
        True,
    )
    assert talk.fields["messages_before_a_transaction"].value == 1
    assert SHED.encode() in journal[gone["span_offset"] : gone["span_offset"] + gone["span_length"]]
