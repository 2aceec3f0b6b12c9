r"""Private keys of GnuPG's agent: `private-keys-v1.d/KEYGRIP.key`, one key each, named by its public part.

| form | what                                                                                             |
|------|--------------------------------------------------------------------------------------------------|
| old  | `(21:protected-private-key(3:rsa(1:n257:...)(1:e3:...)(9:protected...)(12:protected-at15:...)))`  |
| new  | lines `Name: value`, continued with a space: `Created`, `Key` with the same in hex, `Label`, `Token` |

`private-key` is not protected; `shadowed-private-key` is on a smart card whose serial number it names. OCB or CBC says
how a protected one is encrypted; `openpgp-native` was imported and not used since. SSH and S/MIME keys stand here, too.

Not recorded: user ids; the keybox has the same keygrip (see `_keygrip.py`) with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.openpgp import _keygrip
from forensics.detectors.openpgp._sexp import Expression, Reader, lists, value
from forensics.detectors.openpgp._specimens_agent import AGENT
from forensics.errors import FormatError
from forensics.model import (
    Absent,
    ByteRun,
    Check,
    Clock,
    Event,
    Field,
    Finding,
    Grade,
    Layer,
    Outcome,
    Secret,
    Sensitivity,
)

_LARGEST = 1 << 16
_BEFORE = 2_048
_OPENING = re.compile(
    rb"\((?:11:private-key|2[01]:(?:protected|shadowed)-private-key|(?:(?:protected|shadowed)-)?private-key)\s{0,4}\(\Z"
)
_LINES = re.compile(
    rb"(?<![A-Za-z-])((?:[A-Za-z][A-Za-z-]{0,30}:[^\n]{0,500}\n(?:[ \t][^\n]{0,500}\n){0,50}){0,20})Key:[ \t]{0,4}\Z"
)
_LINE = re.compile(rb"([A-Za-z][A-Za-z-]{0,30}):[ \t]*([^\n]{0,500})\n")
_NAMED = re.compile(r"/([0-9A-F]{40})\.key\Z")
_STATES = {b"private-key": "none", b"shadowed-private-key": "on a smart card"}
_TOLD = {"Label": "description", "Description": "description", "Use-for-ssh": "for_ssh", "Link": "linked_keygrip"}


class AgentKey:
    """Reads one key."""

    kind: ClassVar[str] = "openpgp/agent_key"
    title: ClassVar[str] = "Private key of GnuPG's agent"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        Trigger(rb"\(11:private-key\(", wide=False),
        Trigger(rb"\((?:21:protected|20:shadowed)-private-key\(", wide=False),
        Trigger(rb"\((?:protected-|shadowed-)?private-key \(", wide=False),
    )
    references: ClassVar[tuple[str, ...]] = (
        "GnuPG 2.4: agent/keyformat.txt",
        "libgcrypt 1.10: cipher/rsa.c, cipher/ecc.c",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = AGENT

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The key whose second parenthesis ends at `at`."""
        base = max(0, at - 40)
        opening = _OPENING.search(layer.read(base, at - base))
        if opening is None:
            return
        start = base + opening.start()
        reader = Reader(layer.read(start, _LARGEST))
        try:
            held = reader.expression()
        except FormatError:
            return
        kinds = [each for each in held[1:] if isinstance(each, list) and each and isinstance(each[0], bytes)]
        if len(kinds) == 0 or not isinstance(held[0], bytes):
            return
        yield from self._key(layer, start, reader.at, held[0], kinds[0])

    def _key(self, layer: Layer, start: int, length: int, state: bytes, parts: Expression) -> Iterator[Finding]:
        name = bytes(parts[0]).decode("ascii", "replace") if isinstance(parts[0], bytes) else ""
        modulus, point = value(parts, b"n"), value(parts, b"q")
        curve = value(parts, b"curve").decode("ascii", "replace")
        if name not in ("rsa", "ecc", "ecdsa", "ecdh", "dsa", "elg", "kyber512", "kyber768", "kyber1024"):
            return
        grip = (
            _keygrip.of_rsa(modulus) if name == "rsa" and modulus else _keygrip.of_curve(curve, point) if point else ""
        )
        lines = _before(layer, start)
        begin = start - len(lines)
        named = _NAMED.search(layer.locator.step) if begin == 0 else None
        fields: dict[str, Field] = {"algorithm": Field(name)}
        if curve:
            fields["curve"] = Field(curve)
        if name == "rsa" and modulus:
            fields["bits"] = Field(int.from_bytes(modulus, "big").bit_length())
        fields["protection"] = Field(_STATES.get(state) or _protection(parts))
        if serial := _card(parts):
            fields["serial"] = Field(serial)
        if named:
            fields["file_name"] = Field(named[1])
        if state == b"private-key" and (secret := value(parts, b"d")):
            fields["private_key"] = Field(Secret(secret.hex().upper()), ByteRun(start, length))
        created = b""
        for each, text in _LINE.findall(lines):
            told = text.decode("utf-8", "replace").strip()
            created = text.strip() if each == b"Created" else created
            if key := _TOLD.get(each.decode("ascii")):
                fields[key] = Field(told)
        whole = value(parts, b"protected-at")
        events = [*_event(created, "key made or imported"), *_event(whole, "passphrase set")]
        matches = Outcome.NOT_APPLICABLE if not (grip and named) else Outcome.PASS if grip == named[1] else Outcome.FAIL
        primes = _primes(parts, modulus) if state == b"private-key" and name == "rsa" else Outcome.NOT_APPLICABLE
        proven = Outcome.PASS in (matches, primes) and Outcome.FAIL not in (matches, primes)
        yield finding(
            self,
            layer,
            begin,
            len(lines) + length,
            grade=Grade.C4 if proven else Grade.C2,
            value=grip or (named[1] if named else Absent.NOT_PARSED),
            checks=(
                Check("structure", Outcome.PASS, 40),
                Check("keygrip is the file's name", matches, 160),
                Check("modulus is the product of the primes", primes, 128),
            ),
            fields=fields,
            events=tuple(events),
            caveats=("The name of the file is that of another key.",) if matches is Outcome.FAIL else (),
            sensitivity=Sensitivity.SECRET,
        )


def _before(layer: Layer, start: int) -> bytes:
    """The lines of the new form that stand before the key, with its own name."""
    low = max(0, start - _BEFORE)
    text = layer.read(low, start - low)
    found = _LINES.search(text)
    return text[found.start() :] if found else b""


def _protection(parts: Expression) -> str:
    held = next(lists(parts, b"protected"), [])
    mode = held[1] if len(held) > 1 and isinstance(held[1], bytes) else b""
    return mode.decode("ascii", "replace")[:60] or "not told"


def _card(parts: Expression) -> str:
    """The serial number of the card that a shadowed key is on."""
    held = next(lists(parts, b"shadowed"), [])
    inner = next((each for each in held if isinstance(each, list)), [])
    return inner[0].hex().upper() if inner and isinstance(inner[0], bytes) else ""


def _primes(parts: Expression, modulus: bytes) -> Outcome:
    first, second = (int.from_bytes(value(parts, each), "big") for each in (b"p", b"q"))
    return (
        Outcome.PASS if first > 1 and second > 1 and first * second == int.from_bytes(modulus, "big") else Outcome.FAIL
    )


def _event(stored: bytes, meaning: str) -> Iterator[Event]:
    try:
        when = datetime.strptime(stored.decode("ascii"), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return
    yield Event(when, timedelta(seconds=1), meaning, stored.decode("ascii"), Clock.DEVICE)


DETECTOR: Detector = AgentKey()
