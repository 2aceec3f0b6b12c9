"""Descriptors and the files that describe a wallet by its keys, against vectors of the standards."""

from __future__ import annotations

import pytest

from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.wallet import bsms, caravan, coldcard_multisig
from forensics.detectors.wallet import descriptor as text
from forensics.model import Finding, Grade, Outcome, Secret, Sensitivity
from forensics.primitives import descriptor as descriptors

BIP67 = (
    "02ff12471208c14bd580709cb2358d98975247d8765f92bc25eab3b2763ed605f8",
    "02fe6f0a5a297eb38c391581c4413e084773ea23954d93f7753db7dc0adc188b2f",
)
BIP84 = (
    "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs"
)
BIP86 = (
    "xpub6BgBgsespWvERF3LHQu6CnqdvfEvtMcQjYrcRzx53QJjSxarj2afYWcLteoGVky7D3UKDP9QyrLprQ3VCECoY49yfdDEHGCtMMj92pReUsQ"
)
XPRV = "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"


def found(detector: Detector, data: bytes, at: int = 0) -> Finding:
    (one,) = detector.examine(BytesLayer(data), at)
    return one


def address(descriptor: str, index: int = 0) -> str | None:
    wallet = descriptors.parse(descriptor)
    assert wallet is not None
    return descriptors.address(wallet, 0, index)


def test_addresses_are_those_of_the_standards() -> None:
    assert address(f"sh(sortedmulti(2,{','.join(BIP67)}))") == "39bgKC7RFbpoCRbtD5KEdkYKtNyhpsNa3Z"
    assert address(f"wpkh({BIP84}/0/*)") == "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"
    assert address(f"wpkh({BIP84}/<0;1>/*)", 1) == "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"
    assert address(f"tr({BIP86}/**)") == "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"


def test_the_checksum_is_that_of_bip_380() -> None:
    assert descriptors.checksum("raw(deadbeef)") == "89f8spxm"
    assert descriptors.checksum("raw(deedbeef)") != "89f8spxm"
    assert descriptors.checksum("raw(Ü)") == ""


def test_one_wallet_is_one_value_in_all_forms() -> None:
    one = descriptors.parse(f"sh(sortedmulti(2,{','.join(BIP67)}))")
    other = descriptors.parse(f"sh(sortedmulti(2,{','.join(reversed(BIP67))}))")
    assert str(one) == str(other)
    bare = descriptors.parse(f"wpkh([d34db33f/84'/0H/0']{BIP84}/**)")
    assert str(bare).startswith("wpkh([d34db33f/84h/0h/0h]xpub")
    assert "/<0;1>/*)#" in str(bare)


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "wpkh()",
        "wpkh(((",
        "wsh(multi(2,))",
        f"wsh(multi(2,{','.join(BIP67)})",
        f"wpkh({BIP84}/4294967296/*)",
        "sh(multi(1," + ",".join(BIP67[:1] * 25) + "))",
        "wpkh(" * 5_000,
    ],
)
def test_what_is_no_descriptor(hostile: str) -> None:
    wallet = descriptors.parse(hostile)
    assert wallet is None or descriptors.address(wallet) is None


def test_a_private_key_makes_the_descriptor_a_secret() -> None:
    body = f"wpkh({XPRV}/0/*)"
    data = f"x {body}#{descriptors.checksum(body)} ".encode()
    one = found(text.DETECTOR, data, len(data) - 1)
    assert isinstance(one.value, Secret)
    assert one.sensitivity is Sensitivity.SECRET
    assert XPRV not in repr(one)
    assert not any(link.rule == "WALLET_HAS_XPUB" for link in one.links)


def test_bsms_says_whether_the_keys_give_the_address() -> None:
    whole, windows, bare, foreign, none = (each.data for each in bsms.DETECTOR.specimens[:5])
    outcomes = []
    for data in (whole, windows, bare, foreign):
        one = found(bsms.DETECTOR, data, data.index(b"\n") + 1)
        outcomes.append((one.checks[0].outcome, one.grade, bool(one.caveats)))
    assert outcomes == [
        (Outcome.PASS, Grade.C3, False),
        (Outcome.PASS, Grade.C3, False),
        (Outcome.NOT_APPLICABLE, Grade.C2, False),
        (Outcome.FAIL, Grade.C2, True),
    ]
    assert found(bsms.DETECTOR, none, 9).grade is Grade.C1


def test_coldcard_and_caravan_tell_names_and_paths() -> None:
    data = coldcard_multisig.DETECTOR.specimens[0].data
    one = found(coldcard_multisig.DETECTOR, data, data.index(b"2 of 2") + 6)
    assert one.fields["name"].value == "stall"
    assert one.span.offset == 0
    assert one.span.length == len(data) - 1
    data = b"{}" + caravan.DETECTOR.specimens[0].data
    one = found(caravan.DETECTOR, data, data.index(b'"requiredSigners"') + 17)
    assert one.fields["signers"].value == ({"name": "Alice", "device": "trezor"}, {"name": "Bob", "device": ""})
    assert one.fields["client"].value == "http://127.0.0.1:8332"
    assert one.fields["policy"].value == "1 of 2"
