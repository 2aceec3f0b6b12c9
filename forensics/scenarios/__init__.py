"""Deterministic synthetic seized disks with ground truth: training, validation, demonstration."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

from forensics.errors import UsageError
from forensics.scenarios import short_laptop
from forensics.scenarios.disks import ewf


def names() -> tuple[str, ...]:
    """The scenarios there are."""
    return ("vendor-laptop",)


def build(name: str, seed: int, out: Path, *, progress: Callable[[str], None] | None = None) -> Path:
    """Write the disk of a scenario, as E01 or (any other suffix) raw, and its truth beside it.

    The same seed gives the same bytes. Returns the path of the truth.

    Raises:
        UsageError: there is no such scenario, or the file is there already.
    """
    if name not in names():
        raise UsageError(f"there is no scenario {name}; there are {', '.join(names())}")
    if out.exists():
        raise UsageError(f"{out}: the file is there already")
    if progress is not None:
        progress(f"making {name} with seed {seed}")
    media, truth = short_laptop.disk(seed)
    if out.suffix.lower() == ".e01":
        held = io.BytesIO()
        about = ewf.Particulars(
            "DEMO", "1", f"{name}, seed {seed}", "Impound", "synthetic", short_laptop.MADE, bytes(16)
        )
        ewf.write(held, media, about)
        out.write_bytes(held.getvalue())
    else:
        out.write_bytes(media)
    path = out.with_name(f"{out.stem}.truth.json")
    path.write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    return path
