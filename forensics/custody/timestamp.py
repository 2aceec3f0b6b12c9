"""RFC 3161 time-stamps of checkpoints: the query as a file out, the reply as a file in. No network code.

What is stamped is SHA-512 of a checkpoint's note as it was first stored, both signatures of the ledger
included, so that a token also proves that the signatures existed then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from forensics.errors import FormatError

MAX_REPLY = 1 << 20
"""Longest reply read, in bytes; one with a whole certificate chain has some 10 kB."""

_SHA512 = "2.16.840.1.101.3.4.2.3"


@dataclass(frozen=True, slots=True)
class Token:
    """What a reply says: the SHA-512 it stamps, and microseconds since 1970 (UTC)."""

    imprint: bytes
    time_us: int
    authority: str


def imprint(note: bytes) -> bytes:
    """What a time-stamp of the checkpoint ``note`` must hold."""
    return hashlib.sha512(note).digest()


def query(note: bytes) -> bytes:
    """A TimeStampReq (RFC 3161 §2.4.1) for a checkpoint, with a nonce, asking for the certificate."""
    builder = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA512)
    request: bytes = builder.nonce(nonce=True).cert_request(cert_request=True).build().as_bytes()
    return request


def read(reply: bytes) -> Token:
    """What a TimeStampResp (§2.4.2) says, unverified; :class:`FormatError` for a refusal or anything else."""
    response = _decoded(reply)
    info = response.tst_info
    if info.message_imprint.hash_algorithm.dotted_string != _SHA512:
        raise FormatError("the time-stamp is over another digest than SHA-512")
    moment = info.gen_time
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    names = [
        x509.load_der_x509_certificate(each).subject.rfc4514_string() for each in response.signed_data.certificates
    ]
    return Token(bytes(info.message_imprint.message), round(moment.timestamp() * 1_000_000), "; ".join(sorted(names)))


def check(reply: bytes, note: bytes, roots: Sequence[bytes]) -> str:
    """Why ``reply`` is no time-stamp of ``note`` under one of the DER certificates ``roots``; empty if it is."""
    try:
        response = _decoded(reply)
        builder = VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(x509.load_der_x509_certificate(root))
        builder.build().verify_message(response, note)
    except (VerificationError, FormatError, ValueError) as error:
        return str(error) or "it does not verify"
    return ""


def certificate(data: bytes) -> bytes:
    """A certificate file, PEM or DER, as DER; :class:`FormatError` when it is neither."""
    try:
        if b"-----BEGIN" in data:
            return x509.load_pem_x509_certificate(data).public_bytes(Encoding.DER)
        return x509.load_der_x509_certificate(data).public_bytes(Encoding.DER)
    except ValueError as error:
        raise FormatError(f"not a certificate: {error}") from error


def _decoded(reply: bytes) -> TimeStampResponse:
    if len(reply) > MAX_REPLY:
        raise FormatError(f"a reply of {len(reply):,} bytes is not a time-stamp")
    try:
        response = decode_timestamp_response(reply)
        if response.status not in (0, 1):
            raise FormatError(f"the authority refused: status {response.status} {response.status_string}")
        response.tst_info  # noqa: B018 - read now, so that a reply without a token fails here
    except ValueError as error:
        raise FormatError(f"not a time-stamp reply: {error}") from error
    return response
