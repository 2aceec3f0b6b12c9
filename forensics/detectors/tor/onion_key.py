"""Key files of version 3 onion services, and of relays, which have the same form.

| offset | bytes | content                                                                              |
|--------|-------|--------------------------------------------------------------------------------------|
| 0      | 29    | `== ed25519v1-secret: type0 ==` or `== ed25519v1-public: type0 ==`                   |
| 29     | 3     | zeros                                                                                |
| 32     | 64    | secret: scalar (clamped, little-endian) and prefix, that is the expanded secret      |
| 32     | 32    | public: the point                                                                    |

The name of the service is its public key, so a secret key names its service: whoever holds the file
`hs_ed25519_secret_key` can be that service. Where the public key or the name derived from the secret also
stands near, the pair is proved (C4). A public key alone is no possession of the service.

Not recorded: when the key was made (the file's birth tells), what was offered, whether it was ever used.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.tor._near import named, stands_near
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Secret, Sensitivity
from forensics.primitives import ed25519_scalar, onion
from forensics.primitives.ed25519_point import is_point

_SECRET = b"== ed25519v1-secret: type0 ==\0\0\0"
_PUBLIC = b"== ed25519v1-public: type0 ==\0\0\0"
_SERVICE = "hs_ed25519_"
_RELAY = ("ed25519_master_id", "ed25519_signing")

EITHER = "a relay keeps its identity in the same form; the name of the file tells which it is"
RELAY = "by its file the identity of a relay, not of a service"
NO_SECRET = "the public key alone: no sign of the secret here"

# The seed of RFC 8032 test 1, hashed: an expanded secret whose public key is published.
_SCALAR = "307c83864f2833cb427a2ef1c00a013cfdff2768d980c0a3a520f006904de94f"
_PREFIX = "9b4f0afe280b746a778684e75442502057b7473a03f08f96f5a38e9287e01f8f"
_KEY = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
_NAME = onion.encode(_KEY)
_FILE = _SECRET + bytes.fromhex(_SCALAR + _PREFIX)


class OnionKey:
    """One key file, wherever its bytes lie."""

    kind: ClassVar[str] = "tor/onion_key"
    title: ClassVar[str] = "Key of an onion service"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"== ed25519v1-(?:secret|public): type0 ==\x00\x00\x00", at=0, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Tor src/lib/crypt_ops/crypto_ed25519.c, crypto_format.c (tagged key files)",
        "Tor rend-spec-v3, [IMD:HSDIR] and [ONIONADDRESS]",
        "RFC 8032 section 5.1.5, test 1",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("secret key", _FILE, (_NAME,), "RFC 8032 test 1, expanded"),
        Specimen("public key", _PUBLIC + _KEY, (_NAME,), "RFC 8032 test 1"),
        Specimen("truncated secret", _FILE[:60], None, "made by hand"),
        Specimen("truncated header", _PUBLIC[:31], None, "made by hand"),
        Specimen("not a point", _PUBLIC + b"\x02" + bytes(31), None, "made by hand: y = 2"),
        Specimen("look-alike: zeros", _SECRET + bytes(64), None, "made by hand"),
        Specimen("look-alike: program text", b'"== ed25519v1-secret: type0 =="', None, "made by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The key whose header starts at `at`."""
        head = layer.read(at, 32)
        if head == _SECRET:
            yield from self._secret(layer, at, layer.read(at + 32, 64))
        elif head == _PUBLIC:
            yield from self._public(layer, at, layer.read(at + 32, 32))

    def _secret(self, layer: Layer, at: int, body: bytes) -> Iterator[Finding]:
        scalar = body[:32]
        if len(body) != 64 or not ed25519_scalar.is_clamped(scalar) or not any(body[32:]):
            return
        try:
            key = ed25519_scalar.public_key(scalar)
        except ValueError:
            return
        name = onion.encode(key)
        proved = stands_near(layer, at, at + 96, (name.encode("ascii"),)) or _raw_near(layer, at, key)
        service = named(layer, _SERVICE)
        yield finding(
            self,
            layer,
            at,
            96,
            grade=Grade.C4 if proved else Grade.C3 if service else Grade.C2,
            value=name,
            checks=(
                passed("header", 64),
                passed("clamped scalar", ed25519_scalar.CLAMP_BITS),
                Check("derived name or key stands near", Outcome.PASS if proved else Outcome.NOT_APPLICABLE, 64),
            ),
            fields={
                "part": Field("secret key", ByteRun(at, 32)),
                "secret_key": Field(Secret(base64.b64encode(body).decode("ascii")), ByteRun(at + 32, 64)),
                "public_key": Field(key.hex()),
                "derived_name": Field(name),
            },
            links=(Link("HOLDS_KEY_OF", "onion", name),),
            caveats=_purpose(layer),
            sensitivity=Sensitivity.SECRET,
        )

    def _public(self, layer: Layer, at: int, key: bytes) -> Iterator[Finding]:
        if not is_point(key) or not any(key[1:]):
            return
        name = onion.encode(key)
        proved = stands_near(layer, at, at + 64, (name.encode("ascii"),))
        service = named(layer, _SERVICE)
        yield finding(
            self,
            layer,
            at,
            64,
            grade=Grade.C3 if service or proved else Grade.C2,
            value=name,
            checks=(
                passed("header", 64),
                passed("curve point", 1),
                Check("name stands near", Outcome.PASS if proved else Outcome.NOT_APPLICABLE, 64),
            ),
            fields={
                "part": Field("public key", ByteRun(at, 32)),
                "public_key": Field(key.hex(), ByteRun(at + 32, 32)),
            },
            links=(Link("PUBLIC_KEY_OF", "onion", name),),
            caveats=(*_purpose(layer), NO_SECRET),
        )


def _raw_near(layer: Layer, at: int, key: bytes) -> bool:
    """Whether the file of the public key stands near; bytes, not letters."""
    start = max(0, at - (8 << 10))
    return _PUBLIC + key in layer.read(start, at - start) or _PUBLIC + key in layer.read(at + 96, 8 << 10)


def _purpose(layer: Layer) -> tuple[str, ...]:
    if named(layer, _SERVICE):
        return ()
    return (RELAY,) if named(layer, *_RELAY) else (EITHER,)


DETECTOR: Detector = OnionKey()
