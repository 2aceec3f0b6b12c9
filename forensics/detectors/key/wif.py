"""Private keys in wallet import format.

| bytes | content                                                                      |
|-------|------------------------------------------------------------------------------|
| 0     | network: 0x80 Bitcoin, 0xef its test networks, 0xb0 LTC, 0x9e DOGE, 0xcc DASH |
| 1-33  | the private key, a number from 1 to the order of secp256k1 less one          |
| 33    | 0x01 where the public key is used in compressed form; absent otherwise       |

Base58Check of that: 51 characters, or 52 with the marker.

Not recorded: which of the addresses of the key was used, and when. Public values here are derived from
the key by this program, not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade, Link, Secret
from forensics.primitives import base58, bech32, secp256k1
from forensics.primitives.hash160 import hash160
from forensics.primitives.published import judged

# version byte → coin, network, version byte of P2PKH addresses
VERSIONS = {
    0x80: ("BTC", "mainnet", 0x00),
    0xEF: ("BTC", "testnet", 0x6F),
    0xB0: ("LTC", "mainnet", 0x30),
    0x9E: ("DOGE", "mainnet", 0x1E),
    0xCC: ("DASH", "mainnet", 0x4C),
}
COMPRESSED = b"\x01"
TEST_NETWORK = "test network, or a coin that took over its version byte"


class WalletImportFormat(WordDetector):
    """One private key."""

    kind = "key/wif"
    title = "Private key, wallet import format"
    version = 1
    # One wide expression: narrower ones for each prefix halve the speed of the whole set of patterns.
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\b[5-79KLTQXc][1-9A-HJ-NP-Za-km-z]{50,51}\b"),)
    references: ClassVar[tuple[str, ...]] = (
        "Bitcoin Core src/key_io.cpp and key_io_valid.json",
        "BIP-38 (examples of unencrypted keys)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "uncompressed",
            b"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
            ("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",),
            "Bitcoin wiki, wallet import format",
        ),
        Specimen(
            "compressed, in a dump",
            b"KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d 2026-01-01T00:00:00Z label=",
            ("KyZpNDKnfs94vbrwhJneDi77V6jF64PWPF8x5cdJb8ifgg2DUc9d",),
            "BIP-84",
        ),
        Specimen(
            "test network",
            b"cULrpoZGXiuC19Uhvykx7NugygA3k86b3hmdCeyvHYQZSxojGyXJ",
            ("cULrpoZGXiuC19Uhvykx7NugygA3k86b3hmdCeyvHYQZSxojGyXJ",),
            "BIP-49",
        ),
        Specimen("truncated", b"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyT", None, "made by hand"),
        Specimen("wrong checksum", b"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK", None, "made by hand"),
        Specimen(
            "no private key: zero",
            b"5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAbuatmU",
            None,
            "made by hand: 32 zero bytes with the right checksum",
        ),
        Specimen(
            "look-alike: encrypted key",
            b"6PRVWUbkzzsbcVac2qwfssoUJAN1Xhrg6bNk8J7Nzm5H7kxEbn2Nh2ZoGg",
            None,
            "BIP-38",
        ),
    )
    shortest = 51
    longest = 52

    def accept(self, word: bytes) -> Accepted | None:
        """Ask for checksum, version, marker and range."""
        payload = base58.decode_check(word)
        if payload is None or payload[0] not in VERSIONS or payload[33:] not in (b"", COMPRESSED):
            return None
        private, short = payload[1:33], payload[33:] == COMPRESSED
        if not secp256k1.is_private(private):
            return None
        coin, network, address_version = VERSIONS[payload[0]]
        public = secp256k1.public_key(private, short=short)
        digest = hash160(public)
        links = [
            Link("DERIVES", "address/bitcoin" if coin == "BTC" else "address", address)
            for address in _addresses(coin, address_version, digest, short=short)
        ]
        text = word.decode("ascii")
        caveats: tuple[str, ...] = (TEST_NETWORK,) if network != "mainnet" else ()
        grade, caveats = judged(text, Grade.C2, *caveats)
        return Accepted(
            Secret(text),
            grade,
            (passed("base58check", base58.CHECK_BITS), passed("private key in range", 1)),
            {
                "coin": Field(coin),
                "network": Field(network),
                "compressed": Field(short),
                "public_key": Field(public.hex()),
                "hash160": Field(digest.hex()),
                "address": Field(links[0].target),
            },
            links=tuple(links),
            caveats=caveats,
        )


def _addresses(coin: str, version: int, digest: bytes, *, short: bool) -> Iterator[str]:
    """What wallets make of a key: P2PKH, and of a compressed one P2SH-P2WPKH and P2WPKH in Bitcoin."""
    yield base58.encode_check(bytes((version,)) + digest)
    if coin == "BTC" and short:
        main = version == 0x00
        yield base58.encode_check((b"\x05" if main else b"\xc4") + hash160(b"\x00\x14" + digest))
        yield bech32.encode_witness("bc" if main else "tb", 0, digest)


DETECTOR: Detector = WalletImportFormat()
