"""What opens encrypted volumes, in the sealed file `keys/volumes.vault`.

The ledger says that a key was given, and for which volume; it holds nothing of the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forensics.case.sealed import Sealed
from forensics.case.store import Case

FILE = "volumes.vault"


def _sealed(case: Case) -> Sealed:
    return Sealed(case, FILE, b"impound volume keys 1")


def volume_keys(case: Case) -> dict[str, list[dict[str, Any]]]:
    """What opens the volumes of each exhibit, as workers want it.

    Raises:
        CaseError: the vault is damaged, or is another case's.
    """
    return _sealed(case).read()


def keep(case: Case, exhibit: str, number: int, secret: Mapping[str, Any]) -> None:
    """Keep what opens volume `number` of an exhibit; it takes the place of what was kept for it before."""
    kept = volume_keys(case)
    others = [each for each in kept.get(exhibit, []) if each["number"] != number]
    kept[exhibit] = sorted([*others, {**secret, "number": number}], key=lambda each: int(each["number"]))
    _sealed(case).write(kept)
