"""Accounts of Pidgin, Finch and other programs on libpurple: `accounts.xml`.

| element           | content                                                              |
|-------------------|----------------------------------------------------------------------|
| `<account>`       | one account, inside a root of the same name with `version=`            |
| `<protocol>`      | `prpl-` and the network                                               |
| `<name>`          | the account, for XMPP with `/resource`                                 |
| `<password>`      | in plain text, where it was kept                                       |
| `<alias>`         | the name shown to others                                               |
| `<setting name=>` | server, port, proxy and more, in `<settings>` and `<proxy>`             |

Not recorded: when the account was made or last used, and whether the password is still right.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.chat._specimens_purple import PURPLE_ACCOUNT
from forensics.detectors.chat._stamped import bare
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Secret, Sensitivity

LONGEST = 64 << 10  # of one account
MOST_SETTINGS = 200
_BEFORE = 200  # octets between the start of an account and its protocol
_TEXT = {
    name: re.compile(rb"<" + name.encode() + rb">([^<>]{0,2000})</" + name.encode() + rb">")
    for name in ("protocol", "name", "password", "alias")
}
_SETTING = re.compile(rb"<setting name=['\"]([^'\"<>]{1,100})['\"][^<>]{0,100}>([^<>]{0,2000})</setting>")
_PROXY = re.compile(rb"<(type|host|port|username|password)>([^<>]{0,500})</\1>")
_SECRET = re.compile(r"pass|secret|token", re.IGNORECASE)


class PurpleAccount:
    """Reads one account."""

    kind: ClassVar[str] = "chat/purple_account"
    title: ClassVar[str] = "Account of Pidgin or Finch"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"<protocol>prpl-[a-z0-9_\-]{1,40}</protocol>"),)
    references: ClassVar[tuple[str, ...]] = ("Pidgin 2: libpurple/account.c",)
    specimens: ClassVar[tuple[Specimen, ...]] = PURPLE_ACCOUNT

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The account whose protocol ends at `at`."""
        base = max(0, at - _BEFORE)
        before = layer.read(base, at - base)
        opened = before.rfind(b"<account>")
        opened = opened if opened >= 0 else before.rfind(b"<protocol>")
        if opened < 0:
            return
        start = base + opened
        data = layer.read(start, LONGEST)
        closed = data.find(b"</account>")
        end = closed + len(b"</account>") if closed >= 0 else _end(data)
        data = data[:end]
        proxy_at = data.find(b"<proxy>")
        head = data[:proxy_at] if proxy_at >= 0 else data
        named = _TEXT["name"].search(head)
        if named is None or not named[1].strip():
            return
        name = _plain(named[1])
        fields: dict[str, Field] = {}
        for key, expression in _TEXT.items():
            if each := expression.search(head):
                text = _plain(each[1])
                value = Secret(text) if key == "password" else text
                fields["account" if key == "name" else key] = Field(value, ByteRun(start + each.start(1), len(each[1])))
        for number, each in enumerate(_SETTING.finditer(data)):
            if number >= MOST_SETTINGS:
                break
            key, text = _plain(each[1]), _plain(each[2])
            value = Secret(text) if _SECRET.search(key) else text
            fields[f"setting {key}"] = Field(value, ByteRun(start + each.start(2), len(each[2])))
        for each in _PROXY.finditer(data[proxy_at:]) if proxy_at >= 0 else ():
            key, text = each[1].decode(), _plain(each[2])
            span = ByteRun(start + proxy_at + each.start(2), len(each[2]))
            fields[f"proxy {key}"] = Field(Secret(text) if key == "password" else text, span)
        secret = any(isinstance(each.value, Secret) for each in fields.values())
        yield finding(
            self,
            layer,
            start,
            end,
            grade=Grade.C2 if closed >= 0 else Grade.C1,
            value=bare(name),
            checks=(
                passed("protocol of libpurple", 40),
                Check("whole element", Outcome.PASS if closed >= 0 else Outcome.FAIL, 30),
            ),
            fields=fields,
            links=(Link("ACCOUNT_OF", "account", bare(name)),),
            caveats=() if closed >= 0 else ("The account is cut off.",),
            sensitivity=Sensitivity.SECRET if secret else Sensitivity.PERSONAL,
        )


def _end(data: bytes) -> int:
    """Where what is left of a cut account ends."""
    cut = data.find(b"\0")
    cut = cut if cut >= 0 else len(data)
    return data.rfind(b">", 0, min(cut, 4_096)) + 1 or cut


def _plain(data: bytes) -> str:
    return html.unescape(data.decode("utf-8", "replace"))


DETECTOR: Detector = PurpleAccount()
