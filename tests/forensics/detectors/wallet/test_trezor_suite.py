"""Trezor Suite: accounts and payments, and values of V8 that Node wrote."""

from __future__ import annotations

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet import trezor_suite
from forensics.detectors.wallet._v8_values import Reader
from forensics.errors import FormatError
from forensics.model import Finding, Grade, Sensitivity

ACCOUNT, PAYMENT = (each.data for each in trezor_suite.DETECTOR.specimens[:2])
# v8.serialize of Node 18: {a: 1, b: -5, c: 3e9, d: 1.5, e: "x", f: "жизнь", g: [1, "two", null, true, undefined],
# h: {i: new Date(1709201472000)}, j: [1,, 3]}, without its version
NODE = bytes.fromhex(
    "6f220161490222016249092201634e000000c00b5ae6412201644e000000000000f83f220165220178220166630a3604380437043d044c04"
    "22016741054902220374776f30545f2400052201686f220169440000a08b45df78427b0122016a610349004902490449064002037b09"
)


def found(data: bytes) -> Finding:
    (one,) = trezor_suite.DETECTOR.examine(BytesLayer(data), data.index(b"deviceState") + 12)
    return one


def test_values_that_node_wrote() -> None:
    reader = Reader(NODE)
    assert reader.value() == {
        "a": 1,
        "b": -5,
        "c": 3_000_000_000,
        "d": 1.5,
        "e": "x",
        "f": "жизнь",
        "g": [1, "two", None, True, None],
        "h": {"i": 1_709_201_472_000},
        "j": [1, 3],
    }
    assert reader.at == len(NODE)


@pytest.mark.parametrize("hostile", [NODE[:-1], b"A\xff\xff\xff\xff\x0f", b"A\x01" * 100, b'"\xff', b"o" * 50, b""])
def test_hostile_values_end(hostile: bytes) -> None:
    with pytest.raises(FormatError):
        Reader(hostile).value()


def test_an_account_tells_device_addresses_and_labels() -> None:
    one = found(ACCOUNT)
    assert one.grade is Grade.C3
    assert one.sensitivity is Sensitivity.SECRET  # the key of the label files
    assert "00" * 32 not in repr(one)
    assert one.fields["device"].value == "355C817510C0EABF2F147145"
    assert one.fields["passphrase_wallet"].value == 1
    assert one.fields["labels"].value == ({"of": "account", "label": "stall"},)
    assert [link.rule for link in one.links] == ["WALLET_HAS_XPUB", "WALLET_HAS_ADDRESS"]


def test_a_payment_tells_targets_and_time() -> None:
    one = found(PAYMENT)
    assert one.value == "ab" * 32
    targets = one.fields["targets"].value
    assert isinstance(targets, tuple)
    assert isinstance(targets[0], dict)
    assert targets[0]["amount"] == "5000"
    assert [str(event.when) for event in one.events] == ["2024-02-29 10:11:12+00:00"]
