r"""Logs of LevelDB that name a wallet's folder: which wallet extensions a browser had, and when it opened them.

Chromium keeps the values of an extension in `Local Extension Settings/IDENTITY`, those of its pages in
`IndexedDB/chrome-extension_IDENTITY_0.indexeddb.leveldb`. The files `LOG` and `LOG.old` there begin with

    2021/08/30-21:35:11.314 b13c Creating DB C:\Users\…\Local Extension Settings\IDENTITY since it was missing.
    2021/08/30-21:35:11.477 b13c Reusing MANIFEST C:\Users\…\IDENTITY/MANIFEST-000001

| part | what |
|------|------|
| time | local time of the computer, of an offset that is not recorded |
| `Creating DB` | the database was new: the wallet was installed, or its data were cleared |
| `Reusing MANIFEST` | an opening: LOG tells the last one, LOG.old that before |

Not recorded: addresses, and whether a wallet was ever set up. Those of Firefox have no such log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.wallet._extensions import EXTENSIONS
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Sensitivity

_TIME = rb"(\d{4}/\d\d/\d\d-\d\d:\d\d:\d\d\.\d{3})(?:\d{3})? [0-9a-f]{1,16} "
_LINE = re.compile(_TIME + rb"(Creating DB|Reusing MANIFEST) ([^\r\n]{1,400}?)([a-p]{32})([^\r\n]{0,60})")
_BACK, _AHEAD = 600, 200
_USER = re.compile(r"(?:^|[\\/])(?:Users|home|Documents and Settings)[\\/]([^\\/]{1,60})[\\/]")

_LOG = (
    b"2021/08/30-21:35:11.314 b13c Creating DB C:\\Users\\wick\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\"
    b"Local Extension Settings\\nkbihfbeogaeaoehlefnkodbefgpgknn since it was missing.\n"
    b"2021/08/30-21:35:11.477 b13c Reusing MANIFEST C:\\Users\\wick\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\"
    b"Local Extension Settings\\nkbihfbeogaeaoehlefnkodbefgpgknn/MANIFEST-000001\n"
)
_HAND = "by hand, as LevelDB 1.23 within Chromium writes it"


class Extension:
    """One line of a log that tells an opening."""

    kind: ClassVar[str] = "wallet/extension"
    title: ClassVar[str] = "Wallet extension of a browser"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"Local Extension Settings[\\/][a-p]{32}", wide=False),
        Trigger(rb"chrome-extension_[a-p]{32}_0\.indexeddb\.leveldb", wide=False),
    )
    references: ClassVar[tuple[str, ...]] = ("LevelDB 1.23: util/posix_logger.h, db/db_impl.cc, db/version_set.cc",)
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("created and opened", _LOG, ("MetaMask", "MetaMask"), _HAND),
        Specimen(
            "IndexedDB on Linux",
            b"2024/02/29-10:11:12.345 7f Reusing MANIFEST /home/wick/.config/chromium/Default/IndexedDB/"
            b"chrome-extension_hnfanknocfeofbddgcijnmhnfnkdnaad_0.indexeddb.leveldb/MANIFEST-000001\n",
            ("Coinbase Wallet",),
            _HAND,
        ),
        Specimen("no wallet", _LOG.replace(b"nkbihfbe", b"abcdefgh"), None, _HAND + ", changed"),
        Specimen("a path alone", _LOG[140:190], None, _HAND + ", cut"),
        Specimen("a time that is none", _LOG.replace(b"/08/30-", b"/13/30-"), None, _HAND + ", changed"),
    )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The line in which the identity stands that ends at `at`, or near it."""
        low = max(0, at - _BACK)
        text = layer.read(low, at - low + _AHEAD)
        for match in _LINE.finditer(text):
            if match.start() < at - low <= match.end():
                yield from self._line(layer, low, match)
                return

    def _line(self, layer: Layer, low: int, match: re.Match[bytes]) -> Iterator[Finding]:
        identity = match[4].decode("ascii")
        name = EXTENSIONS.get(identity)
        try:
            when = datetime.strptime(match[1].decode("ascii"), "%Y/%m/%d-%H:%M:%S.%f")  # noqa: DTZ007
        except ValueError:
            return
        if name is None:
            return
        path = (match[3] + match[4]).decode("utf-8", "replace")
        created = match[2] == b"Creating DB"

        def span(group: int) -> ByteRun:
            return ByteRun(low + match.start(group), match.end(group) - match.start(group))

        fields = {
            "what": Field("database created" if created else "database opened", span(2)),
            "local_time": Field(f"{when:%Y-%m-%d %H:%M:%S.%f}"[:-3], span(1)),
            "extension": Field(identity, span(4)),
            "folder": Field(path, ByteRun(low + match.start(3), match.end(4) - match.start(3))),
        }
        if user := _USER.search(path):
            fields["user_folder"] = Field(user[1], span(3))
        yield finding(
            self,
            layer,
            low + match.start(),
            match.end() - match.start(),
            grade=Grade.C2,
            value=name,
            checks=(Check("line and identity", Outcome.PASS, 100),),
            fields=fields,
            links=(Link("BY_ACCOUNT", "account", user[1]),) if user else (),
            caveats=("The time is local to that computer; its offset is not recorded.",),
            sensitivity=Sensitivity.PERSONAL,
        )


DETECTOR: Detector = Extension()
