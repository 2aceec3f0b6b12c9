"""Several trees of names over the bytes of one disc: a UDF, a Joliet and an ISO 9660 beside each other.

They commonly lead to the same bytes. The one that systems show is listed: it has the longer names and the finer times.
Of each other, what leads to bytes that no name before it leads to is listed as well, in a folder `[ISO 9660]`, so that
nothing is hidden in another tree and nothing stands twice. Of what has no bytes (an empty file, a link, a folder) only the
name can tell that it is another: it is listed where its tree has whole names and none before has that name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from forensics.evidence.ranges import merged
from forensics.filesystems.base import MOST_REFUSED, Listing
from forensics.filesystems.free import Space
from forensics.guard import UNGUARDED, Guard
from forensics.model import ByteRun, Entry, EntryKind, Locator

FOLDER = "/[ISO 9660]"
_NUMBER = 52  # bits of an address below the number of its tree
_ORPHANS = "/$OrphanFiles"  # to The Sleuth Kit, what only another tree names
_Name = tuple[bool, str]  # whether it is a link, which Joliet has as an empty file; path


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of a disc; `names` are whole where the disc keeps them as its maker had them."""

    title: str
    listing: Listing
    whole_names: bool = True


class Trees:
    """A first tree and those beside it; see `forensics.filesystems.base.Listing`."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        """List the first of `trees`, then what only the others have."""
        self._trees = tuple(trees)
        first = trees[0].listing
        self.kind = first.kind
        self.volume = first.volume
        self.block_size = first.block_size
        self._folders: tuple[ByteRun, ...] = ()  # of the other trees
        self.caveats: tuple[str, ...] = tuple(each for tree in trees for each in tree.listing.caveats)
        self.refused: tuple[str, ...] = ()
        self._said: tuple[str, ...] = ()  # caveats of the last walk

    @property
    def locator(self) -> Locator:
        """Its volume."""
        return self.volume.locator

    @property
    def metadata(self) -> tuple[ByteRun, ...]:
        """Of all; the folders of the other trees, too."""
        return merged([*(run for tree in self._trees for run in tree.listing.metadata), *self._folders])

    @property
    def free(self) -> Space | None:
        """The books of the first."""
        return self._trees[0].listing.free

    def walk(self, guard: Guard = UNGUARDED) -> Iterator[Entry]:
        """Every name of the first tree, then those of the others that lead to other bytes, or are all there is."""
        first, *others = self._trees
        held: list[ByteRun] = []
        names: set[_Name] = set()
        for entry in first.listing.walk(guard):
            if _is_orphan(entry):
                continue
            held += (run for run in entry.runs if run.offset >= 0)
            names.add(_name(entry))
            yield entry
        folders: list[ByteRun] = []
        said: list[str] = []
        for number, tree in enumerate(others, 1):
            files = more = 0
            known = Space(merged(held))
            for entry in tree.listing.walk(guard):
                if entry.kind is EntryKind.DIRECTORY:
                    folders += (run for run in (*entry.runs, *entry.slack) if run.offset >= 0)
                files += entry.kind is EntryKind.FILE and entry.size > 0 and not _is_orphan(entry)
                if not self._is_other(entry, tree, known, names):
                    continue
                more += 1
                held += (run for run in entry.runs if run.offset >= 0)
                yield self._shown(entry, number)
            said.append(
                f"{tree.title} of {files:,} files with content stands beside {first.title}; {more:,} entries that it alone "
                f"has are listed in the folder {FOLDER[1:]}, the others are not listed again"
            )
        self._folders = merged(folders)
        known_before = [each for each in self.caveats if each not in self._said]
        told = [each for tree in self._trees for each in tree.listing.caveats]
        self._said = tuple(said)
        self.caveats = tuple(dict.fromkeys((*known_before, *told, *said)))
        refused = [f"ISO 9660: {each}" for tree in others for each in tree.listing.refused]
        self.refused = (*first.listing.refused, *refused)[:MOST_REFUSED]

    @staticmethod
    def _is_other(entry: Entry, tree: Tree, known: Space, names: set[_Name]) -> bool:
        if entry.kind is EntryKind.VIRTUAL:
            return False
        if entry.size and entry.kind is not EntryKind.DIRECTORY:
            return bool(known.outside(entry.runs))
        return tree.whole_names and not _is_orphan(entry) and _name(entry) not in names

    def _shown(self, entry: Entry, number: int) -> Entry:
        tree, first = self._trees[number], self._trees[0]
        only = f"only in {tree.title} of this disc: no name of {first.title} leads to it"
        return replace(
            entry,
            address=entry.address | number << _NUMBER,
            path=FOLDER + entry.path,
            caveats=(*entry.caveats, only),
        )

    def read_entry(self, entry: Entry, offset: int, length: int) -> bytes:
        """Logical bytes of a stream; see `Listing`."""
        number, address = entry.address >> _NUMBER, entry.address & (1 << _NUMBER) - 1
        listing = self._trees[number].listing
        if not number:
            return listing.read_entry(entry, offset, length)
        plain = replace(entry, address=address, path=entry.path.removeprefix(FOLDER))
        return listing.read_entry(plain, offset, length)


def _name(entry: Entry) -> _Name:
    return entry.kind is EntryKind.LINK, entry.path.casefold()


def _is_orphan(entry: Entry) -> bool:
    return entry.path == _ORPHANS or entry.path.startswith(_ORPHANS + "/")
