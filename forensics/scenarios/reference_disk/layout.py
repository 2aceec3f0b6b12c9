"""What goes where: each artefact to a place, each place to files of a volume, and files to folders."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from forensics.scenarios.plan import Drawn, Loose, Planned, Times, Whole
from forensics.scenarios.reference_disk import carriers, fillers
from forensics.scenarios.reference_disk.artefacts import scaled
from forensics.scenarios.reference_disk.carriers import CHUNK, UNIT, Carried, Extents, Item, Mark, room, text_of
from forensics.scenarios.reference_disk.draw import Draw
from forensics.scenarios.reference_disk.wholes import WholeFile
from forensics.scenarios.reference_disk.words import Language, fill

NTFS, EXT4 = 1, 2
_FILES = {NTFS: 30_000, EXT4: 20_000}
_GIB = 1 << 30  # larger disks hold more files, not larger ones
_MIB = {NTFS: 576, EXT4: 400}  # of the volumes of 1 GiB
_FIXED = 5  # MiB that a volume of any size takes for itself
_SMALL_DELETED, _BIG_DELETED, _BIG_SIZE, _CONTAINER = 1560, 12, 3 << 20, 24 << 20
_PLACES = {  # in thousandths, on NTFS; what ext4 does not have goes into plain text there
    "allocated": 390, "utf16": 90, "gzip": 50, "docx": 60, "pdf": 50, "sqlite": 60, "compressed": 45, "resident": 50,
    "deleted": 80, "slack": 30, "gap": 25, "unallocated": 30, "fragmented": 20, "straddle": 20, "ads": 10,
}  # fmt: skip
_NTFS_ONLY = frozenset({"compressed", "resident", "ads", "gap"})  # the gap's artefacts are drawn once
_GROUPED = {"allocated": 2, "utf16": 2, "gzip": 2, "docx": 2, "pdf": 2, "sqlite": 4, "compressed": 2, "deleted": 2,
            "unallocated": 2, "fragmented": 2, "gap": 2}  # fmt: skip
_LINES_ONLY = frozenset({"docx", "pdf", "sqlite", "resident"})
_LONGEST_LINE = 240
_FOLDER = 40  # files in a folder, about
_BEGAN = 1_690_000_000


@dataclass(slots=True)
class Notes:
    """What was made: marks by (volume, path, kind of place), digests by (volume, path)."""

    marks: dict[tuple[int, str, str], tuple[Mark, ...]] = field(default_factory=dict)
    digests: dict[tuple[int, str], str] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    """One volume: its files, loose bytes, and where each file's artefacts are meant to be."""

    files: list[Planned] = field(default_factory=list)
    loose: list[Loose] = field(default_factory=list)
    gap: list[Loose] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)  # by path


Part = Callable[[str, Times], Planned]


@dataclass(frozen=True, slots=True)
class _Wish:
    """A file before it has a folder: the end of its name, what plans it, and its place in the truth."""

    name: str
    plan: Part
    place: str


class Layout:
    """Plans one volume of a disk of `size` bytes."""

    def __init__(self, seed: int, size: int, volume: int, language: Language, notes: Notes) -> None:
        self.seed, self.size, self.volume = seed, size, volume
        self.language, self.notes = language, notes
        self.draw = Draw(seed, f"layout {volume}")
        self.largest = min(size, _GIB) // 96
        self.spare: list[Item] = []
        self.tables = (language.prose, language.html, language.source, language.lines, language.records)
        self.result = Plan()

    def made(self, items: Sequence[Item], spare: Sequence[Item], wholes: Sequence[WholeFile]) -> Plan:
        """The plan; `spare` are items for places that turn up while the disk is written."""
        self.spare = list(spare)
        wishes = [*self._carriers(items), *map(self._whole, wholes), *self._deletions()]
        full, own = _MIB[self.volume], self.size * _MIB[self.volume] // 1024 >> 20
        count = (
            _FILES[self.volume] * (own - _FIXED) // (full - _FIXED) if own < full else _FILES[self.volume] * own // full
        )
        missing = count - sum(wish.place != "gone" for wish in wishes)
        wishes += [self._filler(number) for number in range(missing)]
        wishes += [self._container() for _ in range(max(1, self.size // _GIB))]
        for number, wish in enumerate(self.draw.shuffled(wishes)):
            # a third of the files came to their folder later, as on a disk in use: their bytes lie elsewhere
            late = self.draw.below(3) == 0
            folder = self.draw.below(len(wishes) // _FOLDER + 1) if late else number // _FOLDER
            path = f"{self._folder(folder)}/{wish.name}"
            planned = wish.plan(path, Times.at(_BEGAN + 400 * number + self.draw.below(400)))
            self.result.files.append(planned)
            self.result.places[path] = wish.place
        return self.result

    # ── content ─────────────────────────────────────────────────────────────────────────────────

    def _keep(self, path: str, carried: Carried, kind: str = "") -> bytes:
        self.notes.marks[self.volume, path, kind] = carried.marks
        if not kind:
            self.notes.digests[self.volume, path] = hashlib.sha256(carried.data).hexdigest()
        return carried.data

    def _drawn(self, path: str, size: int, make: Callable[[Draw, Extents], Carried]) -> Drawn:
        def content(extents: Extents) -> bytes:
            return self._keep(path, make(Draw(self.seed, f"{self.volume}{path}"), extents))

        return Drawn(size, content)

    def _text(self, path: str, size: int, items: Sequence[Item]) -> Drawn:
        table = self.draw.pick(self.tables)

        def make(draw: Draw, _: Extents) -> Carried:
            data, marks = carriers.text(table, draw, size, items)
            return Carried(bytes(data), tuple(marks))

        return self._drawn(path, size, make)

    # ── files ───────────────────────────────────────────────────────────────────────────────────

    def _filler(self, number: int, *, deleted: bool = False) -> _Wish:
        kind = fillers.kind_of(self.draw)
        size = max(30, min(self.largest, fillers.size_of(self.draw, self.largest) * kind.tenths // 10))
        textual = kind.ending in ("txt", "html", "c", "csv", "log")
        cuts = (1,) if size > 20_000 and self.draw.below(40) == 0 else ()

        def plan(path: str, times: Times) -> Planned:
            def make(draw: Draw, extents: Extents) -> Carried:
                data = kind.make(self.language, draw, size)
                place = carriers.boundary(extents, size, 2048, UNIT) if textual and self.spare else None
                if place is None:
                    return Carried(data, ())
                copy = bytearray(data)
                item = self.spare.pop()
                mark = carriers.lay(copy, place - len(text_of(item)) // 2, item, draw)
                return Carried(bytes(copy), (mark,))

            if kind.ending in dict(fillers.PACKED):
                data = kind.make(self.language, Draw(self.seed, f"{self.volume}{path}"), size)
                return Planned(path, self._keep(path, Carried(data, ())), times, deleted=deleted)
            return Planned(path, b"", times, deleted=deleted, cuts=cuts, drawn=self._drawn(path, size, make))

        return _Wish(f"{self._word()}{number}.{kind.ending}", plan, "gone" if deleted else "straddle")

    def _deletions(self) -> Iterator[_Wish]:
        for number in range(scaled(_SMALL_DELETED, self.size)):
            yield self._filler(number, deleted=True)
        size = max(65536, scaled(_BIG_SIZE, min(self.size, _GIB)))
        for number in range(_BIG_DELETED * max(1, self.size // _GIB)):

            def plan(path: str, times: Times) -> Planned:
                def make(draw: Draw, _: Extents) -> Carried:
                    return Carried(bytes(fill(self.language.lines, draw, size)), ())

                return Planned(path, b"", times, deleted=True, drawn=self._drawn(path, size, make))

            yield _Wish(f"{self._word()}{number}.log", plan, "gone")

    def _container(self) -> _Wish:
        size = scaled(_CONTAINER, min(self.size, _GIB))

        def plan(path: str, times: Times) -> Planned:
            return Planned(path, b"", times, drawn=self._drawn(path, size, lambda d, _: Carried(d.octets(size), ())))

        return _Wish(f"{self._word()}.vol", plan, "allocated")

    def _whole(self, whole: WholeFile) -> _Wish:
        turn = self.draw.below(100)
        place = "allocated"
        if turn < 10:
            place = "deleted"
        elif turn < 16 and self.volume == NTFS and whole.kind != "media/exif":
            place = "compressed"
        elif turn < 24 and len(whole.data) > 8192:
            place = "fragmented"

        def plan(path: str, times: Times) -> Planned:
            data = self._keep(path, Carried(whole.data, ()))
            return Planned(
                path,
                data,
                times,
                deleted=place == "deleted",
                compressed=place == "compressed",
                cuts=(1,) if place == "fragmented" else (),
                whole=(Whole(whole.kind, note=whole.note, secret=whole.secret),),
            )

        return _Wish(whole.name, plan, place)

    # ── carriers ────────────────────────────────────────────────────────────────────────────────

    def _carriers(self, items: Sequence[Item]) -> Iterator[_Wish]:
        number = 0
        for place, mine in self._assigned(items).items():
            count = _GROUPED.get(place, 1)
            for at in range(0, len(mine), count):
                group = mine[at : at + count]
                number += 1
                if place in ("gap", "unallocated"):
                    self._loose(place, number, group)
                else:
                    yield self._carrier(place, number, group)

    def _assigned(self, items: Sequence[Item]) -> dict[str, list[Item]]:
        weights = {p: w for p, w in _PLACES.items() if self.volume == NTFS or p not in _NTFS_ONLY}
        slots = [
            place
            for place, weight in weights.items()
            if place != "allocated"
            for _ in range(max(1, round(len(items) * weight / 1000)))
        ]
        slots += ["allocated"] * (len(items) - len(slots))
        out: dict[str, list[Item]] = {place: [] for place in weights}
        for place, item in zip(self.draw.shuffled(slots), items, strict=True):
            text = text_of(item)
            fits = place not in _LINES_ONLY or (len(text) <= _LONGEST_LINE and "\n" not in text)
            out[place if fits else "allocated"].append(item)
        return out

    def _carrier(self, place: str, number: int, items: list[Item]) -> _Wish:
        ending = {"gzip": "gz", "docx": "docx", "pdf": "pdf", "sqlite": "db"}.get(place, "txt")
        size = max(room(items) + 40, fillers.size_of(self.draw, min(self.largest, 200_000)))

        def plan(path: str, times: Times) -> Planned:
            draw = Draw(self.seed, f"{self.volume}{path}")
            if place in ("gzip", "docx", "pdf"):
                carried = carriers.packed(ending, self.language, draw, max(400, size), items)
                return Planned(path, self._keep(path, carried), times)
            if place == "sqlite":
                carried = carriers.chat_database(self.language, draw, 20 + size // 120, items)
                return Planned(path, self._keep(path, carried), times)
            if place == "utf16":
                table = self.draw.pick(self.tables)
                drawn = self._drawn(path, 2 + 2 * size, lambda d, _: carriers.wide(table, d, size, items))
                return Planned(path, b"", times, drawn=drawn)
            if place == "resident":
                return Planned(path, b"", times, drawn=self._text(path, room(items) + 20, items))
            if place == "ads":
                data, marks = carriers.text(self.language.prose, draw, size, items)
                stream = {"notes": self._keep(f"{path}:notes", Carried(bytes(data), tuple(marks)))}
                return Planned(path, b"", times, streams=stream, drawn=self._text(path, 3000, []))
            if place == "slack":
                data, marks = carriers.text(self.language.prose, draw, room(items), items)
                slack = self._keep(path, Carried(bytes(data), tuple(marks)), "slack")
                long = 4096 * self.draw.below(6) + self.draw.between(700, 1000)
                return Planned(path, b"", times, slack=slack, drawn=self._text(path, long, []))
            if place in ("fragmented", "straddle"):
                return self._crossing(place, path, times, items)
            long = max(size, 9000) if place in ("compressed", "deleted") else size
            drawn = self._text(path, long, items)
            return Planned(path, b"", times, deleted=place == "deleted", compressed=place == "compressed", drawn=drawn)

        return _Wish(f"{self._word()}-{number}.{ending}", plan, "gone" if place == "deleted" else place)

    def _crossing(self, place: str, path: str, times: Times, items: list[Item]) -> Planned:
        table = self.draw.pick(self.tables)
        if place == "fragmented":
            size = self.draw.between(20_000, 40_000)
            drawn = self._drawn(path, size, lambda d, _: carriers.across(table, d, size, (8192, 12288), items))
            return Planned(path, b"", times, cuts=(2, 1), drawn=drawn)
        size = CHUNK + 8192

        def make(draw: Draw, extents: Extents) -> Carried:
            where = carriers.boundary(extents, size, 2048, CHUNK)
            return carriers.across(table, draw, size, () if where is None else (where,), items)

        return Planned(path, b"", times, drawn=self._drawn(path, size, make))

    def _loose(self, place: str, number: int, items: list[Item]) -> None:
        name = f"remains {number}"
        draw = Draw(self.seed, f"{self.volume} {name}")
        data, marks = carriers.text(self.draw.pick(self.tables), draw, room(items) + draw.between(400, 6000), items)
        kept = self._keep(name, Carried(bytes(data), tuple(marks)), place)
        (self.result.gap if place == "gap" else self.result.loose).append(Loose(name, kept))

    # ── names ───────────────────────────────────────────────────────────────────────────────────

    def _word(self) -> str:
        return self.language.word(self.draw)

    def _folder(self, number: int) -> str:
        parts = []
        while number:
            parts.append(self.language.words[60 + number % 7000] + str(number))
            number = (number - 1) // 6
        return "/" + "/".join(("home" if self.volume == EXT4 else "Users", *reversed(parts)))
