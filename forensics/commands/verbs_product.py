"""`scenario build`, `validate`, `formats`, `session`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from forensics.commands import session
from forensics.commands.known import CONTAINERS, FILE_SYSTEMS, VOLUMES, markdown
from forensics.commands.output import DONE, FAILED, emit, say, table
from forensics.detectors import detectors
from forensics.model import Absent, Secret
from forensics.sweep.catalogue import build
from forensics.sweep.decoders import decoders
from forensics.sweep.specimens import found_in, streams_in


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verbs."""
    scenario = verbs.add_parser("scenario", help="synthetic seized disks with ground truth").add_subparsers(
        dest="action", metavar="build", required=True
    )
    made = scenario.add_parser("build", help="build one")
    made.add_argument("name")
    made.add_argument("out", type=Path)
    made.add_argument("--seed", type=int, default=7)
    made.add_argument("--size", type=int, metavar="MIB", help="of the reference disk; 1024 by default")
    made.add_argument("--json", action="store_true")
    made.set_defaults(run=_scenario)
    for name, words, run in (
        ("validate", "run every specimen in this installation", _validate),
        ("formats", "every container, volume system, file system, decoder and detector", _formats),
    ):
        verb = verbs.add_parser(name, help=words)
        verb.add_argument("--json", action="store_true")
        if name == "formats":
            verb.add_argument("--markdown", action="store_true", help="as a table of Markdown")
        verb.set_defaults(run=run)
    held = verbs.add_parser("session", help="serve the window: JSON lines in and out")
    held.add_argument("folder", type=Path)
    held.set_defaults(run=lambda options: session.serve(options.folder))


def _scenario(options: argparse.Namespace) -> int:
    from forensics.scenarios import build as build_scenario  # noqa: PLC0415

    size = None if options.size is None else options.size << 20
    truth = build_scenario(options.name, options.seed, options.out, size=size)
    if options.json:
        emit({"image": str(options.out), "truth": str(truth)})
    else:
        say(str(options.out))
        say(str(truth))
    return DONE


def _text(value: object) -> str:
    if isinstance(value, Secret):
        return value.text
    return value.value if isinstance(value, Absent) else str(value)


def _validate(options: argparse.Namespace) -> int:
    faults: list[dict[str, Any]] = []
    count = 0
    for detector in detectors():
        catalogue = build((detector,), decoding=())
        for specimen in detector.specimens:
            count += 1
            expected = sorted(specimen.expect or ())
            found = sorted(_text(each.finding.value) for each in found_in(catalogue, detector, specimen))
            if expected != found:
                faults.append(
                    {
                        "kind": detector.kind,
                        "specimen": specimen.name,
                        "expected": len(expected),
                        "found": len(found),
                    }
                )
    for decoder in decoders():
        for encoded in decoder.specimens:
            count += 1
            wanted, streams = encoded.expect or (), streams_in(decoder, encoded)
            if wanted != streams:
                faults.append(
                    {
                        "kind": decoder.kind,
                        "specimen": encoded.name,
                        "expected": len(wanted),
                        "found": len(streams),
                    }
                )
    result = {
        "detectors": len(detectors()),
        "decoders": len(decoders()),
        "specimens": count,
        "failed": len(faults),
        "faults": faults,
    }
    if options.json:
        emit(result)
    else:
        say(f"{result['detectors']} detectors, {result['decoders']} decoders, {count} specimens, {len(faults)} failed")
        for each in faults:
            say(f"    {each['kind']}: {each['specimen']}: {each['found']} found, {each['expected']} expected")
    return FAILED if faults else DONE


def _formats(options: argparse.Namespace) -> int:
    if options.markdown:
        print(markdown(), end="")
        return DONE
    rows: list[dict[str, object]] = [
        {"kind": each.kind, "title": each.title, "version": each.version, "specimens": len(each.specimens)}
        for each in detectors()
    ]
    packed: list[dict[str, object]] = [
        {"kind": each.kind, "title": each.title, "version": each.version, "specimens": len(each.specimens)}
        for each in decoders()
    ]
    names = {
        "containers": [name for name, _ in CONTAINERS],
        "volumes": [name for name, _ in VOLUMES],
        "file_systems": [name for name, _ in FILE_SYSTEMS],
    }
    if options.json:
        emit({**names, "decoders": packed, "detectors": rows})
        return DONE
    for key, found in names.items():
        say(f"{key.replace('_', ' ').capitalize()}: {', '.join(found)}")
    for listed in (packed, rows):
        if listed:
            table(listed, ("kind", "title", "version", "specimens"))  # type: ignore[arg-type]
    return DONE
