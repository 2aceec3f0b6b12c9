"""Private keys encrypted with a passphrase, by BIP-38, and the confirmation codes that go with them.

| bytes | encrypted key, `6P…`, 58 characters                                          |
|-------|------------------------------------------------------------------------------|
| 0-2   | 0x0142 a known key, 0x0143 a key multiplied from an intermediate code        |
| 2     | flags: 0x20 compressed, 0x04 lot and sequence present; 0xc0 set in 0x0142    |
| 3-7   | first four bytes of the double SHA-256 of the address: tells a right passphrase |
| 7-39  | 0x0142: ciphertext; 0x0143: owner entropy 8, ciphertext 24                   |

A confirmation code, `cfrm38…`, 75 characters, is 0x643bf6a89a, flags, address hash, owner entropy and
an encrypted point; it holds no key.

Not recorded: the passphrase, the address and the balance. scrypt 16384/8/8 stands before a guess.
"""

from __future__ import annotations

from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade, Secret
from forensics.primitives import base58
from forensics.primitives.published import judged

KNOWN, MULTIPLIED = b"\x01\x42", b"\x01\x43"
CONFIRMATION = bytes.fromhex("643bf6a89a")
COMPRESSED, LOT = 0x20, 0x04

PASSPHRASE = "encrypted with a passphrase that is not stored with it"


class EncryptedKey(WordDetector):
    """One encrypted key or confirmation code."""

    kind = "key/bip38"
    title = "Private key encrypted with a passphrase (BIP-38)"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\b6P[R-Zf-o][1-9A-HJ-NP-Za-km-z]{55}\b"),
        Trigger(rb"\bcfrm38[V-Y][1-9A-HJ-NP-Za-km-z]{68}\b"),
    )
    references: ClassVar[tuple[str, ...]] = ("BIP-38 Passphrase-protected private key",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "known key",
            b"6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg",
            ("6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg",),
            "BIP-38",
        ),
        Specimen(
            "multiplied, with lot",
            b"6PgNBNNzDkKdhkT6uJntUXwwzQV8Rr2tZcbkDcuC9DZRsS6AtHts4Ypo1j",
            ("6PgNBNNzDkKdhkT6uJntUXwwzQV8Rr2tZcbkDcuC9DZRsS6AtHts4Ypo1j",),
            "BIP-38",
        ),
        Specimen(
            "confirmation code",
            b"cfrm38V8aXBn7JWA1ESmFMUn6erxeBGZGAxJPY4e36S9QWkzZKtaVqLNMgnifETYw7BPwWC9aPD",
            ("cfrm38V8aXBn7JWA1ESmFMUn6erxeBGZGAxJPY4e36S9QWkzZKtaVqLNMgnifETYw7BPwWC9aPD",),
            "BIP-38",
        ),
        Specimen(
            "truncated",
            b"6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoG",
            None,
            "made by hand",
        ),
        Specimen(
            "wrong checksum",
            b"6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGh",
            None,
            "made by hand",
        ),
        Specimen(
            "look-alike: private key in the clear",
            b"5KN7MzqK5wt2TP1fQCYyHBtDrXdJuXbUzm4A9rKAteGu3Qi5CVR",
            None,
            "BIP-38",
        ),
    )
    shortest = 58
    longest = 75

    def accept(self, word: bytes) -> Accepted | None:
        """Ask for checksum, type and flags that the standard allows."""
        if len(word) not in (58, 75):
            return None
        payload = base58.decode_check(word)
        if payload is None:
            return None
        if payload[:2] in (KNOWN, MULTIPLIED) and len(payload) == 39:
            multiplied, flags, address = payload[:2] == MULTIPLIED, payload[2], payload[3:7]
            allowed = flags & ~(COMPRESSED | LOT) == 0 if multiplied else flags & ~COMPRESSED == 0xC0
            form = "encrypted key, multiplied" if multiplied else "encrypted key"
        elif payload[:5] == CONFIRMATION and len(payload) == 51:
            flags, address = payload[5], payload[6:10]
            allowed, form = flags & ~(COMPRESSED | LOT) == 0, "confirmation code"
        else:
            return None
        if not allowed:
            return None
        text = word.decode("ascii")
        secret = form != "confirmation code"
        grade, caveats = judged(text, Grade.C2, *((PASSPHRASE,) if secret else ()))
        return Accepted(
            Secret(text) if secret else text,
            grade,
            (passed("base58check", base58.CHECK_BITS), passed("type and flags", 16)),
            {
                "coin": Field("BTC"),
                "type": Field(form),
                "compressed": Field(bool(flags & COMPRESSED)),
                "lot_and_sequence": Field(bool(flags & LOT)),
                "address_hash": Field(address.hex()),
                "kdf": Field("scrypt N=16384 r=8 p=8"),
            },
            caveats=caveats,
        )


DETECTOR: Detector = EncryptedKey()
