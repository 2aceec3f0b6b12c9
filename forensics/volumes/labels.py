"""Label, identifier and size that a file system which is named but not opened states of itself.

| system | place | fields |
|---|---|---|
| F2FS | 1024 | block size at 16, blocks at 36, identifier at 108, label at 124 |
| Core Storage | 0 | size at 64, identifier of the physical volume at 304 |

Sources: Linux `include/linux/f2fs_fs.h`; libyal's *FileVault Drive Encryption (FVDE) format*.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from forensics.volumes.readable import Readable

_Said = tuple[str, str, int]  # label, identifier, bytes; empty and zero where not stated


def described(volume: Readable, kind: str) -> str:
    """What a volume of `kind` says of itself, for people; empty where nothing is known to be read."""
    reader = _READERS.get(kind)
    if reader is None:
        return ""
    label, identifier, size = reader(volume)
    parts = (f"label {label!r}" if label else "", identifier, f"{size:,} bytes" if size else "")
    return ", ".join(part for part in parts if part)


def _identifier(raw: bytes) -> str:
    return str(UUID(bytes=raw)) if len(raw) == 16 and any(raw) else ""


def _text(raw: bytes, encoding: str) -> str:
    return raw.decode(encoding, "replace").partition("\0")[0]


def _f2fs(volume: Readable) -> _Said:
    head = volume.read(1024, 124 + 1024)
    bits = int.from_bytes(head[16:20], "little")
    blocks = int.from_bytes(head[36:44], "little")
    return _text(head[124:], "utf-16-le"), _identifier(head[108:124]), blocks << bits if bits < 17 else 0


def _core_storage(volume: Readable) -> _Said:
    head = volume.read(0, 512)
    return "", _identifier(head[304:320]), int.from_bytes(head[64:72], "little")


_READERS: dict[str, Callable[[Readable], _Said]] = {
    "f2fs": _f2fs,
    "filevault": _core_storage,
    "core storage": _core_storage,
}
