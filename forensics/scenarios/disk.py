"""A finished disk, and the ground truth that follows from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.scenarios.disks.ewf import Particulars
from forensics.scenarios.plan import Loose, Placed, Planned, Record, Written
from forensics.scenarios.registry import Known, Occurrence, Registry

RULES = (
    "A finding whose kind and value equal those of an artefact is right wherever it is: names of folders and "
    "records of databases may repeat a value.",
    "An artefact with a null value is found when its kind is reported at its path.",
    "A finding whose value equals that of a decoy, or whose kind is reported at the path of a decoy with a null "
    "value, is wrong.",
    "Optional artefacts need not be found. A null image_offset means that the bytes do not stand on the media "
    "as such (archives).",
    "A file that was overwritten in part has the digest of what its clusters hold now.",
)


@dataclass(frozen=True, slots=True)
class Volume:
    """One partition with what was planned for it and how it was written."""

    number: int
    file_system: str
    label: str
    offset: int
    size: int
    files: tuple[Planned, ...]
    loose: tuple[Loose, ...]
    written: Written


@dataclass(frozen=True, slots=True)
class Disk:
    """The media, its volumes, what lies in its gaps, and every value on it."""

    image: bytearray
    volumes: tuple[Volume, ...]
    gaps: tuple[tuple[int, Loose], ...]
    registry: Registry
    particulars: Particulars


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where some planned bytes came to lie, for searching them."""

    data: bytes
    volume: int | None
    path: str | None
    place: str
    placed: Placed | None
    base: int | None
    note: str


def truth(disk: Disk, scenario: str, seed: int) -> Record:
    """The ground truth as one JSON document."""
    artefacts: list[Record] = []
    decoys: list[Record] = []
    for spot in _spots(disk):
        for found in disk.registry.within(spot.data):
            record = _record(disk, spot, found)
            if record is not None:
                (artefacts if isinstance(found.what, Known) else decoys).append(record)
    for volume in disk.volumes:
        places = {(p.path, p.stream): p for p in volume.written.placed}
        for planned in volume.files:
            placed = places[planned.path, None]
            for whole in planned.whole:
                artefacts.append(
                    {
                        "kind": whole.kind,
                        "value": whole.value,
                        "secret": whole.secret,
                        "optional": False,
                        "volume": volume.number,
                        "path": planned.path,
                        "place": _place(volume, planned, placed, "binary"),
                        "encoding": "binary",
                        "image_offset": volume.offset + placed.offset_of(0),
                        "note": whole.note,
                    }
                )
            for wrong in planned.wrong:
                decoys.append(
                    {
                        "kind": wrong.kind,
                        "value": None,
                        "volume": volume.number,
                        "path": planned.path,
                        "place": _place(volume, planned, placed, "binary"),
                        "encoding": "binary",
                        "image_offset": volume.offset + placed.offset_of(0),
                        "why": wrong.why,
                    }
                )
    return {
        "scenario": scenario,
        "seed": seed,
        "notice": "synthetic: no real person, market or payment; every key is worthless",
        "rules": list(RULES),
        "image": {
            "sha256_media": hashlib.sha256(disk.image).hexdigest(),
            "md5_media": hashlib.md5(disk.image).hexdigest(),
            "size": len(disk.image),
        },
        "volumes": [
            {"number": v.number, "file_system": v.file_system, "label": v.label, "offset": v.offset, "size": v.size}
            for v in disk.volumes
        ],
        "artefacts": artefacts,
        "decoys": decoys,
        "files": list(_files(disk)),
    }


def _spots(disk: Disk) -> Iterator[_Spot]:
    for volume in disk.volumes:
        planned_at = {planned.path: planned for planned in volume.files}
        for placed in volume.written.placed:
            planned = planned_at[placed.path]
            data = planned.data if placed.stream is None else planned.streams[placed.stream]
            path = placed.path if placed.stream is None else f"{placed.path}:{placed.stream}"
            place = _place(volume, planned, placed, "")
            note = planned.note
            if volume.file_system == "ext4" and planned.deleted:
                note, path = f"was {path}: the name remains in its folder, the extents do not", ""
            yield _Spot(data, volume.number, path or None, place, placed, volume.offset, note)
            if placed.slack_offset is not None:
                where = volume.offset + placed.slack_offset
                yield _Spot(planned.slack, volume.number, placed.path, "slack", None, where, "")
        for planned in volume.files:
            for name, member in planned.members.items():
                note = f"member {name}"
                yield _Spot(member, volume.number, planned.path, "archive", None, None, note)
        for item in volume.loose:
            where = volume.offset + volume.written.loose[item.name]
            yield _Spot(item.data, volume.number, None, "unallocated", None, where, item.name)
    for offset, item in disk.gaps:
        yield _Spot(item.data, None, None, "gap", None, offset, item.name)


def _place(volume: Volume, planned: Planned, placed: Placed, encoding: str) -> str:
    if planned.deleted:
        return "unallocated" if volume.file_system == "ext4" else "deleted"
    if placed.stream is not None:
        return "ads"
    if len(placed.extents) > 1:
        return "fragmented"
    if placed.resident:
        return "resident"
    return "utf16" if encoding == "utf-16le" else "allocated"


def _record(disk: Disk, spot: _Spot, found: Occurrence) -> Record | None:
    """One line of the truth, or None where the bytes have been overwritten since."""
    offset, *further = [_offset(spot, position) for position in (found.position, *found.again)]
    if offset is not None and not _still_there(disk, spot, found, offset):
        return None
    place = spot.place
    parts = [found.what.note if isinstance(found.what, Known) else "", spot.note]
    if spot.placed is not None and offset is not None and _crosses(spot.placed, found):
        parts.append("lies across the border between two pieces")
    moved = offset is not None and disk.image[offset : offset + found.length] != _stored(spot, found)
    if moved and spot.placed is not None and spot.placed.resident:
        parts.append("two of its bytes are kept elsewhere in the record (update sequence of NTFS)")
    if place == "allocated" and found.encoding == "utf-16le":
        place = "utf16"
    head: Record = {"kind": found.what.kind, "value": found.what.value}
    where: Record = {
        "volume": spot.volume,
        "path": spot.path,
        "place": place,
        "encoding": found.encoding,
        "image_offset": offset,
        "length": found.length,
        "further_offsets": [place for place in further if place is not None],
    }
    note = "; ".join(text for text in parts if text)
    if isinstance(found.what, Known):
        return {**head, "secret": found.what.secret, "optional": found.what.optional, **where, "note": note}
    return {**head, **where, "why": found.what.why, "note": note}


def _offset(spot: _Spot, position: int) -> int | None:
    if spot.base is None:
        return None
    return spot.base + (position if spot.placed is None else spot.placed.offset_of(position))


def _stored(spot: _Spot, found: Occurrence) -> bytes:
    return spot.data[found.position : found.position + found.length]


def _crosses(placed: Placed, found: Occurrence) -> bool:
    last = found.position + found.length - 1
    return placed.offset_of(last) - placed.offset_of(found.position) != found.length - 1


def _still_there(disk: Disk, spot: _Spot, found: Occurrence, offset: int) -> bool:
    expected = _stored(spot, found)
    if spot.placed is None:
        return disk.image[offset : offset + found.length] == expected
    base = spot.base or 0
    if spot.placed.resident:  # the record's own marks may stand in the last two bytes of a sector
        raw = disk.image[offset : offset + found.length]
        marks = {place for place in range(len(expected)) if (offset + place) % 512 >= 510}
        return all(raw[place] == octet for place, octet in enumerate(expected) if place not in marks)
    return all(
        disk.image[base + spot.placed.offset_of(found.position + step)] == octet for step, octet in enumerate(expected)
    )


def _files(disk: Disk) -> Iterator[Record]:
    for volume in disk.volumes:
        deleted = {planned.path for planned in volume.files if planned.deleted}
        for placed in volume.written.placed:
            lost = volume.file_system == "ext4" and placed.path in deleted
            content = b"".join(volume.written.image[offset : offset + length] for offset, length in placed.extents)
            planned = next(p for p in volume.files if p.path == placed.path)
            original = planned.data if placed.stream is None else planned.streams[placed.stream]
            if placed.resident:
                content = original
            yield {
                "volume": volume.number,
                "path": placed.path,
                "stream": placed.stream,
                "sha256": None if lost else hashlib.sha256(content).hexdigest(),
                "size": 0 if lost else placed.size,
                "deleted": placed.path in deleted,
                "overwritten": content != original,
                "runs": [[volume.offset + offset, length] for offset, length in placed.extents if length],
            }
