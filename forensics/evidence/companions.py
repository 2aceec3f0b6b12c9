"""The files that an image cannot be read without: backing files, parents, extents."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.errors import EvidenceError
from forensics.evidence import qcow, vhd, vhdx, vmdk
from forensics.evidence.handles import SegmentFile

DEEPEST = 32  # images below each other


def needed(file: SegmentFile) -> tuple[str, ...]:
    """Names, without folders, of the files that one file needs: extents first, then what lies below it.

    Raises:
        EvidenceError: its header cannot be read.
    """
    head = file.pread(0, 32)
    if head.startswith(qcow.MAGIC):
        name = qcow.backing_file(file)
        return (name,) if name else ()
    if head.startswith((vmdk.MAGIC, vmdk.TEXT)):
        return vmdk.needed_files(file)
    if head.startswith(vhdx.MAGIC):
        name = vhdx.parent_file(file)
        return (name,) if name else ()
    if head.startswith(vhd.MAGIC) or any(file.pread(max(file.size - n, 0), 8) == vhd.MAGIC for n in vhd.FOOTERS):
        name = vhd.parent_file(file)
        return (name,) if name else ()
    return ()


def missing(segments: Sequence[SegmentFile]) -> tuple[str, ...]:
    """Names that the given files need and that are not among the given ones.

    Raises:
        EvidenceError: a chain that comes back to itself or is absurdly long.
    """
    have = {segment.name for segment in segments}
    wanted: list[str] = []
    for segment in segments:
        for name in needed(segment):
            if name == segment.name:
                raise EvidenceError(segment.name, "names itself as the image below it")
            if name not in have and name not in wanted:
                wanted.append(name)
    if wanted and len(segments) > DEEPEST * 128:
        raise EvidenceError(segments[0].name, f"needs more than {len(segments):,} files")
    return tuple(wanted)
