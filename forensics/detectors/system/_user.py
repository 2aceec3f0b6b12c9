"""What the hives of a user say: programs run, documents opened, paths and words typed, folders seen."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from forensics.detectors._shell_items import items, path_of
from forensics.detectors.system._hive import Fact, Key, Stored
from forensics.detectors.system._machine import of_software
from forensics.detectors.system._told import (
    filetime,
    filetime_events,
    is_text,
    path_fields,
    path_links,
    shown,
    text16,
    u32,
    u64,
)
from forensics.model import Field, Link

_EXPLORER = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer"
_BAGS = (
    "Software\\Microsoft\\Windows\\Shell\\BagMRU",
    "Software\\Microsoft\\Windows\\ShellNoRoam\\BagMRU",
    "Local Settings\\Software\\Microsoft\\Windows\\Shell\\BagMRU",
)
MOST_BAGS = 20_000
MOST_LISTED = 2_000  # values in the order of use
DEEPEST = 24
_FOLDERS = {
    "{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}": "%windir%\\System32",
    "{6D809377-6AF0-444B-8957-A3773F02200E}": "%ProgramFiles%",
    "{7C5A40EF-A0FB-4BFC-874A-C0F2E0B9FA8E}": "%ProgramFiles(x86)%",
    "{F38BF404-1D43-42F2-9305-67DE0B28FC23}": "%windir%",
    "{0139D44E-6AFE-49F2-8690-3DAFCAE6FFB8}": "Programs (all users)",
    "{A77F5D77-2E2B-44C3-A6A2-ABA601054A51}": "Programs",
}
_ROT = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm",
)


def of_user(root: Key) -> Iterator[Fact]:
    """The facts of NTUSER.DAT or UsrClass.dat."""
    yield from _assist(root)
    yield from _recent(root)
    yield from _typed(root)
    yield from _dialogs(root)
    yield from _volumes(root)
    for path in _BAGS:
        bags = root.key(path)
        if bags is not None:
            yield from _Bags().under(bags, "", 0)
    yield from of_software(root, "Software\\")


def _assist(root: Key) -> Iterator[Fact]:
    key = root.key(f"{_EXPLORER}\\UserAssist")
    for group in key.under() if key else ():
        count = group.key("Count")
        for value in count.values() if count else ():
            name = value.name.translate(_ROT)
            if len(value.data) == 72:
                times, last = u32(value.data, 4), u64(value.data, 60)
            elif len(value.data) == 16:
                times, last = max(0, u32(value.data, 4) - 5), u64(value.data, 8)  # counting starts at 5
            else:
                continue
            path = name.partition(":")[2] if name.startswith("UEME_") else name
            identity, _, rest = path.partition("\\")
            path = f"{_FOLDERS[identity.upper()]}\\{rest}" if identity.upper() in _FOLDERS else path
            if name.startswith("UEME_CTL") or not path or not is_text(path) or count is None:
                continue
            fact = Fact("program run, counted by the shell", path, count, value)
            fact.fields |= {"stored_name": Field(name), "run_count": Field(times), **path_fields(path)}
            if len(value.data) == 72:
                fact.fields |= {
                    "focus_count": Field(u32(value.data, 8)),
                    "focus_milliseconds": Field(u32(value.data, 12)),
                }
            if when := filetime(last):
                fact.fields["last_run"] = Field(shown(when))
                fact.events += filetime_events("program run", last)
            fact.links += path_links("RAN", path)
            yield fact


def _order(key: Key) -> list[str]:
    """The names of values by how recently they were used."""
    value = key.value("MRUListEx")
    if value is not None:
        stored = struct.unpack_from(f"<{min(MOST_LISTED, len(value.data) // 4)}I", value.data)
        return [str(each) for each in stored if each != 0xFFFFFFFF]
    return list(key.text("MRUList"))


def _listed(key: Key, what: str, meaning: str, read: str) -> Iterator[Fact]:
    """Values in the order of use: the time of the key is that of the first."""
    order = _order(key)
    for value in key.values():
        if value.name not in order:
            continue
        words = _words(value, read)
        if not is_text(words):
            continue
        fact = Fact(what, words, key, value)
        place = order.index(value.name)
        fact.fields |= {"order": Field(place + 1), **path_fields(words)}
        fact.links += path_links("OPENED", words) if read != "search" else []
        if place == 0:
            fact.written(meaning)
        yield fact


def _words(value: Stored, read: str) -> str:
    if read == "items":
        return path_of(list(items(value.data)))
    if read == "program and items":
        name = text16(value.data)
        return path_of(list(items(value.data[2 * len(name) + 2 :]))) or name
    words = text16(value.data)
    return words.removesuffix("\\1") if read == "command" else words


def _recent(root: Key) -> Iterator[Fact]:
    key = root.key(f"{_EXPLORER}\\RecentDocs")
    if key is None:
        return
    yield from _listed(key, "document opened", "document opened", "name")
    for kind in key.under():
        yield from _listed(kind, "document opened", "document opened", "name")


def _typed(root: Key) -> Iterator[Fact]:
    for path, what, rule in (
        (f"{_EXPLORER}\\TypedPaths", "path typed", "path"),
        ("Software\\Microsoft\\Internet Explorer\\TypedURLs", "address typed", "address"),
    ):
        key = root.key(path)
        for value in key.values() if key else ():
            words = value.text
            if key is None or not re.fullmatch(r"url\d{1,4}", value.name, re.IGNORECASE) or not is_text(words):
                continue
            fact = Fact(what, words, key, value)
            if rule == "path":
                fact.fields |= path_fields(words)
                fact.links += path_links("TYPED", words)
            else:
                fact.links.append(Link("TYPED", "address of a page", words))
            if value.name.lower() == "url1":
                fact.written(what)
            yield fact
    for path, what, read in (
        ("RunMRU", "command typed", "command"),
        ("WordWheelQuery", "searched for", "search"),
    ):
        key = root.key(f"{_EXPLORER}\\{path}")
        if key is not None:
            yield from _listed(key, what, what, read)


def _dialogs(root: Key) -> Iterator[Fact]:
    key = root.key(f"{_EXPLORER}\\ComDlg32\\OpenSavePidlMRU")
    for kind in key.under() if key else ():
        yield from _listed(kind, "file opened or saved in a dialogue", "file opened or saved", "items")
    key = root.key(f"{_EXPLORER}\\ComDlg32\\LastVisitedPidlMRU")
    if key is not None:
        yield from _listed(key, "folder of a program's dialogue", "folder used in a dialogue", "program and items")


def _volumes(root: Key) -> Iterator[Fact]:
    key = root.key(f"{_EXPLORER}\\MountPoints2")
    for one in key.under() if key else ():
        share = one.name.startswith("##")
        name = one.name.replace("#", "\\") if share else one.name
        fact = Fact("share of a network used" if share else "volume used", name, one)
        fact.links.append(Link("USED_VOLUME", "path" if share else "volume", name.strip("{}").lower()))
        fact.written("volume used")
        yield fact


class _Bags:
    """Folders that were looked at, up to a number of them."""

    def __init__(self) -> None:
        self._count = 0

    def under(self, key: Key, path: str, depth: int) -> Iterator[Fact]:
        """The folders under a key."""
        order = _order(key)
        for value in key.values():
            if not value.name.isdigit() or self._count >= MOST_BAGS:
                continue
            self._count += 1
            steps = list(items(value.data))
            step = steps[0] if steps else None
            name = step.name if step else ""
            whole = f"{path}\\{name}" if path and name else name or path
            inner = key.key(value.name)
            if step and name and is_text(whole):
                fact = Fact("folder looked at", whole, key, value)
                fact.fields |= path_fields(whole)
                fact.links += path_links("OPENED", whole)
                if step.reference:
                    fact.fields["ntfs_entry"] = Field(step.reference)
                if order and order[0] == value.name:
                    fact.written("folder looked at")
                yield fact
            if inner is not None and depth < DEEPEST:
                yield from self.under(inner, "" if step and step.root else whole, depth + 1)
