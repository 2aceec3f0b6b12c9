"""A small disk made by mkfs and examined by the program itself: what the window's tests with a real child work on."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from forensics.commands.main import main

ADDRESSES = ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "12cbQLTFMXRnSzktFkuoG3eHoMeFtpTu3S")  # of blocks 0 and 1, public


def examined(
    folder: Path, files: dict[str, str] | None = None, before: Callable[[Path], None] = lambda _case: None
) -> Path:
    """A case of a small ext4 disk with these files (a note for each address by default), examined; `before` that."""
    tree = folder / "tree"
    tree.mkdir()
    notes = {f"note{number}.txt": f"send it to {address}\n" for number, address in enumerate(ADDRESSES)}
    for name, text in (files or notes).items():
        (tree / name).write_text(text)
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
