"""Messages of e-mail that the standard library wrote, in mailboxes, parts and free space."""

from __future__ import annotations

import hashlib
import itertools
import mailbox
import random
import re
import time
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.mail import _specimens as known
from forensics.detectors.mail.message import DETECTOR
from forensics.model import Clock, Finding, Grade, Link, Locator, Sensitivity

WAKES = re.compile(rb"(?i)(?:\A|(?<=[\n\0])|(?<=\xef\xbb\xbf))(?:From|Return-Path|Received):")


def _all(data: bytes, step: str = "file") -> list[Finding]:
    layer = BytesLayer(data, Locator(step))
    return [each for match in WAKES.finditer(data) for each in DETECTOR.examine(layer, match.start())]


def _said(found: Finding, name: str) -> Any:
    return found.fields[name].value


def _message(number: int, **more: str) -> EmailMessage:
    message = EmailMessage(policy=policy.default)
    message["From"] = "Ann Lütz <ann@vendor.example>"
    message["To"] = "Bob <bob@buyer.example>, cd@buyer.example"
    message["Date"] = f"Mon, 03 Jun 2024 {number % 24:02}:00:00 +0200"
    message["Subject"] = f"Päckchen {number}"
    message["Message-ID"] = f"<{number}@vendor.example>"
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    message.set_content(f"text of {number}\nFrom here on it is more.\n")
    return message


def test_every_message_of_a_mailbox_is_a_finding_with_its_own_bytes(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    for number in range(7):
        box.add(_message(number))
    box.close()
    data = (tmp_path / "box").read_bytes()
    found = _all(data)
    assert [each.value for each in found] == [f"{number}@vendor.example" for number in range(7)]
    assert [_said(each, "subject") for each in found] == [f"Päckchen {number}" for number in range(7)]
    for before, after in itertools.pairwise(found):
        assert before.span.end <= after.span.offset
        assert data[before.span.end : after.span.offset].strip().startswith(b"From ")
    for number, each in enumerate(found):
        (message,) = _said(each, "messages")
        assert f"text of {number}" in message["text"]
        assert (message["span_offset"], message["span_length"]) == (each.span.offset, each.span.length)
        assert message["sender"] == "ann@vendor.example"
        assert each.grade is Grade.C3
        assert each.sensitivity is Sensitivity.PERSONAL


def test_people_times_and_ways_of_one_message() -> None:
    (found,) = _all(known.PLAIN)
    assert _said(found, "from") == "Ann Lütz <Ann@Vendor.example>"
    assert _said(found, "subject") == "Paket – heute"
    assert _said(found, "cc") == "eve@buyer.example"
    assert _said(found, "user_agent") == "Mozilla Thunderbird"
    sent, received = found.events
    assert (sent.meaning, sent.clock, sent.zone) == ("mail sent", Clock.SENDER, "+02:00")
    assert sent.when == datetime(2024, 6, 3, 8, tzinfo=UTC)
    assert (received.meaning, received.clock, received.zone) == ("mail received", Clock.SERVER, "utc")
    assert received.when == datetime(2024, 6, 3, 8, 0, 5, tzinfo=UTC)
    (hop,) = _said(found, "hops")
    assert (hop["from"], hop["by"]) == ("mail.vendor.example (mail.vendor.example [192.0.2.7])", "mx.buyer.example")
    assert set(found.links) == {
        Link("MAILED_BY", "contact/email", "ann@vendor.example"),
        Link("MAILED_TO", "contact/email", "bob@buyer.example"),
        Link("MAILED_TO", "contact/email", "cd@buyer.example"),
        Link("MAILED_TO", "contact/email", "eve@buyer.example"),
        Link("REPLY_TO", "mail/message", "0.1@buyer.example"),
        Link("SENT_FROM_IP", "ip", "198.51.100.4"),
    }
    assert found.span.offset == 0
    assert found.span.length == len(known.PLAIN)
    span = found.fields["date"].span
    assert span is not None
    assert known.PLAIN[span.offset : span.end] == b"Date: Mon, 3 Jun 2024 10:00:00 +0200\r\n"


def test_what_thunderbird_marked_as_deleted_says_so() -> None:
    first, second = _all(known.MAILBOX)
    assert (_said(first, "deleted"), _said(second, "deleted")) == (False, True)
    assert _said(second, "messages")[0]["deleted"] is True
    assert any("deleted" in each for each in second.caveats)
    assert not any("deleted" in each for each in first.caveats)
    assert second.events[0].zone == "unknown"  # -0000 says that none is known
    assert "quoted" in _said(first, "messages")[0]["text"]


def test_attachments_have_name_size_and_digest() -> None:
    message = _message(1)
    stored = random.Random(3).randbytes(5_000)
    message.add_attachment(stored, maintype="image", subtype="png", filename="Foto für März.png")
    message.add_attachment("note\n", filename="note.txt")
    data = message.as_bytes(policy=policy.SMTP)
    (found,) = _all(data)
    first, second = _said(found, "attachments")
    assert (first["name"], first["type"], first["size"]) == ("Foto für März.png", "image/png", 5_000)
    assert first["sha256"] == hashlib.sha256(stored).hexdigest()
    assert (second["name"], second["type"]) == ("note.txt", "text/plain")
    place = data[first["span_offset"] :][: first["span_length"]]
    assert place.startswith(b"")
    assert b"--" not in place


def test_an_attached_message_is_a_finding_too_and_ends_with_its_part() -> None:
    inner, outer = _message(1), _message(2)
    outer.add_attachment(inner)
    data = outer.as_bytes()
    found = {str(each.value): each for each in _all(data)}
    assert set(found) == {"1@vendor.example", "2@vendor.example"}
    attached, holder = found["1@vendor.example"], found["2@vendor.example"]
    assert _said(attached, "attached") is True
    assert "attached" not in holder.fields
    assert holder.span.offset < attached.span.offset < attached.span.end < holder.span.end
    stored = data[attached.span.offset : attached.span.end]
    assert b"text of 1" in stored
    assert b"--=" not in stored


@pytest.mark.parametrize("at", [0, 512, 4096])
@pytest.mark.parametrize("before", [b"\0", b"x"])
def test_a_message_in_free_space_begins_with_its_sector_and_ends_with_its_text(at: int, before: bytes) -> None:
    data = b"Delivered-To: bob@buyer.example\n" + _message(5).as_bytes()
    (found,) = _all(before * at + data + b"\0" * 300)
    assert (found.span.offset, found.span.length) == (at, len(data))


def test_a_byte_order_mark_and_a_message_of_apple_mail() -> None:
    data = _message(5).as_bytes()
    (marked,) = _all(b"\xef\xbb\xbf" + data)
    assert marked.span.offset == 3
    count = f"{len(data)}\n".encode()
    (counted,) = _all(count + data)
    assert counted.span.offset == len(count)


def test_a_cut_header_and_a_cut_body_are_told() -> None:
    message = _message(3)
    message.add_attachment(b"x" * 900, maintype="application", subtype="x", filename="a")
    data = message.as_bytes()
    (whole,) = _all(data)
    assert not whole.caveats
    (body,) = _all(data[:-200])
    assert any("cut off" in each for each in body.caveats)
    (header,) = _all(data[: data.index(b"MIME-Version")])
    assert header.grade is Grade.C1
    assert any("cut off" in each for each in header.caveats)


def test_clocks_that_disagree_are_told() -> None:
    late = _message(1, Received="from a by b; Mon, 10 Jun 2024 10:00:00 +0000")
    assert any("differ" in each for each in _all(late.as_bytes())[0].caveats)
    soon = _message(1, Received="from a by b; Mon, 3 Jun 2024 10:00:00 +0000")
    assert not any("differ" in each for each in _all(soon.as_bytes())[0].caveats)


def test_the_stream_of_quoted_printable_tells_nothing_again() -> None:
    assert not _all(known.PLAIN, "quoted-printable@10")


def test_many_recipients_and_fields_stay_within_bounds() -> None:
    many = ",\n ".join(f"p{number}@buyer.example" for number in range(5_000))
    data = f"From: a@b.example\nTo: {many}\nDate: Mon, 3 Jun 2024 10:00:00 +0000\n".encode()
    data += b"Received: from x by y; z\n" * 2_000 + b"\nbody\n"
    (found,) = _all(data)
    assert len(found.links) == 201
    assert len(_said(found, "hops")) == 50


def test_nested_parts_end_somewhere() -> None:
    deep = b"From: a@b.example\nDate: Mon, 3 Jun 2024 10:00:00 +0000\nMessage-ID: <d@b.example>\n"
    for number in range(2_000):
        deep += f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n".encode()
    assert len(_all(deep + b"\nend\n")) == 1


def test_fields_without_end_cost_no_more_than_their_length() -> None:
    data = b"From: a@b.example\n" * 200_000
    layer = BytesLayer(data)
    began = time.perf_counter()
    for at in range(0, len(data), 18):
        list(DETECTOR.examine(layer, at))
    assert time.perf_counter() - began < 30  # each of them looking through 64 KiB would take hours
