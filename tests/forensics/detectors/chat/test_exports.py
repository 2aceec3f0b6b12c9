"""Exports of conversations and profiles of Tox."""

from __future__ import annotations

import json
import re
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.chat import _specimens_export as known
from forensics.detectors.chat import _specimens_tox, json_export, tox, whatsapp_export
from forensics.model import Finding, Grade, Locator, Secret, Sensitivity


def _found(detector: Detector, data: bytes, path: str = "unallocated") -> list[Finding]:
    layer = BytesLayer(data, Locator(path))
    ends = {each.end() for trigger in detector.triggers for each in re.finditer(trigger.pattern, data)}
    return [found for end in sorted(ends) for found in detector.examine(layer, end)]


def _said(found: Finding) -> list[tuple[str, str, str]]:
    messages = cast("list[dict[str, Any]]", found.fields["messages"].value)
    return [(each["time"], each["sender"], each["text"]) for each in messages]


def test_telegram_with_pieces_and_two_chats() -> None:
    data = known.JSON_EXPORT[0].data
    first, second = _found(json_export.DETECTOR, data)
    assert _said(first) == [
        ("2024-02-29T23:59:58Z", "Wick", 'is it there? {"}'),
        ("2024-03-01T00:00:03Z", "Täl", "yés, it is"),
    ]
    assert (first.fields["zone"].value, second.fields["zone"].value) == ("utc", "unknown")
    for each in cast("list[dict[str, Any]]", first.fields["messages"].value):
        one = json.loads(data[each["span_offset"] : each["span_offset"] + each["span_length"]])
        assert one["type"] == "message"
    assert {each.clock.value for each in first.events} == {"server"}


def test_a_cut_export_gives_what_stands_before_the_cut() -> None:
    data = known.JSON_EXPORT[0].data
    found = _found(json_export.DETECTOR, data[: data.index(b"user42")])
    assert [each[1] for each in _said(found[0])] == ["Wick"]
    assert any("cut off" in each for each in found[0].caveats)


def test_letters_at_the_ends_of_pieces() -> None:
    pieces = [
        {"id": n, "type": "message", "date_unixtime": "1709251198", "from": "é", "text": "ä€😀" * 50}
        for n in range(3_000)
    ]
    chat = {"name": "n", "type": "personal_chat", "id": 1, "messages": pieces}
    for lead in range(4):
        data = b" " * lead + json.dumps(chat, ensure_ascii=False).encode()
        (found,) = _found(json_export.DETECTOR, data)
        assert found.fields["message_count"].value == 3_000
        assert {each[2] for each in _said(found)} == {"ä€😀" * 50}
        last = cast("list[dict[str, Any]]", found.fields["messages"].value)[-1]
        assert json.loads(data[last["span_offset"] : last["span_offset"] + last["span_length"]])["id"] == 2_999


def test_deep_nesting_is_not_followed() -> None:
    data = b'{"name": "n", "type": "personal_chat", "id": 1, "messages": [{"a": ' + b"[" * 200_000
    assert not _found(json_export.DETECTOR, data)


def test_messenger_is_put_right() -> None:
    (found,) = _found(json_export.DETECTOR, known.JSON_EXPORT[3].data)
    assert [each[1] for each in _said(found)] == ["Täl", "Wick"]


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        ("13/2/24, 08:15 - A: x\n1/3/24, 08:16 - B: y\n1/3/24, 08:17 - A: z\n", "2024-02-13T08:15:00"),
        ("1/3/24, 8:15 PM - A: x\n2/13/24, 8:16 PM - B: y\n2/14/24, 8:17 PM - A: z\n", "2024-01-03T20:15:00"),
        ("1.3.2024, 08:15 - A: x\n1.3.2024, 08:16 - B: y\n1.3.2024, 08:17 - A: z\n", "2024-03-01T08:15:00"),
        ("1/3/24, 08:15 - A: x\n1/3/24, 08:16 - B: y\n1/3/24, 08:17 - A: z\n", "1/3/24, 08:15"),
    ],
    ids=["day first", "month first", "dots", "open"],
)
def test_the_order_of_day_and_month(lines: str, first: str) -> None:
    (found,) = _found(whatsapp_export.DETECTOR, lines.encode())
    assert _said(found)[0][0] == first
    assert found.fields["zone"].value == "unknown"


def test_whatsapp_names_and_remarks() -> None:
    path = "ext4:/sdcard/WhatsApp Chat with Tallow.txt"
    (found,) = _found(whatsapp_export.DETECTOR, known.WHATSAPP_EXPORT[0].data, path)
    assert found.value == "tallow"
    assert [each[1:] for each in _said(found)] == [
        ("", "Messages and calls are end-to-end encrypted."),
        ("Wick", "is it there?"),
        ("Tallow", "yes: it is\nand a second line"),
    ]


def test_a_profile_of_tox_is_proved() -> None:
    (found,) = tox.DETECTOR.examine(BytesLayer(_specimens_tox.TOX[0].data), 0)
    assert found.grade is Grade.C4
    assert found.sensitivity is Sensitivity.SECRET
    secret = found.fields["secret_key"].value
    assert isinstance(secret, Secret)
    key = X25519PrivateKey.from_private_bytes(bytes.fromhex(secret.text)).public_key().public_bytes_raw()
    assert key.hex() == found.value
    first, second = cast("list[dict[str, Any]]", found.fields["contacts"].value)
    assert (first["name"], first["last_seen"]) == ("Tallow", "2024-02-29T23:59:58Z")
    assert "last_seen" not in second
    assert [each.meaning for each in found.events] == ["Tallow last seen"]


def test_the_number_of_tox_has_its_check() -> None:
    number = tox.tox_id(bytes(range(32)), b"\1\2\3\4")
    assert len(number) == 76
    octets = bytes.fromhex(number)
    left = right = 0
    for index in range(0, 38, 2):
        left, right = left ^ octets[index], right ^ octets[index + 1]
    assert (left, right) == (0, 0)


def test_big_endian_profiles() -> None:
    data = _specimens_tox.TOX[0].data
    turned, at = b"\0\0\0\0\x15\xed\x1b\x1f", 8
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "little")
        turned += data[at : at + 4][::-1] + data[at + 4 : at + 8][::-1] + data[at + 8 : at + 8 + length]
        at += 8 + length
    (found,) = tox.DETECTOR.examine(BytesLayer(turned), 0)
    assert found.grade is Grade.C4
