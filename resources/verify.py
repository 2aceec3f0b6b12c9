#!/usr/bin/env python3
"""Check an Impound ledger with nothing but a Python interpreter (3.9 or later, SQLite 3.37 or later).

    python3 -I -S verify.py CASE_FOLDER_OR_LEDGER_DB [--policy FILE] [--anchor FILE]... [--tsa FILE]... [--json]
    python3 -I -S verify.py BUNDLE [the same options]

Everything is recomputed from the file: signatures, chain, bodies, tiles, checkpoints and every item of every
scan. The format is described in ledger-format.md; the numbers in brackets below are its sections. No part of
Impound is used. Signatures are only verified here, never made, so no secret is touched.

--policy FILE   keys you obtained another way and trust: lines "examiner <vkey>" and "log <vkey>"; or "root <vkey>" of
                a laboratory that certifies its examiners; and "revoked <vkey> <time>"
--anchor FILE   a checkpoint of this ledger kept from earlier (a label, a file): the ledger must continue it

--tsa FILE      certificate (PEM or DER) of a time-stamping authority you trust, or its root

Level L1: consistent under the keys the ledger names for itself. L2: these are the keys in your policy. L3: and
an anchor from outside covers part of it: a checkpoint you kept, a time-stamp, a witness you pinned. L4: and as
many witnesses as the quorum of your policy asks for signed one checkpoint. "none": not consistent. L1 and L2 do
not show that nothing was rewritten by the holder of the keys: only an anchor does, and only for what was entered
before it ("anchored" says how many entries).

Exit status: 0 no faults, 1 faults, 2 wrong usage or no such file.
"""

# ruff: noqa: B905, RUF007 - zip(strict=) and itertools.pairwise came with Python 3.10

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import shutil
import sqlite3
import sys
import tempfile
import zipfile
import zlib
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, NamedTuple, Sequence  # noqa: UP035


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


# ── Ed25519: verification as in RFC 8032 §5.1.7, without the cofactor ─────────────────────────────

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
ZERO: Point = (0, 1, 1, 0)


def point_add(p: Point, q: Point) -> Point:
    """The sum of two points (RFC 8032 §5.1.4; holds for doubling too)."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_decode(data: bytes) -> Point | None:
    """The point that 32 bytes encode, or None (RFC 8032 §5.1.3)."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def point_encode(p: Point) -> bytes:
    """The 32 bytes of a point."""
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def multiples(base: Point) -> list[list[Point]]:
    """Row i holds 0 … 15 times 16**i times the point: multiplying is then 64 additions."""
    rows = []
    for _ in range(64):
        row = [ZERO]
        for _ in range(16):
            row.append(point_add(row[-1], base))
        base = row.pop()
        rows.append(row)
    return rows


BASE = multiples(point_decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or ZERO)
KEY_MULTIPLES: dict[bytes, list[list[Point]] | None] = {}


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the 64 bytes are a signature: [S]B − [k]A must encode to R, and S be below the order."""
    if len(signature) != 64 or len(public) != 32:
        return False
    if public not in KEY_MULTIPLES:
        point = point_decode(public)
        negative = point and (P - point[0], point[1], 1, P - point[3])
        KEY_MULTIPLES[public] = multiples(negative) if negative else None
    minus_key = KEY_MULTIPLES[public]
    s = int.from_bytes(signature[32:], "little")
    if minus_key is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    total = ZERO
    for row in range(64):
        total = point_add(total, BASE[row][s >> 4 * row & 15])
        total = point_add(total, minus_key[row][k >> 4 * row & 15])
    return point_encode(total) == signature[:32]


# ── ML-DSA-44: verification as in FIPS 204, algorithms 3 and 8 ────────────────────────────────────

Q, DROPPED, TAU, OMEGA, ROWS = 8380417, 13, 39, 80, 4  # FIPS 204 table 1; ROWS is both k and l
GAMMA1, GAMMA2 = 2**17, (Q - 1) // 88
BETA = TAU * 2
ZETAS = [pow(1753, int(f"{i:08b}"[::-1], 2), Q) for i in range(256)]
Poly = list[int]
MATRICES: dict[bytes, list[list[Poly]]] = {}


def ntt(poly: Poly) -> Poly:
    """Number-theoretic transform (algorithm 41)."""
    w, m, length = list(poly), 0, 128
    while length:
        for start in range(0, 256, 2 * length):
            m += 1
            zeta = ZETAS[m]
            for j in range(start, start + length):
                t = zeta * w[j + length] % Q
                w[j + length] = w[j] - t
                w[j] += t
        length >>= 1
    return [c % Q for c in w]


def inverse_ntt(poly: Poly) -> Poly:
    """Its inverse (algorithm 42)."""
    w, m, length = list(poly), 256, 1
    while length < 256:
        for start in range(0, 256, 2 * length):
            m -= 1
            zeta = Q - ZETAS[m]
            for j in range(start, start + length):
                t = w[j]
                w[j] = t + w[j + length]
                w[j + length] = zeta * (t - w[j + length]) % Q
        length *= 2
    return [c * 8347681 % Q for c in w]  # 256 to the power of −1 modulo q


def unpack(data: bytes, bits: int) -> Poly:
    """256 little-endian numbers of so many bits (algorithm 18)."""
    whole, mask = int.from_bytes(data, "little"), (1 << bits) - 1
    return [whole >> bits * i & mask for i in range(256)]


def expand_matrix(rho: bytes) -> list[list[Poly]]:
    """The matrix of the public key, in transformed form (algorithms 30 and 32)."""
    if rho not in MATRICES:
        MATRICES[rho] = [[reject(rho + bytes([s, r])) for s in range(ROWS)] for r in range(ROWS)]
    return MATRICES[rho]


def reject(seed: bytes) -> Poly:
    """256 numbers below q out of SHAKE128."""
    size = 3 * 512
    while True:
        raw = hashlib.shake_128(seed).digest(size)
        found = [raw[i] | raw[i + 1] << 8 | (raw[i + 2] & 127) << 16 for i in range(0, size, 3)]
        poly = [c for c in found if c < Q][:256]
        if len(poly) == 256:
            return poly
        size *= 2


def sample_in_ball(seed: bytes) -> Poly:
    """The challenge: 39 coefficients of ±1 (algorithm 29)."""
    raw = hashlib.shake_256(seed).digest(8 + 2048)
    signs, at, poly = int.from_bytes(raw[:8], "little"), 8, [0] * 256
    for i in range(256 - TAU, 256):
        while raw[at] > i:
            at += 1
        poly[i] = poly[raw[at]]
        poly[raw[at]] = -1 if signs >> (i + TAU - 256) & 1 else 1
        at += 1
    return poly


def unpack_hints(data: bytes) -> list[set[int]] | None:
    """Places of the hints in each row, or None when not written canonically (algorithm 21)."""
    hints, start = [], 0
    for row in range(ROWS):
        end = data[OMEGA + row]
        places = list(data[start:end])
        if not start <= end <= OMEGA or any(a >= b for a, b in zip(places, places[1:])):
            return None
        hints.append(set(places))
        start = end
    return None if any(data[start:OMEGA]) else hints


def use_hint(hint: bool, r: int) -> int:
    """High bits of r, corrected by the hint (algorithms 36 and 40)."""
    low = r % (2 * GAMMA2)
    if low > GAMMA2:
        low -= 2 * GAMMA2
    if r - low == Q - 1:
        high, low = 0, low - 1
    else:
        high = (r - low) // (2 * GAMMA2)
    if not hint:
        return high
    return (high + (1 if low > 0 else -1)) % 44


def mldsa44_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the 2 420 bytes are a signature, with an empty context (FIPS 204, algorithm 3)."""
    return mldsa44_verify_internal(public, b"\0\0" + message, signature)


def mldsa44_verify_internal(public: bytes, message: bytes, signature: bytes) -> bool:
    """As the message stands behind its length and context (FIPS 204, algorithm 8)."""
    if len(public) != 1312 or len(signature) != 2420:
        return False
    challenge, packed_z, packed_hints = signature[:32], signature[32:2336], signature[2336:]
    z = [[GAMMA1 - c for c in unpack(packed_z[576 * i : 576 * i + 576], 18)] for i in range(ROWS)]
    hints = unpack_hints(packed_hints)
    if hints is None or any(abs(c) >= GAMMA1 - BETA for poly in z for c in poly):
        return False
    digest = hashlib.shake_256(public).digest(64)
    mu = hashlib.shake_256(digest + message).digest(64)
    matrix, z_hat, c_hat = (
        expand_matrix(public[:32]),
        [ntt(poly) for poly in z],
        ntt(sample_in_ball(challenge)),
    )
    high = b""
    for row in range(ROWS):
        t1 = unpack(public[32 + 320 * row : 352 + 320 * row], 10)
        t_hat = ntt([c << DROPPED for c in t1])
        total = [-c * t for c, t in zip(c_hat, t_hat)]
        for a, b in zip(matrix[row], z_hat):
            total = [t + x * y for t, x, y in zip(total, a, b)]
        w = inverse_ntt([t % Q for t in total])
        bits = sum(use_hint(i in hints[row], c) << 6 * i for i, c in enumerate(w))
        high += bits.to_bytes(192, "little")
    return hashlib.shake_256(mu + high).digest(32) == challenge


# ── Merkle trees [4] ──────────────────────────────────────────────────────────────────────────────


def leaf_hash(record: bytes) -> bytes:
    """Hash of a leaf."""
    return sha256(b"\0" + record)


def leaf_text(kind: str, scan: str, index: int, groups: Sequence[str], lines: Sequence[bytes]) -> bytes:
    """The record of an item's leaf [7.1]; the commitment of an expunged line stands in its place."""
    text = f"impound/{kind}/v1\nscan {scan}\nindex {index}\n"
    for group, line in zip(groups, lines):
        text += f"{group} {line.decode() if EXPUNGED.fullmatch(line) else 'sha256:' + sha256(line).hex()}\n"
    return text.encode()


def sha512_root(records: Iterable[bytes]) -> tuple[str, int]:
    """Root and number of records of a tree as in [4.1], but with SHA-512 [14]."""
    stack: list[tuple[int, bytes]] = []
    count = 0
    for record in records:
        height, node = 0, hashlib.sha512(b"\0" + record).digest()
        while stack and stack[-1][0] == height:
            node = hashlib.sha512(b"\1" + stack.pop()[1] + node).digest()
            height += 1
        stack.append((height, node))
        count += 1
    node = stack.pop()[1] if stack else hashlib.sha512().digest()
    while stack:
        node = hashlib.sha512(b"\1" + stack.pop()[1] + node).digest()
    return node.hex(), count


def join(nodes: Sequence[bytes]) -> bytes:
    """Root over nodes of one height, of which the last may stand alone."""
    level = list(nodes)
    if not level:
        return sha256(b"")
    while len(level) > 1:
        pairs = [sha256(b"\1" + a + b) for a, b in zip(level[::2], level[1::2])]
        level = pairs + ([level[-1]] if len(level) % 2 else [])
    return level[0]


class Tree:
    """A tree fed leaf by leaf. ``peaks`` are the roots of its complete subtrees, with their heights."""

    def __init__(self) -> None:
        """Start empty."""
        self.leaves: list[bytes] = []
        self.peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        self.leaves.append(leaf)
        height = 0
        while self.peaks and self.peaks[-1][0] == height:
            leaf = sha256(b"\1" + self.peaks.pop()[1] + leaf)
            height += 1
        self.peaks.append((height, leaf))

    def root(self) -> bytes:
        """The root of what was added so far."""
        if not self.peaks:
            return sha256(b"")
        node = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            node = sha256(b"\1" + left + node)
        return node

    def tiles(self) -> dict[tuple[int, int], bytes]:
        """Every tile: (level, index) to up to 256 hashes."""
        found, level, nodes = {}, 0, self.leaves
        while nodes:
            rows = [nodes[i : i + 256] for i in range(0, len(nodes), 256)]
            found.update({(level, index): b"".join(row) for index, row in enumerate(rows)})
            nodes = [join(row) for row in rows if len(row) == 256]
            level += 1
        return found


# ── RFC 3161 time-stamps [9.2] ────────────────────────────────────────────────────────────────────


class Der(NamedTuple):
    """One element: its tag, its content, and all of its bytes."""

    tag: int
    body: bytes
    whole: bytes

    def parts(self) -> list[Der]:
        """The elements inside it."""
        return der_parts(self.body)


def der_parts(data: bytes) -> list[Der]:
    """Elements one after another (X.690; definite lengths, one-byte tags)."""
    found: list[Der] = []
    at = 0
    while at < len(data):
        if at + 2 > len(data) or len(found) > 4096:
            raise BadFormat("DER is cut off")
        tag, length, start = data[at], data[at + 1], at + 2
        if length > 127:
            count = length & 127
            if not 1 <= count <= 4:
                raise BadFormat("a length of DER cannot be read")
            length, start = int.from_bytes(data[start : start + count], "big"), start + count
        if start + length > len(data):
            raise BadFormat("DER is cut off")
        found.append(Der(tag, data[start : start + length], data[at : start + length]))
        at = start + length
    return found


def der(data: bytes) -> Der:
    """One element and nothing behind it."""
    parts = der_parts(data)
    if len(parts) != 1:
        raise BadFormat("one element of DER is wanted")
    return parts[0]


def oid(text: str) -> bytes:
    """Content of an object identifier."""
    first, second, *rest = map(int, text.split("."))
    out = bytes([first * 40 + second])
    for number in rest:
        groups = [number & 127]
        while number := number >> 7:
            groups.append(number & 127 | 128)
        out += bytes(reversed(groups))
    return out


DIGESTS = {
    oid("1.3.14.3.2.26"): "sha1",
    oid("2.16.840.1.101.3.4.2.1"): "sha256",
    oid("2.16.840.1.101.3.4.2.2"): "sha384",
    oid("2.16.840.1.101.3.4.2.3"): "sha512",
}
SIGNATURES = {  # algorithm: family, digest; the digest of plain rsaEncryption stands elsewhere
    oid("1.2.840.113549.1.1.1"): ("rsa", ""),
    oid("1.2.840.113549.1.1.11"): ("rsa", "sha256"),
    oid("1.2.840.113549.1.1.12"): ("rsa", "sha384"),
    oid("1.2.840.113549.1.1.13"): ("rsa", "sha512"),
    oid("1.2.840.10045.4.3.2"): ("ecdsa", "sha256"),
    oid("1.2.840.10045.4.3.3"): ("ecdsa", "sha384"),
    oid("1.2.840.10045.4.3.4"): ("ecdsa", "sha512"),
    oid("1.3.101.112"): ("ed25519", "sha512"),
}
CURVES = {  # p, b, order, base point; a is p - 3 (FIPS 186-4 appendix D.1.2)
    oid("1.2.840.10045.3.1.7"): (
        0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
    oid("1.3.132.0.34"): (
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
        0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
    ),
}


def curve_add(first: tuple[int, int] | None, second: tuple[int, int] | None, p: int) -> tuple[int, int] | None:
    """Sum of two points of a curve with a = -3; None is the point at infinity."""
    if first is None or second is None:
        return second if first is None else first
    (x1, y1), (x2, y2) = first, second
    if x1 == x2 and (y1 + y2) % p == 0:
        return None
    slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, p) if first == second else (y2 - y1) * pow(x2 - x1, -1, p)
    x3 = (slope * slope - x1 - x2) % p
    return x3, (slope * (x1 - x3) - y1) % p


def curve_times(factor: int, point: tuple[int, int], p: int) -> tuple[int, int] | None:
    """A multiple of a point."""
    total: tuple[int, int] | None = None
    step: tuple[int, int] | None = point
    while factor:
        if factor & 1:
            total = curve_add(total, step, p)
        step, factor = curve_add(step, step, p), factor >> 1
    return total


def signature_holds(key: Der, algorithm: bytes, digest: str, message: bytes, signature: bytes) -> bool:
    """Whether the key (SubjectPublicKeyInfo) made the signature: RSA of PKCS #1 v1.5, ECDSA, Ed25519."""
    family, own = SIGNATURES.get(algorithm, ("", ""))
    told, bits = key.parts()
    value = bits.body[1:]
    kind = told.parts()
    name = own or digest
    if family == "ed25519":
        return kind[0].body == algorithm and ed25519_verify(value, message, signature)
    if name not in ("sha256", "sha384", "sha512"):
        return False
    hashed = hashlib.new(name, message).digest()
    if family == "rsa" and kind[0].body == oid("1.2.840.113549.1.1.1"):
        modulus, exponent = (int.from_bytes(each.body, "big") for each in der(value).parts())
        size = (modulus.bit_length() + 7) // 8
        if not 2048 <= modulus.bit_length() <= 16384 or len(signature) != size or not 3 <= exponent < 1 << 32:
            return False
        digest_oid = next(each for each, found in DIGESTS.items() if found == name)
        inner = b"\x06" + bytes([len(digest_oid)]) + digest_oid + b"\x05\0"
        info = b"\x30" + bytes([len(inner)]) + inner + b"\x04" + bytes([len(hashed)]) + hashed
        info = b"\x30" + bytes([len(info)]) + info
        due = b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info
        return pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big") == due
    curve = CURVES.get(kind[1].body) if family == "ecdsa" and len(kind) == 2 else None
    if curve is None or value[:1] != b"\x04":
        return False
    p, b, order, gx, gy = curve
    half = len(value) // 2
    x, y = int.from_bytes(value[1 : half + 1], "big"), int.from_bytes(value[half + 1 :], "big")
    r, t = (int.from_bytes(each.body, "big") for each in der(signature).parts())
    if (y * y - x * x * x + 3 * x - b) % p or not (0 < r < order and 0 < t < order):
        return False
    z = int.from_bytes(hashed, "big") >> max(0, 8 * len(hashed) - order.bit_length())
    inverse = pow(t, -1, order)
    found = curve_add(curve_times(z * inverse % order, (gx, gy), p), curve_times(r * inverse % order, (x, y), p), p)
    return found is not None and found[0] % order == r


class Certificate:
    """The parts of an X.509 certificate that a time-stamp needs."""

    def __init__(self, data: bytes) -> None:
        """Take it apart; BadFormat when it is something else."""
        self.data = data
        self.signed, algorithm, signature = der(data).parts()
        self.algorithm, self.signature = algorithm.parts()[0].body, signature.body[1:]
        rest = self.signed.parts()
        rest = rest[1:] if rest[0].tag == 0xA0 else rest
        self.serial, self.issuer, validity, self.subject, self.key = (rest[at] for at in (0, 2, 3, 4, 5))
        self.begins, self.ends = (der_time(each) for each in validity.parts())
        self.stamps = self.signs = False
        for each in (part for part in rest[6:] if part.tag == 0xA3):
            for extension in der(each.body).parts():
                name, *flag, value = extension.parts()
                critical = bool(flag) and flag[0].body == b"\xff"
                if name.body == oid("2.5.29.37"):
                    uses = [use.body for use in der(value.body).parts()]
                    self.stamps = critical and uses == [oid("1.3.6.1.5.5.7.3.8")]
                if name.body == oid("2.5.29.19"):
                    self.signs = any(part.tag == 1 and part.body == b"\xff" for part in der(value.body).parts())

    def issued(self, other: Certificate) -> bool:
        """Whether this authority signed the other certificate."""
        return (
            self.signs
            and self.subject.whole == other.issuer.whole
            and signature_holds(self.key, other.algorithm, "", other.signed.whole, other.signature)
        )


def der_time(element: Der) -> int:
    """Microseconds since 1970 of a UTCTime or GeneralizedTime."""
    text = element.body.decode("ascii", "replace")
    if element.tag == 0x17:
        text = ("20" if text[:2] < "50" else "19") + text
    match = re.fullmatch(r"([0-9]{14})(?:\.([0-9]{1,6}))?Z", text)
    if not match:
        raise BadFormat("a time of a certificate or time-stamp cannot be read")
    year, rest = int(match[1][:4]), [int(match[1][at : at + 2]) for at in range(4, 14, 2)]
    try:
        moment = datetime(year, *rest, tzinfo=timezone.utc)  # type: ignore[arg-type, misc]  # noqa: UP017
    except ValueError:
        raise BadFormat("a time of a certificate or time-stamp cannot be read") from None
    whole = (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)  # noqa: UP017
    return whole + int((match[2] or "0").ljust(6, "0"))


def read_certificate(data: bytes) -> bytes:
    """A certificate file, PEM or DER, as DER."""
    match = re.search(rb"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", data, re.S)
    return base64.b64decode(match[1]) if match else data


class Stamp:
    """A TimeStampResp taken apart: SHA-512 imprint, time, and what is needed to check its signature."""

    def __init__(self, reply: bytes) -> None:
        """Read it; BadFormat for a refusal or anything else."""
        try:
            status, content = der(reply).parts()[:2]
            if int.from_bytes(status.parts()[0].body, "big") not in (0, 1):
                raise BadFormat("the authority refused")
            signed = der(content.parts()[1].body).parts()
            wrapped = signed[2].parts()
            self.info = der(wrapped[1].body).body
            self.type = wrapped[0].body
            imprint = der(self.info).parts()[2].parts()
            self.digest, self.imprint = DIGESTS.get(imprint[0].parts()[0].body, ""), imprint[1].body
            self.time = der_time(der(self.info).parts()[4])
            self.certificates = [
                Certificate(each.whole) for part in signed if part.tag == 0xA0 for each in part.parts()
            ]
            (signer,) = signed[-1].parts()
            parts = signer.parts()
            self.sid, self.hash = parts[1], DIGESTS.get(parts[2].parts()[0].body, "")
            self.attributes, self.algorithm, self.signature = parts[3], parts[4].parts()[0].body, parts[5].body
        except (IndexError, ValueError):
            raise BadFormat("not a time-stamp reply") from None

    def fails(self, roots: Sequence[Certificate]) -> str:
        """Why it is no time-stamp under one of the roots; empty if it is."""
        attributes = {part.parts()[0].body: part.parts()[1].parts() for part in self.attributes.parts()}
        if self.type != oid("1.2.840.113549.1.9.16.1.4") or self.attributes.tag != 0xA0 or not self.hash:
            return "it does not sign a time-stamp"
        if [each.body for each in attributes.get(oid("1.2.840.113549.1.9.3"), ())] != [self.type]:
            return "it does not say that it signs a time-stamp"
        due = hashlib.new(self.hash, self.info).digest()
        if [each.body for each in attributes.get(oid("1.2.840.113549.1.9.4"), ())] != [due]:
            return "its content is not what was signed"
        wanted = self.sid.parts() if self.sid.tag == 0x30 else []
        signers = [c for c in self.certificates if [c.issuer.whole, c.serial.whole] == [each.whole for each in wanted]]
        if len(signers) != 1:
            return "the signer's certificate is not in it"
        signer = signers[0]
        if not self.names(signer, attributes):
            return "it names another certificate than the one that comes with it"
        message = b"\x31" + self.attributes.whole[1:]
        if not signature_holds(signer.key, self.algorithm, self.hash, message, self.signature):
            return "its signature does not hold"
        if not signer.stamps:
            return "the certificate is not one for time-stamping alone"
        return "" if self.leads(signer, roots, 4) else "its certificate does not lead to an authority that you trust"

    def names(self, signer: Certificate, attributes: dict[bytes, list[Der]]) -> bool:
        """Whether the signed attribute signingCertificate (RFC 2634, RFC 5035) names the signer."""
        for name, default in (("1.2.840.113549.1.9.16.2.47", "sha256"), ("1.2.840.113549.1.9.16.2.12", "sha1")):
            for value in attributes.get(oid(name), ()):
                first, *rest = value.parts()[0].parts()[0].parts()
                digest = DIGESTS.get(first.parts()[0].body, "") if first.tag == 0x30 and rest else default
                found = rest[0].body if first.tag == 0x30 and rest and rest[0].tag == 4 else first.body
                return bool(digest) and hashlib.new(digest, signer.data).digest() == found
        return False

    def leads(self, certificate: Certificate, roots: Sequence[Certificate], steps: int) -> bool:
        """Whether a chain of valid certificates leads to a root."""
        if not certificate.begins <= self.time <= certificate.ends:
            return False
        if any(root.data == certificate.data or root.issued(certificate) for root in roots):
            return True
        above = [each for each in self.certificates if each.data != certificate.data and each.issued(certificate)]
        return steps > 0 and any(self.leads(each, roots, steps - 1) for each in above)


# ── Text: notes, keys, entries, checkpoints [2, 3, 5, 6] ──────────────────────────────────────────


class BadFormat(Exception):
    """Bytes that are not what they must be."""


def unbase64(text: str) -> bytes:
    """Canonical base64, or BadFormat."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise BadFormat("not base64") from None
    if base64.b64encode(data).decode() != text:
        raise BadFormat("not canonical base64")
    return data


class Key(NamedTuple):
    """A public key and its name."""

    name: str
    kind: int
    public: bytes
    vkey: str

    @property
    def id(self) -> bytes:
        """Four bytes that name the key in a signature line."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)[:4]


NAMED = b"impound/mldsa44/v1"  # begins a public key of type 0xff


def parse_key(text: str) -> Key:
    """Read a vkey: name, id, and base64 of the type and the key [2]."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not re.fullmatch(r"[^\s+\x00-\x20]+", parts[0]):
        raise BadFormat("not a vkey")
    raw = unbase64(parts[2])
    key = Key(parts[0], raw[0] if raw else 0, raw[1:], text)
    sizes = {1: 32, 4: 32, 6: 1312, 255: len(NAMED) + 1312}
    if sizes.get(key.kind) != len(key.public) or key.id.hex() != parts[1]:
        raise BadFormat(f"the vkey of {key.name} does not fit itself")
    if key.kind == 255 and not key.public.startswith(NAMED):
        raise BadFormat("a key of type 0xff names an algorithm that is not known here")
    return key


class Note(NamedTuple):
    """Text and signatures: name, key id, signature."""

    text: str
    signatures: list[tuple[str, bytes, bytes]]

    def signed_by(self, key: Key) -> bool:
        """Whether the key signed, and every line that names it holds."""
        lines = [value for name, key_id, value in self.signatures if (name, key_id) == (key.name, key.id)]
        return bool(lines) and all(self.holds(key, value) for value in lines)

    def holds(self, key: Key, value: bytes) -> bool:
        """Whether one signature line of the key is right."""
        if key.kind == 1:
            return ed25519_verify(key.public, self.text.encode(), value)
        if key.kind == 4:
            parse_checkpoint(self.text)
            seconds = int.from_bytes(value[:8], "big")
            message = f"cosignature/v1\ntime {seconds}\n{self.text}".encode()
            return len(value) == 72 and value[0] < 128 and ed25519_verify(key.public, message, value[8:])
        if key.kind == 255:
            return mldsa44_verify(key.public[len(NAMED) :], self.text.encode(), value)
        message = cosigned_message(key.name, value[:8], self.text)
        return mldsa44_verify(key.public, message, value[8:])


def parse_note(data: bytes) -> Note:
    """Take a signed note apart [2]."""
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise BadFormat("a note must be UTF-8") from None
    text, gap, tail = whole.rpartition("\n\n")
    if not gap or not tail.endswith("\n") or any(c < " " and c != "\n" for c in whole):
        raise BadFormat("a note needs text, an empty line and signatures")
    signatures = []
    for line in tail[:-1].split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or not re.fullmatch(r"[^\s+\x00-\x20]+", parts[1]):
            raise BadFormat("a signature line cannot be read")
        raw = unbase64(parts[2])
        if len(raw) < 5:
            raise BadFormat("a signature is too short")
        signatures.append((parts[1], raw[:4], raw[4:]))
    if len(signatures) > 16:
        raise BadFormat("more than 16 signatures")
    return Note(text + "\n", signatures)


def parse_checkpoint(text: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a checkpoint [6]."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
        raise BadFormat("a checkpoint has three lines")
    root = unbase64(lines[2])
    if len(root) != 32 or not re.fullmatch(r"[^\s+\x00-\x20]+", lines[0]):
        raise BadFormat("a checkpoint's root is 32 bytes")
    return lines[0], int(lines[1]), root


def cosigned_message(name: str, time: bytes, text: str) -> bytes:
    """What the ML-DSA-44 line under a checkpoint signs [6]."""
    origin, size, root = parse_checkpoint(text)
    who, log = name.encode(), origin.encode()
    if len(time) != 8 or time[0] > 127 or len(who) > 255 or len(log) > 255:
        raise BadFormat("a time or a name is out of range")
    named = bytes([len(who)]) + who + time + bytes([len(log)]) + log
    return b"subtree/v1\n\0" + named + bytes(8) + size.to_bytes(8, "big") + root


ENTRY = re.compile(
    r"impound/entry/v1\n"
    r"ledger (?P<ledger>[^\s+\x00-\x20]+)\n"
    r"seq (?P<seq>0|[1-9][0-9]{0,15})\n"
    r"prev (?P<prev>[A-Za-z0-9+/]{43}=)\n"
    r"time (?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)\n"
    r"clock [0-9a-f]{8} (?:0|[1-9][0-9]{0,19})\n"
    r"type (?P<type>[a-z]+(?:\.[a-z]+)+)\n"
    r"actor (?P<actor>[^\s+\x00-\x20]+)\n"
    r"exhibit (?P<exhibit>[^\s\x00-\x20]{1,128})\n"
    r"body sha256:(?P<body>[0-9a-f]{64})\n"
)


TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def parse_time(text: str) -> int:
    """Microseconds since 1970 of a time as entries write it."""
    try:
        if not TIME.fullmatch(text):
            raise ValueError
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)  # noqa: UP017
    except ValueError:
        raise BadFormat(f"{text!r} is not a time") from None
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)  # noqa: UP017


def parse_body(line: bytes) -> Any:
    """The value in the disclosure line of a body [1, 3]; BadFormat unless written exactly as MJ1 writes
    it.
    """

    def no_float(text: str) -> Any:
        raise ValueError(text)

    try:
        parts = json.loads(line.decode(), parse_float=no_float, parse_constant=no_float)
        again = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise BadFormat("a body is not MJ1") from None
    if again != line or not isinstance(parts, list) or len(parts) != 3 or parts[1] != "body":
        raise BadFormat("a body is not a disclosure line")
    if not isinstance(parts[0], str) or not re.fullmatch("[A-Za-z0-9_-]{21}[AQgw]", parts[0]):
        raise BadFormat("a salt is 22 characters of base64url")
    return parts[2]


class Policy:
    """The keys you pin (C2SP tlog-policy, with lines for examiners and time-stamping authorities added)."""

    def __init__(self, text: str, authorities: Sequence[bytes] = ()) -> None:
        """Read the lines; BadFormat names the one that cannot be read. ``authorities`` are DER certificates."""
        self.pinned: set[tuple[str, str]] = set()
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.roots = [Certificate(each) for each in authorities]
        self.issuers: dict[str, list[Key]] = {}
        self.revoked: dict[str, int] = {}
        quorum = []
        for number, line in enumerate(text.split("\n"), 1):
            verb, *rest = line.split() or ["#"]
            known = {*self.witnesses, *self.groups}
            if verb in ("log", "examiner") and rest:
                self.pinned.add((verb, parse_key(rest[0]).vkey))
            elif verb == "witness" and len(rest) >= 2 and rest[0] not in known:
                self.witnesses[rest[0]] = parse_key(rest[1])
            elif verb == "group" and len(rest) >= 3 and rest[0] not in known and set(rest[2:]) <= known:
                count = {"any": 1, "all": len(rest) - 2}.get(rest[1]) or (int(rest[1]) if rest[1].isdecimal() else 0)
                if not 1 <= count <= len(rest) - 2:
                    raise BadFormat(f"line {number} of the policy asks for {rest[1]} of {len(rest) - 2}")
                self.groups[rest[0]] = (count, rest[2:])
            elif verb == "tsa" and len(rest) == 1:
                self.roots.append(Certificate(unbase64(rest[0])))
            elif verb == "root" and len(rest) == 1:
                key = parse_key(rest[0])
                self.issuers.setdefault(key.name, []).append(key)
            elif verb == "revoked" and len(rest) == 2:
                self.revoked[parse_key(rest[0]).vkey] = parse_time(rest[1])
            elif verb == "quorum" and len(rest) == 1 and (rest[0] == "none" or rest[0] in known):
                quorum.append(rest[0])
            elif not verb.startswith("#"):
                raise BadFormat(f"line {number} of the policy cannot be read")
        if len(quorum) != 1:
            raise BadFormat("a policy has exactly one quorum line")
        self.quorum = quorum[0]

    def satisfied(self, signed: set[str], name: str = "", depth: int = 0) -> bool:
        """Whether these witnesses make the quorum."""
        name = name or self.quorum
        if name in self.witnesses:
            return name in signed
        count, members = self.groups.get(name, (1, []))
        return depth < 16 and sum(self.satisfied(signed, each, depth + 1) for each in members) >= count


# ── Certified keys [13] ───────────────────────────────────────────────────────────────────────────

CERTIFICATE = re.compile(
    r"impound/key/v1\n"
    r"vkey (?P<vkey>[^\s+\x00-\x20]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+)\n"
    r"person (?P<person>\S(?:[^\x00-\x1f\x7f]{0,126}\S)?)\n"
    r"role (?P<role>examiner|custodian|witness)\n"
    r"from (?P<start>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)\n"
    r"until (?P<end>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)\n"
    r"token [\x21-\x7e]{1,64}\n"
    r"issuer (?P<issuer>[^\s+\x00-\x20]+)\n"
)


class Certified(NamedTuple):
    """What counts of a certificate: the key, its role, and its time in microseconds since 1970."""

    vkey: str
    role: str
    start: int
    end: int


def parse_certificate(data: bytes, issuer: Sequence[Key]) -> Certified:
    """A certificate, signed by all keys of its issuer."""
    note = parse_note(data)
    match = CERTIFICATE.fullmatch(note.text)
    if not match or parse_key(match["vkey"]).kind != 1:
        raise BadFormat("a certificate is eight lines in a fixed order, for a key of type 0x01")
    found = Certified(match["vkey"], match["role"], parse_time(match["start"]), parse_time(match["end"]))
    if not found.start < found.end:
        raise BadFormat("a certificate ends after it begins")
    if {key.name for key in issuer} != {match["issuer"]} or not {key.kind for key in issuer} <= {1, 255}:
        raise BadFormat(f"the certificate names {match['issuer']} as its issuer, and these keys are not its own")
    if not all(note.signed_by(key) for key in issuer):
        raise BadFormat(f"the certificate is not signed by {match['issuer']}, as it says")
    return found


class Register:
    """What the entries say of keys, and which signatures go against it."""

    def __init__(self, policy: Policy | None) -> None:
        """Under the roots of a policy only their certificates count."""
        self.issuers = policy.issuers if policy else {}
        self.certificates: dict[str, list[Certified]] = {}
        self.revoked: dict[str, list[tuple[int | None, int | None, str]]] = {}
        for vkey, since in (policy.revoked if policy else {}).items():
            self.revoked[vkey] = [(None, since, "by the policy")]
        self.signed: list[tuple[int, str, int, bool]] = []

    def enter(self, where: str, kind: str, seq: int, body: dict[str, Any]) -> Iterator[dict[str, str]]:
        """Follow key.enrol and key.revoke."""
        try:
            if kind == "key.enrol":
                self.enrol(body)
            elif kind == "key.revoke":
                vkey = parse_key(str(body.get("vkey"))).vkey
                since = parse_time(str(body["since"])) if "since" in body else None
                self.revoked.setdefault(vkey, []).append((seq, since, f"in entry {seq}: {body.get('reason')}"))
        except BadFormat as error:
            yield fault("certificate", where, str(error))

    def enrol(self, body: dict[str, Any]) -> None:
        """A certificate must hold under the keys beside it; it counts if it holds under those you pin, too."""
        data, named = str(body.get("certificate")).encode("utf-8", "surrogatepass"), body.get("issuer")
        issuer = [parse_key(str(each)) for each in named] if isinstance(named, list) else []
        found = parse_certificate(data, issuer)
        if body.get("vkey") != found.vkey:
            raise BadFormat("the certificate is for another key than the entry says")
        if self.issuers:
            try:
                parse_certificate(data, self.issuers.get(issuer[0].name, []))
            except BadFormat:
                return
        self.certificates.setdefault(found.vkey, []).append(found)

    def names_examiner(self, key: Key) -> bool:
        """Whether a root that you pin certified the key as an examiner's."""
        return bool(self.issuers) and any(each.role == "examiner" for each in self.certificates.get(key.vkey, []))

    def faults(self) -> Iterator[dict[str, str]]:
        """Entries signed outside a certificate's time, or by a revoked key."""
        count, last = 0, 0
        for seq, vkey, time, examiner in self.signed:
            reason = self.reason(seq, vkey, time, examiner)
            if reason:
                count, last = count + 1, seq
                if count <= ITEM_FAULTS:
                    yield fault("certificate", f"entry {seq}", reason)
        if count > ITEM_FAULTS:
            yield fault("certificate", f"entry {last}", f"{count} entries in all are signed by keys without the right")

    def reason(self, seq: int, vkey: str, time: int, examiner: bool) -> str:
        """What is wrong with a signature, or nothing."""
        own = [each for each in self.certificates.get(vkey, []) if not examiner or each.role == "examiner"]
        name = vkey.split("+", maxsplit=1)[0]
        if own and not any(each.start <= time < each.end for each in own):
            return f"it is signed by {name} outside the time for which the key is certified"
        for by, since, why in self.revoked.get(vkey, []):
            if seq != by and ((by is not None and seq > by) or (since is not None and time >= since)):
                return f"it is signed by {name}, whose key was revoked {why}"
        return ""


# ── The check ─────────────────────────────────────────────────────────────────────────────────────

EXAMINER_FAMILIES = frozenset(
    ("case", "key", "session", "custody", "acquire", "verify", "report", "export", "redact", "secret", "tool", "config")
)
EXAMINER_TYPES = ("clock.observe", "item.export", "scope.override")
LEDGER_FAMILIES = ("anchor", "ledger")
LEDGER_TYPES = ("clock.step", "storage.full")
RECOVERY_TYPES = ("scan.interrupted", "acquire.abort")
GROUPS = {"item": ("content", "name", "locus", "meta"), "finding": ("claim", "fields", "locus", "events")}
SESSION_LIFE = 12 * 3600 * 1_000_000
ITEM_FAULTS = 20
EXPUNGED = re.compile(rb"sha256:[0-9a-f]{64}")

Fault = dict[str, str]
Faults = Iterator[Fault]


def fault(code: str, where: str, text: str) -> Fault:
    """One thing that does not hold."""
    return {"code": code, "where": where, "text": text}


def roles(kind: str) -> tuple[str, ...]:
    """Whose signature an entry type needs; either will do where there are two [5.3]."""
    family = kind.split(".", maxsplit=1)[0]
    if kind in LEDGER_TYPES or family in LEDGER_FAMILIES:
        return ("ledger",)
    usual = "examiner" if kind in EXAMINER_TYPES or family in EXAMINER_FAMILIES else "session"
    return (usual, "ledger") if kind in RECOVERY_TYPES else (usual,)


class Scan:
    """What the entries say of one scan."""

    def __init__(self, kind: str, tree: int, exhibit: str | None, parsers: str) -> None:
        """Begun, with nothing in it yet."""
        self.kind, self.tree, self.exhibit, self.parsers = kind, tree, exhibit, parsers
        self.state, self.size, self.root = "open", 0, sha256(b"")
        self.signed: dict[int, bytes] = {}


class Check:
    """One run over one ledger."""

    def __init__(
        self,
        database: sqlite3.Connection,
        anchors: Sequence[bytes],
        policy: Policy | None,
        roots: Sequence[Certificate],
    ) -> None:
        """Nothing is read before :meth:`run`."""
        self.database, self.anchors, self.policy, self.authorities = database, anchors, policy, roots
        self.covered = self.quorum_at = 0
        self.expunged: set[tuple[str, Any]] = set()
        self.kept: dict[str, tuple[int, dict[str, Any]]] = {}
        self.renewed: list[tuple[int, dict[str, Any]]] = []
        self.entries = self.items = self.compared = 0
        self.tree = Tree()
        self.roots: dict[int, bytes] = {}
        self.time = 0
        self.session: tuple[Key, int, int] | None = None
        self.register = Register(policy)
        self.scans: dict[str, Scan] = {}

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.database.execute(query, values).fetchall()

    def run(self) -> Faults:
        """Yield everything that does not hold."""
        if self.sql("PRAGMA application_id") != [(0x494D504C,)] or self.sql("PRAGMA user_version") != [(1,)]:
            yield fault("file", "ledger.db", "this is not a ledger of version 1")
            return
        for (text,) in self.sql("PRAGMA integrity_check(20)"):
            if text != "ok":
                yield fault("file", "ledger.db", str(text))
        facts = {key: bytes(value).decode() for key, value in self.sql("SELECT k, v FROM ledger")}
        self.origin = facts.get("origin", "")
        keys = [parse_key(line) for line in facts.get("vkeys", "").split("\n")]
        if [key.kind for key in keys] != [1, 1, 6]:
            yield fault("keys", "ledger.db", "the ledger does not name one examiner's key and its own two")
            return
        self.examiner, self.ledger, self.second = keys
        if {self.ledger.name, self.second.name} != {self.origin}:
            yield fault("keys", "ledger.db", "the ledger's own keys bear another name")
        for part in (
            self.all_entries,
            self.all_checkpoints,
            self.all_scans,
            self.register.faults,
            self.pinned,
            self.anchored,
            self.kept_anchors,
            self.renewals,
        ):
            yield from part()

    # entries [5]

    def all_entries(self) -> Faults:
        """Every entry in order, then the tiles of the ledger's tree."""
        unbroken = True
        query = (
            "SELECT e.seq, e.type, e.t_us, e.actor, e.exhibit, e.note, b.line, e.ledger_id FROM entry e "
            "LEFT JOIN body b USING(ledger_id, seq) ORDER BY e.seq"
        )
        for row in self.database.execute(query):
            seq, note = row[0], row[5]
            if seq != self.entries:
                yield fault("sequence", f"entry {seq}", f"it stands where {self.entries} should")
            if row[7] != 1:
                yield fault("sequence", f"entry {seq}", "it belongs to another ledger in the same file")
            self.roots[self.entries] = self.tree.root()
            for found in self.entry(seq, row, note):
                if found["code"] != "prev" or unbroken:
                    yield found
                unbroken = unbroken and found["code"] != "prev"
            self.tree.add(leaf_hash(note))
            self.entries += 1
        self.roots[self.entries] = self.tree.root()
        yield from self.tiles(0, "ledger", self.tree)
        ((bodies,),) = self.sql("SELECT count(*) FROM body")
        if bodies != self.entries:
            yield fault("body", "ledger.db", f"{self.entries} entries have {bodies} bodies")
        if not self.entries:
            yield fault("sequence", "ledger.db", "there are no entries")

    def entry(self, seq: int, row: Sequence[Any], data: bytes) -> Faults:
        """One entry: text, place, chain, time, columns, body, signature, and what it says."""
        where = f"entry {seq}"
        try:
            note = parse_note(data)
            match = ENTRY.fullmatch(note.text)
            if not match or match["exhibit"] == "":
                raise BadFormat("an entry is ten lines in a fixed order")
            time, previous = parse_time(match["time"]), unbase64(match["prev"])
        except BadFormat as error:
            yield fault("format", where, str(error))
            return
        exhibit = None if match["exhibit"] == "-" else match["exhibit"]
        if int(match["seq"]) != seq:
            yield fault("sequence", where, f"it was signed as number {match['seq']}")
        if match["ledger"] != self.origin:
            yield fault("format", where, f"it was made for the ledger {match['ledger']}")
        if previous != self.roots[self.entries]:
            yield fault("prev", where, "the history before it is not the one it was signed on")
        if tuple(row[1:5]) != (match["type"], time, match["actor"], exhibit):
            yield fault("projection", where, "the columns beside the note say something else than the note")
        if time < self.time and match["type"] != "clock.step":
            yield fault("time", where, "its time is before that of the entry before it")
        self.time = time
        body = None
        if row[6] is None:
            yield fault("body", where, "its body is missing")
        elif hashlib.sha256(row[6]).hexdigest() != match["body"]:
            yield fault("body", where, "its body is not the one that was signed")
        else:
            try:
                body = parse_body(row[6])
            except BadFormat as error:
                yield fault("body", where, str(error))
        yield from self.signature(where, note, match["type"], match["actor"], time)
        if (match["type"] == "case.open") != (seq == 0):
            yield fault("sequence", where, "a ledger begins with case.open, and has it once")
        if isinstance(body, dict):
            yield from self.meaning(where, note, match["type"], time, exhibit, body)

    def signature(self, where: str, note: Note, kind: str, actor: str, time: int) -> Faults:
        """The right key must have signed, in its time."""
        for role in roles(kind):
            key: Key | None = {"examiner": self.examiner, "ledger": self.ledger}.get(role)
            if role == "session" and self.session:
                key = self.session[0]
            due = self.origin if role == "ledger" else self.examiner.name
            if key and actor == due and note.signed_by(key):
                if role == "session" and self.session and not self.session[1] <= time < self.session[2]:
                    yield fault("session", where, "it was signed outside the time of its session")
                if role != "ledger":
                    self.register.signed.append((self.entries, self.examiner.vkey, time, True))
                return
        yield fault("signature", where, f"it is not signed as {kind} must be")

    def meaning(
        self, where: str, note: Note, kind: str, time: int, exhibit: str | None, body: dict[str, Any]
    ) -> Faults:
        """Follow keys, sessions and scans."""
        if kind == "case.open" and body.get("vkeys") != [
            self.examiner.vkey,
            self.ledger.vkey,
            self.second.vkey,
        ]:
            yield fault("keys", where, "the case was opened under other keys than the ledger names")
        elif kind == "session.open":
            try:
                key, end = parse_key(str(body.get("vkey"))), parse_time(str(body.get("not_after")))
            except BadFormat as error:
                yield fault("session", where, str(error))
                return
            if key.kind != 1 or not key.name.startswith(self.examiner.name + "/session/"):
                yield fault("session", where, f"{key.name} is not a session of {self.examiner.name}")
            if not time < end <= time + SESSION_LIFE:
                yield fault("session", where, "it grants more than twelve hours, or none")
            self.session = (key, time, end)
        elif kind == "session.close":
            if not self.session or body.get("vkey") != self.session[0].vkey:
                yield fault("session", where, "it closes a session that is not open")
            self.session = None
        elif kind.startswith("scan."):
            yield from self.scan_entry(where, kind[5:], exhibit, body)
        elif (kind.startswith("custody.") or kind == "secret.reveal") and "vkey" in body:
            try:
                second = parse_key(str(body["vkey"]))
            except BadFormat as error:
                yield fault("signature", where, str(error))
                return
            if second.kind != 1 or second.public == self.examiner.public or not note.signed_by(second):
                yield fault("signature", where, f"it is not signed by {second.name}, as it says")
            else:
                self.register.signed.append((self.entries, second.vkey, time, False))
        elif kind.startswith("key."):
            yield from self.register.enter(where, kind, self.entries, body)
        elif kind == "redact.expunge":
            self.expunged.add((str(body.get("scan")), body.get("index")))
        elif kind == "ledger.renew":
            self.renewed.append((self.entries, body))
        elif kind.startswith("anchor."):
            self.kept[str(body.get("sha256"))] = (self.entries, body)

    def scan_entry(self, where: str, action: str, exhibit: str | None, body: dict[str, Any]) -> Faults:
        """begin, batch, interrupted, resume, end [7.4]."""
        name = str(body.get("scan"))
        scan = self.scans.get(name)
        if action == "begin":
            kind, tree = body.get("kind"), body.get("tree")
            if scan or kind not in GROUPS or not isinstance(tree, int):
                yield fault("scan", where, f"scan {name} cannot begin like this")
                return
            parsers = json.dumps(body.get("parser_set"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            self.scans[name] = Scan(str(kind), tree, exhibit, parsers)
            return
        size, root = body.get("size"), b""
        try:
            root = unbase64(str(body.get("root")))
        except BadFormat:
            root = b""
        if scan is None or not isinstance(size, int) or len(root) != 32:
            yield fault("scan", where, f"scan {name} was not begun, or size and root are missing")
            return
        needed = "interrupted" if action == "resume" else "open"
        fits = size > scan.size if action == "batch" else (size, root) == (scan.size, scan.root)
        if scan.state != needed or not fits or exhibit != scan.exhibit:
            yield fault("scan", where, f"scan {name} cannot go on like this")
        scan.size, scan.root, scan.signed[size] = size, root, root
        scan.state = {"end": "closed", "interrupted": "interrupted"}.get(action, "open")

    # tiles and checkpoints [4.2, 6]

    def tiles(self, number: int, where: str, tree: Tree) -> Faults:
        """Stored tiles must be those that the leaves give, all of them and no more."""
        due, stored = tree.tiles(), 0
        for level, index, data in self.sql("SELECT level, idx, data FROM tile WHERE tree = ?", number):
            stored += 1
            if due.get((level, index)) != data:
                yield fault("tile", where, f"tile {level}/{index} is not what its leaves give")
        if stored != len(due):
            yield fault("tile", where, f"there are {stored} tiles, {len(due)} are due")

    def all_checkpoints(self) -> Faults:
        """Each checkpoint: both signatures, and the root at its size."""
        rows = self.sql("SELECT size, note FROM checkpoint ORDER BY size")
        for row_size, data in rows:
            where = f"checkpoint {row_size}"
            try:
                note = parse_note(data)
                origin, size, root = parse_checkpoint(note.text)
                signed = note.signed_by(self.ledger) and note.signed_by(self.second)
            except BadFormat as error:
                yield fault("checkpoint", where, str(error))
                continue
            if not signed:
                yield fault("checkpoint", where, "it is not signed by both keys of the ledger")
            if (size, origin) != (row_size, self.origin):
                yield fault("checkpoint", where, "it is for another size or ledger")
            yield from self.compare("checkpoint", where, size, root)
        if not rows:
            yield fault("checkpoint", "ledger.db", "there is no checkpoint")

    def compare(self, code: str, where: str, size: int, root: bytes) -> Faults:
        """The ledger must have had this root at this size."""
        if size > self.entries:
            missing = size - self.entries
            yield fault(code, where, f"the ledger had {size} entries then; {missing} are missing now")
        elif self.roots[size] != root:
            yield fault(code, where, f"the first {size} entries are not the ones it was signed over")

    # scans and their items [7]

    def all_scans(self) -> Faults:
        """Each scan: the table against the entries, then every item."""
        rows = {row[0]: row[1:] for row in self.sql("SELECT scan, kind, tree, exhibit, n, parser_set, state FROM scan")}
        for name in sorted(set(rows) ^ set(self.scans)):
            yield fault("scan", f"scan {name}", "it is in the entries or in the table, but not in both")
        trees = {0, *(row[1] for row in rows.values())}
        for table in ("tile", "ibundle"):
            for (tree,) in self.sql(f"SELECT DISTINCT tree FROM {table}"):  # noqa: S608
                if tree not in trees:
                    yield fault("scan", f"tree {tree}", f"the table {table} holds a tree that no scan has")
        for name, scan in self.scans.items():
            if name not in rows:
                continue
            told, state = (scan.kind, scan.tree, scan.exhibit, scan.size, scan.parsers), rows[name][5]
            if rows[name][:5] != told or state not in (scan.state, "superseded"):
                yield fault("scan", f"scan {name}", "the table says something else of it than the entries")
            yield from self.all_items(f"scan {name}", name, scan)

    def all_items(self, where: str, name: str, scan: Scan) -> Faults:
        """Lines to commitments, commitments to leaves, leaves to the roots that entries sign."""
        groups, tree, bad = GROUPS[scan.kind], Tree(), 0
        bundles = (scan.size + 255) // 256
        ((stored,),) = self.sql("SELECT count(*) FROM ibundle WHERE tree = ?", scan.tree)
        if stored != bundles:
            yield fault("item", where, f"there are {stored} bundles of lines, {bundles} are due")
        for number in range(bundles):
            try:
                lines = self.bundle(scan.tree, number)
            except BadFormat as error:
                yield fault("item", where, str(error))
                return
            count = min(256, scan.size - number * 256)
            if len(lines) != count * len(groups):
                yield fault("item", where, f"bundle {number} does not hold {count} items")
                return
            kept = self.sql("SELECT data FROM tile WHERE tree = ? AND level = 0 AND idx = ?", scan.tree, number)
            tile = kept[0][0] if kept else b""
            for offset in range(count):
                index, own = number * 256 + offset, lines[offset * len(groups) : (offset + 1) * len(groups)]
                expunged = [line for line in own if EXPUNGED.fullmatch(line)]
                leaf = leaf_hash(leaf_text(scan.kind, name, index, groups, own))
                labelled = (
                    (len(expunged) == len(own) and (name, index) in self.expunged)
                    if expunged
                    else all(
                        line[:2] == b'["' and line[24:].startswith(f'","{group}",'.encode()) and line[-1:] == b"]"
                        for group, line in zip(groups, own)
                    )
                )
                if tile[32 * offset : 32 * offset + 32] != leaf or not labelled:
                    bad += 1
                    if bad <= ITEM_FAULTS:
                        yield fault("item", f"{where} item {index}", "it is not the item committed")
                tree.add(leaf)
                self.items += 1
                if index + 1 in scan.signed and tree.root() != scan.signed[index + 1]:
                    yield fault("item", where, f"its first {index + 1} items are not those signed for")
        if bad > ITEM_FAULTS:
            yield fault("item", where, f"{bad} items in all are not the ones committed")
        if scan.signed.get(0, sha256(b"")) != sha256(b""):
            yield fault("item", where, "the root signed for no items is not that of an empty tree")
        yield from self.tiles(scan.tree, where, tree)

    def bundle(self, tree: int, number: int) -> list[bytes]:
        """The lines of up to 256 items [7.3]."""
        rows = self.sql("SELECT z FROM ibundle WHERE tree = ? AND idx = ?", tree, number)
        if not rows:
            raise BadFormat(f"bundle {number} is missing")
        inflate = zlib.decompressobj()
        try:
            raw = inflate.decompress(rows[0][0], 256 * 1024 * 1024)
        except zlib.error as error:
            raise BadFormat(f"bundle {number} is damaged: {error}") from None
        if not inflate.eof or inflate.unused_data or not raw.endswith(b"\n"):
            raise BadFormat(f"bundle {number} is damaged")
        return raw[:-1].split(b"\n")

    # renewals [14]

    def renewals(self) -> Faults:
        """What was committed once more under SHA-512 must be what the ledger holds."""
        for seq, body in self.renewed:
            try:
                if body.get("hash") != "sha512" or not 0 < int(body["entries"]) <= seq:
                    raise BadFormat("it renews under another hash, or more entries than there were")
                if sha512_root(self.renewed_records(body)) != (body.get("root"), body.get("records")):
                    raise BadFormat("what it renews is not what the ledger holds now")
            except (BadFormat, KeyError, TypeError, ValueError) as error:
                yield fault("renew", f"entry {seq}", str(error))

    def renewed_records(self, body: dict[str, Any]) -> Iterator[bytes]:
        """Notes of entries, leaves of items, data of anchors, in this order."""
        for (note,) in self.sql("SELECT note FROM entry WHERE seq < ? ORDER BY seq", body["entries"]):
            yield note
        for name, size in body["scans"]:
            scan = self.scans[str(name)]
            groups = GROUPS[scan.kind]
            for number in range((size + 255) // 256):
                lines = self.bundle(scan.tree, number)
                for index in range(number * 256, min(size, number * 256 + 256)):
                    own = lines[(index - number * 256) * len(groups) :][: len(groups)]
                    yield leaf_text(scan.kind, str(name), index, groups, own)
        anchors = self.sql("SELECT data FROM anchor ORDER BY id LIMIT ?", body["anchors"])
        if len(anchors) != body["anchors"]:
            raise BadFormat("there are fewer anchors")
        for (data,) in anchors:
            yield data

    # what you brought along

    def pinned(self) -> Faults:
        """The ledger's keys must be among those of your policy."""
        if self.policy is None:
            return
        for kind, key in (("examiner", self.examiner), ("log", self.ledger), ("log", self.second)):
            certified = kind == "examiner" and self.register.names_examiner(key)
            if (kind, key.vkey) not in self.policy.pinned and not certified:
                yield fault("policy", key.name, f"the policy does not pin this {kind} key {key.id.hex()}")

    def anchored(self) -> Faults:
        """Checkpoints kept elsewhere: the Ed25519 line is enough."""
        for number, data in enumerate(self.anchors, 1):
            where = f"anchor {number}"
            try:
                note = parse_note(data)
                origin, size, root = parse_checkpoint(note.text)
            except BadFormat as error:
                yield fault("anchor", where, str(error))
                continue
            if origin != self.origin:
                yield fault("anchor", where, f"it is of another ledger, {origin}")
                continue
            if not note.signed_by(self.ledger):
                yield fault("anchor", where, "it is not signed by the key this ledger names for itself")
            self.compared += 1
            broken = list(self.compare("anchor", where, size, root))
            yield from broken
            self.covered = max(self.covered, 0 if broken else size)

    def kept_anchors(self) -> Faults:
        """Anchors whose copies lie in the ledger: against their entries, checkpoints, and the keys you pin."""
        rows = self.sql("SELECT id, size, kind, data FROM anchor ORDER BY id")
        digests = {hashlib.sha256(row[3]).hexdigest() for row in rows}
        for digest, (seq, _) in self.kept.items():
            if digest not in digests:
                yield fault("anchor", f"entry {seq}", "it records an anchor that is not kept in the ledger")
        signed: dict[int, set[str]] = {}
        for number, size, kind, data in rows:
            where = f"kept anchor {number}"
            seq, body = self.kept.get(hashlib.sha256(data).hexdigest(), (-1, {}))
            if seq < 0 or body.get("size") != size or body.get("kind") != kind:
                yield fault("anchor", where, "no entry of the ledger records it as it is")
                continue
            found = self.sql("SELECT note FROM checkpoint WHERE size = ?", size)
            try:
                if not found:
                    raise BadFormat(f"the ledger has no checkpoint at size {size}")
                text = parse_note(found[0][0]).text
                if kind == "rfc3161":
                    yield from self.time_stamp(where, data, size, found[0][0])
                elif kind == "witness":
                    yield from self.cosignature(where, data, size, text, signed)
                elif kind == "label" and parse_note(data).text != text:
                    yield fault("anchor", where, "the label is of another head than the checkpoint")
            except (BadFormat, IndexError, ValueError) as error:
                yield fault("anchor", where, str(error))
        full = [size for size, names in signed.items() if self.policy and self.policy.satisfied(names)]
        self.quorum_at = max(full, default=0)
        if self.policy and self.policy.quorum != "none" and not full:
            yield fault("anchor", "policy", "no checkpoint is signed by as many witnesses as the policy asks for")

    def time_stamp(self, where: str, data: bytes, size: int, note: bytes) -> Faults:
        """A token must be over the checkpoint; it counts only under an authority that you trust."""
        stamp = Stamp(data)
        if (stamp.digest, stamp.imprint) != ("sha512", hashlib.sha512(note).digest()):
            yield fault("anchor", where, "the time-stamp is not of the checkpoint it is kept for")
            return
        roots = [*self.authorities, *(self.policy.roots if self.policy else ())]
        if not roots:
            return
        reason = stamp.fails(roots)
        if reason:
            yield fault("anchor", where, f"the time-stamp is not of an authority the policy pins: {reason}")
            return
        self.compared += 1
        self.covered = max(self.covered, size)

    def cosignature(self, where: str, data: bytes, size: int, text: str, signed: dict[int, set[str]]) -> Faults:
        """The line of a witness; lines of witnesses that you do not pin are passed over."""
        ((name, key_id, value),) = parse_note(b"x\n\n" + data).signatures
        for own, key in (self.policy.witnesses if self.policy else {}).items():
            if (key.name, key.id) == (name, key_id):
                if not Note(text, []).holds(key, value):
                    yield fault("anchor", where, f"the cosignature of {own} does not hold")
                    return
                signed.setdefault(size, set()).add(own)
                self.compared += 1
                self.covered = max(self.covered, size)


# ── Bundles [11] ──────────────────────────────────────────────────────────────────────────────────

MOST_BYTES = 4 << 30  # of a bundle, unpacked
NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")


def bundle_files(path: Path) -> dict[str, bytes]:
    """All files of a bundle, packed or unpacked."""
    if path.is_dir():
        files = {str(each.relative_to(path).as_posix()): each for each in path.rglob("*") if each.is_file()}
        return {name: each.read_bytes() for name, each in files.items()}
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
                raise BadFormat("the bundle is larger than this program takes")
            for info in archive.infolist():
                if info.filename in found:
                    raise BadFormat(f"the bundle holds {info.filename} twice")
                found[info.filename] = archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise BadFormat(f"the bundle cannot be unpacked: {error}") from None
    return found


def proves(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that an inclusion proof gives (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        raise BadFormat(f"leaf {index} is not in a tree of {size}")
    last = size - 1
    for node in proof:
        if last == 0:
            raise BadFormat("a proof is too long")
        if index & 1 or index == last:
            leaf = sha256(b"\1" + node + leaf)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            leaf = sha256(b"\1" + leaf + node)
        index, last = index >> 1, last >> 1
    if last:
        raise BadFormat("a proof is too short")
    return leaf


def continues(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the larger tree begins with the smaller one (RFC 9162 section 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    if not 0 < old < new or not proof:
        return False
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = sha256(b"\1" + node + first), sha256(b"\1" + node + second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = sha256(b"\1" + second + node)
        at, last = at >> 1, last >> 1
    return first == old_root and second == new_root and last == 0


def hashes_of(lines: Sequence[str]) -> list[bytes]:
    """Hashes of 32 bytes in base64."""
    nodes = [unbase64(line) for line in lines]
    if len(nodes) > 63 or any(len(node) != 32 for node in nodes):
        raise BadFormat("a proof is not hashes of 32 bytes")
    return nodes


class Bundle:
    """One run over one bundle."""

    def __init__(
        self,
        files: dict[str, bytes],
        policy: Policy | None,
        anchors: Sequence[bytes],
        roots: Sequence[Certificate],
        recipient: str | None,
    ) -> None:
        """Nothing is checked before :meth:`run`."""
        self.files, self.policy, self.anchors, self.authorities, self.recipient = (
            files,
            policy,
            anchors,
            roots,
            recipient,
        )
        self.complete = False
        self.register = Register(policy)
        self.told: dict[str, Any] = {}
        self.entries: dict[int, tuple[dict[str, str], Any]] = {}
        self.counts = {"disclosed": 0, "partly": 0, "withheld": 0, "total": 0}
        self.needed = self.covered = self.quorum_at = self.compared = 0

    def file(self, name: str) -> bytes:
        """A file of the bundle; BadFormat where it is missing."""
        if name not in self.files:
            raise BadFormat(f"{name} is missing")
        return self.files[name]

    def run(self) -> Faults:
        """Yield everything that does not hold."""
        broken = list(self.sums())
        yield from broken
        self.complete = not broken
        for part in (
            self.opening,
            self.all_entries,
            self.manifest,
            self.items,
            self.register.faults,
            self.pinned,
            self.anchored,
        ):
            try:
                yield from part()
            except (BadFormat, KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
                yield fault("bundle", part.__name__, f"it cannot be read on: {error}")
                return

    def sums(self) -> Faults:
        """The files must be those of SHA256SUMS, all of them and no more."""
        due: dict[str, str] = {}
        for line in self.files.get("SHA256SUMS", b"").decode("utf-8", "replace").split("\n")[:-1]:
            match = re.fullmatch(r"([0-9a-f]{64})  (.+)", line)
            if not match or not NAME.fullmatch(match[2]) or match[2] in due:
                yield fault("file", "SHA256SUMS", "a line of it cannot be read")
                return
            due[match[2]] = match[1]
        present = set(self.files) - {"SHA256SUMS", "SHA256SUMS.note"}
        for name in sorted(present ^ set(due)):
            yield fault("file", name, "it is listed and missing, or there and not listed")
        for name in sorted(present & set(due)):
            if hashlib.sha256(self.files[name]).hexdigest() != due[name]:
                yield fault("file", name, "its SHA-256 is not the one listed")
        if not due:
            yield fault("file", "SHA256SUMS", "it lists nothing")

    def opening(self) -> Faults:
        """The keys of the ledger, out of its first entry, and the checkpoint."""
        note = parse_note(self.file("entries/0.note"))
        match = ENTRY.fullmatch(note.text)
        if not match or match["type"] != "case.open":
            raise BadFormat("entry 0 is not case.open")
        keys = [parse_key(line) for line in parse_body(self.file("entries/0.body"))["vkeys"]]
        if [key.kind for key in keys] != [1, 1, 6]:
            raise BadFormat("the case was not opened under one examiner's key and two of the ledger")
        self.examiner, self.ledger, self.second = keys
        checkpoint = parse_note(self.file("checkpoint"))
        self.origin, self.size, self.root = parse_checkpoint(checkpoint.text)
        if {self.ledger.name, self.second.name, match["ledger"]} != {self.origin}:
            yield fault("keys", "entry 0", "keys, entry and checkpoint are of different ledgers")
        if not (checkpoint.signed_by(self.ledger) and checkpoint.signed_by(self.second)):
            yield fault("checkpoint", "checkpoint", "it is not signed by both keys of the ledger")

    def all_entries(self) -> Faults:
        """Each entry: form, body, signature, and its proof to the checkpoint."""
        numbers = sorted(int(m[1]) for m in (re.fullmatch(r"entries/([0-9]{1,16})\.note", f) for f in self.files) if m)
        session: Key | None = None
        for seq in numbers:
            where, data = f"entry {seq}", self.file(f"entries/{seq}.note")
            note = parse_note(data)
            match = ENTRY.fullmatch(note.text)
            if not match or int(match["seq"]) != seq or match["ledger"] != self.origin:
                yield fault("format", where, "it is not an entry of this ledger and number")
                continue
            head, _, checkpoint = self.file(f"entries/{seq}.tlog-proof").decode().partition("\n\n")
            lines = head.split("\n")
            if lines[:2] != ["c2sp.org/tlog-proof@v1", f"index {seq}"] or checkpoint.encode() != self.file(
                "checkpoint"
            ):
                yield fault("proof", where, "its proof is of another entry or checkpoint")
            elif proves(leaf_hash(data), seq, self.size, hashes_of(lines[2:])) != self.root:
                yield fault("proof", where, "it is not in the tree of the checkpoint")
            line, body = self.files.get(f"entries/{seq}.body"), None
            if line is not None and hashlib.sha256(line).hexdigest() != match["body"]:
                yield fault("body", where, "its body is not the one that was signed")
            elif line is not None:
                body = parse_body(line)
            kind, signed = match["type"], ""
            for role in roles(kind):
                key = {"examiner": self.examiner, "ledger": self.ledger}.get(role, session)
                signed = signed or (role if key and note.signed_by(key) else "")
            if not signed:
                yield fault("signature", where, f"it is not signed as {kind} must be")
            elif signed != "ledger":
                self.register.signed.append((seq, self.examiner.vkey, parse_time(match["time"]), True))
            if kind.startswith("key.") and isinstance(body, dict):
                yield from self.register.enter(where, kind, seq, body)
            if kind == "session.open" and isinstance(body, dict):
                session = parse_key(str(body.get("vkey")))
            self.entries[seq] = ({"type": kind, "time": match["time"], "exhibit": match["exhibit"]}, body)

    def manifest(self) -> Faults:
        """The signed manifest, bundle.json and the ledger's own export entry must agree."""
        note = parse_note(self.file("SHA256SUMS.note"))
        self.told = json.loads(self.file("bundle.json"))
        told, export = self.told, self.told["export"]
        due = (
            f"impound/manifest/v1\nledger {self.origin}\nexport {export}\nrecipient {told['recipient']}\n"
            f"sums sha256:{hashlib.sha256(self.file('SHA256SUMS')).hexdigest()}\n"
        )
        if note.text != due:
            yield fault("manifest", "SHA256SUMS.note", "it is of other sums, another export or another recipient")
        if not (note.signed_by(self.examiner) and note.signed_by(self.ledger)):
            yield fault("signature", "SHA256SUMS.note", "it is not signed by examiner and ledger")
        facts, body = self.entries.get(export, ({"type": ""}, None))
        said = {key: told[key] for key in ("recipient", "purpose", "nonce", "items", "scans")}
        if facts["type"] != "export.bundle" or body != said or told["ledger"] != self.origin:
            yield fault("manifest", f"entry {export}", "the ledger records another export than bundle.json tells of")
        if hashlib.sha256(self.file("items.jsonl")).hexdigest() != told["items"]:
            yield fault("item", "items.jsonl", "these are not the items that the ledger records")
        if self.recipient is not None and told["recipient"] != self.recipient:
            yield fault("recipient", "bundle.json", f"it was made for {told['recipient']}")

    def items(self) -> Faults:
        """Each item: lines to commitments, leaf to the root that an entry signs; then the counts."""
        scans = {each["scan"]: each for each in self.told["scans"]}
        seen: dict[str, dict[int, bool]] = {name: {} for name in scans}
        for name, scan in scans.items():
            begun, signing = self.entries[scan["begin"]], self.entries[scan["entry"]]
            self.needed = max(self.needed, scan["entry"] + 1)
            if begun[0]["type"] != "scan.begin" or (begun[1]["scan"], begun[1]["kind"]) != (name, scan["kind"]):
                yield fault("scan", f"scan {name}", "no entry begins it like this")
            if not signing[0]["type"].startswith("scan.") or [signing[1][k] for k in ("scan", "size", "root")] != [
                scan[k] for k in ("scan", "size", "root")
            ]:
                yield fault("scan", f"scan {name}", "its size and root are not those that an entry signs")
        for line in self.file("items.jsonl").split(b"\n")[:-1]:
            row = json.loads(line)
            scan, index, lines = scans[row["scan"]], row["index"], row["lines"]
            where, groups = f"scan {row['scan']} item {index}", GROUPS[scan["kind"]]
            leaf = row["leaf"].encode()
            rows = row["leaf"].split("\n")
            head = [f"impound/{scan['kind']}/v1", f"scan {row['scan']}", f"index {index}"]
            due = dict(zip(groups, rows[3:7]))
            if rows[:3] != head or len(rows) != 8 or rows[7] or index in seen[row["scan"]] or set(lines) - set(groups):
                yield fault("item", where, "its leaf is not written as it must be, or it is there twice")
                continue
            for group in groups:
                if not re.fullmatch(f"{group} sha256:[0-9a-f]{{64}}", due[group]):
                    yield fault("item", where, f"the commitment of {group} cannot be read")
                elif group in lines and due[group] != f"{group} sha256:{sha256(lines[group].encode()).hex()}":
                    yield fault("item", where, f"{group} is not what was committed")
                elif group in lines and json.loads(lines[group])[1] != group:
                    yield fault("item", where, f"the line of {group} bears another label")
            if proves(leaf_hash(leaf), index, scan["size"], hashes_of(row["proof"])) != unbase64(scan["root"]):
                yield fault("proof", where, "it is not in the tree of its scan")
            seen[row["scan"]][index] = len(lines) == len(groups)
        for name, scan in scans.items():
            whole = sum(seen[name].values())
            found = {"disclosed": whole, "partly": len(seen[name]) - whole, "withheld": scan["size"] - len(seen[name])}
            for key, count in found.items():
                self.counts[key] += count
                if scan[key] != count:
                    yield fault("count", f"scan {name}", f"{scan[key]} are said to be {key}, {count} are")
            self.counts["total"] += scan["size"]

    def pinned(self) -> Faults:
        """The keys must be among those of your policy."""
        for kind, key in (("examiner", self.examiner), ("log", self.ledger), ("log", self.second)):
            certified = kind == "examiner" and self.register.names_examiner(key)
            if self.policy is not None and (kind, key.vkey) not in self.policy.pinned and not certified:
                yield fault("policy", key.name, f"the policy does not pin this {kind} key {key.id.hex()}")

    def anchored(self) -> Faults:
        """Anchors in the bundle and those you brought: each must lead to the checkpoint by a proof."""
        heads: dict[int, tuple[str, bytes, bytes]] = {self.size: (self.origin, self.root, self.file("checkpoint"))}
        for name in sorted(self.files):
            match = re.fullmatch(r"anchors/([0-9]{1,16})\.checkpoint", name)
            if not match:
                continue
            data = self.files[name]
            origin, size, root = parse_checkpoint(parse_note(data).text)
            proof = hashes_of(self.file(f"anchors/{size}.consistency").decode().split("\n")[:-1])
            if origin != self.origin or not continues(size, root, self.size, self.root, proof):
                yield fault("anchor", name, "the bundle's checkpoint does not continue it")
                continue
            heads.setdefault(size, (origin, root, data))
        for number, data in enumerate(self.anchors, 1):
            note, where = parse_note(data), f"anchor {number}"
            origin, size, root = parse_checkpoint(note.text)
            if origin != self.origin or not note.signed_by(self.ledger):
                yield fault("anchor", where, "it is of another ledger, or not signed by this one's key")
            elif size not in heads:
                yield fault("anchor", where, f"the bundle holds no proof from size {size}; ask for one")
            elif heads[size][1] != root:
                yield fault("anchor", where, f"the first {size} entries are not the ones it was signed over")
            else:
                self.compared, self.covered = self.compared + 1, max(self.covered, size)
        signed: dict[int, set[str]] = {}
        roots = [*self.authorities, *(self.policy.roots if self.policy else ())]
        for name in sorted(self.files):
            match = re.fullmatch(r"anchors/[0-9]{1,16}\.([0-9]{1,16})\.(tsr|cosig)", name)
            if not match or int(match[1]) not in heads:
                continue
            size, note_bytes = int(match[1]), heads[int(match[1])][2]
            if match[2] == "tsr":
                stamp = Stamp(self.files[name])
                right = (stamp.digest, stamp.imprint) == ("sha512", hashlib.sha512(note_bytes).digest())
                reason = stamp.fails(roots) if roots and right else ""
                if not right or reason:
                    yield fault("anchor", name, f"the time-stamp does not hold: {reason or 'it is of something else'}")
                elif roots:
                    self.compared, self.covered = self.compared + 1, max(self.covered, size)
                continue
            ((who, key_id, value),) = parse_note(b"x\n\n" + self.files[name]).signatures
            for own, key in (self.policy.witnesses if self.policy else {}).items():
                if (key.name, key.id) == (who, key_id):
                    if not Note(parse_note(note_bytes).text, []).holds(key, value):
                        yield fault("anchor", name, f"the cosignature of {own} does not hold")
                        continue
                    signed.setdefault(size, set()).add(own)
                    self.compared, self.covered = self.compared + 1, max(self.covered, size)
        self.quorum_at = max((n for n, who in signed.items() if self.policy and self.policy.satisfied(who)), default=0)


def verify_bundle(
    path: Path,
    policy: str | None = None,
    anchors: Sequence[bytes] = (),
    authorities: Sequence[bytes] = (),
    recipient: str | None = None,
) -> dict[str, Any]:
    """Check one bundle; the result is what ``--json`` prints. L0: its files are those that its list names."""
    pins = None if policy is None else Policy(policy)
    faults: list[Fault] = []
    check = Bundle({}, pins, anchors, [Certificate(each) for each in authorities], recipient)
    try:
        check.files = bundle_files(path)
        faults += check.run()
    except (BadFormat, UnicodeDecodeError) as error:
        faults.append(fault("file", path.name, str(error)))
    level = "L0" if check.complete else "none"
    if all(found["code"] in ("policy", "anchor", "recipient", "certificate") for found in faults) and check.complete:
        level = "L1"
        if pins is not None and not any(found["code"] in ("policy", "certificate") for found in faults):
            level = "L2"
        if level == "L2" and not faults and check.covered and check.covered >= check.needed:
            level = "L4" if check.quorum_at >= check.needed else "L3"
    return {
        "level": level, "anchored": check.covered, "witnessed": check.quorum_at, "entries": len(check.entries),
        "items": check.counts["disclosed"] + check.counts["partly"], "counts": check.counts, "anchors": check.compared,
        "recipient": check.told.get("recipient", ""), "purpose": check.told.get("purpose", ""),
        "nonce": check.told.get("nonce", ""), "export": check.told.get("export"), "faults": faults,
    }  # fmt: skip


def is_bundle(path: Path) -> bool:
    """Whether a path is a bundle and no case folder or ledger."""
    if path.is_dir():
        return (path / "SHA256SUMS").is_file() and not (path / "ledger.db").exists()
    if path.suffix == ".impound" or not path.is_file():
        return path.suffix == ".impound"
    with path.open("rb") as file:
        return file.read(4) == b"PK\3\4"


def open_database(path: Path, folder: str) -> sqlite3.Connection:
    """Open read-only; a file cut off in the middle of a transaction is copied and rolled back in
    ``folder``.
    """

    def connect(file: Path) -> sqlite3.Connection:
        database = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        try:
            database.executescript("PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1; PRAGMA mmap_size = 0")
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            database.close()
            raise
        return database

    journal = path.with_name(path.name + "-journal")
    try:
        return connect(path)
    except sqlite3.OperationalError:
        if not journal.is_file() or not journal.stat().st_size:
            raise
    copy = Path(folder) / "ledger.db"
    shutil.copyfile(path, copy)
    shutil.copyfile(journal, copy.with_name("ledger.db-journal"))
    with closing(sqlite3.connect(copy)) as rolled_back:
        rolled_back.execute("PRAGMA schema_version")
    return connect(copy)


def verify(
    path: Path, policy: str | None = None, anchors: Sequence[bytes] = (), authorities: Sequence[bytes] = ()
) -> dict[str, Any]:
    """Check one ledger; the result is what ``--json`` prints. BadFormat when the policy cannot be read."""
    pins = None if policy is None else Policy(policy)
    roots = [Certificate(each) for each in authorities]
    faults: list[Fault] = []
    check: Check | None = None
    with tempfile.TemporaryDirectory() as folder:
        database: sqlite3.Connection | None = None
        try:
            database = open_database(path, folder)
            check = Check(database, anchors, pins, roots)
            for found in check.run():
                faults.append(found)
        except (sqlite3.Error, BadFormat, TypeError, UnicodeDecodeError) as error:
            faults.append(fault("file", "ledger.db", f"it cannot be read on: {error}"))
        finally:
            if database is not None:
                database.close()
    level = "none"
    if all(found["code"] in ("policy", "anchor", "certificate") for found in faults):
        weak = any(found["code"] in ("policy", "certificate") for found in faults)
        level = "L2" if policy is not None and not weak else "L1"
        if level == "L2" and not faults and check and check.covered:
            level = "L4" if check.quorum_at else "L3"
    return {
        "level": level,
        "anchored": check.covered if check else 0,
        "witnessed": check.quorum_at if check else 0,
        "entries": check.entries if check else 0,
        "items": check.items if check else 0,
        "anchors": check.compared if check else 0,
        "faults": faults,
    }


def main(arguments: Sequence[str] | None = None, say: Callable[[str], object] = print) -> int:
    """Run from a command line; see the text at the top."""
    parser = argparse.ArgumentParser(description="Check an Impound ledger.")
    parser.add_argument("ledger", type=Path, help="a case folder, a ledger.db or a bundle")
    parser.add_argument("--policy", type=Path, help="file with the keys you trust")
    parser.add_argument("--anchor", type=Path, action="append", default=[], help="checkpoint kept from earlier")
    parser.add_argument("--tsa", type=Path, action="append", default=[], help="certificate of an authority you trust")
    parser.add_argument("--recipient", help="whom a bundle must have been made for")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    path: Path = options.ledger / "ledger.db" if options.ledger.is_dir() else options.ledger
    try:
        bundle = options.ledger.exists() and is_bundle(options.ledger)
        if not bundle and not path.is_file():
            raise FileNotFoundError(f"no ledger at {path}")
        policy = options.policy.read_text("utf-8") if options.policy else None
        anchors = [file.read_bytes() for file in options.anchor]
        authorities = [read_certificate(file.read_bytes()) for file in options.tsa]
        if bundle:
            report = verify_bundle(options.ledger, policy, anchors, authorities, options.recipient)
        else:
            report = verify(path, policy, anchors, authorities)
    except (OSError, UnicodeDecodeError, BadFormat) as error:
        sys.stderr.write(f"verify.py: {error}\n")
        return 2
    if options.json:
        say(json.dumps(report, ensure_ascii=True))
    else:
        for found in report["faults"]:
            say(f"FAULT {found['where']}: {found['text']} [{found['code']}]")
        if bundle:
            counts = report["counts"]
            say(f"for {report['recipient']!r}: of {counts['total']} items {counts['disclosed']} are shown whole, "
                f"{counts['partly']} in part, {counts['withheld']} withheld")  # fmt: skip
        say(f"level {report['level']}, {report['entries']} entries, {report['items']} items, "
            f"{report['anchors']} anchors over {report['anchored']} entries, {len(report['faults'])} faults")  # fmt: skip
    return 1 if report["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
