"""Client authorization of version 3 onion services: who may come, and the key to come with.

| line                                            | file                            | content              |
|-------------------------------------------------|---------------------------------|----------------------|
| `descriptor:x25519:` 52 letters base32          | `authorized_clients/*.auth`     | public key: service  |
| 56 letters `:descriptor:x25519:` 52 letters     | `onion-auth/*.auth_private`     | secret key: client   |

The client's file names the service that it is for: this computer was let in to a closed service. The public
key of a client's secret is derived, so that both sides of one permit can be joined.

Not recorded: when the permit was given, whether it was used; the file's name is the operator's label.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.tor._near import named
from forensics.detectors.word import WORD
from forensics.model import ByteRun, Field, Finding, Grade, Layer, Link, Secret, Sensitivity
from forensics.primitives import onion

_LINE = re.compile(rb"(?:([a-z2-7]{56}):)?(descriptor:x25519:)([A-Za-z2-7]{52})(?![A-Za-z0-9])")
_LONGEST = 57 + 18 + 52
_MARK = 18
_NAME = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd"
# RFC 7748 section 6.1: Alice's keys.
_PRIVATE = base64.b32encode(bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")).strip(
    b"="
)
_PUBLIC = base64.b32encode(bytes.fromhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")).strip(
    b"="
)


class ClientAuth:
    """One line of either side."""

    kind: ClassVar[str] = "tor/client_auth"
    title: ClassVar[str] = "Client authorization of an onion service"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"descriptor:x25519:[A-Za-z2-7]{52}"),)
    references: ClassVar[tuple[str, ...]] = (
        "Tor rend-spec-v3, appendix G (client authorization)",
        "tor(1): ClientOnionAuthDir, CLIENT AUTHORIZATION",
        "RFC 7748 section 6.1 (keys of the specimens)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("a service's client", b"descriptor:x25519:" + _PUBLIC + b"\n", (_PUBLIC.decode(),), "RFC 7748: Alice"),
        Specimen(
            "a client's key",
            _NAME.encode() + b":descriptor:x25519:" + _PRIVATE + b"\n",
            (_NAME + ".onion",),
            "RFC 7748: Alice, for the name of Tor rend-spec-v3",
        ),
        Specimen("truncated", b"descriptor:x25519:" + _PUBLIC[:51], None, "made by hand"),
        Specimen(
            "wrong checksum of the name",
            b"a" + _NAME[1:].encode() + b":descriptor:x25519:" + _PRIVATE,
            None,
            "made by hand",
        ),
        Specimen("look-alike: a placeholder", b"descriptor:x25519:" + b"A" * 52, None, "made by hand"),
        Specimen(
            "look-alike: usage",
            b"<56-char-onion-addr>:descriptor:x25519:<x25519 private key in base32>",
            None,
            "tor(1)",
        ),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The line whose key ends at `at`."""
        base = max(0, at - _LONGEST - 1)
        window = layer.read(base, at + 1 - base)
        end = at - base
        match = _LINE.search(window, max(0, end - _LONGEST))
        if match is None or match.end() != end or len(set(match[3])) < 8:
            return
        start = match.start()
        if start and window[start - 1] in WORD | frozenset(b":"):
            return
        key = base64.b32decode(match[3] + b"====", casefold=True)
        place = ByteRun(base + match.start(3), 52)
        if match[1] is None:
            yield self._client(layer, base + start, end - start, key, place)
        elif onion.decode(match[1]) is not None:
            name = match[1].decode("ascii") + ".onion"
            yield self._secret(layer, base + start, end - start, name, match[3], key, place)

    def _client(self, layer: Layer, at: int, length: int, key: bytes, place: ByteRun) -> Finding:
        text = base64.b32encode(key).decode("ascii").strip("=")
        return finding(
            self,
            layer,
            at,
            length,
            grade=Grade.C3 if named(layer, "authorized_clients") else Grade.C2,
            value=text,
            checks=(passed("form of the line", 90),),
            fields={"side": Field("service"), "public_key": Field(text, place)},
            links=(Link("ADMITS", "onion_client", text),),
        )

    def _secret(
        self, layer: Layer, at: int, length: int, name: str, written: bytes, key: bytes, place: ByteRun
    ) -> Finding:
        public = X25519PrivateKey.from_private_bytes(key).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        text = base64.b32encode(public).decode("ascii").strip("=")
        return finding(
            self,
            layer,
            at,
            length,
            grade=Grade.C3,
            value=name,
            checks=(passed("form of the line", 90), passed("onion checksum", onion.CHECKSUM_BITS)),
            fields={
                "side": Field("client"),
                "service": Field(name, ByteRun(at, 56)),
                "secret_key": Field(Secret(written.decode("ascii")), place),
                "public_key": Field(text),
            },
            links=(Link("ADMITTED_TO", "onion", name), Link("KEY_PAIR", "onion_client", text)),
            sensitivity=Sensitivity.SECRET,
        )


DETECTOR: Detector = ClientAuth()
