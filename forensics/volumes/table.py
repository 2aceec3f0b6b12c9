"""Partition tables through The Sleuth Kit, with care: every byte of the image is in a volume or in a gap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytsk3

from forensics.evidence.base import Image
from forensics.evidence.ranges import merged, subtract
from forensics.model import ByteRun
from forensics.volumes.signatures import Content, Holds, recognise
from forensics.volumes.tsk import LayerImage
from forensics.volumes.volume import Volume, VolumeLayer

_KINDS = {
    pytsk3.TSK_VS_TYPE_DOS: "mbr",
    pytsk3.TSK_VS_TYPE_GPT: "gpt",
    pytsk3.TSK_VS_TYPE_MAC: "apple",
    pytsk3.TSK_VS_TYPE_BSD: "bsd",
    pytsk3.TSK_VS_TYPE_SUN: "sun",
}
_MAX_PARTITIONS = 1024


@dataclass(frozen=True, slots=True)
class VolumeTable:
    """The division of an image.

    `kind` is `mbr`, `gpt`, `apple`, `bsd`, `sun`, or `none` where no table was found. `volumes` are in
    order of offset; `gaps` are the image ranges outside them, table sectors and tail included: volumes
    and gaps together cover the image.
    """

    kind: str
    volumes: tuple[Volume, ...]
    gaps: tuple[ByteRun, ...]
    sector_size: int = 512
    caveats: tuple[str, ...] = ()

    def layers(self, image: Image) -> Iterator[VolumeLayer]:
        """A readable window for each volume, in order."""
        for volume in self.volumes:
            yield VolumeLayer(image, volume.index, volume.offset, volume.length)


def volumes(image: Image) -> VolumeTable:
    """Divide an image into volumes and gaps. Never fails: what is not understood is a gap with a caveat."""
    whole = recognise(image)
    found = _table(image)
    if found is not None:
        kind, sector, parts, caveats = found
        named = _named(image, parts)
        # A boot sector of a file system ends in the same two bytes as a partition table. It is a table
        # only where a partition holds something known, or where the whole image does not.
        if named and (whole is None or any(volume.content for volume in named) or kind != "mbr"):
            return VolumeTable(kind, named, _gaps(image.size, named), sector, caveats)
        if not named and whole is None:
            return VolumeTable(kind, (), _gaps(image.size, ()), sector, (*caveats, "the partition table is empty"))
    if whole is not None:
        only = Volume(1, 0, image.size, whole.name, content=whole)
        return VolumeTable("none", (only,), ())
    return VolumeTable(
        "none",
        (),
        _gaps(image.size, ()),
        512,
        ("no partition table and no known file system: searched as raw bytes",),
    )


Part = tuple[int, int, str]


def _table(image: Image) -> tuple[str, int, list[Part], tuple[str, ...]] | None:
    """Kind, sector size, allocated partitions as (offset, length, type), caveats; None without a table."""
    info = _open(image, pytsk3.TSK_VS_TYPE_DETECT)
    if info is not None and info.info.vstype == pytsk3.TSK_VS_TYPE_DOS and _protects(image):
        info = _open(image, pytsk3.TSK_VS_TYPE_GPT) or info  # the first table is lost; its copy may not be
    if info is None:
        return None
    size = int(info.info.block_size)
    caveats: tuple[str, ...] = ()
    if int(info.info.is_backup):
        caveats = ("the first partition table is damaged; its copy at the end of the medium was used",)
    parts: list[Part] = []
    for number, part in enumerate(info):
        if number >= _MAX_PARTITIONS:
            caveats += (f"more than {_MAX_PARTITIONS:,} partitions: the rest is not listed",)
            break
        if int(part.flags) & pytsk3.TSK_VS_PART_FLAG_ALLOC:
            text = bytes(part.desc).decode("utf-8", "replace").strip()
            parts.append((int(part.start) * size, int(part.len) * size, text))
    return _KINDS.get(info.info.vstype, "other"), size, parts, caveats


def _open(image: Image, kind: Any) -> Any:
    """The Sleuth Kit's view of a table of this kind, or None."""
    try:
        return pytsk3.Volume_Info(LayerImage(image), type=kind)
    except OSError:
        return None


def _protects(image: Image) -> bool:
    """Whether the first sector only stands in front of a GPT: a partition of type 0xEE."""
    head = image.read(0, 512)
    return len(head) == 512 and 0xEE in head[450:512:16]


def _named(image: Image, parts: list[Part]) -> tuple[Volume, ...]:
    """The partitions in order of offset, cut at the end of the image, with what each looks like."""
    out: list[Volume] = []
    for offset, length, text in sorted(parts):
        caveats: tuple[str, ...] = ()
        if offset >= image.size:
            caveats = (f"starts at {offset:,}, behind the end of the image",)
            out.append(Volume(len(out) + 1, image.size, 0, text, caveats=caveats))
            continue
        held = min(length, image.size - offset)
        if held < length:
            caveats = (f"the table gives it {length:,} bytes; the image ends after {held:,} of them",)
        if out and offset < out[-1].end:
            caveats += ("overlaps the partition before it",)
        index = len(out) + 1
        content = recognise(VolumeLayer(image, index, offset, held))
        out.append(Volume(index, offset, held, text, content=content, caveats=caveats))
    return tuple(out)


def _gaps(size: int, parts: tuple[Volume, ...]) -> tuple[ByteRun, ...]:
    """The image ranges that no volume covers."""
    return subtract([ByteRun(0, size)], merged([ByteRun(each.offset, each.length) for each in parts]))


def unexamined_reason(content: Content | None) -> str:
    """Why nothing in a volume can be listed, in words; empty where its file system can be opened."""
    if content is None:
        return "unknown file system"
    return {
        Holds.ENCRYPTED: f"encrypted ({content.name})",
        Holds.UNSUPPORTED: f"{content.name} is recognised but not supported",
        Holds.SWAP: "swap space has no files",
        Holds.FILE_SYSTEM: "",
    }[content.holds]
