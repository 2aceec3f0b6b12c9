"""Saved logins of Firefox: logins.json, whose names and passwords are encrypted with the key in key4.db.

| member                            | what                                                        |
|-----------------------------------|-------------------------------------------------------------|
| hostname, formSubmitURL, httpRealm | where the login is for                                      |
| encryptedUsername, encryptedPassword | Base64 of DER: key id, algorithm, IV, the encrypted text   |
| encType                           | 1 encrypted, 0 not                                          |
| timeCreated, timeLastUsed, timePasswordChanged, timesUsed | milliseconds since 1970           |

Each object is read by itself, so that those of a file which was written anew are found in free space as well.

Not recorded: names and passwords without the key. Whoever has key4.db and no primary password was set can read them.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.browser._places import program_of
from forensics.detectors.browser._told import UNIX, host_of, is_address, links_of, moment
from forensics.model import (
    Absent,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Link,
    Outcome,
    Secret,
    Sensitivity,
)

LONGEST = 16_384  # octets of one object
BEFORE = 4_096
_START = b'{"id":'
_MEMBERS = ("hostname", "encryptedUsername", "encryptedPassword")


def _login(**more: object) -> bytes:
    sealed = base64.b64encode(
        bytes.fromhex("303a0410f8000000000000000000000000000001301406082a864886f70d0307")
    ).decode()
    stored = {
        "id": 1,
        "hostname": "https://market.example",
        "httpRealm": None,
        "formSubmitURL": "https://market.example",
        "encryptedUsername": sealed,
        "encryptedPassword": sealed,
        "guid": "{9ab1b2c3-0000-4000-8000-00000000aaaa}",
        "encType": 1,
        "timeCreated": 1709201472000,
        "timeLastUsed": 1709201532000,
        "timePasswordChanged": 1709201472000,
        "timesUsed": 2,
        **more,
    }
    return f'{{"nextId":2,"logins":[{json.dumps(stored, separators=(",", ":"))}],"version":3}}'.encode()


class FirefoxLogins:
    """Reads one login."""

    kind: ClassVar[str] = "browser/firefox_logins"
    title: ClassVar[str] = "Saved login of Firefox"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb'"encryptedPassword":"', wide=False),)
    references: ClassVar[tuple[str, ...]] = ("Mozilla: toolkit/components/passwordmgr/LoginStore.sys.mjs",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("one login", _login(), ("encrypted",), "by hand, after the members of Firefox 128"),
        Specimen(
            "not encrypted",
            _login(encType=0, encryptedUsername="kestrel", encryptedPassword="hunter2-hunter2"),
            ("hunter2-hunter2",),
            "by hand",
        ),
        Specimen("the object is cut off", _login()[:300], None, "by hand, cut"),
        Specimen("a place that is none", _login(hostname="market"), None, "by hand"),
        Specimen("look-alike: the member alone", b'{"encryptedPassword":"MDoEEPgAAAA="}', None, "by hand"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The object around the member that ends at `at`."""
        low = max(0, at - BEFORE)
        start = layer.read(low, at - low).rfind(_START)
        if start < 0:
            return
        start += low
        told = layer.read(start, LONGEST).decode("utf-8", "surrogateescape")
        try:
            stored, length = json.JSONDecoder().raw_decode(told)
        except (ValueError, RecursionError):
            return
        size = len(told[:length].encode("utf-8", "surrogateescape"))
        if (
            not isinstance(stored, dict)
            or start + size < at
            or not all(isinstance(stored.get(each), str) for each in _MEMBERS)
        ):
            return
        site = stored["hostname"][:2_048]
        if not is_address(site) or not host_of(site):
            return
        sealed = _is_sealed(stored["encryptedPassword"])
        if not sealed and stored.get("encType") != 0:
            return
        events = tuple(_events(stored))
        fields = {
            "what": Field("saved login"),
            "site": Field(site),
            "user": Field(Absent.ENCRYPTED if sealed else stored["encryptedUsername"][:500]),
        }
        for name, member in (("form", "formSubmitURL"), ("realm", "httpRealm"), ("guid", "guid")):
            if isinstance(stored.get(member), str) and stored[member]:
                fields[name] = Field(stored[member][:2_048])
        if isinstance(stored.get("timesUsed"), int):
            fields["times_used"] = Field(stored["timesUsed"])
        named, program = program_of(layer.locator, 0, ("logins.json", "logins-backup.json"))
        if program:
            fields["program"] = Field(program)
        links = list(links_of("LOGIN_AT", site))
        if not sealed and stored["encryptedUsername"]:
            links.append(Link("ACCOUNT_OF", "account", stored["encryptedUsername"][:500]))
        yield finding(
            self,
            layer,
            start,
            size,
            grade=Grade.C3 if named and events else Grade.C2 if events else Grade.C1,
            value=Absent.ENCRYPTED if sealed else Secret(stored["encryptedPassword"][:1_000]),
            checks=(
                Check("members of a login", Outcome.PASS, 60),
                Check("times", Outcome.PASS if events else Outcome.FAIL, 20),
            ),
            fields=fields,
            events=events,
            links=tuple(links),
            sensitivity=Sensitivity.SECRET,
        )


def _is_sealed(text: str) -> bool:
    """Whether text is Base64 of a DER sequence, as Firefox encrypts."""
    try:
        return base64.b64decode(text[:4_096], validate=True)[:1] == b"\x30"
    except (binascii.Error, ValueError):
        return False


def _events(stored: dict[str, Any]) -> Iterator[Event]:
    for member, meaning in (
        ("timeCreated", "login saved"),
        ("timeLastUsed", "login last used"),
        ("timePasswordChanged", "password changed"),
    ):
        value = stored.get(member)
        when = moment(value, UNIX, 1_000) if isinstance(value, int) and value else None
        if when is not None:
            yield Event(when, timedelta(milliseconds=1), meaning, str(value), Clock.DEVICE)


DETECTOR: Detector = FirefoxLogins()
