"""Items into the ledger, checked again, and the proof of one: rates, bytes an item, proof size and time.

Run: `.venv/bin/python tests/benchmarks/ledger_million.py [ITEMS]` (1,000,000 by default). Prints one JSON line;
asserts nothing but that the ledger holds.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from forensics.custody import merkle
from forensics.custody.ledger import Ledger
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify
from tests.benchmarks.ledger_items import item

BATCH = 16_384


def main() -> None:
    """Measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder)
        with Ledger.create(case, number="bench", examiner="bench") as ledger:
            empty = (case / "ledger.db").stat().st_size
            scan = ledger.open_scan("E1", ["bench"])
            spent = cpu = 0.0
            for start in range(0, count, BATCH):
                rows = [item(number) for number in range(start, min(start + BATCH, count))]
                began, used = time.perf_counter(), time.process_time()
                ledger.append_items(scan, rows)
                spent, cpu = spent + time.perf_counter() - began, cpu + time.process_time() - used
            ledger.close_scan(scan)
        size = (case / "ledger.db").stat().st_size - empty
        began, used = time.perf_counter(), time.process_time()
        report = verify(case)
        checked, checked_cpu = time.perf_counter() - began, time.process_time() - used
        assert (report.level, report.items) == ("L1", count)
        with LedgerReader.open(case) as reader:
            tile = reader.tile_reader(1)
            began = time.perf_counter()
            proofs = [merkle.inclusion_proof(index, count, tile) for index in range(0, count, max(1, count // 100))]
            made = (time.perf_counter() - began) / len(proofs)
            root = merkle.range_root(0, count, tile)
            leaf = tile(0, 0)[:32]
            began = time.perf_counter()
            assert merkle.inclusion_root(leaf, 0, count, proofs[0]) == root
            proved = time.perf_counter() - began
    print(
        json.dumps(
            {
                "items": count,
                "in_per_second": round(count / spent),
                "in_per_cpu_second": round(count / cpu),
                "verified_per_second": round(count / checked),
                "verified_per_cpu_second": round(count / checked_cpu),
                "bytes_per_item": round(size / count, 1),
                "proof_bytes": max(map(len, proofs)) * 32,
                "proof_made_ms": round(made * 1000, 3),
                "proof_checked_ms": round(proved * 1000, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
