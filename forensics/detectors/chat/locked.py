"""Stores of messaging programs that are there and locked: known by their name and place, and by what they hold.

| file                                   | program, and what opens it                                       |
|----------------------------------------|------------------------------------------------------------------|
| `Signal/sql/db.sqlite`, `signal.db`      | Signal: SQLCipher with the key of `config.json`, or of the system   |
| `Session/sql/db.sqlite`                  | Session: SQLCipher with the key of `config.json`, or a password       |
| `threema4.db`, `threema-nonce-blob4.db`  | Threema: SQLCipher with the key of `key.dat` or `master_key.dat`       |
| `wickr_db.sqlite`                        | Wickr: the user's password                                          |
| `EventStore/events.db`                   | Element: its search index, a passphrase of the system's key store       |
| `EnMicroMsg.db`                          | WeChat: number of the device and of the user                         |
| `postbox/db/db_sqlite`                   | Telegram on Apple: `.tempkeyEncrypted` and the passcode, if there is one |
| `signal-….backup`                        | Signal's backup on Android: 30 digits; known by its header as well        |

The header of a backup is u32 length (high first) and a protocol buffer with a nonce of 16 and a salt of 32. The content must look random from its start on, which a database that is not locked does not.

Not recorded: anything of the conversations. Nothing is tried here; `open-wallet` opens what is SQLCipher 3 or 4.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._specimens_locked import LOCKED
from forensics.model import Absent, Check, Field, Finding, Grade, Layer, Outcome, Sensitivity

_LOOKED_AT = 4_096
_LEAST = 1_024


@dataclass(frozen=True, slots=True)
class _Known:
    program: str
    names: tuple[str, ...]
    opens: str
    head: int = 0  # octets at the start that are not random
    unit: int = 1  # the size is a multiple of it


_KNOWN = (
    _Known(
        "Signal",
        ("*/signal/sql/db.sqlite", "*/signal-beta/sql/db.sqlite"),
        "the key in config.json of the folder above, in plain text or locked by the system's key store",
        unit=4_096,
    ),
    _Known(
        "Signal for Android",
        ("*/org.thoughtcrime.securesms/databases/signal*.db",),
        "the secret in the program's settings, locked by the telephone's key store",
        unit=4_096,
    ),
    _Known(
        "Session",
        ("*/session/sql/db.sqlite",),
        "the key in config.json of the folder above, or the user's password where dbHasPassword is true",
        unit=4_096,
    ),
    _Known(
        "Threema",
        ("*/threema4.db", "*/threema-nonce-blob4.db"),
        "key.dat or master_key.dat in the folder files, with the passphrase if one was set",
        unit=1_024,
    ),
    _Known("Wickr", ("*/wickr_db.sqlite",), "the user's password", unit=1_024),
    _Known(
        "Element, search index",
        ("*/eventstore/events.db",),
        "the passphrase in the system's key store; without one the program takes the word DEFAULT_PASSPHRASE",
        unit=4_096,
    ),
    _Known("WeChat", ("*/enmicromsg.db",), "numbers of the device and of the user", unit=1_024),
    _Known(
        "Telegram for macOS or iOS",
        ("*/postbox/db/db_sqlite",),
        ".tempkeyEncrypted of the folder above, and the passcode if one was set",
        head=32,
        unit=4_096,
    ),
)
_BACKUP = _Known("Signal for Android, backup", (), "the 30 digits that were shown when it was made", head=96)
_BACKUP_HEAD = re.compile(rb"\0\0\0[\x34-\x48]\x0a[\x32-\x46]\x0a\x10.{16}\x12\x20.{32}", re.DOTALL)


class Locked:
    """Looks at files of these names."""

    kind: ClassVar[str] = "chat/locked"
    title: ClassVar[str] = "Locked store of a messaging program"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\x00\x00\x00[\x34-\x48]\x0a[\x32-\x46]\x0a\x10", at=0, anchored=True, wide=False),
        *(Trigger(name=name) for each in _KNOWN for name in each.names),
    )
    references: ClassVar[tuple[str, ...]] = ("SQLCipher: design", "Signal Desktop: ts/sql", "Threema for Android")
    specimens: ClassVar[tuple[Specimen, ...]] = LOCKED

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The file, if its name is one of these."""
        path = layer.locator.step.lower()
        known = next((each for each in _KNOWN if any(fnmatch.fnmatchcase(path, name) for name in each.names)), None)
        if known is None and _BACKUP_HEAD.match(layer.read(0, 64)):
            known = _BACKUP
        if at or known is None:
            return
        data = layer.read(known.head, _LOOKED_AT)
        if len(data) < _LEAST or layer.read(0, 15) == b"SQLite format 3" or not random(data):
            return
        whole = layer.size % known.unit == 0
        yield finding(
            self,
            layer,
            0,
            layer.size,
            grade=Grade.C2 if whole else Grade.C1,
            value=Absent.ENCRYPTED,
            checks=(
                Check("name and place, or header", Outcome.PASS, 24),
                Check("content looks random", Outcome.PASS, 30),
                Check("size in whole pages", Outcome.PASS if whole else Outcome.FAIL, 12 if known.unit > 1 else 0),
            ),
            fields={"program": Field(known.program), "what_opens_it": Field(known.opens), "size": Field(layer.size)},
            caveats=(f"{known.program} is locked. It needs: {known.opens}.",),
            sensitivity=Sensitivity.PERSONAL,
        )


def random(data: bytes) -> bool:
    """Whether octets are spread evenly: chi squared with 255 degrees of freedom below 400 (by chance 1 in 10^8)."""
    counts = [0] * 256
    for octet in data:
        counts[octet] += 1
    mean = len(data) / 256
    return sum((count - mean) ** 2 for count in counts) / mean < 400


DETECTOR: Detector = Locked()
