"""Electrum wallet files of the 4.x generation: plain, with encrypted fields, and encrypted as a whole."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from Crypto.Cipher import AES

from forensics.scenarios.chance import Chance
from forensics.scenarios.content import coins, curves
from forensics.scenarios.content.archives import zlib_stream
from forensics.scenarios.content.codes import sha256d

_SEGWIT = "100"


@dataclass(frozen=True, slots=True)
class Account:
    """A segregated-witness wallet: its seed phrase and the node its addresses hang from."""

    seed: str
    node: coins.Node
    root: coins.Node

    @classmethod
    def drawn(cls, chance: Chance) -> Account:
        """The first phrase that is an Electrum seed and not, with a neighbour either, a BIP-39 one."""
        turn = 0
        while True:
            picks = chance.octets(f"seed {turn}", 24)
            chosen = [coins.words()[int.from_bytes(picks[at : at + 2], "big") % 2048] for at in range(0, 24, 2)]
            text = " ".join(chosen)
            digest = hmac.new(b"Seed version", text.encode(), hashlib.sha512).hexdigest()
            near = [chosen, ["seed", *chosen[:11]], [*chosen[1:], "seed"]]
            if digest.startswith(_SEGWIT) and not any(coins.phrase_holds(" ".join(w)) for w in near):
                break
            turn += 1
        root = coins.Node.master(hashlib.pbkdf2_hmac("sha512", text.encode(), b"electrum", 2048))
        return cls(text, root.at("0'"), root)

    def addresses(self, branch: int, count: int) -> list[str]:
        """The first addresses of a branch: 0 receiving, 1 change."""
        node = self.node.child(branch)
        return [coins.p2wpkh(node.child(number)) for number in range(count)]


def wallet(
    account: Account,
    made: int,
    labels: Mapping[str, str],
    contacts: Mapping[str, str],
    history: Sequence[tuple[str, str, int, int]],
    password: str | None = None,
    iv: bytes = b"",
) -> str:
    """The JSON text; with a password the secret fields are encrypted. History: address, txid, height, time."""
    zprv = account.node.extended("zprv")
    store: dict[str, Any] = {
        "derivation": "m/0h",
        "pw_hash_version": 1,
        "root_fingerprint": account.root.fingerprint.hex(),
        "seed": account.seed if password is None else _field(account.seed, password, iv[:16]),
        "seed_type": "segwit",
        "type": "bip32",
        "xprv": zprv if password is None else _field(zprv, password, iv[16:]),
        "xpub": account.node.extended("zpub"),
    }
    document = {
        "addr_history": {address: [[txid, height]] for address, txid, height, _ in history},
        "addresses": {"change": account.addresses(1, 3), "receiving": account.addresses(0, 6)},
        "contacts": {address: ["address", name] for name, address in contacts.items()},
        "db_metadata": {"creation_timestamp": made, "first_electrum_version_used": "4.5.5"},
        "invoices": {},
        "keystore": store,
        "labels": dict(labels),
        "payment_requests": {},
        "seed_version": 59,
        "stored_height": max((height for _, _, height, _ in history), default=0),
        "use_encryption": password is not None,
        "verified_tx3": {
            txid: [height, when, 3, hashlib.sha256(txid.encode()).hexdigest()] for _, txid, height, when in history
        },
        "wallet_type": "standard",
    }
    return json.dumps(document, indent=4, sort_keys=True)


def sealed(chance: Chance, text: str, password: str, *, magic: bytes = b"BIE1") -> str:
    """A whole file encrypted to the key that follows from a password, in base64."""
    stretched = hashlib.pbkdf2_hmac("sha512", password.encode(), b"", 1024)
    key = int.from_bytes(stretched, "big") % curves.ORDER
    ephemeral = int.from_bytes(chance.octets("ephemeral", 32), "big") % curves.ORDER
    shared = curves.compressed(curves.multiply(ephemeral, curves.times_generator(key)))
    digest = hashlib.sha512(shared).digest()
    plain = zlib_stream(text.encode())
    padding = 16 - len(plain) % 16
    cipher = AES.new(digest[16:32], AES.MODE_CBC, digest[:16]).encrypt(plain + bytes((padding,)) * padding)
    body = magic + curves.compressed(curves.times_generator(ephemeral)) + cipher
    return base64.b64encode(body + hmac.new(digest[32:], body, hashlib.sha256).digest()).decode()


def _field(text: str, password: str, iv: bytes) -> str:
    plain = text.encode()
    padding = 16 - len(plain) % 16
    cipher = AES.new(sha256d(password.encode()), AES.MODE_CBC, iv)
    return base64.b64encode(iv + cipher.encrypt(plain + bytes((padding,)) * padding)).decode()
