#!/usr/bin/env python3
"""Check an Impound ledger with nothing but a Python interpreter (3.9 or later, SQLite 3.37 or later).

    python3 -I -S verify.py CASE_FOLDER_OR_LEDGER_DB [--policy FILE] [--anchor FILE]... [--json]

Everything is recomputed from the file: signatures, chain, bodies, tiles, checkpoints and every item of every
scan. The format is described in ledger-format.md; the numbers in brackets below are its sections. No part of
Impound is used. Signatures are only verified here, never made, so no secret is touched.

--policy FILE   keys you obtained another way and trust: lines "examiner <vkey>" and "log <vkey>"
--anchor FILE   a checkpoint of this ledger kept from earlier (a label, a file): the ledger must continue it

Level L1: consistent under the keys the ledger names for itself. L2: these are the keys in your policy.
"none": not consistent. Neither level shows that nothing was rewritten by the holder of the keys: only an
anchor does, and only for what was entered before it.

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
import zlib
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Iterator, NamedTuple, Sequence  # noqa: UP035


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
    """Whether the 2 420 bytes are a signature, with an empty context."""
    if len(public) != 1312 or len(signature) != 2420:
        return False
    challenge, packed_z, packed_hints = signature[:32], signature[32:2336], signature[2336:]
    z = [[GAMMA1 - c for c in unpack(packed_z[576 * i : 576 * i + 576], 18)] for i in range(ROWS)]
    hints = unpack_hints(packed_hints)
    if hints is None or any(abs(c) >= GAMMA1 - BETA for poly in z for c in poly):
        return False
    digest = hashlib.shake_256(public).digest(64)
    mu = hashlib.shake_256(digest + b"\0\0" + message).digest(64)
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


def parse_key(text: str) -> Key:
    """Read a vkey: name, id, and base64 of the type and the key [2]."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not re.fullmatch(r"[^\s+\x00-\x20]+", parts[0]):
        raise BadFormat("not a vkey")
    raw = unbase64(parts[2])
    key = Key(parts[0], raw[0] if raw else 0, raw[1:], text)
    if {1: 32, 6: 1312}.get(key.kind) != len(key.public) or key.id.hex() != parts[1]:
        raise BadFormat(f"the vkey of {key.name} does not fit itself")
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


def parse_time(text: str) -> int:
    """Microseconds since 1970 of a time as entries write it."""
    try:
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


# ── The check ─────────────────────────────────────────────────────────────────────────────────────

EXAMINER_FAMILIES = frozenset(
    ("case", "key", "session", "custody", "acquire", "verify", "report", "export", "redact", "tool", "config")
)
EXAMINER_TYPES = ("clock.observe", "item.export", "scope.override")
LEDGER_FAMILIES = ("anchor", "ledger")
LEDGER_TYPES = ("clock.step", "storage.full")
RECOVERY_TYPES = ("scan.interrupted", "acquire.abort")
GROUPS = {"item": ("content", "name", "locus", "meta"), "finding": ("claim", "fields", "locus", "events")}
SESSION_LIFE = 12 * 3600 * 1_000_000
ITEM_FAULTS = 20

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

    def __init__(self, database: sqlite3.Connection, anchors: Sequence[bytes], policy: str | None) -> None:
        """Nothing is read before :meth:`run`."""
        self.database, self.anchors, self.policy = database, anchors, policy
        self.entries = self.items = self.compared = 0
        self.tree = Tree()
        self.roots: dict[int, bytes] = {}
        self.time = 0
        self.session: tuple[Key, int, int] | None = None
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
        for part in (self.all_entries, self.all_checkpoints, self.all_scans, self.pinned, self.anchored):
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
            yield from self.meaning(where, match["type"], time, exhibit, body)

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
                return
        yield fault("signature", where, f"it is not signed as {kind} must be")

    def meaning(self, where: str, kind: str, time: int, exhibit: str | None, body: dict[str, Any]) -> Faults:
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
                text = f"impound/{scan.kind}/v1\nscan {name}\nindex {index}\n"
                for group, line in zip(groups, own):
                    text += f"{group} sha256:{hashlib.sha256(line).hexdigest()}\n"
                leaf = leaf_hash(text.encode())
                labelled = all(
                    line[:2] == b'["' and line[24:].startswith(f'","{group}",'.encode()) and line[-1:] == b"]"
                    for group, line in zip(groups, own)
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

    # what you brought along

    def pinned(self) -> Faults:
        """The ledger's keys must be among those of your policy."""
        if self.policy is None:
            return
        rows = [line.split() for line in self.policy.split("\n")]
        for kind, key in (("examiner", self.examiner), ("log", self.ledger), ("log", self.second)):
            if not any(row[:2] == [kind, key.vkey] for row in rows):
                yield fault("policy", key.name, f"the policy does not pin this {kind} key {key.id.hex()}")
        if [row[1:] for row in rows if row[:1] == ["quorum"]] != [["none"]]:
            yield fault("policy", "policy", "it asks for witnesses, which this check does not count")

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
            yield from self.compare("anchor", where, size, root)


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


def verify(path: Path, policy: str | None = None, anchors: Sequence[bytes] = ()) -> dict[str, Any]:
    """Check one ledger; the result is what ``--json`` prints."""
    faults: list[Fault] = []
    check: Check | None = None
    with tempfile.TemporaryDirectory() as folder:
        database: sqlite3.Connection | None = None
        try:
            database = open_database(path, folder)
            check = Check(database, anchors, policy)
            for found in check.run():
                faults.append(found)
        except (sqlite3.Error, BadFormat, TypeError, UnicodeDecodeError) as error:
            faults.append(fault("file", "ledger.db", f"it cannot be read on: {error}"))
        finally:
            if database is not None:
                database.close()
    level = "none"
    if all(found["code"] in ("policy", "anchor") for found in faults):
        level = "L2" if policy is not None and not any(f["code"] == "policy" for f in faults) else "L1"
    return {
        "level": level,
        "entries": check.entries if check else 0,
        "items": check.items if check else 0,
        "anchors": check.compared if check else 0,
        "faults": faults,
    }


def main(arguments: Sequence[str] | None = None, say: Callable[[str], object] = print) -> int:
    """Run from a command line; see the text at the top."""
    parser = argparse.ArgumentParser(description="Check an Impound ledger.")
    parser.add_argument("ledger", type=Path, help="a case folder or a ledger.db")
    parser.add_argument("--policy", type=Path, help="file with the keys you trust")
    parser.add_argument("--anchor", type=Path, action="append", default=[], help="checkpoint kept from earlier")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    path: Path = options.ledger / "ledger.db" if options.ledger.is_dir() else options.ledger
    try:
        if not path.is_file():
            raise FileNotFoundError(f"no ledger at {path}")
        policy = options.policy.read_text("utf-8") if options.policy else None
        anchors = [file.read_bytes() for file in options.anchor]
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"verify.py: {error}\n")
        return 2
    report = verify(path, policy, anchors)
    if options.json:
        say(json.dumps(report, ensure_ascii=True))
    else:
        for found in report["faults"]:
            say(f"FAULT {found['where']}: {found['text']} [{found['code']}]")
        say(f"level {report['level']}, {report['entries']} entries, {report['items']} items, "
            f"{report['anchors']} anchors, {len(report['faults'])} faults")  # fmt: skip
    return 1 if report["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
