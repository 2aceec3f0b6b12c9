"""The main job on the reference disk beside the field's tools: `make bench`. Prints a table, keeps a history.

The disk is built once, in the folder that IMPOUND_BENCH names (`bench/` otherwise). Impound runs as it is
installed: from a byte-compiled copy. The runs alternate, so that a busy machine disturbs all alike.
Asserts nothing.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from forensics.scenarios import build  # noqa: E402
from tests.benchmarks.measure import Cost, run  # noqa: E402
from tests.benchmarks.score import Score, score  # noqa: E402

SEED = 7
PARTS = ("new", "add", "examine")
TARGETS = {"impound-2 / tsk_loaddb": 0.30, "impound-2 / bulk_extractor": 1 / 15}


def main() -> None:
    """Build what is missing, run everything, print, append to the history."""
    options = _options()
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    image, truth = _disk(folder, options.size)
    program = _program(folder)
    work = folder / "work"
    runs: dict[str, list[Cost]] = {}
    parts: dict[str, dict[str, list[Cost]]] = {}
    scored: Score | None = None
    commands = _peers(image, work)
    for turn in range(options.rounds):
        for workers in options.workers:
            name = f"impound-{workers}"
            costs, result = _impound(program, work, image, workers, truth)
            scored = result
            for part, cost in costs.items():
                parts.setdefault(name, {}).setdefault(part, []).append(cost)
            runs.setdefault(name, []).append(costs["new"] + costs["add"] + costs["examine"])
            print(f"  round {turn + 1}: {name} {runs[name][-1].cpu:.1f} s", file=sys.stderr, flush=True)
        for name, command in commands.items():
            if name in options.without:
                continue
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            runs.setdefault(name, []).append(run(command))
            print(f"  round {turn + 1}: {name} {runs[name][-1].cpu:.1f} s", file=sys.stderr, flush=True)
    shutil.rmtree(work, ignore_errors=True)
    if scored is None:
        return
    record = _record(options.size, image, runs, parts, scored)
    _print(record)
    history = folder / "history.jsonl"
    _compare(history, record)
    with history.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
    (folder / "missed.json").write_text(json.dumps(scored.missed, indent=1), encoding="utf-8")
    (folder / "decoys-reported.json").write_text(json.dumps(scored.reported_decoys, indent=1), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    default = os.environ.get("IMPOUND_BENCH") or str(ROOT / "bench")
    parser.add_argument("--folder", type=Path, default=Path(default))
    parser.add_argument("--size", type=int, default=1024, metavar="MIB")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--without", nargs="*", default=[], help="peers to leave out")
    return parser.parse_args()


def _disk(folder: Path, size: int) -> tuple[Path, dict[str, Any]]:
    """The image, built where it is not there or was built by other code, and its truth."""
    image = folder / f"reference-{size}.E01"
    truth = image.with_suffix(".truth.json")
    mark = folder / f"reference-{size}.made-by"
    made_by = _identity()
    if not (image.exists() and truth.exists() and mark.exists() and mark.read_text() == made_by):
        for stale in (image, truth, mark):
            stale.unlink(missing_ok=True)
        began = time.monotonic()
        build("reference", SEED, image, size=size << 20)
        print(f"built {image} in {time.monotonic() - began:.0f} s", file=sys.stderr)
        mark.write_text(made_by)
    image.read_bytes()  # into the page cache
    return image, json.loads(truth.read_text(encoding="utf-8"))


def _identity() -> str:
    """A digest of the code that builds the disk."""
    import hashlib

    digest = hashlib.sha256()
    for path in sorted((ROOT / "forensics" / "scenarios").rglob("*.py")):
        if "vendor_laptop" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _program(folder: Path) -> Path:
    """A byte-compiled copy of the program, as an installation has it."""
    program = folder / "program"
    shutil.rmtree(program, ignore_errors=True)
    for name in ("forensics", "resources"):
        shutil.copytree(ROOT / name, program / name, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(program, quiet=2, workers=2)
    return program


def _impound(
    program: Path, work: Path, image: Path, workers: int, truth: Mapping[str, Any]
) -> tuple[dict[str, Cost], Score]:
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    case = work / "case"
    impound = [sys.executable, "-P", "-m", "forensics.commands.main"]
    environment = {**os.environ, "PYTHONPATH": str(program)}
    commands: dict[str, Sequence[object]] = {
        "new": ["case", "new", case, "--number", "B-1", "--examiner", "Benchmark"],
        "add": ["add", case, image],
        "examine": ["examine", case, "--workers", workers, "--progress", "none"],
    }
    costs = {
        part: run([*impound, *command], environment=environment, codes=(0, 3) if part == "examine" else (0,))
        for part, command in commands.items()
    }
    return costs, score(case, truth)


def _peers(image: Path, work: Path) -> dict[str, list[object]]:
    wanted: dict[str, list[object]] = {
        "tsk_loaddb": ["tsk_loaddb", "-h", "-d", work / "tsk.db", image],
        "ewfverify": ["ewfverify", "-q", image],
        "sha256sum": ["sha256sum", image],
        "bulk_extractor": [
            *("bulk_extractor", "-q", "-j", "2", "-x", "all", "-e", "accts", "-e", "email", "-e", "zip", "-e", "gzip"),
            *("-o", work / "bulk", image),
        ],
    }
    there = {name: command for name, command in wanted.items() if shutil.which(name)}
    for name in wanted.keys() - there.keys():
        print(f"  {name} is not on the path and is left out", file=sys.stderr)
    return there


def _record(
    size: int,
    image: Path,
    runs: Mapping[str, list[Cost]],
    parts: Mapping[str, Mapping[str, list[Cost]]],
    scored: Score,
) -> dict[str, Any]:
    def median(costs: list[Cost], pick: Callable[[Cost], float]) -> float:
        return round(statistics.median(map(pick, costs)), 2)

    def shown(costs: list[Cost]) -> dict[str, float]:
        return {
            "cpu": median(costs, lambda c: c.cpu),
            "cpu_low": round(min(c.cpu for c in costs), 2),
            "cpu_high": round(max(c.cpu for c in costs), 2),
            "wall": median(costs, lambda c: c.wall),
            "memory_mb": round(max(c.memory for c in costs) / 1e6),
        }

    found, planted = scored.recall
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "--short", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "--", "forensics", "resources")),
        "machine": f"{platform.node()}, {_processor()}, {os.cpu_count()} processors, Python {platform.python_version()}",
        "size_mib": size,
        "image_bytes": image.stat().st_size,
        "disk": _identity()[:12],
        "runs": {name: shown(costs) for name, costs in runs.items()},
        "parts": {name: {part: shown(costs) for part, costs in each.items()} for name, each in parts.items()},
        "entries": scored.entries,
        "findings": scored.findings,
        "recall": [found, planted],
        "located": scored.located,
        "by_kind": {name: [hit, all_] for name, all_, hit in scored.table(0)},
        "by_place": {name: [hit, all_] for name, all_, hit in scored.table(1)},
        "decoys": [len(scored.reported_decoys), scored.decoys],
        "digests_wrong": [scored.wrong_digests, scored.digests],
    }


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _print(record: Mapping[str, Any]) -> None:
    runs = record["runs"]
    print(
        f"\nReference disk, {record['size_mib']} MiB, E01 of {record['image_bytes'] / 1e6:.0f} MB; {record['machine']}"
    )
    print(f"commit {record['commit']}{' with changes' if record['changed'] else ''}, {record['date']}\n")
    print(f"{'':<24}{'CPU s':>8}{'low':>8}{'high':>8}{'wall s':>8}{'PSS MB':>8}")
    for name, each in runs.items():
        _row(name, each)
        for part in PARTS if name in record["parts"] else ():
            _row(f"  {part}", record["parts"][name][part])
    print()
    for text, value in ratios(runs).items():
        target = f"   target {TARGETS[text]:.3f}" if text in TARGETS else ""
        print(f"{text:<36}{value:>8.3f}{target}")
    found, planted = record["recall"]
    print(f"\nentries {record['entries']:,}, findings {record['findings']:,}")
    print(f"digests of files: {record['digests_wrong'][0]} wrong or missing of {record['digests_wrong'][1]:,}")
    print(f"recall {found:,} of {planted:,} ({100 * found / planted:.1f} %), located {record['located']:,}")
    print(f"decoys reported {record['decoys'][0]} of {record['decoys'][1]}\n")
    for title, table in (("kind", record["by_kind"]), ("place", record["by_place"])):
        print(f"{title:<28}{'found':>8}{'planted':>8}")
        for name, (hit, all_) in table.items():
            print(f"{name:<28}{hit:>8}{all_:>8}{'' if hit == all_ else f'   {100 * hit / all_:5.1f} %'}")
        print()


def _row(name: str, each: Mapping[str, float]) -> None:
    numbers = (f"{each[key]:>8.1f}" for key in ("cpu", "cpu_low", "cpu_high", "wall"))
    print(f"{name:<24}{''.join(numbers)}{each['memory_mb']:>8.0f}")


def ratios(runs: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Processor seconds of Impound against each peer, and wall of more workers against one."""
    out = {}
    ours = [name for name in runs if name.startswith("impound-")]
    for name in ours:
        for peer in runs:
            if peer not in ours:
                out[f"{name} / {peer}"] = runs[name]["cpu"] / runs[peer]["cpu"]
    for name in ours[1:]:
        out[f"wall {name} / {ours[0]}"] = runs[name]["wall"] / runs[ours[0]]["wall"]
    return out


def _compare(history: Path, record: Mapping[str, Any]) -> None:
    if not history.exists():
        return
    lines = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
    before = [line for line in lines if line["size_mib"] == record["size_mib"]]
    if not before:
        return
    last = before[-1]
    print(f"against {last['commit']} of {last['date']}{'' if last['disk'] == record['disk'] else ' (ANOTHER DISK)'}:")
    for name, each in record["runs"].items():
        if name in last["runs"]:
            then = last["runs"][name]
            change = 100 * (each["cpu"] / then["cpu"] - 1) if then["cpu"] else 0.0
            print(
                f"  {name:<22} CPU {then['cpu']:.1f} -> {each['cpu']:.1f} s ({change:+.1f} %), wall {then['wall']:.1f} -> {each['wall']:.1f} s, "
                f"memory {then['memory_mb']:.0f} -> {each['memory_mb']:.0f} MB"
            )
    print(
        f"  recall {last['recall'][0]} -> {record['recall'][0]}, decoys {last['decoys'][0]} -> {record['decoys'][0]}, "
        f"findings {last['findings']} -> {record['findings']}"
    )


if __name__ == "__main__":
    main()
