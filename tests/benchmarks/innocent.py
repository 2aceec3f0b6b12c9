"""False findings per GB on files that hold nothing of anyone: what a distribution installs.

    python tests/benchmarks/innocent.py [--bytes N] [--list KIND] [--least GRADE] [FOLDER …]      /usr/share, /usr/bin … by default

Every file is swept as the pass sweeps an entry, with all detectors and decoders and the judgement of its
path. What is found is true text of the kind (a maintainer's address is one) but says nothing of a suspect:
all of it is noise here. Not every disk is a distribution; the figures compare one version with another.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from forensics.detectors.base import BytesLayer
from forensics.model import Layer, Locator
from forensics.sweep.catalogue import catalogue
from forensics.sweep.unit import Context, read_logically

FOLDERS = ("/usr/share", "/usr/bin", "/usr/include", "/usr/libexec", "/usr/sbin")
LARGEST = 256 << 20


def files(folders: Iterable[str], most: int) -> Iterator[tuple[Path, bytes]]:
    """Regular files in order of their paths, up to `most` bytes in all."""
    total = 0
    for folder in folders:
        for where, below, names in os.walk(folder):
            below.sort()
            for name in sorted(names):
                path = Path(where, name)
                if path.is_symlink() or not path.is_file() or not 0 < path.stat().st_size <= LARGEST:
                    continue
                data = path.read_bytes()
                yield path, data
                total += len(data)
                if total >= most:
                    return


def swept(path: Path, data: bytes) -> Iterator[dict[str, Any]]:
    """The findings of one file as the pass would record them."""
    layer: Layer = BytesLayer(data, Locator(f"ext4:{path}"))
    context = Context(layer, layer.locator, catalogue(), b"innocent")
    owner: dict[str, Any] = {
        "entry": 1,
        "mode": "whole",
        "volume": 1,
        "path": str(path),
        "stream": None,
        "runs": [[0, len(data)]],
        "size": len(data),
        "steps": [],
        "allocation": "allocated",
        "at_zero": list(catalogue().named(str(path).lower())),
    }

    def opened(_: Mapping[str, Any]) -> Layer:
        return layer

    for message in read_logically(context, {"entries": [owner]}, opened):
        yield from message.get("findings", ())


def main() -> int:
    """Sweep and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", default=FOLDERS)
    parser.add_argument("--bytes", type=int, default=4 << 30)
    parser.add_argument("--list", default="", metavar="KIND", help="print each finding of this kind")
    parser.add_argument(
        "--least", type=int, default=5, metavar="GRADE", help="print each finding of this grade or above"
    )
    options = parser.parse_args()
    counts: Counter[tuple[str, int]] = Counter()
    total = number = 0
    began = time.process_time()
    for path, data in files(options.folders, options.bytes):
        total += len(data)
        number += 1
        for record in swept(path, data):
            counts[record["kind"], record["grade"]] += 1
            if record["kind"] == options.list or record["grade"] >= options.least:
                told = f"C{record['grade']} {record['kind']} {record['value']} {path} {record['caveats']}"
                print(told, file=sys.stderr)
    gigabytes = total / 1e9
    print(f"{number:,} files, {gigabytes:.2f} GB, {time.process_time() - began:.0f} CPU s; findings per GB:")
    print(f"{'kind':<26}" + "".join(f"{f'C{grade}':>10}" for grade in range(5)))
    kinds = sorted({kind for kind, _ in counts})
    for kind in kinds:
        row = (counts[kind, grade] / gigabytes for grade in range(5))
        print(f"{kind:<26}" + "".join(f"{each:>10,.1f}" for each in row))
    sums = (sum(counts[kind, grade] for kind in kinds) / gigabytes for grade in range(5))
    print(f"{'all':<26}" + "".join(f"{each:>10,.1f}" for each in sums))
    return 0


if __name__ == "__main__":
    sys.exit(main())
