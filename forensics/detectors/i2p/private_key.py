"""Key files of I2P services and routers: `eepPriv.dat`, `*.dat` of a tunnel, `router.keys`.

| part     | content                                                                     |
|----------|-----------------------------------------------------------------------------|
| 387 up   | the destination, or of a router its identity (`_destination`)                  |
| 256 or 32| private key of encryption; i2pd and Java's router keep 256, of X25519 32        |
| 32       | private key of signatures                                                     |

The public key that the private one has must be that of the destination, which proves the pair: whoever holds the file
can be that service. Ed25519, RedDSA and P-256 are proved; keys of other kinds are rare and are not told.

Not recorded: when it was made (the file's birth tells), which tunnel uses it (`i2p/tunnels`), whether it was used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.i2p._destination import ENCRYPTIONS, LONGEST, SIGNATURES, destination
from forensics.detectors.i2p._specimens import KEYS
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Secret, Sensitivity
from forensics.primitives import ed25519_scalar

_MOST = LONGEST + 256 + 32


class PrivateKey:
    """A pair of keys, proved."""

    kind: ClassVar[str] = "i2p/private_key"
    title: ClassVar[str] = "Key of an I2P service"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\x05\x00\x04\x00[\x01\x07\x0b]\x00[\x00\x04]", at=384, wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "I2P, Common Structures",
        "I2P, net.i2p.data.PrivateKeyFile",
        "i2pd, libi2pd/Identity.cpp",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = KEYS

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file at `at`."""
        data = layer.read(at, _MOST)
        told = destination(data)
        if told is None:
            return
        for size in (256, 32):
            start = told.size + size
            private = data[start : start + 32]
            if len(private) == 32 and any(private) and _public(told.signature, private) == told.signing_key:
                break
        else:
            return
        router = layer.locator.step.lower().endswith(("/router.keys", "/router.keys.dat")) and at == 0
        yield finding(
            self,
            layer,
            at,
            start + 32,
            grade=Grade.C4,
            value=told.address,
            checks=(Check("the public key is the private one's", Outcome.PASS, 256),),
            fields={
                "of": Field("a router" if router else "a service, or a client that keeps its identity"),
                "signature": Field(SIGNATURES[told.signature][0], ByteRun(at + 387, 2)),
                "encryption": Field(ENCRYPTIONS[told.encryption], ByteRun(at + 389, 2)),
                "private_key": Field(Secret(private.hex()), ByteRun(at + start, 32)),
            },
            links=() if router else (Link("KEY_OF", "i2p", told.address),),
            sensitivity=Sensitivity.SECRET,
        )


def _public(signature: int, private: bytes) -> bytes:
    if signature == 7:
        key = ed25519.Ed25519PrivateKey.from_private_bytes(private).public_key()
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    if signature == 11:
        return ed25519_scalar.public_key(private)
    try:
        pair = ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1())
    except ValueError:
        return b""
    return pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]


DETECTOR: Detector = PrivateKey()
