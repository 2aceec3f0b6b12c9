"""A small disk made by mkfs and examined by the program itself: what the window's tests with a real child work on.

A disk is examined once in each process of the tests; whoever asks for it again has a copy of the case, over the same
image, which nothing writes to.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from forensics.commands.main import main

ADDRESSES = ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S")  # of blocks 0 and 1, public
Files = Mapping[str, str | bytes]
NOTES = {f"note{number}.txt": f"send it to {address}\n" for number, address in enumerate(ADDRESSES)}


def nothing(_case: Path) -> None:
    """What is done to a case before its disk is examined."""


def examined(folder: Path, files: Files | None = None, before: Callable[[Path], None] = nothing) -> Path:
    """A case of a small ext4 disk with these files (a note for each address by default), examined; `before` that."""
    case = folder / "case"
    shutil.copytree(_examined(tuple((files or NOTES).items()), before), case)
    return case


def image_of(files: Files, before: Callable[[Path], None] = nothing) -> Path:
    """The image that all copies of such a case are read from: whoever changes it puts it back."""
    return _examined(tuple(files.items()), before).parent / "stick.raw"


@cache
def _examined(files: tuple[tuple[str, str | bytes], ...], before: Callable[[Path], None]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="impound-disk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    tree = folder / "tree"
    tree.mkdir()
    for name, text in files:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    image = folder / "stick.raw"
    with image.open("wb") as file:
        file.truncate(4 << 20)
    make = ["mkfs.ext4", "-q", "-F", "-d", str(tree), "-O", "^has_journal", str(image)]
    subprocess.run(make, check=True, capture_output=True)
    case = folder / "case"
    assert main(["case", "new", str(case), "--number", "7", "--examiner", "J. Doe"]) == 0
    assert main(["add", str(case), str(image)]) == 0
    before(case)
    assert main(["examine", str(case)]) in (0, 3)
    return case
