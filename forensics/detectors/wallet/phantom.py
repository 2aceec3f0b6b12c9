r"""Records of Phantom, a browser extension: the key that the password locks, and what that key locks.

| record | value |
|---|---|
| `.phantom-labs.encryption.encryptionKey` | `encryptedKey`: { `digest`, `encrypted`, `iterations`, `kdf`, `nonce`, `salt` } |
| `.phantom-labs.vault.seed.…`, `.privateKey.…` | `content`: an object of the same members |

Octets are in base58. The key derivation is PBKDF2-SHA-256 with the rounds that are stated, or scrypt with
N 4,096, r 8, p 1 whatever is stated; the cipher a secret box of NaCl, whose authenticator proves the password. The
password opens the key; the key, in the place of a password, opens seeds and private keys. Older versions keep the
first object as text in `value`, so that its quotation marks have backslashes.

Not recorded outside the encryption: which seed it is. Accounts stand in clear in records of their own.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._escaped import QUOTE, escaped_object
from forensics.detectors.wallet._objects import Json, mapping, string
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity
from forensics.primitives import base58

_BOX = re.compile(rb"\{" + QUOTE + rb"(?:encryptedKey|content)" + QUOTE + rb"\s{0,2}:")
_MEMBERS = frozenset(("encrypted", "kdf", "nonce", "salt"))

_KEY = (
    b'{"encryptedKey":{"digest":"sha256","encrypted":"z1n511deLqbhPqz9DC8fmEsv3opmkxAXWV8MPJeALGwUstPnxzsQ'
    b'hLRmEHG8heRiW","iterations":10000,"kdf":"pbkdf2","nonce":"6L5yRNPTuciSgXGHqYwn9N6NeoDywHBd","salt":"'
    b'8DfbjXLth7APvt3qQPgtf"},"version":1}'
)
_SEED = (
    b'{"content":{"digest":"sha256","encrypted":"3XFERRQEg1PipBHFUADXZP8tA1KeLZ1jkdALT82jJbPW3YPWQAiTF4Vv2'
    b"5JTNSc2UmKUEcZrjXmtVcyKGKfrQkR2vH6KwZKNiwa6EFXc1dyxFTAdPnVdjimzmSSMZsRTj7Mig2YVn4JQxwqdzypErnPZ3vFqG"
    b'RhLbbghxnDGqtvvXjNiyfjUFszyqW8g3FEFxai3K2cx1s9mEZwvmvAjSFfyhpviUzG","iterations":10000,"kdf":"pbkdf2'
    b'","nonce":"BdxvG7Samm6vJVTtxgJ8eK64a5b4zbZz","salt":"FQhLwXD4imUN5EmQDFhf6"},"type":"seed"}'
)
_HAND = "in the form of Phantom's records, encrypted by PyNaCl 1.6 under 'Juniper-lantern-12'"


@dataclass(frozen=True, slots=True)
class Box:
    """One encrypted object. `locks` is "key" for the key under the password, "secret" for what is under the key."""

    locks: str
    encrypted: bytes
    nonce: bytes
    salt: bytes
    kdf: str
    rounds: int


def box_of(value: dict[str, Json]) -> Box | None:
    """The box of a record; None where a part is missing or of a wrong length."""
    locks = "key" if "encryptedKey" in value else "secret"
    stored = mapping(value.get("encryptedKey", value.get("content")))
    if not stored.keys() >= _MEMBERS or stored["kdf"] not in ("pbkdf2", "scrypt"):
        return None
    encrypted, nonce, salt = (
        base58.decode(string(stored[each], 20_000).encode()) or b"" for each in ("encrypted", "nonce", "salt")
    )
    rounds = stored.get("iterations")
    if len(encrypted) < 32 or len(nonce) != 24 or not 8 <= len(salt) <= 64 or not isinstance(rounds, int):
        return None
    return Box(locks, encrypted, nonce, salt, str(stored["kdf"]), rounds)


class Phantom:
    """One record."""

    kind: ClassVar[str] = "wallet/phantom"
    title: ClassVar[str] = "Phantom wallet"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\"encrypted\\{0,7}\"\s{0,2}:\s{0,2}\\{0,7}\"[1-9A-HJ-NP-Za-km-z]{44}"),
    )
    references: ClassVar[tuple[str, ...]] = ("hashcat modes 26650, 26651, 30010", "NaCl: crypto_secretbox")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("key", _KEY, ("encrypted",), _HAND),
        Specimen("seed", _SEED, ("encrypted",), _HAND),
        Specimen("of version 0", _KEY.replace(b'"', b'\\"'), ("encrypted",), _HAND),
        Specimen("cut off", _KEY[:-30], None, _HAND + ", cut"),
        Specimen("nonce too long", _KEY.replace(b'"nonce":"', b'"nonce":"zz'), None, _HAND + ", changed"),
        Specimen(
            "look-alike: other content", b'{"content":{"encrypted":"' + b"z" * 60 + b'","by":"note"}}', None, "by hand"
        ),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The record around the ciphertext whose first 44 characters end at `at`."""
        found = escaped_object(layer, at, _BOX)
        box = found and box_of(found[0])
        if found is None or box is None:
            return
        _, start, length = found
        span = ByteRun(start, length)
        fields = {
            "what": Field("key under the password" if box.locks == "key" else "secret under that key", span),
            "encryption": Field("everything, XSalsa20-Poly1305", span),
            "kdf": Field("pbkdf2-sha256" if box.kdf == "pbkdf2" else "scrypt", span),
            "kdf_salt": Field(box.salt.hex(), span),
            "nonce": Field(box.nonce.hex(), span),
            "octets": Field(len(box.encrypted), span),
        }
        if box.kdf == "pbkdf2":
            fields["kdf_rounds"] = Field(box.rounds, span)
        else:
            fields |= {"kdf_n": Field(4_096), "kdf_r": Field(8), "kdf_p": Field(1)}
        if box.locks == "key":
            fields["hash_export"] = Field(hash_export(box), span)
        yield finding(
            self,
            layer,
            start,
            length,
            grade=Grade.C2,
            value=Absent.ENCRYPTED,
            checks=(Check("parts and sizes", Outcome.PASS, 80),),
            fields=fields,
            sensitivity=Sensitivity.PERSONAL,
        )


def hash_export(box: Box) -> str:
    """The form of password recovery: of hashcat 30010 with PBKDF2, of 26650 with scrypt."""
    salt, nonce, text = (base64.b64encode(each).decode() for each in (box.salt, box.nonce, box.encrypted))
    if box.kdf == "pbkdf2":
        return f"$phantom${salt}${nonce}${text}"
    return f"PHANTOM:4096:8:1:{salt}:{nonce}:{text}"


DETECTOR: Detector = Phantom()
