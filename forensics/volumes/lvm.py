"""Linux LVM2: physical volumes of one image, and the logical volumes that lie in them.

| place | content |
|---|---|
| sector 0 to 3 | `LABELONE`, then the identity of the physical volume and its areas |
| metadata area | ` LVM2 x[5A%r0N*>`, place of the current text in a ring |
| text | the volume group: physical volumes, logical volumes, segments, in a plain syntax |

As in lvm2's `lib/format_text`. Linear and striped segments are placed; mirrors, RAID, snapshots and thin
pools are named only. A group whose physical volumes are on several media is named as incomplete.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forensics.errors import FormatError
from forensics.model import ByteRun
from forensics.volumes.readable import Readable

_SECTOR = 512
_AREA_MAGIC = b" LVM2 x[5A%r0N*>"
_LARGEST_TEXT = 16 << 20
_MOST_NODES = 200_000
_DEEPEST = 8
_MOST_PIECES = 1 << 20
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[A-Za-z0-9_.+-]+|[=\[\],{}]|#[^\n]*')


@dataclass(frozen=True, slots=True)
class Physical:
    """A physical volume: its identity, its image range, its group as its text tells it."""

    id: str
    place: ByteRun
    group: Mapping[str, Any]
    name: str


@dataclass(frozen=True, slots=True)
class Logical:
    """A logical volume: `group/name`, its ranges in the image in order, and why it cannot be read, if so."""

    name: str
    size: int
    extents: tuple[ByteRun, ...]
    reason: str = ""


def physical(layer: Readable, place: ByteRun) -> Physical:
    """Read the physical volume in `layer`, which stands at `place` of the image.

    Raises:
        FormatError: no label, no metadata, or text that cannot be.
    """
    for sector in range(4):
        head = layer.read(sector * _SECTOR, _SECTOR)
        if head[:8] == b"LABELONE" and head[24:32] == b"LVM2 001":
            break
    else:
        raise FormatError("no LVM2 label")
    at = int.from_bytes(head[20:24], "little")
    if not 32 <= at <= 400:
        raise FormatError(f"its LVM2 header would stand at {at}")
    identity = head[at : at + 32].decode("ascii", "replace")
    lists: list[list[tuple[int, int]]] = [[], []]
    spot = at + 40
    for each in lists:
        while spot + 16 <= _SECTOR:
            offset, size = struct.unpack_from("<QQ", head, spot)
            spot += 16
            if not offset:
                break
            each.append((offset, size))
    for offset, size in lists[1]:
        text = _text(layer, offset, size)
        if text:
            name, group = _group(text)
            return Physical(identity, place, group, name)
    raise FormatError("none of its LVM2 metadata areas holds a volume group")


def _text(layer: Readable, start: int, area: int) -> str:
    """The current metadata text of an area; it may run over the end of the ring."""
    head = layer.read(start, 512)
    if head[4:20] != _AREA_MAGIC:
        return ""
    offset, size = struct.unpack_from("<QQ", head, 40)
    if not offset or not 0 < size <= min(area, _LARGEST_TEXT) or offset >= area:
        return ""
    first = min(size, area - offset)
    raw = layer.read(start + offset, first) + layer.read(start + 512, size - first)
    return raw.split(b"\0")[0].decode("utf-8", "replace")


def _tokens(text: str) -> Iterator[str]:
    for number, match in enumerate(_TOKEN.finditer(text)):
        if number > _MOST_NODES:
            raise FormatError("its LVM2 text is absurdly long")
        if match[0][0] != "#":
            yield match[0]


def _group(text: str) -> tuple[str, Mapping[str, Any]]:
    tree = _section(_tokens(text), 0)
    for name, value in tree.items():
        if isinstance(value, dict) and "physical_volumes" in value:
            return name, value
    raise FormatError("its LVM2 text names no volume group")


def _section(tokens: Iterator[str], depth: int) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise FormatError("its LVM2 text is nested too deeply")
    out: dict[str, Any] = {}
    for name in tokens:
        if name == "}":
            break
        sign = next(tokens, "")
        if sign == "{":
            out[name] = _section(tokens, depth + 1)
        elif sign == "=":
            out[name] = _value(tokens)
        else:
            raise FormatError(f"its LVM2 text has {sign[:20]!r} after {name[:40]!r}")
    return out


def _value(tokens: Iterator[str]) -> Any:
    first = next(tokens, "")
    if first != "[":
        return _scalar(first)
    values = []
    for token in tokens:
        if token == "]":
            break
        if token != ",":
            values.append(_scalar(token))
    return values


def _scalar(token: str) -> Any:
    if token.startswith('"'):
        return token[1:-1]
    try:
        return int(token)
    except ValueError:
        return token


def logical(volumes: Sequence[Physical]) -> Iterator[Logical]:
    """The logical volumes of all groups among the physical volumes of an image, in order of name."""
    seen: set[str] = set()
    for each in volumes:
        identity = str(each.group.get("id", each.name))
        if identity in seen:
            continue
        seen.add(identity)
        places = {one.id: one.place for one in volumes}
        found = each.group.get("logical_volumes", {})
        for name in sorted(found) if isinstance(found, dict) else ():
            try:
                yield _logical(f"{each.name}/{name}", each.group, found[name], places)
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                yield Logical(f"{each.name}/{name}", 0, (), f"its LVM2 description lacks or misstates {error}")


def _logical(name: str, group: Mapping[str, Any], found: Mapping[str, Any], places: Mapping[str, ByteRun]) -> Logical:
    unit = int(group["extent_size"]) * _SECTOR
    starts: dict[str, int] = {}
    for label, about in group["physical_volumes"].items():
        place = places.get(str(about["id"]).replace("-", ""))
        if place is not None:
            starts[label] = place.offset + int(about["pe_start"]) * _SECTOR
    pieces: list[ByteRun] = []
    total = 0
    for number in range(1, min(int(found["segment_count"]), 65536) + 1):
        segment = found[f"segment{number}"]
        total += int(segment["extent_count"]) * unit
        if segment["type"] != "striped":
            return Logical(name, total, (), f"a segment of kind {segment['type']} is not supported")
        stripes = [(str(a), int(b)) for a, b in zip(segment["stripes"][::2], segment["stripes"][1::2], strict=True)]
        lacking = [label for label, _ in stripes if label not in starts]
        if lacking or not stripes:
            return Logical(name, total, (), f"its physical volume {', '.join(lacking)} is on another medium")
        length = int(segment["extent_count"]) * unit
        if len(stripes) == 1:
            pieces.append(ByteRun(starts[stripes[0][0]] + stripes[0][1] * unit, length))
            continue
        chunk = int(segment["stripe_size"]) * _SECTOR
        if chunk <= 0 or length // chunk > _MOST_PIECES:
            return Logical(name, total, (), f"stripes of {chunk:,} bytes are out of limits")
        for index in range(length // chunk):
            label, first = stripes[index % len(stripes)]
            pieces.append(ByteRun(starts[label] + first * unit + index // len(stripes) * chunk, chunk))
    extents = _merged([piece for piece in pieces if piece.length > 0])
    return Logical(name, total, extents, "" if extents else "its LVM2 description gives it no extents")


def _merged(pieces: Sequence[ByteRun]) -> tuple[ByteRun, ...]:
    out: list[ByteRun] = []
    for piece in pieces:
        if out and out[-1].end == piece.offset:
            out[-1] = ByteRun(out[-1].offset, out[-1].length + piece.length)
        else:
            out.append(piece)
    return tuple(out)
