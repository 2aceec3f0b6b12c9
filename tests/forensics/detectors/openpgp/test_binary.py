"""Binary keys, keyboxes and messages: ends, origins, damage, and gpg as a second opinion."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.openpgp import _specimens as known
from forensics.detectors.openpgp import keybox, keyring, message
from forensics.detectors.openpgp._packets import read_packets
from forensics.model import Absent, Clock, Grade, Link, Sensitivity

_FINGERPRINT = "fdf55bfa7610d7583f4a22ac06c06ebc2ca7db13"


def test_a_key_ends_where_the_next_one_starts() -> None:
    layer = BytesLayer(b"\1\2" + known.RING + known.SECRET_OCTETS + b"tail")
    (first,) = keyring.DETECTOR.examine(layer, 2)
    (second,) = keyring.DETECTOR.examine(layer, 2 + len(known.RING))
    assert first.span.end == second.span.offset
    assert second.span.length == len(known.SECRET_OCTETS)
    assert (first.sensitivity, second.sensitivity) == (Sensitivity.NORMAL, Sensitivity.SECRET)


def test_origin_of_a_key_in_a_ring() -> None:
    (found,) = keyring.DETECTOR.examine(BytesLayer(known.RING), 0)
    assert found.fields["origin"].value == "URL"
    assert found.fields["origin_url"].value == "https://a.invalid/k"
    imported = [each for each in found.events if each.meaning == "key imported"]
    assert [(each.as_stored, each.clock) for each in imported] == [("1709294400", Clock.DEVICE)]
    assert Link("KEY_FROM_URL", "url", "https://a.invalid/k") in found.links


def test_random_octets_behind_a_head_are_no_key() -> None:
    for offset in range(256):
        data = known.PUBLIC_OCTETS[:9] + bytes((offset * 7 + each * 31) % 256 for each in range(400))
        assert not list(keyring.DETECTOR.examine(BytesLayer(data), 0))


def test_keybox_says_when_a_key_was_imported() -> None:
    (found,) = keybox.DETECTOR.examine(BytesLayer(known.KBX), 0)
    assert found.grade is Grade.C4
    assert found.fields["imported"].value == "2024-03-02T12:00:00Z"
    block = found.fields["fingerprint"].span
    assert block is not None
    assert known.KBX[block.offset : block.offset + 51] == known.PUBLIC_OCTETS[:51]


def test_detached_signature() -> None:
    data = known._octets(known._SIGNATURE)
    (found,) = message.DETECTOR.examine(BytesLayer(data), 0)
    assert found.value is Absent.NONE_STORED
    assert Link("SIGNED_BY", "openpgp", _FINGERPRINT) in found.links
    assert [each.meaning for each in found.events] == ["signature made"]


def test_lengths_of_every_form() -> None:
    body = b"b\x01xaaaa" + bytes(600)
    partial = b"\xcb\xe9" + body[:512] + b"\x5f" + body[512:]
    old = b"\xad" + len(body).to_bytes(2, "big") + body
    new = b"\xcb\xff" + len(body).to_bytes(4, "big") + body
    middle = b"\xcb\xc1" + bytes((len(body) - 448,)) + body
    for data in (partial, old, new, middle, b"\xaf" + body):
        chain = read_packets(data)
        assert (chain.packets[0].tag, chain.packets[0].body, chain.fault) == (11, body, "")
    assert read_packets(partial[:-1]).fault == "last packet cut off"
    assert read_packets(b"\xc6\xe1\0\0").packets == ()


@pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")
def test_gpg_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "key.gpg"
    path.write_bytes(known.PUBLIC_OCTETS)
    command = ["gpg", "--homedir", str(tmp_path), "--batch", "--with-colons", "--show-keys", str(path)]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    primary, subkey = [line.split(":")[9].lower() for line in told.splitlines() if line.startswith("fpr:")]
    (found,) = keyring.DETECTOR.examine(BytesLayer(known.PUBLIC_OCTETS), 0)
    assert found.value == primary
    assert Link("HAS_SUBKEY", "openpgp", subkey) in found.links
