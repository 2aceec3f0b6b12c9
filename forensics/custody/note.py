"""C2SP signed notes: readable text under signature lines (https://c2sp.org/signed-note).

A note is text ending in a newline, an empty line, and lines of the form ``— <key name> <base64>``, where the
base64 holds a four-byte key id and the signature. Four kinds of key are used here:

===== ========================= ==================================================================
type  public key                signature
===== ========================= ==================================================================
0x01  32 bytes, Ed25519         64 bytes over the text (RFC 8032)
0x04  32 bytes, Ed25519         8-byte time and 64 bytes over a cosignature/v1 (c2sp.org/tlog-cosignature)
0x06  1 312 bytes, ML-DSA-44    8-byte time and 2 420 bytes over a structure (c2sp.org/tlog-cosignature)
0xff  18 + 1 312 bytes          2 420 bytes of ML-DSA-44 over the text; the 18 are ``impound/mldsa44/v1``
===== ========================= ==================================================================

0x04 and 0x06 sign checkpoints only. 0xff is what C2SP leaves to types of one's own, named by the key's first bytes. The message of 0x06 holds the origin, size and root, and not the text as such.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from forensics.errors import FormatError

ED25519 = 0x01
COSIGNATURE = 0x04
MLDSA44 = 0x06
NAMED = 0xFF
NAMED_ALGORITHM = b"impound/mldsa44/v1"

PUBLIC_KEY_SIZES = {ED25519: 32, COSIGNATURE: 32, MLDSA44: 1312, NAMED: len(NAMED_ALGORITHM) + 1312}
"""Bytes of a public key by signature type (RFC 8032 §5.1.5; FIPS 204 table 2)."""

SIGNATURE_SIZES = {ED25519: 64, COSIGNATURE: 8 + 64, MLDSA44: 8 + 2420, NAMED: 2420}
"""Bytes of a signature by signature type, without the key id (tlog-cosignature §Format for the 8-byte
time).
"""

MAX_SIGNATURES = 16
"""Signature lines accepted in one note (the least that C2SP asks of a verifier)."""

_NAME = re.compile(r"[^\s+\x00-\x20]+")
_LINE_START = "— "


def check_name(name: str) -> str:
    """Return ``name`` if it can be a key name: not empty, no white space, no plus; else :class:`FormatError`.

    The length is limited to 255 bytes, which is what the ML-DSA message can hold.
    """
    if not _NAME.fullmatch(name) or len(name.encode()) > 255:
        raise FormatError(f"{name!r} cannot be a key name")
    return name


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """First four bytes of SHA-256(name ‖ newline ‖ type ‖ public key), as C2SP recommends."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name: what C2SP calls a vkey.

    ``kind`` is the signature type byte, ``public`` the raw public key.
    """

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != PUBLIC_KEY_SIZES.get(self.kind, -1):
            raise FormatError(f"a key of type {self.kind:#04x} cannot have {len(self.public)} bytes")
        if self.kind == NAMED and not self.public.startswith(NAMED_ALGORITHM):
            raise FormatError("a key of type 0xff names an algorithm that is not known here")

    @property
    def id(self) -> bytes:
        """The four-byte key id."""
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        material = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{material}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read ``<name>+<hex id>+<base64 of type and key>``; :class:`FormatError` when anything disagrees."""
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise FormatError("a vkey has three parts with + between them")
        name, hex_id, material = parts
        raw = _base64(material)
        if not raw:
            raise FormatError("a vkey without a key")
        key = cls(name, raw[0], raw[1:])
        if key.id.hex() != hex_id:
            raise FormatError(f"the vkey of {name} says id {hex_id}, its key gives {key.id.hex()}")
        return key

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether ``signature`` (without the key id) is this key's over the note text ``text``.

        Keys of type 0x04 and 0x06 verify checkpoints only; any other text raises :class:`FormatError`.
        """
        if len(signature) != SIGNATURE_SIZES[self.kind]:
            return False
        try:
            if self.kind == ED25519:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
            elif self.kind == COSIGNATURE:
                message = cosignature_message(int.from_bytes(signature[:8], "big"), text)
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature[8:], message)
            elif self.kind == NAMED:
                MLDSA44PublicKey.from_public_bytes(self.public[len(NAMED_ALGORITHM) :]).verify(signature, text.encode())
            else:
                message = cosigned_message(self.name, int.from_bytes(signature[:8], "big"), text)
                MLDSA44PublicKey.from_public_bytes(self.public).verify(signature[8:], message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, taken apart."""

    name: str
    id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{_LINE_START}{self.name} {base64.b64encode(self.id + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """Text and its signature lines; nothing has been verified. ``text`` ends with a newline."""

    text: str
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        return (self.text + "\n" + "".join(map(str, self.signatures))).encode()

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """Take a note apart; :class:`FormatError` unless ``bytes()`` of the result gives ``data`` again."""
        try:
            whole = data.decode()
        except UnicodeDecodeError as error:
            raise FormatError("a note must be UTF-8") from error
        if any(ord(char) < 0x20 and char != "\n" for char in whole):
            raise FormatError("a note holds a control character")
        text, gap, tail = whole.rpartition("\n\n")
        if not gap or not tail.endswith("\n"):
            raise FormatError("a note needs text, an empty line and signatures")
        lines = tail[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise FormatError(f"more than {MAX_SIGNATURES} signatures")
        note = cls(text + "\n", tuple(_signature(line) for line in lines))
        if bytes(note) != data:
            raise FormatError("a signature is not written in canonical base64")
        return note

    def by(self, key: VerifierKey) -> list[Signature]:
        """The signature lines that name ``key`` (same name and id)."""
        return [line for line in self.signatures if line.name == key.name and line.id == key.id]

    def signed_by(self, key: VerifierKey) -> bool:
        """Whether ``key`` signed: at least one line names it, and every line naming it verifies."""
        lines = self.by(key)
        return bool(lines) and all(key.verifies(self.text, line.value) for line in lines)


class Signer(Protocol):
    """Something that can put a signature line under a text."""

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        ...

    def sign(self, text: str) -> Signature:
        """The signature line over ``text``, which ends with a newline."""
        ...


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    """An Ed25519 key with a name; signs any note text (type 0x01)."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, ED25519, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """The signature line over ``text``."""
        return Signature(self.name, self.verifier.id, self.private.sign(text.encode()))


@dataclass(frozen=True, slots=True)
class CosignatureSigner:
    """An Ed25519 key of a witness; signs checkpoints (type 0x04) at a given time."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, COSIGNATURE, self.private.public_key().public_bytes_raw())

    def sign_at(self, text: str, seconds: int) -> Signature:
        """The cosignature line over the checkpoint ``text``; ``seconds`` are POSIX seconds."""
        value = self.private.sign(cosignature_message(seconds, text))
        return Signature(self.name, self.verifier.id, seconds.to_bytes(8, "big") + value)


@dataclass(frozen=True, slots=True)
class MLDSA44Signer:
    """An ML-DSA-44 key with a name; signs checkpoints (type 0x06) at a given time."""

    name: str
    private: MLDSA44PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, MLDSA44, self.private.public_key().public_bytes_raw())

    def sign_at(self, text: str, seconds: int) -> Signature:
        """The signature line over the checkpoint ``text``; ``seconds`` are POSIX seconds."""
        value = self.private.sign(cosigned_message(self.name, seconds, text))
        return Signature(self.name, self.verifier.id, seconds.to_bytes(8, "big") + value)


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """An ML-DSA-44 key with a name; signs any note text (type 0xff)."""

    name: str
    private: MLDSA44PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, NAMED, NAMED_ALGORITHM + self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """The signature line over ``text``."""
        return Signature(self.name, self.verifier.id, self.private.sign(text.encode()))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The text of a checkpoint (c2sp.org/tlog-checkpoint): origin, tree size, root; no extension lines."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the three lines; :class:`FormatError` if ``text`` is anything else."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise FormatError("a checkpoint has three lines")
        origin, size, root = lines[:3]
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", size):
            raise FormatError(f"{size!r} is not a tree size")
        checkpoint = cls(check_name(origin), int(size), _base64(root))
        if len(checkpoint.root) != 32 or str(checkpoint) != text:
            raise FormatError("a checkpoint's root is 32 bytes of base64")
        return checkpoint


def cosigned_message(cosigner: str, seconds: int, text: str) -> bytes:
    """What an ML-DSA-44 line signs for the checkpoint ``text``: the ``cosigned_message`` of tlog-cosignature.

    Twelve bytes ``subtree/v1`` newline zero; the cosigner's name and the log's origin each after one length
    byte; time, start (zero) and end (the size) as eight bytes, big-endian; the root.
    """
    checkpoint = Checkpoint.parse(text)
    name, origin = check_name(cosigner).encode(), checkpoint.origin.encode()
    if not 0 <= seconds < 2**63:
        raise FormatError(f"{seconds} is not a POSIX time")
    return b"".join((
        b"subtree/v1\n\0",
        bytes([len(name)]), name,
        seconds.to_bytes(8, "big"),
        bytes([len(origin)]), origin,
        bytes(8), checkpoint.size.to_bytes(8, "big"),
        checkpoint.root,
    ))  # fmt: skip


def cosignature_message(seconds: int, text: str) -> bytes:
    """What an Ed25519 cosignature signs: ``cosignature/v1``, the time, and the checkpoint's text."""
    Checkpoint.parse(text)
    if not 0 <= seconds < 2**63:
        raise FormatError(f"{seconds} is not a POSIX time")
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise FormatError("not base64") from error


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or not line.startswith(_LINE_START):
        raise FormatError("a signature line reads: em dash, name, base64")
    raw = _base64(parts[2])
    if len(raw) < 5:
        raise FormatError("a signature is shorter than its key id")
    return Signature(check_name(parts[1]), raw[:4], raw[4:])
