"""What payments moved: transactions that embit made and signed, in the stores of Bitcoin Core and Electrum.

`payments.json` was written by embit 0.8.0, which is no part of the program: the wallet of BIP-39's all-zero phrase
(`abandon` eleven times, `about`) along BIP-84 is paid 1,250,000 by a stranger, pays 900,000 to PAYEE with a fee of
1,000, and sends the rest to itself with a fee of 500. Ids, addresses and signatures are embit's.
"""

from __future__ import annotations

import json
import sqlite3
import struct
from pathlib import Path
from typing import Any

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.wallet import bitcoin_core, bitcoinj, electrum
from forensics.detectors.wallet._specimens import berkeley
from forensics.model import Finding
from forensics.primitives import bip32, transaction
from forensics.scenarios.content import coins, core_wallet

MADE = json.loads(Path(__file__).with_name("payments.json").read_text(encoding="utf-8"))
PAID = [each["txid"] for each in MADE["transactions"]]
PAYEE = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
BEGAN = 1_709_201_472
LEGACY, DESCRIPTORS = "legacy", "descriptors"


def sized(data: bytes) -> bytes:
    return bytes((len(data),)) + data if len(data) < 253 else b"\xfd" + struct.pack("<H", len(data)) + data


def stored(number: int, notes: dict[str, str], *, by_wallet: bool) -> tuple[bytes, bytes]:
    """A `tx` record as CWalletTx is serialised."""
    made = MADE["transactions"][number]
    value = bytes.fromhex(made["hex"]) + bytes(range(32)) + b"\0" + struct.pack("<i", 7) + b"\0"
    value += bytes((len(notes),)) + b"".join(sized(a.encode()) + sized(b.encode()) for a, b in notes.items())
    value += b"\1" + sized(b"Message") + sized(b"for the kiln")
    value += struct.pack("<IIBB", 1, BEGAN + 600 * number, by_wallet, 0)
    return sized(b"tx") + bytes.fromhex(made["txid"])[::-1], value


def payments_of(notes: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [stored(0, notes, by_wallet=False), stored(1, {}, by_wallet=True), stored(2, {}, by_wallet=True)]


def legacy(transactions: list[tuple[bytes, bytes]]) -> bytes:
    keys = [bytes.fromhex(each) for each in MADE["public_keys"]]
    return berkeley(
        [
            *((sized(b"ckey") + sized(each), sized(bytes(48))) for each in keys),
            *((sized(b"keymeta") + sized(each), struct.pack("<iq", 1, BEGAN - 60)) for each in keys),
            (sized(b"name") + sized(PAYEE.encode()), sized(b"kiln")),
            (sized(b"purpose") + sized(PAYEE.encode()), sized(b"send")),
            *transactions,
        ]
    )


def descriptors(transactions: list[tuple[bytes, bytes]]) -> bytes:
    """Two descriptors hardened below their master, with the keys of the branches beside them."""
    records = list(transactions)
    for number, branch in enumerate(("receive_branch", "change_branch")):
        identity = bytes((number,)) * 32
        text = f"wpkh({MADE['account']}/84h/0h/0h/{number}/*)#abcdefgh"
        records.append(
            (sized(b"walletdescriptor") + identity, sized(text.encode()) + struct.pack("<Qiii", BEGAN, 3, 0, 1_000))
        )
        key = bip32.decode(MADE[branch].encode())
        assert key is not None
        head = bytes((key.depth,)) + bytes(8) + key.chain + key.key
        records.append((sized(b"walletdescriptorcache") + identity + bytes(4), sized(head)))
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"PRAGMA application_id = {0xF9BEB4D9 - (1 << 32)}")
        connection.execute("CREATE TABLE main(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL)")
        connection.executemany("INSERT INTO main VALUES(?, ?)", records)
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()


def core(data: bytes) -> Finding:
    (found,) = bitcoin_core.DETECTOR.examine(BytesLayer(data), 0)
    return found


def listed(found: Finding) -> dict[str, Any]:
    told: Any = found.fields["transaction_list"].value
    return {each["txid"]: each for each in told}


def moved(told: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        tuple(told[txid].get(name) for name in ("type", "value", "to_own", "from_own", "fee"))
        for txid in PAID
        if txid in told
    ]


ALL = [
    ("IN", 1_250_000, 1_250_000, 0, None),
    ("OUT", 901_000, 349_000, 1_250_000, 1_000),
    ("SELF", 500, 348_500, 349_000, 500),
]


@pytest.mark.parametrize("made", MADE["transactions"], ids=PAID)
def test_ids_inputs_and_outputs_are_embits(made: dict[str, Any]) -> None:
    found = transaction.parse(bytes.fromhex(made["hex"]))
    assert found is not None
    assert found.txid == made["txid"]
    assert [[each.txid, each.index] for each in found.inputs] == made["inputs"]
    assert [each.amount for each in found.outputs] == [amount for amount, _ in made["outputs"]]


@pytest.mark.parametrize("container", [legacy, descriptors])
def test_bitcoin_core_knows_what_came_in_went_out_and_stayed(container: Any) -> None:
    notes = {"comment": "order 12", "to": "the potter", "timesmart": str(BEGAN + 30), "n": "0", "txid": "not this"}
    found = core(container(payments_of(notes)))
    told = listed(found)
    assert moved(told) == ALL
    first, second = told[PAID[0]], told[PAID[1]]
    assert first["time"] == "2024-02-29T10:11:42Z"
    assert first["received"] == "2024-02-29T10:11:12Z"
    assert (first["comment"], first["comment_to"], first["message"]) == ("order 12", "the potter", "for the kiln")
    assert first["block"] == bytes(range(32))[::-1].hex()
    assert [(each["address"], each["amount"], each["own"]) for each in second["outputs"]] == [
        (PAYEE, 900_000, False),
        (MADE["change"][0], 349_000, True),
    ]
    assert [each["address"] for each in second["inputs"]] == [MADE["receiving"][0]]
    assert [(each.meaning, each.as_stored) for each in found.events if "payment" in each.meaning] == [
        *(("payment seen by the wallet", str(BEGAN + 600 * number)) for number in range(3)),
        ("payment as the wallet dates it", str(BEGAN + 30)),
    ]
    assert not any("not those" in each for each in found.caveats)


def test_without_the_payment_before_an_amount_is_not_said() -> None:
    found = core(legacy(payments_of({})[1:]))
    told = listed(found)
    assert PAID[0] not in told
    assert told[PAID[1]]["type"] == "OUT"
    assert told[PAID[1]]["inputs_of_unknown_amount"] == 1
    assert "value" not in told[PAID[1]]
    assert "fee" not in told[PAID[1]]


def test_a_transaction_under_another_id_is_said() -> None:
    (key, value), *rest = payments_of({})
    found = core(legacy([(key[:-1] + b"\0", value), *rest]))
    assert any(each.startswith("1 transactions are not those") for each in found.caveats)
    assert listed(found)[PAID[1]]["inputs_of_unknown_amount"] == 1


def test_a_broken_transaction_is_listed_by_its_id_alone() -> None:
    (key, value), *rest = payments_of({})
    told = listed(core(legacy([(key, value[:60]), *rest])))
    assert set(told[PAID[0]]) == {"txid", "received", "time_is"}


def wallet_of_electrum(**changed: Any) -> bytes:
    value = {
        "addresses": {"receiving": MADE["receiving"], "change": MADE["change"]},
        "addr_history": {},
        "labels": {PAID[1]: "kiln"},
        "seed_version": 52,
        "transactions": {each["txid"]: each["hex"] for each in MADE["transactions"]},
        "tx_fees": {PAID[1]: [1_000, True, 1], PAID[0]: [70, False, 1]},
        "verified_tx3": {PAID[0]: [500_000, BEGAN, 3, "bb" * 32], PAID[1]: [500_001, BEGAN + 600, 1, "cc" * 32]},
        "wallet_type": "standard",
    } | changed
    return json.dumps(value, indent=4, sort_keys=True).encode()


def of_electrum(data: bytes) -> Finding:
    (found,) = electrum.DETECTOR.examine(BytesLayer(data), data.index(b'seed_version"') + 13)
    return found


def test_electrum_knows_the_same() -> None:
    found = of_electrum(wallet_of_electrum())
    told = listed(found)
    assert moved(told) == [(*ALL[0][:4], 70), *ALL[1:]]
    assert [told[each].get("time") for each in PAID] == ["2024-02-29T10:11:12Z", "2024-02-29T10:21:12Z", None]
    assert told[PAID[1]]["comment"] == "kiln"
    assert found.fields["transactions"].value == 3
    assert [each.meaning for each in found.events] == ["payment confirmed"] * 2


@pytest.mark.parametrize(
    ("spent", "received"),
    [
        ({"a": {"b:0": 1_250_000}}, {"c": {"1": [349_000, False]}}),  # since 4.0
        ({"a": [["b:0", 1_250_000]]}, {"c": [[1, 349_000, False]]}),  # before
    ],
)
def test_electrums_own_lists_stand_in_where_a_transaction_is_not_there(spent: Any, received: Any) -> None:
    one = {PAID[1]: MADE["transactions"][1]["hex"]}
    lists = {"txi": {PAID[1]: spent}, "txo": {PAID[1]: received}, "verified_tx3": {}}
    assert moved(listed(of_electrum(wallet_of_electrum(transactions=one, **lists)))) == [ALL[1]]
    unsigned = of_electrum(wallet_of_electrum(transactions={PAID[1]: "70736274ff00"}, txi={PAID[1]: spent}, txo={}))
    assert unsigned.fields["transactions_not_whole"].value == 1
    assert listed(unsigned)[PAID[1]]["value"] == 1_250_000


@pytest.mark.parametrize(
    "hostile", [{"txi": [1]}, {"tx_fees": {PAID[1]: "x"}}, {"labels": {PAID[1]: 7}}, {"transactions": {"": 5}}]
)
def test_values_of_other_types_are_no_payments(hostile: dict[str, Any]) -> None:
    assert of_electrum(wallet_of_electrum(**hostile)).fields["transaction_list"].value


def field(number: int, value: int | bytes) -> bytes:
    """A field of Protocol Buffers."""
    if isinstance(value, bytes):
        return varint(number << 3 | 2) + varint(len(value)) + value
    return varint(number << 3) + varint(value)


def varint(value: int) -> bytes:
    return bytes((value & 0x7F | 0x80,)) + varint(value >> 7) if value > 0x7F else bytes((value,))


def test_bitcoinj_knows_the_same() -> None:
    data = field(1, b"org.bitcoin.production")
    data += b"".join(field(3, field(1, 4) + field(3, bytes.fromhex(each))) for each in MADE["public_keys"])
    for number, made in enumerate(MADE["transactions"]):
        whole = transaction.parse(bytes.fromhex(made["hex"]))
        assert whole is not None
        parts = field(1, 1) + field(2, bytes.fromhex(made["txid"])) + field(5, 1_000 * (BEGAN + number))
        for each in whole.inputs:
            parts += field(6, field(1, bytes.fromhex(each.txid)) + field(2, each.index) + field(3, each.script))
        for paid in whole.outputs:
            parts += field(7, field(1, paid.amount) + field(2, paid.script))
        data += field(4, parts + field(13, b"kiln"))
    (found,) = bitcoinj.DETECTOR.examine(BytesLayer(data), 0)
    told = listed(found)
    assert moved(told) == ALL
    assert [told[each]["time"] for each in PAID[:2]] == ["2024-02-29T10:11:12Z", "2024-02-29T10:11:13Z"]
    assert {told[each]["memo"] for each in PAID} == {"kiln"}
    assert ("WALLET_PAID", PAYEE) in {(each.rule, each.target) for each in found.links}


def test_a_private_key_in_clear_derives_the_addresses_that_were_given_out_and_is_not_shown() -> None:
    """The wallet and its curves are the scenario builder's, not the detector's."""
    master = coins.Node.master(coins.phrase_seed(coins.phrase(bytes(range(16)))))
    found = core(core_wallet.descriptor_wallet(master, [], BEGAN))
    branches = (master.at("84'/0'/0'/0"), master.at("84'/0'/0'/1"))
    wanted = {coins.p2wpkh(branch.child(number)) for branch in branches for number in range(12)}
    assert {each.target for each in found.links if each.rule == "WALLET_HAS_ADDRESS"} == wanted
    assert found.fields["derived_addresses"].value == len(wanted)
    assert master.key.to_bytes(32, "big").hex() not in repr(found)
    assert master.wif() not in repr(found)
