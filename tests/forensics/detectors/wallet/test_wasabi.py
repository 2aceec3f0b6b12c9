"""Wasabi wallets, against the wallet of GingerWallet's own test (WalletJsonTest) and against damage."""

from __future__ import annotations

import json

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet import wasabi
from forensics.detectors.wallet._open_wasabi import bip38
from forensics.detectors.wallet._opening import WrongSecretError, opened
from forensics.errors import FormatError
from forensics.model import Finding, Grade, Outcome

PUBLISHED = {
    "EncryptedSecret": "6PYSocGEa4k2XEDypqgMLSVfE4pNemeiioTNzgdMb1H4X2Geny2gpjQsgC",
    "ChainCode": "ZMqSU1H1VTgS1XokqYMyKCQfD5zxuF0OFqdJIhzab54=",
    "MasterFingerprint": "a60e43c8",
    "ExtPubKey": "xpub6BkRV4gFz75r7rp43Qcn6pZ38EVwk4R3aseBx4pccRxAKHLsP5myL2oLDcXg5zH8sLoc9yV938k5zzu2QBQefhRc9gzqqr"
    "McWooT1gmuVbj",
    "AccountKeyPath": "84'/0'/0'",
    "BlockchainState": {"Network": "Main", "Height": "0"},
    "ExcludedCoinsFromCoinJoin": ["4C77F313AE307CA91B188AABBC386C34BA563A10E83908732FC1523BE81E22B21B000000"],
    "HdPubKeys": [
        {
            "PubKey": "0329d4d8998d9364a21bbf1a181b3593d99450376bf3ade27e8b5f797251b6071b",
            "FullKeyPath": "84'/0'/0'/0/0",
            "Label": "Alice, Bob",
            "KeyState": 0,
        },
        {
            "PubKey": "02456f292d9376fadf894ec34b110177044df4602ff07fd1169a3fe517438d088b",
            "FullKeyPath": "84'/0'/0'/0/21",
            "Label": "",
            "KeyState": 0,
        },
    ],
}


def found(data: bytes) -> Finding:
    (one,) = wasabi.DETECTOR.examine(BytesLayer(data), data.index(b'"HdPubKeys"') + 11)
    return one


def test_the_published_wallet_is_read_and_its_keys_are_the_accounts() -> None:
    one = found(json.dumps(PUBLISHED, indent=2).encode())
    assert one.value == "a60e43c8"
    assert one.grade is Grade.C3
    assert [check.outcome for check in one.checks] == [Outcome.PASS] * 3
    assert one.checks[1].name == "the account gives 2 of 2 keys"
    labels = one.fields["labels"].value
    assert isinstance(labels, tuple)
    assert isinstance(labels[0], dict)
    assert labels[0]["label"] == "Alice, Bob"
    assert str(labels[0]["of"]).startswith("bc1q")
    coin = "b2221ee83b52c12f730839e8103a56ba346c38bcab8a181ba97c30ae13f3774c:27"
    assert one.fields["kept_from_mixing"].value == (coin,)
    assert str(PUBLISHED["EncryptedSecret"]) not in repr(one)


def test_the_published_password_opens_it() -> None:
    data = json.dumps(PUBLISHED).encode()
    one = opened("wallet/wasabi", data, b"topsecret1234")
    assert one.check == "hash of the address that belongs to the key (BIP-38); it gives the account's key"
    assert [name for name, _ in one.secrets] == ["master_private_key", "xprv"]
    with pytest.raises(WrongSecretError):
        opened("wallet/wasabi", data, b"topsecret1235")
    with pytest.raises(FormatError, match="nothing"):
        opened("wallet/wasabi", data.replace(b'"6PYS', b'"", "x": "6PYS'), b"")


def test_bip_38_gives_the_keys_of_the_standard() -> None:
    sealed = "6PYNKZ1EAgYgmQfmNVamxyXVWHzK5s6DGhwP4J5o44cvXdoY7sRzhtpUeo"
    assert bip38(sealed, b"TestingOneTwoThree").hex() == (
        "cbf4b9f70470856bb4f40f80b87edb90865997ffee6df315ab166d713af433a5"
    )


def test_a_key_of_another_account_is_said() -> None:
    one = found(json.dumps(PUBLISHED).replace("0329d4d8", "0329d4d9").encode())
    assert one.grade is Grade.C2
    assert one.checks[1].outcome is Outcome.FAIL
    assert one.caveats
