"""Locked stores, keys, and what opens by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.chat import (
    _specimens_locked,
    _specimens_telegram,
    _telegram,
    locked,
    signal_key,
    telegram_key,
    whatsapp_backup,
    whatsapp_key,
)
from forensics.model import Absent, Finding, Grade, Locator, Secret, Sensitivity

NOISE = _specimens_locked.NOISE

# A public sample of John the Ripper's format for Telegram, passcode 0404.
SALT = bytes.fromhex("0970f6c043d855aa895703b8a1cc086109cf081f72a77b6504f7f4bf3db06420")
SEALED = bytes.fromhex(
    "129294a5eac3196a4c9a88e556f7507b0957f6dd45d704db8abe607ec6d807270c02635289056256a6044a6408e7ef5d33f98c561f16f8ae"
    "dd2b3ae33ddffddc63c8584dcb232c9f610953f461adb8d29da83f2b01e32db98101febffae4072703bfbfd492e1dd6abeb0926d3df2ed3b"
    "47dee4eb6c9f42ab657f89f19d7314c07e2ffc843e448c6d324e9f8d2c3e877a25b0b153736fddb35f5205737620ba2f96aa47f799366150"
    "b4de89a0c6e12caa4f03553d164ce9e2e975aadc83538e6ae3df93acb6026f97ac9f6f017a6bbc6607767e591b2c732e3c0ac844584c69da"
    "e89ca3272c996eb83b4e66976e3851cfc89be11dc602bb8c0cdf578d9a0a9dbc2296888fa5ee7e58d985a9bf9a1dbc75d2ddfd6ce222c5ee"
    "9f3bb40f6e25c2cd"
)


def _found(detector: Detector, data: bytes, path: str = "unallocated") -> Iterator[Finding]:
    layer = BytesLayer(data, Locator(path))
    for trigger in detector.triggers:
        for each in re.finditer(trigger.pattern, data, re.DOTALL) if trigger.pattern else ():
            yield from detector.examine(layer, each.end() if trigger.at is None else each.start() - trigger.at)


@pytest.mark.parametrize(
    ("path", "program"),
    [
        ("ntfs:/Users/w/AppData/Roaming/Signal/sql/db.sqlite", "Signal"),
        ("ext4:/home/w/.config/Session/sql/db.sqlite", "Session"),
        ("ext4:/data/data/ch.threema.app/databases/threema4.db", "Threema"),
        ("ntfs:/Users/w/AppData/Local/Wickr, LLC/WickrMe/wickr_db.sqlite", "Wickr"),
        ("ext4:/home/w/.config/Element/EventStore/events.db", "Element, search index"),
        ("ext4:/data/data/com.tencent.mm/MicroMsg/0/EnMicroMsg.db", "WeChat"),
    ],
)
def test_locked_by_place_and_content(path: str, program: str) -> None:
    (found,) = locked.DETECTOR.examine(BytesLayer(NOISE, Locator(path)), 0)
    assert found.value is Absent.ENCRYPTED
    assert found.fields["program"].value == program
    assert program in found.caveats[0]
    assert found.grade is Grade.C2
    for other in (b"SQLite format 3\0" + NOISE, bytes(8_192), b"is it there? " * 700, NOISE[:100]):
        assert not list(locked.DETECTOR.examine(BytesLayer(other, Locator(path)), 0))


def test_a_key_and_its_backup_name_each_other() -> None:
    (key,) = _found(whatsapp_key.DETECTOR, _specimens_locked.WHATSAPP_KEY[0].data, "ext4:/com.whatsapp/files/key")
    (backup,) = _found(whatsapp_backup.DETECTOR, _specimens_locked.WHATSAPP_BACKUP[0].data)
    assert key.grade is Grade.C3
    assert key.links[0].target == backup.value
    assert backup.fields["salt"].value == key.fields["salt"].value
    assert backup.fields["telephone_number_ends"].value == "67"
    assert isinstance(key.value, Secret)
    assert key.value.text not in repr(key)


def test_version_12_by_its_name() -> None:
    data = b"\0\1\2" + NOISE
    (found,) = whatsapp_backup.DETECTOR.examine(BytesLayer(data, Locator("ext4:/a/msgstore.db.crypt12")), 0)
    assert found.value == NOISE[32:48].hex()
    assert not list(whatsapp_backup.DETECTOR.examine(BytesLayer(data, Locator("ext4:/a/other")), 0))


def test_signal_and_session() -> None:
    plain, session, sealed = (next(_found(signal_key.DETECTOR, each.data)) for each in _specimens_locked.SIGNAL_KEY[:3])
    assert (plain.fields["program"].value, session.fields["program"].value) == ("Signal", "Session")
    assert plain.sensitivity is Sensitivity.SECRET
    assert sealed.fields["safeStorageBackend"].value == "gnome_libsecret"
    path = "ext4:/home/w/.config/Signal/config.json"
    (named,) = _found(signal_key.DETECTOR, b'{"key": "' + NOISE[:32].hex().encode() + b'"}', path)
    assert named.grade is Grade.C3
    changed = _specimens_locked.SIGNAL_KEY[1].data.replace(b"false", b"true")
    (replaced,) = _found(signal_key.DETECTOR, changed)
    assert "older copies" in replaced.caveats[0]


def test_telegram_opens_with_the_passcode_of_a_public_sample() -> None:
    key = _telegram.passcode_key(b"0404", SALT, new=True)
    assert len(_telegram.opened(SEALED, key)) == 256
    assert _telegram.opened(SEALED, _telegram.passcode_key(b"0405", SALT, new=True)) == b""


def test_telegram_without_a_passcode() -> None:
    first, old = (next(_found(telegram_key.DETECTOR, each.data)) for each in _specimens_telegram.TELEGRAM[:2])
    assert first.grade is Grade.C4
    assert first.fields["program_version"].value == "5.2.1"
    assert first.fields["accounts"].value == 2
    assert old.grade is Grade.C4
    (sealed,) = _found(telegram_key.DETECTOR, _specimens_telegram.LOCKED)
    assert sealed.value is Absent.ENCRYPTED
    assert sealed.fields["passcode"].value == "set"
