"""FileVault 2: the encrypted logical volume of a physical one of Core Storage, through libfvde.

| place | holds |
|---|---|
| 0 | `CS`; block size at 96, blocks of the metadata from 104, their key at 176, identifier of the volume at 304 |
| metadata | type 0x0011: at 220 the place of a record that has size and places of the encrypted metadata |
| encrypted metadata | units of 8,192 bytes; type 0x0305: the pieces of the logical volume |

libfvde unlocks and decrypts; where the pieces lie it does not say, so that is read here. It takes a volume as unlocked
where HFS+ shows. As in libyal's *FileVault Drive Encryption (FVDE) format*, 2-4.
"""

from __future__ import annotations

import struct
from typing import Any

import pyfvde

from forensics.errors import EvidenceError, FormatError
from forensics.volumes.bitlocker import LayerFile
from forensics.volumes.ciphers import Xts
from forensics.volumes.readable import Readable

Piece = tuple[int, int, int]  # offset in the logical volume, length, offset in the physical one

_UNIT = 8192
_HEAD = 64  # of each metadata block; type at 10
_LABEL, _PIECES = 0x0011, 0x0305
_MOST_METADATA = 256 << 20
_ENTRY = 40
_LOW = (1 << 48) - 1  # of a block number; the index of the physical volume stands above it
_REFUSALS = (OSError, ValueError, MemoryError, OverflowError)


def unlock(layer: Readable, secret: bytes) -> Any:
    """libfvde's logical volume, open.

    Raises:
        EvidenceError: the secret does not open it.
        FormatError: it cannot be opened at all.
    """
    try:
        physical = pyfvde.volume()
        physical.open_file_object(LayerFile(layer))
        physical.open_physical_volume_files_as_file_objects([LayerFile(layer)])
        group = physical.get_volume_group()
        if group.number_of_physical_volumes != 1 or group.number_of_logical_volumes != 1:
            raise FormatError("Core Storage with several physical or logical volumes is not supported")
        found = group.get_logical_volume(0)
        if found.is_locked() and secret:
            found.set_password(secret.decode("utf-8", "replace"))
            found.unlock()
        if found.is_locked():
            raise EvidenceError("the key", "does not open this FileVault volume")
    except _REFUSALS as error:
        words = str(error).split(" libfvde_")[0]
        raise FormatError(f"libfvde cannot open this FileVault volume: {words[:200]}") from error
    return Opened(physical, found)


class Opened:
    """A logical volume, and the physical one that must outlive it."""

    def __init__(self, physical: Any, logical: Any) -> None:
        """Keep both."""
        self._physical = physical
        self._logical = logical

    @property
    def size(self) -> int:
        """Bytes of the logical volume."""
        return int(self._logical.size)

    def read(self, offset: int, length: int) -> bytes:
        """Plain bytes of the logical volume.

        Raises:
            EvidenceError: libfvde cannot read them.
        """
        try:
            data: bytes = self._logical.read_buffer_at_offset(length, offset)
        except _REFUSALS as error:
            raise EvidenceError("FileVault volume", "libfvde cannot read it", offset) from error
        return data


def pieces(layer: Readable, size: int) -> tuple[Piece, ...]:
    """Where a logical volume of `size` bytes lies in the physical one, in its order.

    Raises:
        FormatError: the metadata does not say it, or says what cannot be.
    """
    head = layer.read(0, 512)
    if len(head) < 512 or head[88:90] != b"CS":
        raise FormatError("no header of Core Storage")
    block = int.from_bytes(head[96:100], "little")
    identifier = head[304:320]
    for at in struct.unpack_from("<4Q", head, 104):
        raw = layer.read(at * block, _UNIT)
        if len(raw) == _UNIT and int.from_bytes(raw[10:12], "little") == _LABEL:
            found = _hidden(layer, block, raw, Xts(head[176:192] + identifier, _UNIT))
            if found is not None:
                return _held(found, block, size, layer.size)
    raise FormatError("the metadata of Core Storage does not say where the logical volume lies")


def _hidden(layer: Readable, block: int, label: bytes, cipher: Xts) -> bytes | None:
    """The last unit of the encrypted metadata that lists pieces."""
    at = int.from_bytes(label[220:224], "little")
    if at + 48 > len(label):
        return None
    count = struct.unpack_from("<Q", label, at + 8)[0] * block
    for place in struct.unpack_from("<QQ", label, at + 32):
        found = None
        raw = layer.read((place & _LOW) * block, min(count, _MOST_METADATA))
        for number in range(len(raw) // _UNIT):
            unit = raw[number * _UNIT : (number + 1) * _UNIT]
            if not any(unit):
                break
            plain = cipher.decrypt(unit, number)
            if int.from_bytes(plain[10:12], "little") == _PIECES:
                found = plain
        if found is not None:
            return found
    return None


def _held(unit: bytes, block: int, size: int, most: int) -> tuple[Piece, ...]:
    count = int.from_bytes(unit[_HEAD : _HEAD + 4], "little")
    if count > (_UNIT - _HEAD - 8) // _ENTRY:
        raise FormatError(f"a logical volume of {count:,} pieces in one unit of metadata cannot be")
    entries = [struct.unpack_from("<8xQI12xQ", unit, at) for at in range(_HEAD + 8, _HEAD + 8 + count * _ENTRY, _ENTRY)]
    found: list[Piece] = []
    reached = 0
    for logical, blocks, physical in sorted(entries):
        length = min(blocks * block, size - reached)
        place = (physical & _LOW) * block
        if logical * block != reached or length <= 0 or place + length > most or physical > _LOW:
            raise FormatError("the pieces of the logical volume do not join, or lie outside of the physical one")
        found.append((reached, length, place))
        reached += length
    if reached < size:
        raise FormatError(f"the pieces of the logical volume have {reached:,} of its {size:,} bytes")
    return tuple(found)
