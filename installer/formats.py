"""Write the table of formats into the README, between its markers; with `--check`, only say whether it is current."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- formats -->\n", "<!-- /formats -->\n"


def viewers() -> list[tuple[str, str]]:
    """Module and title of every viewer."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    package = importlib.import_module("viewers")
    base = importlib.import_module("viewers.base").Viewer
    found = []
    for module in sorted(each.name for each in pkgutil.iter_modules(package.__path__)):
        loaded = importlib.import_module(f"viewers.{module}")
        for value in vars(loaded).values():
            if isinstance(value, type) and issubclass(value, base) and value.__module__ == loaded.__name__:
                found += [(module, value.title)] if value.title else []
    return found


def current(readme: str) -> str:
    """The README with the table as it should be."""
    from forensics.commands.known import markdown  # noqa: PLC0415 - after the path is set

    head, rest = readme.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}{markdown([('Viewers', viewers())])}{END}{tail}"


def main() -> int:
    """Write, or check."""
    sys.path.insert(0, str(ROOT))
    path = ROOT / "README.md"
    old = path.read_text("utf-8")
    new = current(old)
    if "--check" in sys.argv[1:]:
        return 0 if new == old else 1
    if new != old:
        path.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
