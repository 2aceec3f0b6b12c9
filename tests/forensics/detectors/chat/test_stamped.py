"""Logs of one stamped line per message, accounts, contacts and keys: directions, clocks, spans, proofs."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.chat import _specimens as known
from forensics.detectors.chat import _specimens_purple as purple
from forensics.detectors.chat import (
    irc,
    mcabber,
    otr_fingerprint,
    otr_key,
    profanity_log,
    psi_log,
    purple_account,
    purple_contacts,
    toxic,
)
from forensics.detectors.chat._stamped import REACH
from forensics.model import Finding, Grade, Locator, Secret, Sensitivity


def _found(detector: Detector, data: bytes, path: str = "unallocated") -> list[Finding]:
    layer = BytesLayer(data, Locator(path))
    ends = {
        each.end() for trigger in detector.triggers for each in re.finditer(trigger.pattern, data) if trigger.pattern
    }
    return [finding for end in sorted(ends) for finding in detector.examine(layer, end)]


def _said(found: Finding) -> list[tuple[str, str, str, bool | None]]:
    messages = cast("list[dict[str, Any]]", found.fields["messages"].value)
    return [(each["time"], each["sender"], each["text"], each.get("own")) for each in messages]


def test_mcabber_has_direction_and_utc() -> None:
    (found,) = _found(mcabber.DETECTOR, known.MCABBER[0].data, "ext4:/home/w/.mcabber/histo/Tallow@chat.invalid")
    assert found.value == "tallow@chat.invalid"
    assert found.grade is Grade.C3
    assert _said(found) == [
        ("2024-02-29T23:59:58Z", "own account", "is it there?", True),
        ("2024-03-01T00:00:03Z", "tallow@chat.invalid", "yes\nand a second line", False),
        ("2024-03-01T00:00:09Z", "", "tallow@chat.invalid is online: back", None),
        ("2024-03-01T00:00:10Z", "", "a remark", None),
    ]
    assert [each.when for each in found.events][:1] == [datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)]
    assert {each.zone for each in found.events} == {"utc"}


def test_rooms_of_mcabber_have_nicks() -> None:
    (found,) = _found(mcabber.DETECTOR, b"MR 20240301T00:00:03Z 000 <tallow> who is there\n")
    assert _said(found)[0][1:] == ("tallow", "who is there", False)


def test_profanity_takes_the_account_from_folders() -> None:
    path = "ext4:/h/.local/share/profanity/chatlogs/wick_at_chat.invalid/tallow_at_chat.invalid/2024_02_29.log"
    (found,) = _found(profanity_log.DETECTOR, known.PROFANITY_LOG[0].data, path)
    assert found.fields["account"].value == "wick@chat.invalid"
    assert _said(found) == [
        ("2024-02-29T23:59:58Z", "own account", "is it there?", True),
        ("2024-03-01T00:00:03Z", "tallow@chat.invalid", "yes\nand a second line", False),
        ("2024-03-01T00:00:09Z", "own account", "* waits", True),
    ]


def test_old_lines_of_profanity_have_their_day_from_the_name() -> None:
    path = "ext4:/h/profanity/chatlogs/wick_at_chat.invalid/tallow_at_chat.invalid/2015_02_28.log"
    layer = BytesLayer(b"23:59:58 - me: is it there?\n23:59:59 - tallow@chat.invalid: yes\n", Locator(path))
    (found,) = profanity_log.DETECTOR.examine(layer, 0)
    assert [each[0] for each in _said(found)] == ["2015-02-28T23:59:58Z", "2015-02-28T23:59:59Z"]
    assert not list(profanity_log.DETECTOR.examine(BytesLayer(known.PROFANITY_LOG[0].data, Locator(path)), 0))


def test_toxic_knows_the_owner_from_the_name() -> None:
    data = known.TOXIC[0].data
    (found,) = _found(toxic.DETECTOR, data, "ext4:/h/.config/tox/chatlogs/EC37B8-tallow-0A1B2C.log")
    assert [each[1:] for each in _said(found)] == [
        ("", "tallow has come online", None),
        ("wick", "is it there?", True),
        ("tallow", "yes: it is", False),
    ]
    (evening,) = _found(toxic.DETECTOR, known.TOXIC[1].data)
    assert [each[0][11:16] for each in _said(evening)] == ["23:59", "23:59", "12:00"]
    assert {each.zone for each in evening.events} == {"unknown"}


def test_psi_unescapes_and_splits() -> None:
    (found,) = _found(psi_log.DETECTOR, known.PSI[0].data, "ntfs:/p/history/tallow_at_chat.invalid.history")
    assert found.value == "tallow@chat.invalid"
    assert [each[1:] for each in _said(found)] == [
        ("own account", "is it there?", True),
        ("tallow@chat.invalid", "yes\nand a second line|", False),
        ("tallow@chat.invalid", "subject\ntext", False),
    ]


def test_spans_are_the_lines() -> None:
    data = b"\0junk\0" + known.MCABBER[0].data
    (found,) = _found(mcabber.DETECTOR, data)
    for each in cast("list[dict[str, Any]]", found.fields["messages"].value):
        assert data[each["span_offset"] :][:3] in (b"MS ", b"MR ", b"SO ", b"MI ")
    assert found.span.offset == 6


@pytest.mark.parametrize(("gap", "logs"), [(100, 1), (REACH - 200, 1), (2 * REACH, 2)])
def test_what_is_far_apart_are_two_logs(gap: int, logs: int) -> None:
    line = b"MR 20240301T00:00:03Z 000 yes\n"
    found = _found(mcabber.DETECTOR, line + b"x" * gap + b"\n" + line)
    assert len(found) == logs
    assert sum(cast("int", each.fields["message_count"].value) for each in found) == 2


def test_weechat_private_words_without_a_window() -> None:
    data = known.WEECHAT + b"2024-03-01 00:00:11\t--\tMSG(tallow): noted\n"
    layer = BytesLayer(data)
    (found,) = irc.DETECTOR.examine(layer, data.index(b"\t-->\t") + 5)
    assert _said(found)[-1][1:] == ("own account", "MSG(tallow): noted", True)


def test_passwords_are_secret() -> None:
    first, second = _found(purple_account.DETECTOR, purple.PURPLE_ACCOUNT[0].data)
    password = first.fields["password"].value
    assert isinstance(password, Secret)
    assert password.text == "not&a#Secret9"
    assert first.sensitivity is Sensitivity.SECRET
    assert first.fields["proxy type"].value == "tor"
    assert "password" not in second.fields
    span = first.fields["password"].span
    assert span is not None
    assert purple.PURPLE_ACCOUNT[0].data[span.offset : span.end] == b"not&amp;a#Secret9"


def test_contacts_with_groups_and_when_seen() -> None:
    (found,) = _found(purple_contacts.DETECTOR, purple.PURPLE_CONTACTS[0].data)
    contact, room = cast("list[dict[str, Any]]", found.fields["contacts"].value)
    assert (contact["name"], contact["alias"], contact["group"]) == ("tallow@chat.invalid", "T & Co", "Buddies")
    assert contact["last_seen"] == "2024-02-29T23:59:58Z"
    assert room["name"] == "candles@rooms.invalid"
    assert [each.meaning for each in found.events] == ["tallow@chat.invalid last seen"]


def test_a_key_is_proved_by_its_private_part() -> None:
    (found,) = _found(otr_key.DETECTOR, purple.OTR_KEY[0].data)
    assert found.grade is Grade.C4
    assert found.sensitivity is Sensitivity.SECRET
    (other,) = _found(otr_key.DETECTOR, purple.OTR_KEY[1].data)
    assert other.grade is Grade.C2
    assert other.caveats


def test_numbers_as_octets() -> None:
    data = purple.OTR_KEY[0].data
    begin = data.index(b"(q #") + 3
    end = data.index(b"#", begin + 1)
    octets = bytes.fromhex(data[begin + 1 : end].decode())
    escaped = b'"' + b"".join(b"\\%03o" % each for each in octets) + b'"'
    for written in (escaped, b"%d:%s" % (len(octets), octets)):
        (found,) = _found(otr_key.DETECTOR, data[:begin] + written + data[end + 1 :])
        assert found.value == purple.OTR_KEY[0].expect[0]  # type: ignore[index]


def test_brackets_without_end_are_nothing() -> None:
    assert not _found(otr_key.DETECTOR, b"(privkeys" + b"(account" * 100_000)


def test_trust_in_a_fingerprint() -> None:
    first, second = _found(otr_fingerprint.DETECTOR, purple.OTR_FINGERPRINT[0].data, "ext4:/.purple/otr.fingerprints")
    assert (first.fields["trust"].value, second.fields["trust"].value) == ("verified", "not verified")
    assert first.grade is Grade.C3
    assert first.value == purple.OTR_KEY[0].expect[0]  # type: ignore[index]
