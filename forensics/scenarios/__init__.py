"""Deterministic synthetic seized disks with ground truth: for training, validation, demonstration and measuring.

`build("vendor-laptop", 7, Path("OUT.E01"))` writes the image and, beside it, `OUT.truth.json`: every
artefact, decoy and file with its place. The same name and seed give the same media, byte for byte, on any
machine; the bytes of the E01 around it also depend on the zlib build, those of the photographs on the JPEG
library. `build("reference", 7, …, size=1 << 30)` writes the disk that speed and recall are measured on.
"""

from __future__ import annotations

import json
import mmap
import tempfile
from collections.abc import Callable
from pathlib import Path

from forensics.errors import UsageError
from forensics.scenarios.disk import truth
from forensics.scenarios.disks import ewf
from forensics.scenarios.plan import Record
from forensics.scenarios.reference_disk import disk as reference
from forensics.scenarios.vendor_laptop import disk as vendor_laptop

Tell = Callable[[str], None]
_LAPTOP, _REFERENCE = "vendor-laptop", "reference"
_RAW = frozenset({".raw", ".dd", ".img"})
__all__ = ["build", "names"]


def names() -> tuple[str, ...]:
    """The scenarios there are."""
    return (_LAPTOP, _REFERENCE)


def build(
    name: str,
    seed: int,
    out: Path,
    *,
    size: int | None = None,
    progress: Tell | None = None,
) -> Path:
    """Write the image `out` (.E01, .raw, .dd or .img) and its ground truth; give back the truth's path.

    An image that is there already is left alone, with a UsageError; an older truth is replaced. `size` in
    bytes is for the reference disk, 1 GiB by default.
    """
    if name not in names():
        raise UsageError(f"no scenario is called {name!r}; there are: {', '.join(names())}")
    suffix = out.suffix.lower()
    if suffix != ".e01" and suffix not in _RAW:
        raise UsageError(f"{out.name}: the name of the image must end in .E01, .raw, .dd or .img")
    if seed < 0:
        raise UsageError("the seed must be 0 or more")
    if size is not None and name != _REFERENCE:
        raise UsageError(f"{name} has one size")
    beside = out.with_suffix(".truth.json")
    if out.exists():
        raise UsageError(f"{out}: the file is there already")
    tell = progress or (lambda _: None)
    make = _reference if name == _REFERENCE else _laptop
    document = make(seed, size or 1 << 30, out, tell)
    beside.write_text(document, encoding="utf-8")
    return beside


def _laptop(seed: int, _: int, out: Path, tell: Tell) -> str:
    made = vendor_laptop.make(seed, tell)
    tell("writing the ground truth")
    document = truth(made, _LAPTOP, seed)
    _write(out, made.image, made.particulars, tell)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _reference(seed: int, size: int, out: Path, tell: Tell) -> str:
    reference.check(size)
    with tempfile.TemporaryFile(dir=out.parent) as file:
        file.truncate(size)
        image = memoryview(mmap.mmap(file.fileno(), size))  # unmapped when its last part is let go of
        particulars, tellable = reference.make(seed, image, tell)
        tell("writing the ground truth")
        document = tellable()
        _write(out, image, particulars, tell, level=1)
    return _lines(document)


def _write(
    out: Path, image: bytearray | memoryview, particulars: ewf.Particulars, tell: Tell, *, level: int = 9
) -> None:
    tell("writing the image")
    with out.open("wb") as file:
        if out.suffix.lower() == ".e01":
            ewf.write(file, image, particulars, level=level)
        else:
            file.write(image)


def _lines(document: Record) -> str:
    """JSON with one record a line, for documents that are long."""
    parts = []
    for name, value in document.items():
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in value)
            parts.append(f"{json.dumps(name)}: [\n{rows}\n]")
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
