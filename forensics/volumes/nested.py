"""Partitions that a first reading of the table leaves out: of a hybrid MBR, and of BSD labels within slices.

Sources: UEFI specification 2.10, 5.2 (protective MBR); FreeBSD `sys/disklabel.h`. A hybrid MBR stands before a GPT
and names some of its partitions again, or others. A slice of FreeBSD, OpenBSD or NetBSD is divided by a label.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytsk3

from forensics.evidence.base import Image
from forensics.volumes.tsk import LayerImage

Part = tuple[int, int, str]  # offset, length, type

_PROTECTIVE, _EXTENDED = 0xEE, (0x05, 0x0F, 0x85)
_SLICES = ("(0xa5)", "(0xa6)", "(0xa9)")  # as The Sleuth Kit names FreeBSD, OpenBSD and NetBSD
_MOST = 64  # partitions of a label: there are at most 22
# Entries of a table that are no volumes: the table itself, free space, the whole disk once more.
_NO_VOLUMES = ("Apple_partition_map", "Apple_Free", "Apple_Void", "Unused (0x00)")


def hybrid(image: Image, sector: int, parts: list[Part]) -> list[Part]:
    """What the MBR before a GPT names and the GPT does not."""
    head = image.read(0, 512)
    entries = [head[at : at + 16] for at in range(446, 510, 16)]
    if head[510:] != b"\x55\xaa" or all(entry[4] != _PROTECTIVE for entry in entries):
        return []
    known = {(offset, length) for offset, length, _ in parts}
    found: list[Part] = []
    for entry in entries:
        kind = entry[4]
        place = tuple(int.from_bytes(entry[at : at + 4], "little") * sector for at in (8, 12))
        if kind not in (0, _PROTECTIVE, *_EXTENDED) and place[1] and place not in known:
            found.append((place[0], place[1], f"hybrid MBR (0x{kind:02X})"))
    return found


def slices(image: Image, parts: list[Part]) -> Iterator[Part]:
    """The partitions of an MBR, those with a BSD label replaced by what it names."""
    for part in parts:
        found = list(_labelled(image, part)) if part[2].lower().endswith(_SLICES) else []
        yield from found or [part]


def _labelled(image: Image, part: Part) -> Iterator[Part]:
    offset, length, text = part
    try:
        label = pytsk3.Volume_Info(LayerImage(image), type=pytsk3.TSK_VS_TYPE_BSD, offset=offset)
    except OSError:
        return
    size = int(label.info.block_size)
    entries: list[Part] = []
    for number, each in enumerate(label):
        if number >= _MOST:
            break
        if int(each.flags) & pytsk3.TSK_VS_PART_FLAG_ALLOC:
            kind = bytes(each.desc).decode("utf-8", "replace").strip()
            entries.append((int(each.start) * size, int(each.len) * size, kind))
    volumes = [each for each in entries if is_volume(each[2])]
    # On the disk offsets count from its start; some systems write them from the start of the slice.
    base = offset if any(start < offset for start, _, _ in volumes) else 0
    for start, count, kind in volumes:
        if start + base < offset + length:
            yield base + start, count, f"{text}, {kind}"


def is_volume(kind: str) -> bool:
    """Whether an entry of a table stands for a volume."""
    return kind not in _NO_VOLUMES
