"""Keys of onion services as text: what the control port takes and gives, and PEM files.

| form                                | content                                                            |
|-------------------------------------|--------------------------------------------------------------------|
| `ED25519-V3:` and 88 letters base64 | 64 bytes: scalar and prefix, the expanded secret of version 3      |
| `RSA1024:` and base64               | DER of an RSA key of 1024 bits, version 2                          |
| PEM `RSA PRIVATE KEY`               | the same: `private_key` in the folder of a version 2 service       |
| PEM `PRIVATE KEY`                   | PKCS #8 of an Ed25519 seed: `<name>.key` of Onionbalance           |

Scripts, OnionShare, Ricochet, Bisq and containers keep the first two. A PEM file is any program's: it is
told only where the name that its key derives stands in its path or near it, which proves it (C4).

Not recorded: when the key was made, what was offered.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import ClassVar

from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.tor._near import named, stands_near
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Secret, Sensitivity
from forensics.primitives import ed25519_scalar, onion

_LONGEST = 2048
_V3 = re.compile(rb"ED25519-V3:([A-Za-z0-9+/]{86}(?:==)?)(?![A-Za-z0-9+/])")
_V2 = re.compile(rb"RSA1024:([A-Za-z0-9+/\\n]{700,900}={0,2})")
_BODIES = re.compile(rb"-----BEGIN (?:RSA PRIVATE KEY-----(?:\r\n|\n|\\n)MIIC|PRIVATE KEY-----(?:\r\n|\n|\\n)MC4CAQ)")
_PEM = re.compile(
    rb"-----BEGIN (?P<rsa>RSA )?PRIVATE KEY-----(?P<body>(?:[A-Za-z0-9+/=]|\\n|\\r|\s){48,1400})-----END (?:RSA )?PRIVATE"
)

# The seed of RFC 8032 test 1, its hash clamped, and the name of its public key.
_NAME = onion.encode(bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
_EXPANDED = bytes.fromhex(
    "307c83864f2833cb427a2ef1c00a013cfdff2768d980c0a3a520f006904de94f"
    "9b4f0afe280b746a778684e75442502057b7473a03f08f96f5a38e9287e01f8f"
)
_ADDED = b"ED25519-V3:" + base64.b64encode(_EXPANDED)
_PKCS8 = (
    b"-----BEGIN PRIVATE KEY-----\n"
    + base64.b64encode(bytes.fromhex("302e020100300506032b657004220420") + _SEED)
    + b"\n-----END PRIVATE KEY-----\n"
)


class TextKey:
    """One key written as text."""

    kind: ClassVar[str] = "tor/text_key"
    title: ClassVar[str] = "Key of an onion service, as text"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"ED25519-V3:[A-Za-z0-9+/]{8}", at=0),
        Trigger(rb"RSA1024:MII[A-Za-z0-9+/]{8}", at=0),
        Trigger(rb"-----BEGIN RSA PRIVATE KEY-----", at=0),
        Trigger(rb"-----BEGIN PRIVATE KEY-----", at=0),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Tor control-spec, ADD_ONION",
        "Tor rend-spec-v2, section 1.3",
        "RFC 8410 (Ed25519 in PKCS #8), RFC 8017 appendix A.1 (RSA keys)",
        "Onionbalance: configuration of version 3",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("control port", b"ADD_ONION " + _ADDED + b" Port=80\r\n", (_NAME,), "RFC 8032 test 1, expanded"),
        Specimen("in JSON", b'{"privateKey": "' + _ADDED + b'"}', (_NAME,), "RFC 8032 test 1, expanded"),
        Specimen("PKCS #8 beside its name", _PKCS8 + b"key: " + _NAME.encode(), (_NAME,), "RFC 8032 test 1"),
        Specimen("PKCS #8 without its name", _PKCS8, None, "RFC 8032 test 1"),
        Specimen("PKCS #8 of another algorithm", _PKCS8.replace(b"BQYDK2Vw", b"BQYDK2VV"), None, "found by fuzzing"),
        Specimen("truncated", _ADDED[:70], None, "made by hand"),
        Specimen("look-alike: a new key is asked for", b"ADD_ONION NEW:ED25519-V3 Port=80", None, "control-spec"),
        Specimen("look-alike: no scalar", b"ED25519-V3:" + base64.b64encode(b"\x07" * 64), None, "made by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The key whose text starts at `at`."""
        text = layer.read(at, _LONGEST)
        if match := _V3.match(text):
            yield from self._v3(layer, at, match)
        elif match := _V2.match(text):
            key = _loaded(match[1])
            if isinstance(key, RSAPrivateKey):
                yield self._v2(layer, at, match, key, control=True)
        elif _BODIES.match(text) and (match := _PEM.match(text)):
            yield from self._pem(layer, at, match)

    def _v3(self, layer: Layer, at: int, match: re.Match[bytes]) -> Iterator[Finding]:
        try:
            body = base64.b64decode(match[1][:86] + b"==", validate=True)
        except binascii.Error:
            return
        if not ed25519_scalar.is_clamped(body[:32]) or len(body) != 64:
            return
        try:
            key = ed25519_scalar.public_key(body[:32])
        except ValueError:
            return
        name = onion.encode(key)
        near = stands_near(layer, at, at + len(match[0]), (name[:56].encode("ascii"),))
        yield self._found(layer, at, match, 1, name, grade=Grade.C4 if near else Grade.C3, form="ED25519-V3", near=near)

    def _pem(self, layer: Layer, at: int, match: re.Match[bytes]) -> Iterator[Finding]:
        key = _loaded(match["body"])
        if isinstance(key, RSAPrivateKey) and match["rsa"]:
            found = self._v2(layer, at, match, key, control=False)
            if found.grade is Grade.C4 or (key.key_size == 1024 and named(layer, "/private_key")):
                yield found
        elif isinstance(key, Ed25519PrivateKey):
            name = onion.encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
            near = _told(layer, at, at + match.end(), name[:56])
            if near:
                yield self._found(layer, at, match, "body", name, grade=Grade.C4, form="PKCS #8, Ed25519", near=near)

    def _v2(self, layer: Layer, at: int, match: re.Match[bytes], key: RSAPrivateKey, *, control: bool) -> Finding:
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
        name = onion.encode_v2(public)
        near = _told(layer, at, at + match.end(), name[:16])
        grade = Grade.C4 if near else Grade.C3 if control else Grade.C2
        form = "RSA1024" if control else "PEM, RSA"
        return self._found(layer, at, match, 1 if control else "body", name, grade=grade, form=form, near=near)

    def _found(
        self,
        layer: Layer,
        at: int,
        match: re.Match[bytes],
        group: int | str,
        name: str,
        *,
        grade: Grade,
        form: str,
        near: bool,
    ) -> Finding:
        body = match[group].decode("ascii").strip()
        return finding(
            self,
            layer,
            at,
            match.end(),
            grade=grade,
            value=name,
            checks=(
                passed("key parsed", 40),
                Check("derived name stands near", Outcome.PASS if near else Outcome.NOT_APPLICABLE, 64),
            ),
            fields={
                "form": Field(form),
                "secret_key": Field(
                    Secret(body), ByteRun(at + match.start(group), match.end(group) - match.start(group))
                ),
                "derived_name": Field(name),
            },
            links=(Link("HOLDS_KEY_OF", "onion", name),),
            sensitivity=Sensitivity.SECRET,
        )


def _told(layer: Layer, start: int, end: int, name: str) -> bool:
    """Whether a derived name stands in the path of a key or near it."""
    return named(layer, name) or stands_near(layer, start, end, (name.encode("ascii"),))


def _loaded(text: bytes) -> object:
    """The private key in base64 of DER; None where it is none."""
    plain = text.replace(b"\\n", b"").replace(b"\\r", b"").translate(None, b" \t\r\n")
    try:
        data = base64.b64decode(plain, validate=True)
        return load_der_private_key(data, password=None)
    except (binascii.Error, ValueError, TypeError, UnsupportedAlgorithm, InternalError):
        return None


DETECTOR: Detector = TextKey()
