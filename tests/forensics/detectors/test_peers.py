"""What other free tools match and then drop, or take without a checksum: found here, or not found, by its checksum."""

from __future__ import annotations

import re

import pytest

from forensics.detectors import detectors
from forensics.detectors.base import BytesLayer
from forensics.model import Grade, Secret

TAPROOT = "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"  # BIP-86
BIP38 = "6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg"  # BIP-38
XPRV = "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
MONERO = (  # the address of Monero's own published seed
    "42ey1afDFnn4886T7196doS9GPMzexD9gXpsZJDwVjeRVdFCSoHnv7KPbBeGpzJBzHRCAs9UxqeoyFQMYbqSWYTfJJQAWDm"
)
KINDS = {"address/bitcoin": TAPROOT, "key/bip38": BIP38, "key/extended": XPRV, "address/monero": MONERO}


def told(kind: str, text: str) -> list[tuple[str, Grade]]:
    """Values and grades that the detector of a kind gives for a line of text."""
    data = f"pay to {text} today".encode()
    detector = next(each for each in detectors() if each.kind == kind)
    places = {
        match.end() if trigger.at is None else match.start() - trigger.at
        for trigger in detector.triggers
        if trigger.pattern
        for match in re.finditer(trigger.pattern, data)
    }
    found = [each for place in sorted(places) for each in detector.examine(BytesLayer(data), place)]
    return [(each.value.text if isinstance(each.value, Secret) else str(each.value), each.grade) for each in found]


@pytest.mark.parametrize(("kind", "text"), KINDS.items())
def test_what_is_matched_is_kept(kind: str, text: str) -> None:
    assert text in [value for value, _ in told(kind, text)]


@pytest.mark.parametrize(("kind", "text"), KINDS.items())
def test_one_changed_character_is_never_a_proven_value(kind: str, text: str) -> None:
    """The checksums have 30 to 32 bits: of a hundred changed texts none may pass."""
    letters = "023456789" if kind == "address/bitcoin" else "23456789ABCDEFGH"
    for place in range(8, len(text) - 1, 2):
        other = next(each for each in letters if each != text[place])
        changed = text[:place] + other + text[place + 1 :]
        assert all(value != changed or grade is Grade.C0 for value, grade in told(kind, changed)), changed


def test_a_taproot_address_needs_the_newer_checksum() -> None:
    """The same text under the constant of BIP-173, as BIP-350 gives it, is none."""
    wrong = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd"
    assert all(grade is Grade.C0 for value, grade in told("address/bitcoin", wrong) if value == wrong)


def test_a_text_in_moneros_shape_alone_is_none() -> None:
    assert not told("address/monero", "4" + "A" * 94)
    assert not told("address/monero", "48" + "z" * 93)
