"""The reference disk as bytes, and its ground truth.

| from (MiB of 1024) | what |
|---|---|
| 0 | MBR |
| 1 | NTFS, 576 |
| then | gap, 20 |
| then | ext4, 400 |
| then | nothing, to the end |

Other sizes are the same in proportion. The bytes also depend on the builds of zlib, SQLite and the JPEG
library, for what these write into files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from forensics.errors import UsageError
from forensics.scenarios.disk import RULES
from forensics.scenarios.disks import ext4, mbr, ntfs
from forensics.scenarios.disks.ewf import Particulars
from forensics.scenarios.plan import Loose, Placed, Planned, Record, Written
from forensics.scenarios.reference_disk.artefacts import Maker
from forensics.scenarios.reference_disk.carriers import Item, Mark
from forensics.scenarios.reference_disk.draw import Draw
from forensics.scenarios.reference_disk.layout import EXT4, NTFS, Layout, Notes, Plan
from forensics.scenarios.reference_disk.wholes import whole_files
from forensics.scenarios.reference_disk.words import Language
from forensics.scenarios.registry import Decoy, Known

MIB = 1 << 20
SMALLEST = 48 * MIB
_NOT_PLAIN = frozenset({"gz", "docx", "pdf"})
_SPARE = 60
_SHARE_OF_NTFS = 58  # of the items, in hundredths


@dataclass(frozen=True, slots=True)
class _Volume:
    number: int
    file_system: str
    label: str
    offset: int
    size: int
    plan: Plan
    written: Written


def check(size: int) -> None:
    """Whether a disk can have this size.

    Raises:
        UsageError: it is no whole number of MiB, or too small.
    """
    if size % MIB or size < SMALLEST:
        raise UsageError(f"the reference disk has whole MiB, {SMALLEST // MIB} at least")


def make(seed: int, image: memoryview, tell: Callable[[str], None]) -> tuple[Particulars, Callable[[], Record]]:
    """Write the disk into `image`, which is zeros; give back what the E01 says, and the maker of the truth."""
    size = len(image)
    tell("making words and artefacts")
    language = Language(seed)
    maker = Maker(seed, language)
    draw = Draw(seed, "disk")
    items: list[Item] = draw.shuffled([*maker.planted(size), *maker.decoys(size)])
    spare = [maker.known(form, 2_000_000 + n) for n in range(_SPARE) for form in ("p2wpkh", "onion", "wif")]
    wholes = draw.shuffled(list(whole_files(seed, size, language)))
    notes = Notes()
    ntfs_at, ntfs_size = MIB, _part(size, 576)
    gap_at, gap_size = ntfs_at + ntfs_size, _part(size, 20)
    ext4_at, ext4_size = gap_at + gap_size, _part(size, 400)
    cut, whole_cut = (len(each) * _SHARE_OF_NTFS // 100 for each in (items, wholes))
    tell("making the NTFS volume")
    plan = Layout(seed, size, NTFS, language, notes).made(items[:cut], spare[::2], wholes[:whole_cut])
    serial = int.from_bytes(draw.octets(8), "little")
    view = image[ntfs_at : ntfs_at + ntfs_size]
    made = 1_680_000_000
    written = ntfs.write(ntfs_size, "REFERENCE", serial, ntfs_at // 512, made, plan.files, plan.loose, view)
    volumes = [_Volume(1, "ntfs", "REFERENCE", ntfs_at, ntfs_size, plan, written)]
    gaps = _fill_gap(image, gap_at, gap_size, plan.gap)
    tell("making the ext4 volume")
    plan = Layout(seed, size, EXT4, language, notes).made(items[cut:], spare[1::2], wholes[whole_cut:])
    view = image[ext4_at : ext4_at + ext4_size]
    written = ext4.write(ext4_size, "home", draw.octets(16), made, plan.files, plan.loose, view, ext4_at)
    volumes.append(_Volume(2, "ext4", "home", ext4_at, ext4_size, plan, written))
    table = [(kind, v.offset, v.size) for kind, v in zip((mbr.TYPE_NTFS, mbr.TYPE_LINUX), volumes, strict=True)]
    image[:512] = mbr.boot_record(int.from_bytes(draw.octets(4), "little"), table)
    particulars = Particulars(
        case_number=f"SYNTHETIC-{seed}",
        evidence_number="E1",
        description="Synthetic reference disk",
        examiner="Impound scenario builder",
        notes=f"Made by the scenario reference with seed {seed}. No real data.",
        acquired=1_717_400_000,
        media_set=draw.octets(16),
    )
    return particulars, lambda: _truth(seed, image, volumes, gaps, notes)


def _part(size: int, share: int) -> int:
    return max(1, size * share // 1024 // MIB) * MIB


def _fill_gap(image: memoryview, start: int, size: int, items: list[Loose]) -> list[tuple[int, Loose]]:
    step = size // (len(items) + 1) // 512 * 512
    out = []
    for number, item in enumerate(items):
        at = start + step // 2 + number * step
        image[at : at + len(item.data)] = item.data
        out.append((at, item))
    return out


# ── ground truth ─────────────────────────────────────────────────────────────────────────────────


def _truth(seed: int, image: memoryview, volumes: list[_Volume], gaps: list[tuple[int, Loose]], notes: Notes) -> Record:
    artefacts: list[Record] = []
    decoys: list[Record] = []
    files: list[Record] = []
    records: list[Record] = []
    for volume in volumes:
        planned_at = {planned.path: planned for planned in volume.plan.files}
        for placed in volume.written.placed:
            planned = planned_at[placed.path]
            records += _marked(volume, planned, placed, notes)
            artefacts += _wholes(volume, planned, placed)
            files.append(_file(volume, planned, placed, notes))
        for item in volume.plan.loose:
            base = volume.offset + volume.written.loose[item.name]
            for mark in notes.marks[volume.number, item.name, "unallocated"]:
                records.append(_record(mark, volume.number, None, "unallocated", base + mark.position, item.name))
    for offset, item in gaps:
        for mark in notes.marks[NTFS, item.name, "gap"]:
            records.append(_record(mark, None, None, "gap", offset + mark.position, item.name))
    for record in records:
        (decoys if "why" in record else artefacts).append(record)
    return {
        "scenario": "reference",
        "seed": seed,
        "notice": "synthetic: no real person, market or payment; every key is worthless",
        "rules": list(RULES),
        "image": {
            "sha256_media": hashlib.sha256(image).hexdigest(),
            "md5_media": hashlib.md5(image).hexdigest(),
            "size": len(image),
        },
        "volumes": [
            {"number": v.number, "file_system": v.file_system, "label": v.label, "offset": v.offset, "size": v.size}
            for v in volumes
        ],
        "artefacts": artefacts,
        "decoys": decoys,
        "files": files,
    }


def _marked(volume: _Volume, planned: Planned, placed: Placed, notes: Notes) -> Iterator[Record]:
    key = placed.path if placed.stream is None else f"{placed.path}:{placed.stream}"
    place, path, note = _place(volume, planned, placed)
    for mark in notes.marks.get((volume.number, key, ""), ()):
        if mark.encoding in _NOT_PLAIN or planned.compressed:
            yield _record(mark, volume.number, path, place, None, note)
            continue
        at = volume.offset + placed.offset_of(mark.position)
        last = volume.offset + placed.offset_of(mark.position + mark.length - 1)
        parts = [note] if note else []
        if last - at != mark.length - 1:
            parts.append("lies across the border between two pieces")
        if placed.resident and any(each % 512 >= 510 for each in range(at, last + 1)):
            parts.append("two of its bytes are kept elsewhere in the record (update sequence of NTFS)")
        yield _record(mark, volume.number, path, place, at, "; ".join(parts))
    if placed.slack_offset is not None:
        for mark in notes.marks[volume.number, placed.path, "slack"]:
            at = volume.offset + placed.slack_offset + mark.position
            yield _record(mark, volume.number, placed.path, "slack", at, "")


def _place(volume: _Volume, planned: Planned, placed: Placed) -> tuple[str, str | None, str]:
    """The place of what a stream carries, its path in the truth, and a note."""
    if planned.deleted and volume.file_system == "ext4":
        return "unallocated", None, f"was {placed.path}: the name remains in its folder, the extents do not"
    path = placed.path if placed.stream is None else f"{placed.path}:{placed.stream}"
    if planned.deleted:
        return "deleted", path, ""
    if placed.stream is not None:
        return "ads", path, ""
    wished = volume.plan.places[placed.path]
    if wished == "slack":
        return "allocated", path, ""
    if wished == "allocated" and placed.resident:
        return "resident", path, ""
    return wished, path, ""


def _record(mark: Mark, volume: int | None, path: str | None, place: str, offset: int | None, note: str) -> Record:
    what = mark.what
    notes = [what.note] if isinstance(what, Known) and what.note else []
    where: Record = {
        "volume": volume,
        "path": path,
        "place": place,
        "encoding": mark.encoding,
        "image_offset": offset,
        "length": mark.length,
        "further_offsets": [],
    }
    text = "; ".join([*notes, note] if note else notes)
    if isinstance(what, Decoy):
        return {"kind": what.kind, "value": what.value, **where, "why": what.why, "note": text}
    head = {"kind": what.kind, "value": what.value, "secret": what.secret, "optional": False}
    return {**head, **where, "note": text}


def _wholes(volume: _Volume, planned: Planned, placed: Placed) -> Iterator[Record]:
    place, path, note = _place(volume, planned, placed)
    for whole in planned.whole if placed.stream is None else ():
        offset = None if planned.compressed else volume.offset + placed.offset_of(0)
        yield {
            "kind": whole.kind,
            "value": whole.value,
            "secret": whole.secret,
            "optional": False,
            "volume": volume.number,
            "path": path,
            "place": place,
            "encoding": "binary",
            "image_offset": offset,
            "note": "; ".join(part for part in (whole.note, note) if part),
        }


def _file(volume: _Volume, planned: Planned, placed: Placed, notes: Notes) -> Record:
    lost = volume.file_system == "ext4" and planned.deleted
    key = placed.path if placed.stream is None else f"{placed.path}:{placed.stream}"
    return {
        "volume": volume.number,
        "path": placed.path,
        "stream": placed.stream,
        "sha256": None if lost else notes.digests[volume.number, key],
        "size": 0 if lost else placed.size,
        "deleted": planned.deleted,
        "overwritten": False,
        "compressed": planned.compressed,
        "runs": [[volume.offset + offset, length] for offset, length in placed.extents if length],
    }
