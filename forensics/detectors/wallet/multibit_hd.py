"""Wallets of MultiBit HD: `mbhd.wallet.aes`, and its copies in `rolling-backup`.

| offset | length | content |
|--------|--------|---------|
| 0      | 16     | initial value (from 0.0.5; before that it is fixed and not stored) |
| 16     |        | AES-256-CBC in whole blocks: a wallet of bitcoinj |

The key is scrypt (16384, 8, 1) of the password in UTF-16BE and a salt that is the same in all wallets. Nothing in the
file is a mark: it is known by its name, whole blocks, and octets that are spread as those of a cipher are.

Not recorded outside the encryption: anything. The file's times are those of the last saving.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

SALT = bytes.fromhex("3551038075a3b0c5")
FIXED_IV = bytes.fromhex("a344391f538311b329548616c489723e")
COST = (16_384, 8, 1)
_SMALLEST, _LARGEST = 512, 64 << 20
_SAMPLE = 4096
_VARIETY = 200  # distinct octets in a sample of 4,096; random ones have 256, of 512 about 221

_SEALED = b"".join(hashlib.sha256(bytes((each,))).digest() for each in range(64))
_HAND = "octets of SHA-256, as a cipher's are spread"


class MultiBitHd:
    """One file."""

    kind: ClassVar[str] = "wallet/multibit_hd"
    title: ClassVar[str] = "MultiBit HD wallet"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(name="*mbhd*.wallet.aes"), Trigger(name="*mbhd*-*.wallet.aes*"))
    references: ClassVar[tuple[str, ...]] = ("MultiBit HD: core/crypto/EncryptedFileReaderWriter", "hashcat mode 22700")
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a file", _SEALED, ("encrypted",), _HAND),
        Specimen("cut off", _SEALED[:-1], None, _HAND + ", cut"),
        Specimen("too short for a wallet", _SEALED[:256], None, _HAND + ", cut"),
        Specimen("look-alike: a wallet that is not encrypted", b"\n\x16org.bitcoin.production" * 128, None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The whole file, which its name says is one."""
        size = layer.size
        if at or not _SMALLEST <= size <= _LARGEST or size % 16:
            return
        sample = layer.read(0, _SAMPLE)
        if len(set(sample)) < _VARIETY:
            return
        span = ByteRun(0, size)
        fields = {
            "encryption": Field("everything, AES-256-CBC", span),
            "kdf": Field("scrypt, salt of the program"),
            "kdf_n": Field(COST[0]),
            "kdf_r": Field(COST[1]),
            "kdf_p": Field(COST[2]),
            "octets": Field(size, span),
            "hash_export": Field(f"$multibit$2*{sample[:16].hex()}*{sample[16:32].hex()}*{sample[:16].hex()}", span),
        }
        yield finding(
            self,
            layer,
            0,
            size,
            grade=Grade.C1,
            value=Absent.ENCRYPTED,
            checks=(Check("name of the file, whole blocks, spread of octets", Outcome.PASS, 8),),
            fields=fields,
            caveats=("Known by its name: nothing in the file says what it is before a password opens it.",),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = MultiBitHd()
