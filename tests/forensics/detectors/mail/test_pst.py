"""Outlook's stores: what is made of the items that libpff gives, and of those that it cannot give."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pypff
import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.mail import pst
from forensics.model import Absent, Clock, Finding, Grade

SENT = (datetime(2024, 6, 3, 8, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds() * 10**7
Properties = dict[int, tuple[int, bytes]]


def _wide(text: str) -> tuple[int, bytes]:
    return 0x1F, text.encode("utf-16-le")


class _Set:
    def __init__(self, properties: Properties) -> None:
        self.entries = [
            SimpleNamespace(entry_type=number, value_type=kind, data=data)
            for number, (kind, data) in properties.items()
        ]


class _Sets:
    def __init__(self, *sets: Properties) -> None:
        self._sets = [_Set(each) for each in sets]

    def get_number_of_record_sets(self) -> int:
        return len(self._sets)

    def get_record_set(self, index: int) -> _Set:
        return self._sets[index]


class _Attachment(_Sets):
    def __init__(self, name: str, data: bytes, broken: bool = False) -> None:
        super().__init__({pst.LONG_NAME: _wide(name)})
        self._data, self._broken = data, broken

    def get_size(self) -> int:
        return len(self._data)

    def read_buffer(self, size: int) -> bytes:
        if self._broken:
            raise OSError("libpff: no such block")
        piece, self._data = self._data[:size], self._data[size:]
        return piece


class _Message(_Sets):
    def __init__(self, number: int, subject: str, attachments: Sequence[_Attachment] = (), **more: Any) -> None:
        properties: Properties = {
            pst.CLASS: _wide(more.get("kind", "IPM.Note")),
            pst.SENDER_NAME: _wide("Ann"),
            pst.SENDER: _wide("/O=X/CN=ANN"),
            pst.SENDER_SMTP: _wide("Ann@vendor.example"),
            pst.NUMBER: _wide(f"<{number}@vendor.example>"),
            pst.SENT: (0x40, struct.pack("<Q", int(SENT))),
            pst.FLAGS: (3, struct.pack("<I", more.get("flags", 0))),
            pst.HEADERS: (0x1E, b"Received: from a by b; Mon, 3 Jun 2024 08:00:01 +0000\r\nX-Mailer: X 1\r\n\r\n"),
        }
        super().__init__(properties)
        self.identifier = number
        self._subject = subject
        self._attachments = attachments
        one = {pst.SMTP: _wide("bob@buyer.example"), pst.DISPLAY: _wide("Bob"), pst.KIND: (3, b"\1\0\0\0")}
        two = {pst.ADDRESS: _wide("eve@buyer.example"), pst.KIND: (3, b"\2\0\0\0")}
        self.recipients = _Sets(one, two)

    def get_subject(self) -> str:
        return self._subject

    def get_number_of_attachments(self) -> int:
        return len(self._attachments)

    def get_attachment(self, index: int) -> _Attachment:
        return self._attachments[index]

    def get_plain_text_body(self) -> bytes | None:
        return None

    def get_html_body(self) -> bytes:
        return b"<p>look &amp; see</p>"


class _Folder:
    def __init__(
        self, number: int, name: str | None, messages: Sequence[Any] = (), folders: Sequence[Any] = ()
    ) -> None:
        self.identifier, self._name, self._messages, self._folders = number, name, messages, folders

    def get_name(self) -> str | None:
        return self._name

    def get_number_of_sub_messages(self) -> int:
        return len(self._messages)

    def get_sub_message(self, index: int) -> Any:
        if isinstance(self._messages[index], Exception):
            raise self._messages[index]
        return self._messages[index]

    def get_number_of_sub_folders(self) -> int:
        return len(self._folders)

    def get_sub_folder(self, index: int) -> Any:
        return self._folders[index]


class _File:
    def __init__(self, root: _Folder, orphans: Sequence[Any] = ()) -> None:
        self._root, self._orphans = root, orphans

    def open_file_object(self, stored: Any) -> None:
        assert stored.get_size() == 564
        assert stored.read(4) == b"!BDN"

    def get_message_store(self) -> _Sets:
        return _Sets({pst.DISPLAY: _wide("Ann's"), pst.WASTE: (0x102, bytes(20) + struct.pack("<I", 0x8062))})

    def get_root_folder(self) -> _Folder:
        return self._root

    def get_number_of_orphan_items(self) -> int:
        return len(self._orphans)

    def get_orphan_item(self, index: int) -> Any:
        return self._orphans[index]


def _all(monkeypatch: pytest.MonkeyPatch, root: _Folder, orphans: Sequence[Any] = ()) -> tuple[list[Finding], Finding]:
    monkeypatch.setattr(pypff, "file", lambda: _File(root, orphans))
    *messages, store = pst.DETECTOR.examine(BytesLayer(pst.DETECTOR.specimens[0].data), 0)
    return messages, store


def _said(found: Finding, name: str) -> Any:
    return found.fields[name].value


def test_people_times_and_attachments(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = b"order 4475" * 1_000
    message = _Message(0x200024, "parcel", [_Attachment("a.txt", stored), _Attachment("b.txt", stored, broken=True)])
    (found,), store = _all(monkeypatch, _Folder(0x122, None, (), [_Folder(0x8022, "Inbox", [message])]))
    assert found.value == "2097188@vendor.example"
    assert found.grade is Grade.C3
    assert _said(found, "folder") == "/Inbox"
    assert _said(found, "from") == "Ann <Ann@vendor.example>"
    assert _said(found, "to") == "Bob <bob@buyer.example>"
    assert _said(found, "cc") == "eve@buyer.example"
    assert _said(found, "user_agent") == "X 1"
    assert _said(found, "hops") == ({"from": "a", "by": "b", "date": "Mon, 3 Jun 2024 08:00:01 +0000"},)
    (event,) = found.events
    assert (event.when, event.meaning, event.clock) == (datetime(2024, 6, 3, 8, tzinfo=UTC), "mail sent", Clock.SENDER)
    first, second = _said(found, "attachments")
    assert (first["name"], first["sha256"]) == ("a.txt", hashlib.sha256(stored).hexdigest())
    assert (second["name"], second["sha256"]) == ("b.txt", Absent.UNREADABLE)
    assert _said(found, "messages")[0]["text"] == "parcel\nlook & see"
    assert [each.target for each in found.links] == ["ann@vendor.example", "bob@buyer.example", "eve@buyer.example"]
    assert (store.value, _said(store, "mails")) == ("store Ann's", 1)
    assert _said(store, "folders") == ({"path": "/Inbox", "items": 1},)


def test_deleted_and_recovered_and_drafts(monkeypatch: pytest.MonkeyPatch) -> None:
    waste = _Folder(
        0x8062, "Gel\u00f6schte Elemente", [_Message(1, "one")], [_Folder(0x8082, "alt", [_Message(2, "two")])]
    )
    drafts = _Folder(0x8022, "Drafts", [_Message(3, "three", flags=8)])
    found, _ = _all(monkeypatch, _Folder(0x122, "", (), [waste, drafts]), [_Message(4, "four")])
    told = {_said(each, "subject"): each for each in found}
    assert [_said(told[name], "deleted") for name in ("one", "two", "three", "four")] == [True, True, False, True]
    assert _said(told["two"], "folder") == "/Gel\u00f6schte Elemente/alt"
    assert "recovered" in told["four"].fields
    assert "recovered" not in told["one"].fields
    assert told["three"].events[0].meaning == "mail written"


def test_what_cannot_be_read_is_counted_and_costs_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = _Folder(0x8022, "Inbox", [OSError("libpff"), _Message(1, "x", kind="IPM.Contact"), _Message(2, "kept")])
    found, store = _all(monkeypatch, _Folder(0x122, None, (), [inbox]))
    assert [_said(each, "subject") for each in found] == ["kept"]
    assert _said(store, "other_items") == 1
    assert any("1 items cannot be read" in each for each in store.caveats)


@pytest.mark.parametrize("name", ["again", ""])
def test_folders_within_themselves_end(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    loop = _Folder(0x8022, name)
    loop._folders = [loop, loop]
    found, store = _all(monkeypatch, _Folder(0x122, None, (), [loop]))
    assert not found
    assert len(_said(store, "folders")) <= pst.MOST_FOLDERS
    assert any("folders" in each for each in store.caveats)


def test_a_store_that_libpff_refuses_says_why() -> None:
    (store,) = pst.DETECTOR.examine(BytesLayer(pst.DETECTOR.specimens[0].data), 0)
    assert store.value is Absent.NOT_PARSED
    assert store.grade is Grade.C1
    assert any("cannot be read" in each for each in store.caveats)
