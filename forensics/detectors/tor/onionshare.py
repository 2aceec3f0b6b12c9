"""Saved tabs of OnionShare: `persistent/<id>.json`, what was offered over an onion service from this computer.

| member                                      | content                                                        |
|---------------------------------------------|----------------------------------------------------------------|
| `onion`.`private_key`                         | base 64 of 64 octets, the expanded secret of a version 3 service  |
| `onion`.`client_auth_priv_key`                | key that visitors need, unless `general`.`public`                 |
| `persistent`.`mode`                           | share, receive, website, chat                                   |
| `general`.`title`, `service_id`               | the tab's title, a name that its service had                    |
| `share`, `website`.`filenames`                | files that were offered, with their paths                       |
| `receive`.`data_dir`                          | where what others sent was put                                  |

The service's name is derived from the key. Where the file's name is none of these the text still tells.

Not recorded: when it ran; who came. A tab that was not saved leaves no file.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any, ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.tor._specimens_onionshare import ONIONSHARE
from forensics.model import Absent, ByteRun, Field, Finding, Grade, Layer, Link, Secret, Sensitivity
from forensics.primitives import ed25519_scalar, onion

_LARGEST = 1 << 20
_MOST_FILES = 2_000
_LONGEST = 2_000


class OnionShare:
    """Reads one saved tab."""

    kind: ClassVar[str] = "tor/onionshare"
    title: ClassVar[str] = "Saved tab of OnionShare"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb'\{\s{0,8}"onion":\s{0,4}\{\s{0,8}"private_key":', wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("OnionShare: cli/onionshare_cli/mode_settings.py",)
    specimens: ClassVar[tuple[Specimen, ...]] = ONIONSHARE

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The object whose first key ends at `at`."""
        base = max(0, at - 60)
        start = base + layer.read(base, at - base).rfind(b'"onion"')
        start = base + layer.read(base, start - base).rfind(b"{")
        data = layer.read(start, _LARGEST)
        held, size = _object(data)
        if held is None or not isinstance(held.get("persistent"), dict) or not isinstance(held.get("general"), dict):
            return
        mode = _text(held, "persistent", "mode")
        if mode not in ("share", "receive", "website", "chat"):
            return
        secret = _text(held, "onion", "private_key")
        name = _name(secret)
        fields: dict[str, Field] = {"mode": Field(mode)}
        if name:
            place = data.find(secret.encode())
            fields["private_key"] = Field(Secret(secret), ByteRun(start + place, len(secret)) if place >= 0 else None)
        for label, group, member in (
            ("title", "general", "title"),
            ("name_it_had", "general", "service_id"),
            ("received_in", "receive", "data_dir"),
        ):
            if told := _text(held, group, member):
                fields[label] = Field(told)
        if visitors := _text(held, "onion", "client_auth_priv_key"):
            fields["key_for_visitors"] = Field(Secret(visitors))
        files = [each for group in ("share", "website") for each in _files(held, group)]
        if files:
            fields["files"] = Field(tuple(files))
        links = [Link("HOLDS_KEY_OF", "onion", name)] if name else []
        yield finding(
            self,
            layer,
            start,
            size,
            grade=Grade.C3,
            value=name or Absent.NONE_STORED,
            checks=(passed("members of a saved tab", 60),),
            fields=fields,
            links=(*links, *(Link("OFFERED", "path", each) for each in files)),
            sensitivity=Sensitivity.SECRET if name else Sensitivity.PERSONAL,
        )


def _object(data: bytes) -> tuple[dict[str, Any] | None, int]:
    """The object at the start of `data`, and its octets."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        held, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None, 0
    return (held if isinstance(held, dict) else None), len(text[:end].encode("utf-8", "surrogateescape"))


def _text(held: dict[str, Any], group: str, member: str) -> str:
    inner = held.get(group)
    value = inner.get(member) if isinstance(inner, dict) else None
    return value.encode("utf-8", "replace").decode()[:_LONGEST] if isinstance(value, str) else ""


def _files(held: dict[str, Any], group: str) -> list[str]:
    inner = held.get(group)
    listed = inner.get("filenames") if isinstance(inner, dict) else None
    found = listed[:_MOST_FILES] if isinstance(listed, list) else []
    return [each.encode("utf-8", "replace").decode()[:_LONGEST] for each in found if isinstance(each, str)]


def _name(secret: str) -> str:
    """The name of the service of a key; empty if it is none."""
    try:
        key = base64.b64decode(secret, validate=True)
        return onion.encode(ed25519_scalar.public_key(key[:32])) if len(key) == 64 else ""
    except (binascii.Error, ValueError):
        return ""


DETECTOR: Detector = OnionShare()
