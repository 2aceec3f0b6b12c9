"""Leaves of a scan tree: four commitments each, so that an item can be shown in part.

Two kinds of leaf share one shape: header, scan, index, then ``<group> sha256:<hex>`` for the four groups in
order. The groups' values are disclosure lines kept beside the tree.

==================== ==========================================================================
``impound/item/v1``  content {size, md5, sha1, sha256, …} · name {path, raw, enc} ·
                     locus {image, fs, addr, runs} · meta {alloc, mime, times, parser}
``impound/finding/v1`` claim {kind, detector, grade, value, checks, sensitivity} ·
                     fields {fields, links, caveats} ·
                     locus {exhibit, path, locator, allocation, runs, sha256} · events {events}
==================== ==========================================================================
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forensics.custody import disclosure, mj1
from forensics.custody.salts import item_salts
from forensics.errors import FormatError

GROUPS: Mapping[str, tuple[str, ...]] = {
    "item": ("content", "name", "locus", "meta"),
    "finding": ("claim", "fields", "locus", "events"),
}
"""Groups of a leaf by its kind, in the order they are committed and salted."""

BUNDLE = 256
"""Items whose lines are stored together, compressed."""

_EXPUNGED = re.compile(rb"sha256:[0-9a-f]{64}")
_SCAN = re.compile(r"[0-9a-f]{16}")


def check_scan(scan: str) -> str:
    """Return ``scan`` if it is a scan id (16 hexadecimal digits), else raise :class:`FormatError`."""
    if not _SCAN.fullmatch(scan):
        raise FormatError(f"{scan!r} is not a scan id")
    return scan


def leaf_text(kind: str, scan: str, index: int, commitments: Sequence[str]) -> bytes:
    """The text of a leaf; ``commitments`` are hexadecimal SHA-256 in the order of the groups."""
    head = f"impound/{kind}/v1\nscan {scan}\nindex {index}\n"
    rows = (f"{group} sha256:{digest}\n" for group, digest in zip(GROUPS[kind], commitments, strict=True))
    return (head + "".join(rows)).encode()


@dataclass(frozen=True, slots=True)
class Batch:
    """Neighbouring items made ready: ``leaves`` are leaf hashes, ``lines`` each item's four lines with
    newlines.
    """

    leaves: list[bytes]
    lines: list[bytes]


def prepare(kind: str, scan: str, seed: bytes, start: int, items: Sequence[Sequence[object]]) -> Batch:
    """Salt, write and hash ``items``: each a sequence of its groups' values, the first becoming item
    ``start``.

    Raises :class:`FormatError` when an item has another number of groups or a value outside MJ1.
    """
    groups = GROUPS[kind]
    sha, dumps = hashlib.sha256, mj1.dumps
    openings = [f'","{group}",'.encode() for group in groups]
    head = f"\0impound/{kind}/v1\nscan {scan}\nindex ".encode()
    form = b"%b%d\n" + b"".join(group.encode() + b" sha256:%b\n" for group in groups)
    salts = item_salts(seed, start, start + len(items), len(groups))
    leaves: list[bytes] = []
    lines: list[bytes] = []
    for index, (values, salted) in enumerate(zip(items, salts, strict=True), start):
        if len(values) != len(groups):
            raise FormatError(f"an item of kind {kind} has {len(groups)} groups, not {len(values)}")
        parts = [
            b'["%b%b%b]' % (salt.encode(), opening, dumps(value))
            for salt, opening, value in zip(salted, openings, values, strict=True)
        ]
        digests = [sha(part).hexdigest().encode() for part in parts]
        leaves.append(sha(form % (head, index, *digests)).digest())
        parts.append(b"")
        lines.append(b"\n".join(parts))
    return Batch(leaves, lines)


def is_expunged(line: bytes) -> bool:
    """Whether a line was lawfully deleted: its commitment stands in its place, as ``sha256:`` and 64 digits."""
    return _EXPUNGED.fullmatch(line) is not None


def commitment_of(line: bytes) -> str:
    """The commitment of a line, or the one that stands in its place."""
    return line[7:].decode() if is_expunged(line) else disclosure.commitment(line)


def split_bundle(kind: str, raw: bytes) -> list[list[bytes]]:
    """The lines of each item in an uncompressed bundle; :class:`FormatError` when they do not come out
    even.
    """
    lines = raw.split(b"\n")
    width = len(GROUPS[kind])
    if lines.pop() or len(lines) % width:
        raise FormatError("a bundle ends inside an item")
    return [lines[at : at + width] for at in range(0, len(lines), width)]


def groups_of(kind: str, lines: Sequence[bytes]) -> dict[str, object]:
    """Group names to values of one item's lines; none for an item that was expunged."""
    pairs = zip(GROUPS[kind], lines, strict=True)
    return {group: disclosure.parse(line, group).value for group, line in pairs if not is_expunged(line)}
