"""BIP-32 extended keys, private and public, of every coin that SLIP-132 lists here.

| bytes | content                                                              |
|-------|----------------------------------------------------------------------|
| 0-4   | version: coin, network, script, private or public                    |
| 4     | depth; 0 is the master key                                           |
| 5-9   | fingerprint of the parent, zero for the master key                   |
| 9-13  | child number, big-endian; from 0x80000000 hardened                   |
| 13-45 | chain code                                                           |
| 45-78 | zero and a private key, or a compressed public key                   |

Base58Check of that, always 111 characters. Descriptors put the origin in front, in square brackets:
fingerprint of the master key and the path from it.

Not recorded: the date, the wallet, how many addresses were used. The path is known only from an origin.
"""

from __future__ import annotations

import dataclasses
import re
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import ByteRun, Field, Finding, Grade, Layer, Link, Secret
from forensics.primitives import base58, bip32
from forensics.primitives.published import judged

TEST_NETWORK = "test network: its coins have no value"

_ORIGIN = re.compile(rb"\[([0-9a-fA-F]{8})((?:/[0-9]{1,10}['hH]?){0,10})\]\Z")
_ORIGIN_LENGTH = 10 + 10 * 12


class ExtendedKey(WordDetector):
    """One extended key, with its origin where that stands in front."""

    kind = "key/extended"
    title = "BIP-32 extended key"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\b(?:[xyztuvYZUV]p(?:ub|rv)|[LM]t(?:ub|pv)|dg(?:ub|pv))[1-9A-HJ-NP-Za-km-z]{107}\b"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "BIP-32 Hierarchical Deterministic Wallets",
        "SLIP-0132 Registered HD version bytes",
        "BIP-380 Output Script Descriptors (key origin)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "master private key",
            b"xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNN"
            b"U3TGtRBeJgk33yuGBxrMPHi",
            (
                "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNN"
                "U3TGtRBeJgk33yuGBxrMPHi",
            ),
            "BIP-32 test vector 1",
        ),
        Specimen(
            "public key with its origin",
            b"wpkh([d34db33f/84'/0'/0']zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r"
            b"1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs/0/*)",
            (
                "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDK"
                "f31mGDtKsAYz2oz2AGutZYs",
            ),
            "SLIP-132, origin made by hand",
        ),
        Specimen(
            "truncated",
            b"xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD2"
            b"65TMg7usUDFdp6W1EGMcet",
            None,
            "made by hand",
        ),
        Specimen(
            "wrong checksum",
            b"xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD2"
            b"65TMg7usUDFdp6W1EGMcet9",
            None,
            "made by hand",
        ),
        Specimen(
            "master key with a parent",
            b"xprv9s2SPatNQ9Vc6GTbVMFPFo7jsaZySyzk7L8n2uqKXJen3KUmvQNTuLh3fhZMBoG3G4ZW1N2kZuHEPY53qmbZ"
            b"zCHshoQnNf4GvELZfqTUrcv",
            None,
            "BIP-32 test vector 5",
        ),
        Specimen(
            "look-alike: public version, private key",
            b"xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6LBpB85b3D2yc8sfvZU521AAwdZa"
            b"fEz7mnzBBsz4wKY5fTtTQBm",
            None,
            "BIP-32 test vector 5",
        ),
    )
    shortest = 111
    longest = 111

    def accept(self, word: bytes) -> Accepted | None:
        """Ask for checksum, known version, the rules of BIP-32 and a key that can exist."""
        key = bip32.decode(word)
        if key is None:
            return None
        meaning, text, public = key.meaning, word.decode("ascii"), str(bip32.neutered(key))
        caveats: tuple[str, ...] = (TEST_NETWORK,) if meaning.network != "mainnet" else ()
        grade, caveats = judged(text, Grade.C2, *caveats)
        hardened = key.child >= bip32.HARDENED
        fields = {
            "coin": Field(meaning.coin),
            "network": Field(meaning.network),
            "script": Field(meaning.script),
            "private": Field(meaning.private),
            "depth": Field(key.depth),
            "parent_fingerprint": Field(key.parent.hex()),
            "child_number": Field(f"{key.child % bip32.HARDENED}'" if hardened else str(key.child)),
            "fingerprint": Field(key.fingerprint.hex()),
            "public_key": Field(key.public.hex()),
        }
        return Accepted(
            Secret(text) if meaning.private else text,
            grade,
            (passed("base58check", base58.CHECK_BITS), passed("version", 28), passed("key can exist", 1)),
            fields | ({"extended_public_key": Field(public)} if meaning.private else {}),
            links=(Link("DERIVES", "key/extended", public),) if meaning.private else (),
            caveats=caveats,
        )

    def found(self, layer: Layer, offset: int, length: int, verdict: Accepted) -> Finding:
        """The finding, with the origin that stands in front of the key."""
        plain = super().found(layer, offset, length, verdict)
        floor = max(0, offset - _ORIGIN_LENGTH)
        match = _ORIGIN.search(layer.read(floor, offset - floor))
        if match is None:
            return plain
        fingerprint, path = match.group(1).decode().lower(), match.group(2).decode()
        origin = {
            "master_fingerprint": Field(fingerprint, ByteRun(floor + match.start(1), 8)),
            "path": Field("m" + path, ByteRun(floor + match.start(2), len(path))),
        }
        return dataclasses.replace(plain, fields={**plain.fields, **origin})


DETECTOR: Detector = ExtendedKey()
