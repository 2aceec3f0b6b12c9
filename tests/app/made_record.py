"""A real case with a record, made by the product's own commands, for tests that drive the window's real child."""

from __future__ import annotations

from pathlib import Path

from forensics.commands.main import main
from forensics.custody.client import LedgerClient


def make_record(folder: Path) -> tuple[Path, str]:
    """A case folder with ten items in one scan; the scan's id."""
    case = folder / "case"
    assert main(["case", "new", str(case), "--number", "7", "--examiner", "J. Doe"]) == 0
    with LedgerClient.start(case.resolve(), None, None) as ledger:
        scan = ledger.open_scan("E1", {"parsers": ["fat@1"]})
        rows = [
            [
                {"size": at, "sha256": f"{at:064x}"},
                {"path": f"/a/{at}"},
                {"image": "E1", "fs": "partition:1", "addr": at, "runs": [[at * 4096, 512]]},
                {"alloc": True, "mime": "text/plain", "parser": "fat@1", "times": []},
            ]
            for at in range(10)
        ]
        ledger.append_items(scan, rows)
        ledger.close_scan(scan)
    return case, scan
