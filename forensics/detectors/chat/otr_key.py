"""Private keys for off-the-record conversations: `otr.private_key` of Pidgin, `keys.txt` of Profanity and others.

| expression                                        | content                                              |
|---------------------------------------------------|------------------------------------------------------|
| `(privkeys (account …)…)`                         | of libotr, in the form of libgcrypt                   |
| `(name …)`, `(protocol …)`                        | the account, with `/` behind it for XMPP               |
| `(private-key (dsa (p …)(q …)(g …)(y …)(x …)))`   | the key, not encrypted                                |

Numbers are `#hex#`, texts are words, `"…"` with `\\`, or `length:octets`. The fingerprint that the other side sees is
the SHA-1 of p, q, g and y, each with its length before it. y must be g^x mod p, which proves the key.

Not recorded: when the key was made.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import ClassVar, TypeAlias

from forensics.detectors.base import Detector, Specimen, Trigger, finding
from forensics.detectors.chat._specimens_purple import OTR_KEY
from forensics.detectors.chat._stamped import bare
from forensics.model import ByteRun, Check, Field, Finding, Grade, Layer, Link, Outcome, Secret, Sensitivity

LARGEST = 1 << 20
DEEPEST = 12
MOST_ACCOUNTS = 50
LARGEST_NUMBER = 520  # octets
_TOKEN = re.compile(
    rb"\s+|([()])|#([0-9A-Fa-f\s]{0,8192})#|\"((?:[^\"\\]|\\.){0,8192})\"|(\d{1,4}):|([A-Za-z0-9\-./_*+=@:]{1,1000})",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{2}|[0-7]{3}|\r\n|.)", re.DOTALL)
_SIGNS = {b"b": b"\b", b"t": b"\t", b"v": b"\v", b"n": b"\n", b"f": b"\f", b"r": b"\r", b"\n": b"", b"\r\n": b""}

Node: TypeAlias = "bytes | list[Node]"


class OtrKey:
    """Reads a file of keys, account by account."""

    kind: ClassVar[str] = "chat/otr_key"
    title: ClassVar[str] = "Private key for off-the-record chat"
    version: ClassVar[int] = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"\(privkeys\b"),)
    references: ClassVar[tuple[str, ...]] = ("libotr 4: src/privkey.c", "libgcrypt: S-expressions", "OTR version 3")
    specimens: ClassVar[tuple[Specimen, ...]] = OTR_KEY

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The keys behind `(privkeys` that ends at `at`."""
        reader = _Reader(layer.read(at, LARGEST))
        for _ in range(MOST_ACCOUNTS):
            read = reader.list()
            if read is None:
                return
            begin, end, account = read
            if account[:1] != [b"account"]:
                continue
            yield from self._account(layer, at + begin, end - begin, account)

    def _account(self, layer: Layer, start: int, length: int, account: list[Node]) -> Iterator[Finding]:
        key = _named(_named(account, b"private-key"), b"dsa")
        numbers = {name: _number(_named(key, name.encode())) for name in "pqgyx"}
        p, q, g, y, x = (numbers[name] for name in "pqgyx")
        if not (p and q and g and y):
            return
        proved = bool(x and p > 2 and pow(g, x, p) == y)
        shaped = 512 <= p.bit_length() <= 4_096 and q.bit_length() in (160, 224, 256) and (p - 1) % q == 0
        if not proved and not shaped:
            return
        print_ = fingerprint(p, q, g, y)
        name = _text(_named(account, b"name"))
        span = ByteRun(start, length)
        fields = {
            "account": Field(name, span),
            "protocol": Field(_text(_named(account, b"protocol")), span),
            "fingerprint": Field(" ".join(print_[each : each + 8] for each in range(0, 40, 8)).upper(), span),
            "bits": Field(p.bit_length(), span),
        }
        if x:
            fields["private_key"] = Field(Secret(f"{x:x}"), span)
        yield finding(
            self,
            layer,
            start,
            length,
            grade=Grade.C4 if proved else Grade.C2,
            value=print_,
            checks=(
                Check("the public key follows from the private one", Outcome.PASS if proved else Outcome.FAIL, 160),
                Check("q divides p - 1", Outcome.PASS if shaped else Outcome.FAIL, 100),
            ),
            fields=fields,
            links=(
                Link("KEY_OF", "chat/otr_fingerprint", print_),
                *((Link("ACCOUNT_OF", "account", bare(name.rstrip("/"))),) if name else ()),
            ),
            caveats=() if proved else ("The private part is missing, damaged or of another key.",),
            sensitivity=Sensitivity.SECRET,
        )


def fingerprint(p: int, q: int, g: int, y: int) -> str:
    """40 hexadecimal digits: SHA-1 of the numbers, each behind its length as u32."""
    digest = hashlib.sha1(usedforsecurity=False)
    for number in (p, q, g, y):
        octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
        digest.update(len(octets).to_bytes(4, "big") + octets)
    return digest.hexdigest()


class _Reader:
    """Lists of an expression, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def list(self) -> tuple[int, int, list[Node]] | None:
        """Start, end and content of the next list; None where there is none or it is broken."""
        stack: list[list[Node]] = []
        begin = self._at
        while token := _TOKEN.match(self._data, self._at):
            at, self._at = self._at, token.end()
            if token[1] == b"(":
                begin = begin if stack else at
                stack.append([])
                if len(stack) > DEEPEST:
                    return None
            elif token[1] == b")":
                if not stack:
                    return None
                done = stack.pop()
                if not stack:
                    return begin, self._at, done
                stack[-1].append(done)
            elif token[0].strip():
                if not stack:
                    return None
                stack[-1].append(self._atom(token))
        return None

    def _atom(self, token: re.Match[bytes]) -> bytes:
        if token[2] is not None:
            digits = re.sub(rb"\s", b"", token[2])
            return bytes.fromhex(("0" * (len(digits) & 1)) + digits.decode())
        if token[3] is not None:
            return _ESCAPE.sub(_unescaped, token[3])
        if token[4] is not None:
            size = int(token[4])
            self._at += size
            return self._data[self._at - size : self._at]
        return bytes(token[5])


def _unescaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    if sign[:1] == b"x" and len(sign) == 3:
        return bytes([int(sign[1:], 16)])
    if len(sign) == 3 and sign.isdigit():
        return bytes([int(sign, 8) & 255])
    return _SIGNS.get(sign, sign)


def _named(node: list[Node], name: bytes) -> list[Node]:
    """The first list in a list that starts with `name`; empty if there is none."""
    return next((each for each in node if isinstance(each, list) and each[:1] == [name]), [])


def _number(node: list[Node]) -> int:
    value = node[1] if len(node) == 2 else b""
    return int.from_bytes(value, "big") if isinstance(value, bytes) and len(value) <= LARGEST_NUMBER else 0


def _text(node: list[Node]) -> str:
    value = node[1] if len(node) == 2 else b""
    return value.decode("utf-8", "replace")[:300] if isinstance(value, bytes) else ""


DETECTOR: Detector = OtrKey()
