"""E-mail addresses: what is cut off, what is refused, what is said about it."""

from __future__ import annotations

import re

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.contact import email
from forensics.model import Finding, Grade

TRIGGER = re.compile(email.DETECTOR.triggers[0].pattern)


def scan(data: bytes) -> list[Finding]:
    layer = BytesLayer(data)
    return [each for match in TRIGGER.finditer(data) for each in email.DETECTOR.examine(layer, match.end())]


def values(data: bytes) -> list[str]:
    return [str(each.value) for each in scan(data)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"mailto:ann@vendor.com?subject=x", "ann@vendor.com"),
        (b"...ann@vendor.com...", "ann@vendor.com"),
        (b"a,ann.b@vendor.com,c", "ann.b@vendor.com"),
        (b"%3Cann@vendor.com%3E", "ann@vendor.com"),
        (b"x=3Dann@vendor.com", "ann@vendor.com"),
        (b"one\\nann@vendor.com\\r", "ann@vendor.com"),
        (b"ann@vendor.com_2020.jpg", "ann@vendor.com"),
        (b"ann@VENDOR.COM", "ann@vendor.com"),
        (b"ann@vendor.com.Then", "ann@vendor.com"),
        (b"ann@163.com", "ann@163.com"),
        (b"ann@xn--fsq.xn--fiqs8s", "ann@xn--fsq.xn--fiqs8s"),
        (b"https://vendor.com/?to=ann@vendor.com", "ann@vendor.com"),
        (b"imap://ann@vendor.com/inbox", "ann@vendor.com"),
        (b"0@s.whatsapp.net", "0@s.whatsapp.net"),
    ],
)
def test_what_stands_around_an_address(text: bytes, value: str) -> None:
    assert values(text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        b"ann@vendor",
        b"ann@vendor.notatld",
        b"ann@-vendor.com",
        b"ann@.vendor.com",
        b"a" * 65 + b"@vendor.com",
        b"ann@@vendor.com",
        b"ann@vendor.com@other.example.zzz",
        b"getty@tty1.target",
        b"libx@1.2.so",
        b"git://user@vendor.com/x",
        b"z@Foo.Get",
        b"\xf3a@b.io\xfe",
    ],
)
def test_what_is_none(text: bytes) -> None:
    assert values(text) == []


def test_grades_and_caveats() -> None:
    (plain,) = scan(b"ann@vendor.com")
    assert (plain.grade, plain.caveats) == (Grade.C1, ())
    (numbered,) = scan(b"References: <1@vendor.com>\r\n")
    assert (numbered.grade, numbered.caveats) == (Grade.C0, (email.MESSAGE_ID,))
    first, second = scan(b"References: <1@vendor.com>\r\n <2@vendor.com>\r\nTo: x")
    assert first.grade == second.grade == Grade.C0
    (reserved,) = scan(b"ann@vendor.invalid")
    assert reserved.caveats == (email.NO_DOMAIN,)
    (glued,) = scan(b"\x01ann@vendor.comhttps")
    assert glued.caveats == (email.RUNS_ON,)
    (onion,) = scan(b"ann@expyuzz4wqqyqhjn.onion")
    assert onion.caveats == ()


def test_a_window_gives_what_the_whole_gives() -> None:
    data = b"x" * 900 + b" ann@vendor.com, " + b"bob@vendor.org" + b" y" * 500
    ends = [match.end() for match in TRIGGER.finditer(data)]
    whole = [(start, verdict.value) for start, verdict, _ in email.EmailAddress().words(data, ends)]
    assert whole == [(each.span.offset, each.value) for each in scan(data)]
