"""Stores of pass, gopass and their kin: a folder of files that GnuPG encrypted, with names in clear.

| file      | content                                                                            |
|-----------|------------------------------------------------------------------------------------|
| `.gpg-id` | one recipient a line: key id, fingerprint, mail address or user id; `#` for remarks |
| `….gpg`   | an OpenPGP message: the password is its first line                                 |

The path within the store names the account, often as site/user. The messages are findings of their own
(`openpgp/message`), with the keys that open them.

Not recorded: when a password was made, but by the times of its file and the history of a `.git` beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_LARGEST = 16 << 10
_MOST = 100
_INSIDE = re.compile(r"(?:password-store|gopass/stores/root)/(.+)\.gpg", re.IGNORECASE)
_KEY = re.compile(r"(?:0x)?(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{16}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})!?")
_ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,200}|[^<>@\n]{0,200}<[^\s<>@]{1,64}@[^\s<>@]{1,200}>")
_TO_A_KEY = (0x84, 0x85, 0xC1)  # the packet that begins a message to a key, in both forms of lengths

_WHOLE = b"# of the shop\n0xA1B2C3D4E5F60718\nwick@post.example\n"


class PassStore:
    """Recipients of a store, and its entries."""

    kind: ClassVar[str] = "store/pass_store"
    title: ClassVar[str] = "Password store (pass)"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(name="*/.gpg-id"),
        Trigger(name="*password-store/*.gpg"),
        Trigger(name="*/gopass/stores/root/*.gpg"),
    )
    references: ClassVar[tuple[str, ...]] = ("pass(1), https://www.passwordstore.org",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("recipients", _WHOLE, ("0xA1B2C3D4E5F60718, wick@post.example",), "by hand"),
        Specimen("one address", b"wick@post.example\n", ("wick@post.example",), "pass init"),
        Specimen("empty", b"\n", None, "by hand"),
        Specimen("look-alike: words", b"notes for tomorrow\n", None, "by hand"),
        Specimen("cut off in a fingerprint", b"A1B2C3D4E5F6071", None, "by hand, cut"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file by its name."""
        path = layer.locator.step.partition(":")[2]
        if path.lower().endswith(".gpg"):
            inside, first = _INSIDE.search(path), layer.read(at, 1)
            if inside and first and first[0] in _TO_A_KEY:
                yield self._entry(layer, at, inside[1])
        else:
            yield from self._recipients(layer, at)

    def _entry(self, layer: Layer, at: int, inside: str) -> Finding:
        folder, _, name = inside.rpartition("/")
        links = (Link("ACCOUNT_OF", "account", name),) if folder else ()
        return finding(
            self,
            layer,
            at,
            layer.size - at,
            grade=Grade.C2,
            value=inside,
            checks=(Check("folder of a store, and a message to a key", Outcome.PASS, 30),),
            fields={
                "what": Field("entry"),
                "folder": Field(folder or Absent.NONE_STORED),
                "name": Field(name),
                "password": Field(Absent.ENCRYPTED, ByteRun(at, layer.size - at)),
            },
            links=links,
            sensitivity=Sensitivity.PERSONAL,
        )

    def _recipients(self, layer: Layer, at: int) -> Iterator[Finding]:
        data = layer.read(at, _LARGEST + 1)
        try:
            lines = [line.partition("#")[0].strip() for line in data.decode("utf-8").splitlines()]
        except UnicodeDecodeError:
            return
        named = [line for line in lines if line]
        if not 0 < len(named) <= _MOST or len(data) > _LARGEST:
            return
        if not all(_KEY.fullmatch(each) or _ADDRESS.fullmatch(each) for each in named):
            return
        links = [
            Link(
                "ENCRYPTED_TO",
                "contact/email" if "@" in each else "openpgp",
                each.strip("!").rpartition("<")[2].rstrip(">"),
            )
            for each in named
        ]
        yield finding(
            self,
            layer,
            at,
            len(data),
            grade=Grade.C2,
            value=", ".join(named),
            checks=(Check("each line a key or an address", Outcome.PASS, 30),),
            fields={"what": Field("recipients"), "recipients": Field(tuple(named), ByteRun(at, len(data)))},
            links=tuple(links),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = PassStore()
