"""Partition tables through The Sleuth Kit, with care: every byte of the image is in a volume or in a gap."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytsk3

from forensics.errors import FormatError
from forensics.evidence.base import Image
from forensics.evidence.ranges import merged, subtract
from forensics.model import ByteRun
from forensics.volumes import apfs, apfs_held, lvm, nested, shadow
from forensics.volumes.joined import content_of, placed_in
from forensics.volumes.keyed import KeyedImage, Region
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
    order of offset, logical ones behind them; `gaps` are the image ranges outside them, table sectors and tail included: volumes
    and gaps together cover the image.
    """

    kind: str
    volumes: tuple[Volume, ...]
    gaps: tuple[ByteRun, ...]
    sector_size: int = 512
    caveats: tuple[str, ...] = ()

    def layers(self, image: Image) -> Iterator[VolumeLayer]:
        """A readable window for each volume, in order."""
        for each in self.volumes:
            yield shadow.layer_of(image, each.index, each.offset, each.length, each.extents, each.steps)


def volumes(image: Image) -> VolumeTable:
    """Divide an image into volumes and gaps. Never fails: what is not understood is a gap with a caveat.

    Volumes that a `KeyedImage` opens are looked into; the logical volumes of LVM2 follow the others, then
    encrypted volumes of APFS containers, then shadow copies.
    """
    table = _divided(image)
    parts = [_opened(image, each) for each in table.volumes]
    return replace(table, volumes=(*_with_shadows(image, _with_locked(image, list(_with_logical(image, parts)))),))


def _divided(image: Image) -> VolumeTable:
    if image.format == "l01":  # files, not a medium
        return VolumeTable("none", (Volume(1, 0, image.size, "l01", content=Content("l01", Holds.FILE_SYSTEM)),), ())
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
        return VolumeTable("none", (only,), (), caveats=_ambiguous(whole, found[2] if found else [], image.size))
    if _regions(image, 0):
        return VolumeTable("none", (Volume(1, 0, image.size, "encrypted"),), ())
    return VolumeTable(
        "none",
        (),
        _gaps(image.size, ()),
        512,
        ("no partition table and no known file system: searched as raw bytes",),
    )


def _ambiguous(whole: Content, parts: list[nested.Part], size: int) -> tuple[str, ...]:
    """The caveat where a file system and a partition table that could be begin at the same place."""
    if not parts or any(offset + length > size for offset, length, _ in parts):
        return ()
    told = ", ".join(f"{text} at {offset:,}, {length:,} bytes" for offset, length, text in parts[:8])
    return (f"read as one {whole.name}; the first sector also holds a partition table, which was not followed: {told}",)


def _regions(image: Image, offset: int) -> tuple[Region, ...]:
    """What reads in plain of the opened volume that begins at an image offset, in the order of its content."""
    return image.opened(offset) if isinstance(image, KeyedImage) else ()


def _opened(image: Image, volume: Volume) -> Volume:
    """The volume with what is behind its encryption, where that is opened."""
    run = volume.extents[0] if volume.extents else ByteRun(volume.offset, volume.length)
    regions = _regions(image, run.offset)
    if not regions or len(volume.extents) > 1:
        return volume
    steps = (*volume.steps, regions[0].kind)
    extents = tuple(ByteRun(each.offset, each.length) for each in regions)
    layer = content_of(image, volume.index, volume.offset, volume.length, extents, steps)
    return replace(volume, extents=extents, steps=steps, content=recognise(layer))


def _with_logical(image: Image, volumes: list[Volume]) -> Iterator[Volume]:
    """The volumes, LVM2 physical ones cut down to what no logical volume holds, then the logical ones."""
    found: dict[int, lvm.Physical] = {}
    failed: dict[int, str] = {}
    for volume in volumes:
        if volume.content is None or volume.content.name != "lvm" or len(volume.extents) > 1:
            continue
        layer = content_of(image, volume.index, volume.offset, volume.length, volume.extents, volume.steps)
        try:
            found[volume.index] = lvm.physical(layer, ByteRun(layer.offset, layer.size))
        except FormatError as error:
            failed[volume.index] = str(error)
    logical = list(lvm.logical(list(found.values())))[:_MAX_PARTITIONS]
    taken = merged([run for each in logical for run in each.extents])
    container = Content("lvm", Holds.CONTAINER)
    for volume in volumes:
        physical = found.get(volume.index)
        if physical is not None:
            rest = subtract([ByteRun(volume.offset, volume.length)], taken)
            yield replace(volume, content=container, covers=rest)
        elif volume.index in failed:
            yield replace(volume, caveats=(*volume.caveats, failed[volume.index]))
        else:
            yield volume
    number = max((volume.index for volume in volumes), default=0)
    for each in logical:
        number += 1
        yield _logical(image, number, each, found)


def _logical(image: Image, number: int, each: lvm.Logical, found: Mapping[int, lvm.Physical]) -> Volume:
    step = f"lvm:{each.name}"
    held = all(run.offset >= 0 and run.end <= image.size for run in each.extents)
    if not each.extents or not held:
        place = next(iter(found.values())).place
        reason = each.reason or "it reaches behind the end of the image"
        words = f"a logical volume of {each.size:,} bytes: {reason}"
        return Volume(number, place.offset, 0, step, steps=(step,), caveats=(words,))
    volume = Volume(
        number, each.extents[0].offset, each.size, step, extents=each.extents, covers=each.extents, steps=(step,)
    )
    layer = content_of(image, number, volume.offset, volume.length, volume.extents, volume.steps)
    return _opened(image, replace(volume, content=recognise(layer)))


def _with_locked(image: Image, volumes: list[Volume]) -> list[Volume]:
    """The volumes, APFS containers cut down to what no encrypted volume of theirs holds, then the encrypted ones."""
    out: list[Volume] = []
    found: list[Volume] = []
    for volume in volumes:
        known: list[Volume] = []
        failed: tuple[str, ...] = ()
        if volume.content is not None and volume.content.name == "apfs":
            layer = content_of(image, volume.index, volume.offset, volume.length, volume.extents, volume.steps)
            try:
                known = [_locked(image, volume, layer, each) for each in apfs.locked(layer)]
            except FormatError as error:
                failed = (str(error),)
        taken = merged([run for each in known if not each.caveats for run in each.covers])
        covers = subtract(_ranges(volume), taken) if taken else volume.covers
        out.append(replace(volume, covers=covers, caveats=(*volume.caveats, *failed)))
        found += known
    last = max((volume.index for volume in volumes), default=0)
    return [*out, *(replace(each, index=index) for index, each in enumerate(found[:_MAX_PARTITIONS], last + 1))]


def _ranges(volume: Volume) -> tuple[ByteRun, ...]:
    return volume.covers or (ByteRun(volume.offset, volume.length),)


def _locked(image: Image, volume: Volume, layer: VolumeLayer, each: apfs.Locked) -> Volume:
    """An encrypted volume of a container, which answers for its ciphertext; for all of the container if need be."""
    opened = isinstance(image, KeyedImage) and image.words(layer.offset, each.number) is not None
    caveats: tuple[str, ...] = ()
    try:
        covers = placed_in(layer, apfs_held.held(layer, each.number)) or (ByteRun(volume.offset, 0),)
    except FormatError as error:
        covers = (ByteRun(volume.offset, 0),) if opened else _ranges(volume)
        caveats = (f"where in its container it lies is not known, so that it may be anywhere there: {error}",)
    return replace(
        volume,
        type=f"APFS volume {each.name} of volume {volume.index}",
        content=Content("apfs", Holds.FILE_SYSTEM if opened else Holds.ENCRYPTED, "" if opened else each.name),
        covers=covers,
        steps=(*volume.steps, f"{apfs.STEP}{each.number}"),
        caveats=caveats,
    )


def _with_shadows(image: Image, volumes: list[Volume]) -> Iterator[Volume]:
    """The volumes, then the shadow copies of those of NTFS: they answer for no bytes, as all of theirs are the volume's."""
    found: list[tuple[Volume, shadow.Copy, int]] = []
    for volume in volumes:
        known: tuple[shadow.Copy, ...] = ()
        failed: tuple[str, ...] = ()
        if volume.content is not None and volume.content.name == "ntfs":
            layer = content_of(image, volume.index, volume.offset, volume.length, volume.extents, volume.steps)
            try:
                known = shadow.copies(layer)
            except FormatError as error:
                failed = (str(error),)
        found += ((volume, copy, number) for number, copy in enumerate(known, 1))
        yield replace(volume, caveats=(*volume.caveats, *failed))
    last = max((volume.index for volume in volumes), default=0)
    for index, (volume, copy, number) in enumerate(found[:_MAX_PARTITIONS], last + 1):
        yield replace(
            volume,
            index=index,
            type=f"shadow copy of volume {volume.index}, {copy.when}",
            covers=(ByteRun(volume.offset, 0),),
            steps=(*volume.steps, f"{shadow.STEP}{number}"),
            caveats=(),
        )


def _table(image: Image) -> tuple[str, int, list[nested.Part], tuple[str, ...]] | None:
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
    parts: list[nested.Part] = []
    for number, part in enumerate(info):
        if number >= _MAX_PARTITIONS:
            caveats += (f"more than {_MAX_PARTITIONS:,} partitions: the rest is not listed",)
            break
        if int(part.flags) & pytsk3.TSK_VS_PART_FLAG_ALLOC:
            text = bytes(part.desc).decode("utf-8", "replace").strip()
            if nested.is_volume(text):
                parts.append((int(part.start) * size, int(part.len) * size, text))
    kind = _KINDS.get(info.info.vstype, "other")
    if kind == "mbr":
        parts = list(nested.slices(image, parts))
    elif kind == "gpt" and (more := nested.hybrid(image, size, parts)):
        parts += more
        caveats += ("the MBR is a hybrid one and names partitions that the GPT does not",)
    return kind, size, parts, caveats


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


def _named(image: Image, parts: list[nested.Part]) -> tuple[Volume, ...]:
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
    more = f": {content.detail}" if content.detail else ""
    return {
        Holds.ENCRYPTED: f"encrypted ({content.name}){more}",
        Holds.UNSUPPORTED: f"{content.name} is recognised but not supported{more}",
        Holds.SWAP: "swap space has no files",
        Holds.FILE_SYSTEM: "",
        Holds.CONTAINER: "",
    }[content.holds]
