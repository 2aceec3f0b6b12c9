"""Pictures that look like one: the 64 bits that the picture detector recorded of each, held against each other.

Each bit says whether a place of the picture, seen as 9 x 8 grey dots, is brighter than its right neighbour
(:mod:`forensics.detectors.media._looks`). Two pictures of the same thing differ in few places, unlike ones in some 32.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, func, select

from app.places.gallery_tiles import Picture
from app.reading import E, F
from forensics.case import schema
from forensics.visible import visible
from resources.languages import tr
from viewers.words import plural

PLACES = 64
MOST_APART = 10  # of 64: a thumbnail and its photograph differ in 11 at most (see `_looks.UNLIKE`)
MOST_SHOWN = 1_000
MOST_READ = 2_000_000
_KIND = "media/exif"
_LOOK = func.json_extract(F.fields_json, "$.look.value")
_RECORDED = (F.kind == _KIND) & (func.length(_LOOK) == PLACES // 4)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Alike:
    """What looks like a picture: itself first, then the others, the most alike first."""

    to: Picture
    pictures: list[Picture]
    found: int  # others, of which `pictures` has the first ones
    compared: int | None  # others that have a look; `None` where this one has none

    def words(self) -> str:
        """How many there are, and what that does not show."""
        if self.compared is None:
            return tr(
                "{name} has no look to compare: only JPEG files with Exif data that can be decoded have one, and none "
                "that shows next to nothing.",
                name=self.to.name,
            )
        most = tr(", the first {most:,} are shown", most=MOST_SHOWN) if self.found > MOST_SHOWN else ""
        counted = tr(
            "{pictures} like {name}, of {compared:,} that were compared: at most {apart} of {places} places differ in "
            "whether they are brighter than the place beside them{most}.",
            pictures=plural(self.found, "picture looks", "pictures look"),
            compared=self.compared,
            name=self.to.name,
            apart=MOST_APART,
            places=PLACES,
            most=most,
        )
        limits = tr(
            "It does not show that one was made from the other. Turned, mirrored and cropped copies are not found, nor "
            "files without Exif data."
        )
        return f"{counted} {limits}"


def alike(connection: Connection, to: Picture) -> Alike:
    """The pictures of the case whose looks differ from that of one in few places; runs in a thread of the reader."""
    same = F.entry == to.entry if to.entry is not None else F.id == to.finding
    own = connection.execute(
        select(F.id, F.sha256, _LOOK.label("look")).where(_RECORDED, same).order_by(F.id != to.finding, F.id).limit(1)
    ).one_or_none()
    if own is None:
        return Alike(to, [], 0, None)
    rows = connection.execute(select(F.id, _LOOK).where(_RECORDED).order_by(F.id).limit(MOST_READ)).all()
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    apart = differing(int(own.look, 16), [row[1] for row in rows])
    near = np.flatnonzero((apart <= MOST_APART) & (ids != own.id))
    near = near[np.argsort(apart[near], kind="stable")]
    shown = {own.id: 0, **{int(ids[at]): int(apart[at]) for at in near[:MOST_SHOWN]}}
    pictures = _pictures(connection, shown, own.id, own.sha256)
    return Alike(pictures[0], pictures, len(near), len(rows) - 1)


def differing(look: int, others: Sequence[str]) -> np.ndarray:
    """In how many of the 64 places each of some looks, 16 hexadecimal digits, differs from one."""
    held = np.frombuffer(bytes.fromhex("".join(others)), ">u8")
    return np.asarray(np.bitwise_count(held ^ np.uint64(look)))


def _pictures(connection: Connection, shown: Mapping[int, int], own: int, sha256: str) -> list[Picture]:
    """The tiles of findings, in the order in which they are given with their places that differ."""
    found: dict[int, Picture] = {}
    ids = list(shown)
    table = schema.finding.outerjoin(schema.entry, F.entry == E.id)
    columns = (F.id, F.sha256, F.path, F.entry, F.span_length, E.name, E.size)
    for start in range(0, len(ids), _AT_ONCE):
        query = select(*columns).select_from(table).where(F.id.in_(ids[start : start + _AT_ONCE]))
        for row in connection.execute(query):
            path = row.path or ""
            name = visible(row.name or path.rpartition("/")[2]) or tr("in no file")
            note = _note(shown[row.id], chosen=row.id == own, same=row.sha256 == sha256)
            found[row.id] = Picture(row.entry, name, path, row.size or row.span_length, row.id, note)
    return [found[number] for number in ids]


def _note(apart: int, *, chosen: bool, same: bool) -> str:
    if chosen:
        return tr("the chosen picture")
    return tr("the same bytes") if same else tr("differs in {apart} of {places} places", apart=apart, places=PLACES)
