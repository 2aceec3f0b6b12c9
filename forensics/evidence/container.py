"""Which container holds an image, told by its first bytes."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.errors import EvidenceError
from forensics.evidence import aff4_volume, dmg, qcow, vdi, vhd, vhdx, vmdk
from forensics.evidence.aff4 import Aff4Image
from forensics.evidence.base import Image
from forensics.evidence.cache import DEFAULT_BYTES
from forensics.evidence.companions import DEEPEST, needed
from forensics.evidence.ewf import EwfImage, LogicalImage
from forensics.evidence.ewf2 import SIGNATURE as EWF2
from forensics.evidence.ewf2 import Ex01Image
from forensics.evidence.ewf_sections import LOGICAL
from forensics.evidence.ewf_sections import SIGNATURE as EWF
from forensics.evidence.handles import SegmentFile
from forensics.evidence.raw import RawImage

# Containers that are recognised and not read: first bytes, name.
_REFUSED = (
    (b"LEF2\x0d\x0a\x81\x00", "logical evidence of EnCase 7 (Lx01): files, not a medium"),
    (b"COWD", "VMware disk of an ESX server (COWD)"),
    (b"AFF10\r\n\x00", "Advanced Forensic Format (AFF)"),
    (b"AFF\x00\x00\x00\x00", "Advanced Forensic Format (AFF) without its header, as programs write it that encrypt"),
)
# Ordinary files that may be examined, but are not images of a medium.
_ORDINARY = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"SQLite format 3\x00", "an SQLite database"),
)
_SECTOR = 512


def open_image(segments: Sequence[SegmentFile], *, cache_bytes: int = DEFAULT_BYTES) -> Image:
    """The image in these open segments, chosen by its first bytes; unknown ones are raw.

    Raises:
        EvidenceError: no segment, an empty file, a container that is not supported (it is named), or
            one that cannot be read.
    """
    return _opened(segments, cache_bytes, 0)


def _opened(segments: Sequence[SegmentFile], cache_bytes: int, depth: int) -> Image:
    if not segments:
        raise EvidenceError("image", "no file was given")
    first = segments[0]
    if first.size == 0:
        raise EvidenceError(first.name, "the file is empty")
    head = first.pread(0, 4096)
    if head.startswith(EWF):
        return EwfImage(segments, cache_bytes)
    if head.startswith(LOGICAL):
        return LogicalImage(segments, cache_bytes)
    if head.startswith(EWF2):
        return Ex01Image(segments, cache_bytes)
    if aff4_volume.recognised(first, head):
        return Aff4Image(segments, cache_bytes)
    mapped = _mapped(head, segments, cache_bytes, depth)
    if mapped is not None:
        return mapped
    refused = _refused(head)
    if refused:
        raise EvidenceError(first.name, f"holds {refused}, a container that is recognised but not supported")
    image = RawImage(segments)
    if image.size < _SECTOR:
        image.caveats += (f"only {image.size} bytes: less than one sector",)
    ordinary = _ordinary(head)
    if ordinary:
        image.caveats += (f"looks like {ordinary}, not like an image of a medium; examined as raw bytes",)
    return image


def _mapped(head: bytes, segments: Sequence[SegmentFile], cache_bytes: int, depth: int) -> Image | None:
    """A disk of a virtual machine or a disk image of Apple's, with what lies below it; None for others."""
    first = segments[0]
    if head[64:68] == vdi.SIGNATURE:
        return vdi.VdiImage(segments, cache_bytes)
    if first.pread(max(first.size - 512, 0), 12) == dmg.MAGIC + b"\0\0\0\4\0\0\2\0":
        return dmg.DmgImage(segments, cache_bytes)
    footer = any(first.pread(max(first.size - size, 0), 8) == vhd.MAGIC for size in vhd.FOOTERS)
    if head.startswith(qcow.MAGIC):
        raw = qcow.backing_format(first) == "raw"
        return qcow.QcowImage(segments, _below(segments, cache_bytes, depth, as_raw=raw), cache_bytes)
    if head.startswith((vmdk.MAGIC, vmdk.TEXT)):
        return vmdk.VmdkImage(segments, _below(segments, cache_bytes, depth), cache_bytes)
    if head.startswith(vhdx.MAGIC):
        return vhdx.VhdxImage(segments, _below(segments, cache_bytes, depth), cache_bytes)
    if head.startswith(vhd.MAGIC) or (footer and len(segments) == 1) or (footer and vhd.parent_file(first)):
        return vhd.VhdImage(segments, _below(segments, cache_bytes, depth), cache_bytes)
    return None


def _below(segments: Sequence[SegmentFile], cache_bytes: int, depth: int, *, as_raw: bool = False) -> Image | None:
    """The image that shows through the first one where it was never written; None where it stands alone."""
    first = segments[0]
    names = needed(first)
    if not names or (first.pread(0, 4) in (vmdk.MAGIC, vmdk.TEXT[:4]) and not vmdk.has_parent(first)):
        return None
    if depth >= DEEPEST:
        raise EvidenceError(first.name, f"more than {DEEPEST} images lie below each other")
    name = names[-1]
    place = next((number for number, each in enumerate(segments) if number and each.name == name), 0)
    if not place and len(segments) > 1 and first.pread(0, 4) != vmdk.TEXT[:4]:
        place = 1  # renamed since: the order in which the files were given decides
    if not place:
        raise EvidenceError(first.name, f"the image below it, {name!r}, is needed; give both files")
    rest = segments[place:]
    return RawImage(rest[:1]) if as_raw else _opened(rest, cache_bytes, depth + 1)


def _refused(head: bytes) -> str:
    for magic, name in _REFUSED:
        if head.startswith(magic):
            return name
    return ""


def _ordinary(head: bytes) -> str:
    for magic, name in _ORDINARY:
        if head.startswith(magic):
            return name
    sample = head[:512]
    if sample and all(byte in b"\t\n\r\x0c" or 32 <= byte < 127 for byte in sample):
        return "a text file"
    return ""
