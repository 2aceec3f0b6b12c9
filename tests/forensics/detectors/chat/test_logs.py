"""Chat logs: senders, days, zones, spans and ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.chat import _specimens as known
from forensics.detectors.chat import irc, pidgin
from forensics.detectors.chat._log import clock, date
from forensics.model import Finding, Grade, Locator

_NAME = "ntfs:/u/.purple/logs/jabber/wick@chat.invalid/tallow@chat.invalid/2024-02-29.235958+0130XYZ.txt"


def _one(detector: Detector, data: bytes, key: bytes, name: str = "bytes") -> Finding:
    layer = BytesLayer(data, Locator(name))
    (found,) = detector.examine(layer, data.index(key) + len(key))
    return found


def _stored(found: Finding) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", found.fields["messages"].value)


def _messages(found: Finding) -> list[tuple[str, str, str]]:
    return [(each["time"], each["sender"], each["text"]) for each in _stored(found)]


def test_text_with_the_zone_of_its_name() -> None:
    found = _one(pidgin.DETECTOR, known.PIDGIN_TEXT, b"Conversation with ", _NAME)
    assert found.grade is Grade.C3
    assert _messages(found) == [
        ("2024-02-29T22:29:58Z", "wick@chat.invalid/home", "is it there?"),
        ("2024-02-29T22:30:03Z", "tallow@chat.invalid/x1", "yes: it is\nand a second line"),
        ("2024-02-29T22:30:09Z", "", "tallow@chat.invalid/x1 has signed off."),
    ]
    began, *messages = found.events
    assert (began.meaning, began.zone) == ("conversation began", "+01:30")
    assert began.when == datetime(2024, 2, 29, 22, 29, 58, tzinfo=UTC)
    assert [each.meaning for each in messages] == ["message", "message"]


def test_text_without_its_name_has_no_zone() -> None:
    found = _one(pidgin.DETECTOR, known.PIDGIN_TEXT, b"Conversation with ")
    assert [each[0] for each in _messages(found)][:2] == ["2024-02-29T23:59:58", "2024-03-01T00:00:03"]
    assert {each.zone for each in found.events} == {"unknown"}


def test_html_with_own_and_other() -> None:
    data = known.PIDGIN_HTML
    found = _one(pidgin.DETECTOR, data, b"Conversation with ")
    assert _messages(found) == [
        ("2024-02-29T23:59:58", "Wick", "is <it> there?"),
        ("2024-03-01T00:00:03", "Tallow", "yes"),
        ("2024-03-01T00:00:09", "", "Tallow has signed off."),
    ]
    for each in _stored(found)[:2]:
        start, length = each["span_offset"], each["span_length"]
        assert data[start : start + length].startswith(b"<font color=")


def test_adium_times_are_utc() -> None:
    found = _one(pidgin.DETECTOR, known.ADIUM, b"http://purl.org/net/ulf/ns/")
    assert _messages(found)[1:] == [
        ("2024-02-29T22:59:58Z", "wick", "is it there?"),
        ("2024-02-29T23:00:03Z", "tallow", "yes & no"),
    ]


@pytest.mark.parametrize(
    ("data", "key", "times"),
    [
        (known.IRSSI, b"Log opened ", ["2024-02-29T23:59:00", "2024-02-29T23:59:00", "2024-03-01T00:00:00"]),
        (known.HEXCHAT, b"31 23:59:50 2023", ["2023-12-31T23:59:58", "2024-01-01T00:00:03"]),
        (known.MIRC, b"Session Start: ", ["2024-02-29T23:59:50", "2024-02-29T23:59:58", "2024-03-01T00:00:03"]),
        (known.WEECHAT, b"\t-->\t", ["2024-02-29T23:59:58", "2024-03-01T00:00:03", "2024-03-01T00:00:09"]),
    ],
    ids=["irssi", "hexchat", "mirc", "weechat"],
)
def test_days_go_on(data: bytes, key: bytes, times: list[str]) -> None:
    found = _one(irc.DETECTOR, data, key)
    assert found.value == "#candles"
    assert [when for when, sender, _ in _messages(found) if sender] == times
    assert found.span.length == len(data) - 1
    assert {each.zone for each in found.events} == {"unknown"}


def test_colour_codes_are_not_text() -> None:
    found = _one(irc.DETECTOR, known.MIRC, b"Session Start: ")
    assert [text for _, sender, text in _messages(found) if sender][1:] == ["is it there?", "yes"]


def test_new_weechat_is_in_utc() -> None:
    data = known.WEECHAT.replace(b":50\t", b":50.123456Z\t").replace(b":58\t", b":58.5Z\t")
    found = _one(irc.DETECTOR, data, b"\t-->\t")
    assert found.fields["zone"].value == "utc"


def test_one_weechat_log_is_one_finding() -> None:
    layer = BytesLayer(known.WEECHAT)
    later = known.WEECHAT.index(b"\t<--\t") + 5
    assert not list(irc.DETECTOR.examine(layer, later))
    assert not list(irc.DETECTOR.examine(layer, 0))


def test_sessions_are_apart() -> None:
    data = known.IRSSI + known.IRSSI
    second = data.rindex(b"Log opened ") + 11
    found = [each for at in (15, second) for each in irc.DETECTOR.examine(BytesLayer(data), at)]
    assert [each.span.offset for each in found] == [0, len(known.IRSSI)]


def test_scrollback() -> None:
    data = b"T 1709251190 \x0323*\x0f\t\x0323Now talking on #candles\nT 1709251198 <tallow>\tis it there?\n"
    (found,) = irc.DETECTOR.examine(BytesLayer(data), 0)
    assert found.value == "#candles"
    assert _messages(found)[1] == ("2024-02-29T23:59:58Z", "tallow", "is it there?")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Tue Nov 24 03:30:17 2026", (2026, 11, 24)),
        ("3/16/2014 11:55:43 PM", (2014, 3, 16)),
        ("16/03/2014 23:55:43", (2014, 3, 16)),
        ("06.03.2014 23:55:43", (2014, 3, 6)),
        ("2014-03-16 23:55:43", (2014, 3, 16)),
        ("dom 16 mar 2014 23:55:43 CET", (2014, 3, 16)),
        ("Mi 24. Dez 2014 23:55:43", (2014, 12, 24)),
        ("03/04/2014 23:55:43", None),
        ("30 Feb 2014", None),
    ],
)
def test_dates_of_locales(text: str, wanted: tuple[int, int, int] | None) -> None:
    assert date(text) == wanted


def test_clocks() -> None:
    assert clock("12:00:09 AM") == (0, 0, 9)
    assert clock("11:59:58 PM") == (23, 59, 58)
    assert clock("39:95:90") is None
