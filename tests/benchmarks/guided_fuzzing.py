"""Coverage-guided fuzzing of the detectors and decoders: inputs that reach new code are kept and changed again.

    .venv/bin/pip install atheris
    .venv/bin/python tests/benchmarks/guided_fuzzing.py [KIND ...] [--seconds 60] [--out FILE.json]

Each kind runs in a process of its own under libFuzzer, from its specimens on. A finding of the fuzzer is an error that
the sweep would list as given up, more than ten seconds, or more than 2 GiB; its input is kept in `--crashes`. The JSON
says for each kind how many inputs were tried and what failed. Asserts nothing; its finds become specimens.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

SLOWEST_S, LARGEST_MB, LONGEST = 10, 2048, 1 << 16


def main() -> None:
    """Fuzz each kind in turn, and say what came of it."""
    parser = argparse.ArgumentParser(description="Coverage-guided fuzzing of detectors and decoders.")
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--seconds", type=int, default=60, help="for each kind")
    parser.add_argument("--crashes", type=Path, default=ROOT / "bench" / "crashes")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    told = {}
    for kind in options.kinds or _kinds():
        told[kind] = _run(kind, options.seconds, options.crashes)
        print(f"{kind:<28}{told[kind]['inputs']:>9,}  {told[kind]['failed'] or 'no failure'}", flush=True)
        if options.out:
            options.out.write_text(json.dumps(told, indent=1) + "\n")
    total = sum(each["inputs"] for each in told.values())
    failed = [kind for kind, each in told.items() if each["failed"]]
    print(f"{total:,} inputs, {len(told)} kinds, failures in {len(failed)}: {', '.join(failed)}")


def _kinds() -> list[str]:
    from forensics.sweep.catalogue import catalogue

    everything = catalogue()
    return [*(each.kind for each in everything.detectors), *(each.kind for each in everything.decoders)]


def _run(kind: str, seconds: int, crashes: Path) -> dict[str, Any]:
    kept = crashes / kind.replace("/", "-")
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as seeds:
        command = [sys.executable, __file__, "--one", kind, seeds, f"-max_total_time={seconds}", f"-timeout={SLOWEST_S}",
                   f"-rss_limit_mb={LARGEST_MB}", f"-max_len={LONGEST}", f"-artifact_prefix={kept}/", "-print_final_stats=1"]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    tried = re.search(r"number_of_executed_units: +(\d+)", done.stderr) or re.search(r"#(\d+)\s+DONE", done.stderr)
    wrong = re.findall(r"(?:=== Uncaught Python exception: ===\n|ERROR: libFuzzer: )(.*)", done.stderr)
    if done.returncode and not wrong:
        wrong = [done.stderr.strip()[-300:]]
    return {"inputs": int(tried[1]) if tried else 0, "failed": wrong[0][:300] if wrong else ""}


def _one(kind: str, arguments: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["forensics"]):
        from forensics.detectors.base import BytesLayer
        from forensics.model import Locator
        from forensics.sweep.catalogue import build, catalogue
        from forensics.sweep.decoding import Budget
        from forensics.sweep.segments import Segment
        from forensics.sweep.space import Space
    everything = catalogue()
    detector = {each.kind: each for each in everything.detectors}.get(kind)
    decoder = {each.kind: each for each in everything.decoders}.get(kind)
    chosen = detector or decoder
    if chosen is None:
        raise SystemExit(f"there is no {kind}")
    alone = build((detector,) if detector else (), decoding=(decoder,) if decoder else ())
    step = getattr(chosen, "places", ("mutant",))[0]
    by_name = detector is not None and any(trigger.name for trigger in detector.triggers)
    seeds: list[bytes] = [specimen.data for specimen in chosen.specimens]
    for number, seed in enumerate(seeds):
        if len(seed) <= LONGEST:
            Path(arguments[0], str(number)).write_bytes(seed)

    def try_one(data: bytes) -> None:
        layer = BytesLayer(data, Locator(step))
        space = Space(alone, layer, [Segment(0, len(data), 0, 0)], {0: layer}.get, budget=Budget() if decoder else None)
        space.sweep(0, len(data))
        if by_name and detector is not None:
            space.wake(alone.detectors.index(detector), 0)
        wrong = [reason for reason in space.refused.values() if "Error" in reason or "error" in reason]
        if wrong:
            raise AssertionError(wrong[0])

    atheris.Setup([sys.argv[0], *arguments], try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2], sys.argv[3:])
    else:
        main()
