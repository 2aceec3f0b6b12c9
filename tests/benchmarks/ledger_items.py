"""How many items of one size the ledger takes for each second of processor time.

Run: `.venv/bin/python tests/benchmarks/ledger_items.py`. Prints one JSON line; asserts nothing.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from forensics.custody.ledger import Ledger

ITEMS = 16_384


def item(number: int) -> list[object]:
    """The four groups of an entry's leaf."""
    return [
        {"size": number, "sha256": f"{number:064x}"},
        {"path": f"/home/user/file-{number}.bin"},
        {"image": "E1", "fs": 1, "addr": number, "runs": [[number * 4096, 4096]]},
        {"alloc": True, "kind": "file", "times": [{"f": "modified", "raw": str(number)}]},
    ]


def main() -> None:
    """Measure one batch."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger.create(Path(folder), number="bench", examiner="bench") as ledger,
    ):
        scan = ledger.open_scan("E1", ["bench"])
        start = time.process_time()
        ledger.append_items(scan, [item(number) for number in range(ITEMS)])
        spent = time.process_time() - start
        ledger.close_scan(scan)
    print(json.dumps({"items": ITEMS, "processor_seconds": round(spent, 3), "per_second": round(ITEMS / spent)}))


if __name__ == "__main__":
    main()
