"""The evidence of a case as one tree of folders and files, listed from the case database a folder at a time.

| path | what |
|---|---|
| `E1/image.raw` | the medium, whatever container holds it |
| `E1/gap/OFFSET-LENGTH.bin` | what no volume answers for |
| `E1/volume-2/volume.raw` | the content of a volume; of an opened one, decrypted |
| `E1/volume-2/files/…` | its entries; deleted ones end in `.deleted-ENTRY`, streams are `NAME:STREAM` |
| `E1/volume-2/slack/ENTRY NAME` | what follows an entry in its last allocation unit |
| `E1/volume-2/unallocated/OFFSET-LENGTH.bin` | free space, a file for each run; `metadata` likewise |

Offsets count from the start of the image. A link is a file that holds its target: followed, it would lead into
the examiner's own system. A folder without an entry of its own is shown for the entries below it.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import select

from forensics.case import schema
from forensics.case.store import Case
from forensics.model import EntryKind, Storage
from forensics.visible import visible
from forensics.volumes.apfs import inner
from forensics.volumes.shadow import is_shadow

LONGEST_NAME = 255  # bytes of a name, Linux NAME_MAX
LONGEST_VALUE = 60_000  # bytes of an attribute; Linux allows 64 KiB
KEPT = 200_000  # nodes of listings in memory, beside the one in use

_FOLDERS = (EntryKind.DIRECTORY.value, EntryKind.VIRTUAL.value)
_DIGESTS = ("sha256", "sha1", "md5")
_COLUMNS = ("id", "name", "path", "stream", "kind", "allocated", "size", "storage", "times_json", "caveats_json")


@dataclass(frozen=True, slots=True)
class Content:
    """What the bytes of a file are: an entry by number, or runs of an exhibit."""

    exhibit: str
    entry: int | None = None
    runs: Sequence[Sequence[int]] = ()
    sealed: bool = False  # as they lie on the medium, also in an opened volume


@dataclass(frozen=True, slots=True)
class Node:
    """A folder, or a file with its content. Times are nanoseconds since 1970; attributes are shown as `user.impound.*`."""

    size: int = 0
    content: Content | None = None
    children: Callable[[], Listing] | None = None  # of a folder
    modified: int = 0
    accessed: int = 0
    changed: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)


Listing = Mapping[str, Node]


class EvidenceTree:
    """The tree of a case."""

    def __init__(self, case: Case) -> None:
        """List nothing yet."""
        self._case = case
        self._listings: OrderedDict[str, Listing] = OrderedDict()
        self._bare: dict[tuple[str, int], dict[str, set[str]]] = {}

    def node(self, path: str) -> Node:
        """What is at a path such as `/E1/volume-1/files/a.txt`.

        Raises:
            FileNotFoundError: there is nothing.
        """
        parent, _, name = path.rpartition("/")
        if not name:
            return Node(children=self._exhibits)
        node = self.listing(parent or "/").get(name)
        if node is None:
            raise FileNotFoundError(path)
        return node

    def listing(self, path: str) -> Listing:
        """The names in a folder and what they are.

        Raises:
            FileNotFoundError: there is nothing at this path.
            NotADirectoryError: it is a file.
        """
        known = self._listings.get(path)
        if known is not None:
            self._listings.move_to_end(path)
            return known
        children = self.node(path).children
        if children is None:
            raise NotADirectoryError(path)
        listing = self._listings[path] = children()
        while len(self._listings) > 1 and sum(map(len, self._listings.values())) > KEPT:
            self._listings.popitem(last=False)
        return listing

    # --- exhibits and volumes

    def _exhibits(self) -> Listing:
        return {
            each["number"]: Node(
                children=partial(self._exhibit, each),
                attributes={"format": each["format"], "verdict": each["verdict"]},
            )
            for each in self._case.exhibits()
        }

    def _exhibit(self, exhibit: Mapping[str, Any]) -> Listing:
        number, size = exhibit["number"], int(exhibit["size"])
        computed = json.loads(exhibit["computed_json"])
        image = Node(
            size,
            Content(number, runs=[[0, size]], sealed=True),
            attributes={name: computed[name] for name in _DIGESTS if name in computed},
        )
        v = schema.volume.c
        volumes = self._case.rows(select(schema.volume).where(v.exhibit == number).order_by(v.number))
        return {
            "image.raw": image,
            **self._regions(number, 0),
            **{
                f"volume-{each['number']}": Node(
                    children=partial(self._volume, each),
                    attributes={key: each[key] for key in ("file_system", "type_text", "state", "reason") if each[key]},
                )
                for each in volumes
            },
        }

    def _volume(self, volume: Mapping[str, Any]) -> Listing:
        exhibit, number = volume["exhibit"], volume["number"]
        layout = json.loads(volume["layout_json"])
        nodes = self._regions(exhibit, number)
        steps = layout.get("steps", ())
        if not is_shadow(steps) and not inner(steps):
            runs = layout.get("extents") or [[volume["offset"], volume["size"]]]
            nodes["volume.raw"] = _of_runs(exhibit, runs)
        e = schema.entry.c
        if self._case.count(schema.entry, e.exhibit == exhibit, e.volume == number):
            nodes["files"] = Node(children=partial(self._folder, exhibit, number, "/"))
            nodes["slack"] = Node(children=partial(self._slack, exhibit, number))
        return nodes

    def _regions(self, exhibit: str, volume: int) -> dict[str, Node]:
        """A folder for each kind of space of a volume that no entry holds; slack has its own, by entry."""
        r = schema.region.c
        kinds = self._case.rows(
            select(r.kind).where(r.exhibit == exhibit, r.volume == volume, r.kind != "slack").order_by(r.kind)
        )
        return {each["kind"]: Node(children=partial(self._region, exhibit, volume, each["kind"])) for each in kinds}

    def _region(self, exhibit: str, volume: int, kind: str) -> Listing:
        r = schema.region.c
        row = self._case.one(select(r.runs_json).where(r.exhibit == exhibit, r.volume == volume, r.kind == kind))
        runs = json.loads(row["runs_json"]) if row is not None else ()
        return {f"{offset:015}-{length}.bin": _of_runs(exhibit, [[offset, length]]) for offset, length in runs}

    def _slack(self, exhibit: str, volume: int) -> Listing:
        e = schema.entry.c
        rows = self._case.rows(
            select(e.id, e.name, e.path, e.slack_json)
            .where(e.exhibit == exhibit, e.volume == volume, e.allocated, e.slack_json != "[]")
            .order_by(e.id)
        )
        return {
            fit(f"{row['id']} {row['name']}"): _of_runs(exhibit, json.loads(row["slack_json"]), path=row["path"])
            for row in rows
        }

    # --- entries

    def _folder(self, exhibit: str, volume: int, path: str) -> Listing:
        e = schema.entry.c
        rows = self._case.rows(
            select(*(e[name] for name in (*_COLUMNS, *_DIGESTS)))
            .where(e.exhibit == exhibit, e.volume == volume, e.parent == path)
            .order_by(e.allocated.desc(), e.id)
        )
        bare = self._bare_folders(exhibit, volume).get(path, set())
        nodes: dict[str, Node] = {}
        seen: set[str] = set()  # folders of one path are one folder: what lies in them is known by its path only
        for row in rows:
            below = row["path"] if self._is_folder(exhibit, volume, row) else None
            if below is not None and below in seen:
                continue
            shown = _free(
                nodes, row["name"], "" if row["allocated"] else f".deleted-{row['id']}", f".entry-{row['id']}"
            )
            if below is None:
                nodes[shown] = _of_entry(exhibit, row)
            else:
                seen.add(below)
                nodes[shown] = _of_entry(exhibit, row, partial(self._folder, exhibit, volume, below))
        for name in sorted(bare):
            below = f"{path.rstrip('/')}/{name}"
            if below not in seen:
                nodes[_free(nodes, name, "", ".folder")] = Node(children=partial(self._folder, exhibit, volume, below))
        return nodes

    def _is_folder(self, exhibit: str, volume: int, row: Mapping[str, Any]) -> bool:
        if row["stream"] is not None or row["kind"] not in _FOLDERS:
            return False
        if row["kind"] == EntryKind.DIRECTORY.value:
            return True
        e = schema.entry.c
        return bool(self._case.count(schema.entry, e.exhibit == exhibit, e.volume == volume, e.parent == row["path"]))

    def _bare_folders(self, exhibit: str, volume: int) -> dict[str, set[str]]:
        """Names of folders that only the paths of entries below them name, by the path of their own folder."""
        found = self._bare.get((exhibit, volume))
        if found is None:
            e = schema.entry.c
            here = (e.exhibit == exhibit, e.volume == volume)
            known = {row["path"] for row in self._case.rows(select(e.path).where(*here, e.kind.in_(_FOLDERS)))}
            found = self._bare[exhibit, volume] = {}
            for row in self._case.rows(select(e.parent).where(*here).distinct()):
                path = row["parent"]
                while path != "/" and path not in known:
                    known.add(path)
                    parent, _, name = path.rpartition("/")
                    found.setdefault(parent or "/", set()).add(name)
                    path = parent or "/"
        return found


def _of_runs(exhibit: str, runs: Sequence[Sequence[int]], **attributes: str) -> Node:
    told = json.dumps([list(run) for run in runs])
    if len(told) <= LONGEST_VALUE:
        attributes["runs"] = told
    return Node(sum(length for _, length in runs), Content(exhibit, runs=runs), attributes=attributes)


def _of_entry(exhibit: str, row: Mapping[str, Any], children: Callable[[], Listing] | None = None) -> Node:
    times = json.loads(row["times_json"])
    moments = {each["field"]: each["when_us"] * 1000 for each in times if each["when_us"] is not None}
    path = row["path"] if row["stream"] is None else f"{row['path']}:{row['stream']}"
    attributes = {
        "path": path,
        "entry": str(row["id"]),
        "state": "live" if row["allocated"] else "deleted",
        "kind": row["kind"],
        "times": json.dumps(times),
        "caveats": "\n".join(json.loads(row["caveats_json"])),
        **{name: row[name] for name in _DIGESTS if row[name] is not None and children is None},
    }
    held = children is None and row["storage"] != Storage.NONE.value
    return Node(
        size=row["size"] if held else 0,
        content=Content(exhibit, row["id"]) if held else None,
        children=children,
        modified=moments.get("modified", 0),
        accessed=moments.get("accessed", 0),
        changed=moments.get("changed", 0),
        attributes={name: value for name, value in attributes.items() if value},
    )


def _free(taken: Container[str], name: str, ending: str, more: str) -> str:
    """The name to show, with `more` behind it as often as others have it already."""
    while (shown := fit(name, ending)) in taken:
        ending += more
    return shown


def fit(name: str, ending: str = "") -> str:
    """A name as a folder can show it: hidden characters, slashes and names of dots written out, cut to 255 bytes."""
    shown = "".join(f"\\u{{{ord(each):x}}}" if each == "/" else each for each in visible(name))
    if shown in ("", ".", ".."):
        shown = "".join(f"\\u{{{ord(each):x}}}" for each in shown) or "(no name)"
    room = LONGEST_NAME - len(ending.encode())
    raw = shown.encode("utf-8", "backslashreplace")
    return raw[:room].decode("utf-8", "ignore") + ending
