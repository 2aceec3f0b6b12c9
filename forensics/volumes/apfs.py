"""Encrypted volumes of an APFS container through libfsapfs: named as volumes of their own, opened with what unlocks them.

A password and a personal recovery key unlock the same key of the volume, each through a record of its own (*Apple File
System Reference*, "Encryption"); libfsapfs tries all records. Where the records are kept by the chip of a Mac, they
are not on the medium, and nothing opens the volume elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyfsapfs

from forensics.errors import EvidenceError, FormatError
from forensics.volumes.bitlocker import LayerFile
from forensics.volumes.readable import Readable

STEP = "apfs:"
MOST = 100  # volumes of a container, as Apple's NX_MAX_FILE_SYSTEMS
REFUSALS = (OSError, ValueError, MemoryError, OverflowError)


@dataclass(frozen=True, slots=True)
class Locked:
    """An encrypted volume: its number in the container, from 1, and its name."""

    number: int
    name: str


def container(layer: Readable) -> Any:
    """libfsapfs' container.

    Raises:
        FormatError: libfsapfs does not open it.
    """
    found = pyfsapfs.container()
    try:
        found.open_file_object(LayerFile(layer))
    except REFUSALS as error:
        raise FormatError(f"the APFS container cannot be opened ({str(error)[:200]})") from error
    return found


def locked(layer: Readable) -> tuple[Locked, ...]:
    """The encrypted volumes of a container.

    Raises:
        FormatError: libfsapfs cannot list its volumes.
    """
    whole = container(layer)
    try:
        found = [(number, whole.get_volume(number - 1)) for number in range(1, min(whole.number_of_volumes, MOST) + 1)]
        return tuple(Locked(number, each.name or f"volume {number}") for number, each in found if each.is_locked())
    except REFUSALS as error:
        raise FormatError(f"the volumes of the APFS container cannot be listed ({str(error)[:200]})") from error


def inner(steps: Sequence[str]) -> int:
    """The number of the encrypted volume that the steps from a partition lead into; 0 where they do not."""
    text = steps[-1].removeprefix(STEP) if steps and steps[-1].startswith(STEP) else ""
    return int(text) if text.isdecimal() else 0


def unlock(whole: Any, number: int, secret: bytes) -> Any:
    """Volume `number` of a container of libfsapfs, unlocked.

    Raises:
        EvidenceError: the secret does not open it.
        FormatError: it cannot be opened at all.
    """
    try:
        found = whole.get_volume(number - 1)
        if found.is_locked():
            if secret:
                found.set_password(secret.decode("utf-8", "replace"))
            if not secret or not found.unlock():
                raise EvidenceError("the key", "does not open this APFS volume")
        # Without any record of keys libfsapfs calls a volume unlocked; its first folder then cannot be read.
        if found.get_root_directory() is None:
            raise FormatError("the APFS volume has no first folder")
    except REFUSALS as error:
        raise FormatError(
            "this APFS volume cannot be opened: it is damaged, or its keys are kept by the chip of its Mac "
            f"({str(error).split(' libfsapfs_')[0][:160]})"
        ) from error
    return found
