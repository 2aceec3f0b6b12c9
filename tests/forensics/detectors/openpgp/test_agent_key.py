"""Keys that GnuPG's agent stored: keygrips against those of gpg itself, forms, damage."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.openpgp import agent_key
from forensics.detectors.openpgp._specimens_agent import (
    CARD,
    LOCKED,
    LOCKED_GRIP,
    OLD,
    PLAIN,
    PLAIN_GRIP,
    RSA,
    RSA_GRIP,
)
from forensics.model import Absent, Finding, Grade, Locator, Secret


def _found(data: bytes, name: str = "x.key") -> list[Finding]:
    layer = BytesLayer(data, Locator(f"ext4:/home/v/.gnupg/private-keys-v1.d/{name}"))
    at = data.index(b"private-key") + len(b"private-key")
    return list(agent_key.DETECTOR.examine(layer, data.index(b"(", at) + 1))


def test_a_key_that_is_not_protected() -> None:
    (found,) = _found(PLAIN, f"{PLAIN_GRIP}.key")
    assert (found.value, found.grade) == (PLAIN_GRIP, Grade.C4)
    assert (found.span.offset, found.span.length) == (0, len(PLAIN.rstrip()))
    assert found.fields["protection"].value == "none"
    assert isinstance(found.fields["private_key"].value, Secret)
    assert [each.meaning for each in found.events] == ["key made or imported"]


def test_a_protected_key_tells_when_its_passphrase_was_set() -> None:
    (found,) = _found(LOCKED)
    assert (found.value, found.grade) == (LOCKED_GRIP, Grade.C2)
    assert found.fields["protection"].value == "openpgp-s2k3-ocb-aes"
    assert "private_key" not in found.fields
    assert [each.meaning for each in found.events] == ["key made or imported", "passphrase set"]


def test_primes_prove_a_carved_key() -> None:
    (found,) = _found(b"\0" * 512 + RSA, "pagefile.sys")
    assert (found.value, found.grade, found.span.offset) == (RSA_GRIP, Grade.C4, 512)
    assert found.fields["bits"].value == 1024


def test_old_form_card_and_a_name_of_another_key() -> None:
    (old,) = _found(OLD, f"{LOCKED_GRIP}.key")
    assert (old.value, old.grade) == (PLAIN_GRIP, Grade.C2)
    assert old.caveats == ("The name of the file is that of another key.",)
    (card,) = _found(CARD)
    assert (card.fields["protection"].value, card.fields["serial"].value) == ("on a smart card", "D2760001")


def test_an_unknown_curve_has_no_keygrip() -> None:
    (found,) = _found(PLAIN.replace(b"Ed25519", b"Ed25518"))
    assert found.value is Absent.NOT_PARSED


@pytest.mark.parametrize(
    "algorithm",
    ["rsa1024", "ed25519", "nistp256", "nistp384", "nistp521", "secp256k1", "brainpoolP256r1", "brainpoolP512r1"],
)
def test_keygrips_are_those_of_gpg(algorithm: str, tmp_path: Path) -> None:
    home = tmp_path / "g"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback"]
    try:
        subprocess.run([*gpg, "--quick-gen-key", "v@example.org", algorithm, "sign"], check=True, capture_output=True)
        (path,) = (home / "private-keys-v1.d").iterdir()
        (found,) = _found(path.read_bytes(), path.name)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "gpg-agent"], check=False, capture_output=True)
    assert (found.value, found.grade) == (path.stem, Grade.C4)


def test_hostile_bytes_never_raise() -> None:
    for data in (PLAIN, LOCKED, OLD, CARD, b"(private-key (" + b"(" * 9_000, b"(11:private-key(3:rsa(1:n99999:x"):
        for cut in range(20, len(data), 7):
            if b"(" in data[12:cut]:
                list(
                    agent_key.DETECTOR.examine(BytesLayer(data[:cut]), data.index(b"(", data.index(b"private-key")) + 1)
                )
        for bit in range(0, 8 * len(data), 11):
            changed = bytearray(data[:2_000])
            if bit // 8 < len(changed):
                changed[bit // 8] ^= 1 << bit % 8
                for at in (14, 45, 60):
                    list(agent_key.DETECTOR.examine(BytesLayer(bytes(changed)), at))
