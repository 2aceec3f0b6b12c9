"""Deterministic synthetic seized disks with ground truth: for training, validation and demonstration.

`build("vendor-laptop", 7, Path("OUT.E01"))` writes the image and, beside it, `OUT.truth.json`: every
artefact, decoy and file with its place. The same name and seed give the same media, byte for byte, on any
machine; the bytes of the E01 around it also depend on the zlib build, those of the photographs on the JPEG
library.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from forensics.errors import UsageError
from forensics.scenarios.disk import Disk, truth
from forensics.scenarios.disks import ewf
from forensics.scenarios.vendor_laptop import disk as vendor_laptop

_MAKERS: dict[str, Callable[[int, Callable[[str], None]], Disk]] = {"vendor-laptop": vendor_laptop.make}
_RAW = frozenset({".raw", ".dd", ".img"})
__all__ = ["build", "names"]


def names() -> tuple[str, ...]:
    """The scenarios there are."""
    return tuple(_MAKERS)


def build(name: str, seed: int, out: Path, *, progress: Callable[[str], None] | None = None) -> Path:
    """Write the image `out` (.E01, .raw, .dd or .img) and its ground truth; give back the truth's path.

    An image that is there already is left alone, with a UsageError; an older truth is replaced.
    """
    maker = _MAKERS.get(name)
    if maker is None:
        raise UsageError(f"no scenario is called {name!r}; there are: {', '.join(names())}")
    suffix = out.suffix.lower()
    if suffix != ".e01" and suffix not in _RAW:
        raise UsageError(f"{out.name}: the name of the image must end in .E01, .raw, .dd or .img")
    if seed < 0:
        raise UsageError("the seed must be 0 or more")
    beside = out.with_suffix(".truth.json")
    if out.exists():
        raise UsageError(f"{out}: the file is there already")
    tell = progress or (lambda _: None)
    made = maker(seed, tell)
    tell("writing the ground truth")
    document = truth(made, name, seed)
    tell("writing the image")
    with out.open("wb") as file:
        if suffix == ".e01":
            ewf.write(file, made.image, made.particulars)
        else:
            file.write(made.image)
    beside.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return beside
