"""Which container holds an image, told by its first bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forensics.errors import EvidenceError
from forensics.evidence.base import Image
from forensics.evidence.cache import DEFAULT_BYTES
from forensics.evidence.ewf import EwfImage
from forensics.evidence.ewf_sections import SIGNATURE as EWF
from forensics.evidence.handles import SegmentFile
from forensics.evidence.raw import RawImage

# Containers that are recognised and not read: first bytes, name.
_REFUSED = (
    (b"EVF2\x0d\x0a\x81\x00", "EnCase 7 evidence (Ex01)"),
    (b"LVF\x09\x0d\x0a\xff\x00", "logical evidence (L01)"),
    (b"LEF2\x0d\x0a\x81\x00", "logical evidence (Lx01)"),
    (b"QFI\xfb", "QEMU copy-on-write (QCOW)"),
    (b"KDMV", "VMware disk (VMDK)"),
    (b"COWD", "VMware disk (VMDK)"),
    (b"# Disk DescriptorFile", "VMware disk descriptor (VMDK)"),
    (b"vhdxfile", "Hyper-V disk (VHDX)"),
    (b"conectix", "Virtual PC disk (VHD)"),
    (b"AFF10\r\n\x00", "Advanced Forensic Format (AFF)"),
    (b"<<< Oracle VM VirtualBox Disk Image >>>", "VirtualBox disk (VDI)"),
    (b"<<< QEMU VM Virtual Disk Image >>>", "VirtualBox disk (VDI)"),
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
_VHD_FOOTERS = (512, 511)  # some writers of the format left the footer one byte short


def open_image(segments: Sequence[SegmentFile], *, cache_bytes: int = DEFAULT_BYTES) -> Image:
    """The image in these open segments, chosen by its first bytes; unknown ones are raw.

    Raises:
        EvidenceError: no segment, an empty file, a container that is not supported (it is named), or
            one that cannot be read.
    """
    if not segments:
        raise EvidenceError("image", "no file was given")
    first = segments[0]
    if first.size == 0:
        raise EvidenceError(first.name, "the file is empty")
    head = first.pread(0, 4096)
    if head.startswith(EWF):
        return EwfImage(segments, cache_bytes)
    refused = _refused(head, segments)
    if refused:
        raise EvidenceError(first.name, f"holds {refused}, a container that is recognised but not supported")
    image = RawImage(segments)
    if image.size < _SECTOR:
        image.caveats += (f"only {image.size} bytes: less than one sector",)
    ordinary = _ordinary(head)
    if ordinary:
        image.caveats += (f"looks like {ordinary}, not like an image of a medium; examined as raw bytes",)
    return image


def _refused(head: bytes, segments: Sequence[SegmentFile]) -> str:
    for magic, name in _REFUSED:
        if head.startswith(magic):
            return name
    if head.startswith(b"PK\x03\x04") and (b"information.turtle" in head or b"container.description" in head):
        return "Advanced Forensic Format 4 (AFF4)"
    last = segments[-1]
    footers: tuple[tuple[int, bytes, str, Callable[[bytes], bool]], ...] = (
        *((size, b"conectix", "Virtual PC disk (VHD)", lambda _: True) for size in _VHD_FOOTERS),
        (512, b"koly", "Apple disk image (DMG)", lambda raw: raw[4:12] == b"\0\0\0\4\0\0\2\0"),
    )
    for size, magic, name, holds in footers:
        raw = last.pread(max(last.size - size, 0), size)
        if raw.startswith(magic) and holds(raw):
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
