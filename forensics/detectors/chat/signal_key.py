"""Keys of Signal Desktop and Session: `config.json`.

| name in the object     | content                                                                         |
|------------------------|---------------------------------------------------------------------------------|
| `key`                  | 64 hexadecimal digits, in plain text: the raw key of `sql/db.sqlite` (SQLCipher 4)  |
| `encryptedKey`         | Signal since 2024: the key, locked by the system's key store; `763130` is `v10`       |
| `safeStorageBackend`   | on Linux which one; with `basic_text` the key stays plain                            |
| `dbHasPassword`        | Session: true where the user's password took the key's place                        |

Old plain keys stay in earlier versions of the file and in free space, and open the database of their time.

Not recorded: which database it opens. Nothing is tried here, but by `open-wallet`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._specimens_locked import SIGNAL_KEY
from forensics.model import Absent, ByteRun, Check, Field, Finding, Grade, Layer, Outcome, Secret, Sensitivity

_REACH = 4_096
_KEY = re.compile(rb'"(key|encryptedKey)"\s{0,8}:\s{0,8}"([0-9a-f]{64,2000})"')
_NEAR = re.compile(rb'"(mediaPermissions|mediaCameraPermissions|safeStorageBackend|encryptedKey|spellCheck)"')
_NEAR_SESSION = re.compile(rb'"(dbHasPassword|opengroupPruning)"')
_PATH = re.compile(r"/(signal|signal-beta|session)/config\.json$")
_OTHER = re.compile(rb'"(safeStorageBackend|dbHasPassword|safeStorageDecryptionError)"\s{0,8}:\s{0,8}("?[\w ]{1,60})')


class SignalKey:
    """Reads the object around a key."""

    kind: ClassVar[str] = "chat/signal_key"
    title: ClassVar[str] = "Key of Signal's or Session's database"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb'"key":\s{0,4}"[0-9a-f]{64}"'),
        Trigger(rb'"encryptedKey":\s{0,4}"76313[01][0-9a-f]{60}'),
    )
    references: ClassVar[tuple[str, ...]] = ("Signal Desktop: app/main.ts", "Session Desktop: ts/node/config")
    specimens: ClassVar[tuple[Specimen, ...]] = SIGNAL_KEY

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The key that ends at `at`, or goes on from there."""
        base = max(0, at - 2_048)
        data = layer.read(base, at - base + _REACH)
        opened = data.rfind(b"{", 0, at - base)
        closed = data.find(b"}", at - base)
        if opened < 0:
            return
        end = closed + 1 if closed >= 0 else min(len(data), at - base + 400)
        text = data[opened:end]
        key = next((each for each in _KEY.finditer(text) if each.start() < at - base - opened <= each.end()), None)
        if key is None or len(key[2]) % 2:
            return
        path = _PATH.search(layer.locator.step.lower())
        session = _NEAR_SESSION.search(text) is not None or (path is not None and path[1] == "session")
        locked = key[1] == b"encryptedKey"
        near = session or any(each[1] != key[1] for each in _NEAR.finditer(text))
        if not (path or near) or (not locked and len(key[2]) != 64):
            return
        start = base + opened
        digits = key[2].decode()
        program = "Session" if session else "Signal"
        fields = {"program": Field(program)}
        place = ByteRun(start + key.start(2), len(digits))
        fields["locked_key" if locked else "key"] = Field(digits if locked else Secret(digits), place)
        for each in _OTHER.finditer(text):
            fields[each[1].decode()] = Field(each[2].decode().strip('" '), ByteRun(start + each.start(2), len(each[2])))
        caveats = []
        if locked:
            caveats.append("The key is locked by the system's key store: it needs the user's login or key ring.")
        elif fields.get("dbHasPassword") and fields["dbHasPassword"].value == "true":
            caveats.append("The database has a password of the user: this key opens older copies of it alone.")
        yield finding(
            self,
            layer,
            start,
            end - opened,
            grade=Grade.C3 if path else Grade.C1,
            value=Absent.ENCRYPTED if locked else Secret(digits),
            checks=(
                Check("names beside it", Outcome.PASS if near else Outcome.NOT_APPLICABLE, 20),
                Check("name and place", Outcome.PASS if path else Outcome.NOT_APPLICABLE, 24),
            ),
            fields=fields,
            caveats=tuple(caveats),
            sensitivity=Sensitivity.PERSONAL if locked else Sensitivity.SECRET,
        )


DETECTOR: Detector = SignalKey()
