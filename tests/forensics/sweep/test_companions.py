"""A detector at the start of a file may read the file beside it, and what it finds there is told of that file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from forensics.detectors.base import BytesLayer, Detector, Specimen, Trigger, companion, finding, passed
from forensics.model import ByteRun, Entry, EntryKind, Finding, Grade, Layer, Locator, Storage
from forensics.sweep.catalogue import build
from forensics.sweep.layers import RunsLayer
from forensics.sweep.plan import UNIT, PlannedEntry, PlannedVolume, make_plan
from forensics.sweep.specimens import found_in
from forensics.sweep.unit import Context, locate, read_logically, sweep_range

FAR = 2 * UNIT + 4096  # of another unit of work


class _Pair:
    """Words of a file and of the log beside it."""

    kind: ClassVar[str] = "test/pair"
    title: ClassVar[str] = "Pair"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(b"FIRST:", at=0, wide=False),)
    references: ClassVar[tuple[str, ...]] = ("made for this test",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("with a log", b"FIRST:aa", ("aa", "bb"), "made by hand", (("-wal", b"SECOND:bb"),)),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        checks = (passed("word", 20),)
        word = layer.read(at + 6, 2).decode("latin-1")
        yield finding(self, layer, at + 6, 2, grade=Grade.C2, value=word, checks=checks)
        log = companion(layer, "-wal") if at == 0 else None
        if log is not None:
            word = log.read(7, 2).decode("latin-1")
            yield finding(self, log, 7, 2, grade=Grade.C2, value=word, checks=checks)


PAIR: Detector = _Pair()


def _entry(number: int, path: str, offset: int, data: bytes, **changed: Any) -> PlannedEntry:
    values: dict[str, Any] = {
        "volume": 1,
        "address": number,
        "path": path,
        "stream": None,
        "kind": EntryKind.FILE,
        "allocated": True,
        "size": len(data),
        "storage": Storage.PLAIN,
        "runs": (ByteRun(offset, len(data)),),
    }
    return PlannedEntry(number, Entry(**{**values, **changed}))


def _told(*files: tuple[PlannedEntry, bytes]) -> list[Mapping[str, Any]]:
    """Findings of the whole plan over an image that holds `files`, in the order of the units."""
    image = bytearray(3 * UNIT)
    for planned, data in files:
        offset = planned.entry.runs[0].offset
        image[offset : offset + len(data)] = data
    layer = BytesLayer(bytes(image), Locator("raw:image"))
    context = Context(layer, layer.locator, build((PAIR,), decoding=()), b"key")

    def opened(owner: Mapping[str, Any]) -> Layer:
        runs = [ByteRun(*run) for run in owner["runs"]]
        return RunsLayer(layer, locate(layer.locator, owner["steps"]), runs, owner["size"])

    plan = make_plan(
        len(image), [PlannedVolume(1, 0, len(image), "ext4", ())], [each for each, _ in files], lambda _: ()
    )
    records: list[Mapping[str, Any]] = []
    for unit in plan.units():
        read = sweep_range if unit.verb == "sweep" else read_logically
        for part in read(context, unit.spec, opened):
            records += part.get("findings", ())
    return records


def test_bytes_of_the_log_are_told_of_the_logs_own_entry() -> None:
    first, second = b"FIRST:aa", b"SECOND:bb"
    told = _told((_entry(1, "/v/h.db", 4096, first), first), (_entry(2, "/v/h.db-wal", FAR, second), second))
    assert [(each["value"], each["entry"], each["path"], each["runs"], each["span"]) for each in told] == [
        ("aa", 1, "/v/h.db", [[4102, 2]], [6, 2]),
        ("bb", 2, "/v/h.db-wal", [[FAR + 7, 2]], [7, 2]),
    ]
    assert [each["locator"] for each in told] == [
        "raw:image > partition:1 > ext4:/v/h.db",
        "raw:image > partition:1 > ext4:/v/h.db-wal",
    ]


def test_a_file_that_is_read_logically_has_its_log_too() -> None:
    first, second = b"FIRST:aa", b"SECOND:bb"
    told = _told(
        (_entry(1, "/v/h.db", 4096, first, storage=Storage.COMPRESSED), first),
        (_entry(2, "/v/h.db-wal", FAR, second, storage=Storage.RESIDENT), second),
    )
    assert ("bb", 2) in [(each["value"], each["entry"]) for each in told]


def test_no_log_of_another_folder_volume_name_or_time() -> None:
    first, second = b"FIRST:aa", b"SECOND:bb"
    for path, changed in (
        ("/w/h.db-wal", {}),
        ("/v/h.db-shm", {}),
        ("/v/H.db-wal", {}),
        ("/v/h.db-wal", {"allocated": False}),
        ("/v/h.db-wal", {"stream": "x"}),
    ):
        log = _entry(2, path, FAR, second, **changed)
        assert [each["value"] for each in _told((_entry(1, "/v/h.db", 4096, first), first), (log, second))] == ["aa"]


def test_entries_without_companions_are_planned_as_ever() -> None:
    data = b"FIRST:aa"
    entries = [_entry(1, "/v/h.db", 4096, data), _entry(2, "/v/x-wal", FAR, data)]
    plan = make_plan(3 * UNIT, [PlannedVolume(1, 0, 3 * UNIT, "ext4", ())], entries, lambda _: ())
    assert all("companions" not in owner for unit in plan.units() for owner in unit.spec["owners"])


def test_a_specimen_carries_its_companions() -> None:
    found = found_in(build((PAIR,), decoding=()), PAIR, PAIR.specimens[0])
    assert [str(each.finding.value) for each in found] == ["aa", "bb"]
    assert str(found[1].finding.locator) == "specimen-wal"
