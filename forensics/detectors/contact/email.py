"""E-mail addresses, and the account names of the same shape (XMPP, SIP).

| part   | characters | rule                                                                       |
|--------|------------|----------------------------------------------------------------------------|
| local  | 1-64       | letters, digits and `. _ + -`; no dot at an end, no two dots together        |
| `@`    | 1          |                                                                              |
| domain | 4-253      | labels of letters, digits and `-`; the last is a top-level domain            |

The local parts that RFC 5321 allows beyond these (quoted text, `!`, `%`, letters of other scripts) are
not looked for: they are rare in use and common in program text. Where text runs on behind the domain
without a boundary, as in the records of a database, the domain is cut at the change of case.

Not recorded: that the address exists, who reads it, and whether it is mail at all: user names of other
services, keys of program packages and message numbers look the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted, WordDetector
from forensics.model import Field, Grade, Sensitivity
from forensics.primitives.domains import top_level
from forensics.primitives.published import judged

MESSAGE_ID = "number of a message, not an address"
RUNS_ON = "text runs on behind the address without a boundary: its end is a guess"
NO_DOMAIN = "domain is reserved: not an address of the public Internet"

_LOCAL = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz.+-"
_DOMAIN = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-"
_LOCAL_LIMIT, _DOMAIN_LIMIT = 64, 253
_BACK = 512  # how far before an address its header field is looked for

# Endings where text most often runs on: a cut at these is a better guess than none.
_CUT = re.compile(rb"(com|net|org|edu|gov|onion)(?:[A-Z0-9].*|https?)", re.DOTALL)
_SHORT_NAME = re.compile(rb"[1-9]x\.")  # icon@2x.ai
_ESCAPED = re.compile(rb"u00[0-9A-Fa-f]{2}|[nrt]")  # JSON, behind a backslash
_ENCODED = re.compile(rb"%[0-9A-Fa-f]{2}|=3D")  # percent-encoded, quoted-printable
_USER_INFO = re.compile(rb"\b(?:https?|ftp|ssh|git|socks[45]h?)://[^\s/?#@<>\"]*\Z")
_NUMBERED = re.compile(
    rb"(?:^|\n)(?:resent-)?(?:message-id|in-reply-to|references|content-id):[^\n]*(?:\n[ \t][^\n]*)*\Z",
    re.IGNORECASE,
)
_TEXT = frozenset((0x09, 0x0A, 0x0D, *range(0x20, 0x7F)))
_UNIT_NAMES = frozenset({b"target"})  # a brand's domain without mail, and every systemd template unit


class EmailAddress(WordDetector):
    """One address, found by its `@`."""

    kind = "contact/email"
    title = "E-mail address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(rb"[A-Za-z0-9_+-]@[A-Za-z0-9]"),)
    references: ClassVar[tuple[str, ...]] = (
        "RFC 5321 section 4.1.2, RFC 5322 section 3.4.1",
        "IANA root zone database",
        "RFC 3986 section 3.2.1 (user information in a URL)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen("plain", b"ann@vendor.example", ("ann@vendor.example",), "made by hand"),
        Specimen(
            "header",
            b"From: A <Ann.Lee+x@Mail.Vendor.CO.UK>\r\n",
            ("Ann.Lee+x@mail.vendor.co.uk",),
            "made by hand",
        ),
        Specimen("end of a sentence", b"write to ann@vendor.com.", ("ann@vendor.com",), "made by hand"),
        Specimen("escaped", b'"\\u003cann@vendor.com\\u003e"', ("ann@vendor.com",), "made by hand"),
        Specimen("record of a database", b"\x17ann@vendor.comR", ("ann@vendor.com",), "made by hand"),
        Specimen("hidden service", b"ann@expyuzz4wqqyqhjn.onion", ("ann@expyuzz4wqqyqhjn.onion",), "made by hand"),
        Specimen(
            "number of a message",
            b"Message-ID: <0123.4567@mail.vendor.com>",
            ("0123.4567@mail.vendor.com",),
            "made by hand",
        ),
        Specimen("truncated", b"ann@vendor", None, "made by hand"),
        Specimen("no such top-level domain", b"ann@vendor.notadomain", None, "made by hand"),
        Specimen("look-alike: symbol version", b"memcpy@GLIBC_2.2.5\0is_pad@NCURSESW6_5.8", None, "ELF"),
        Specimen("look-alike: file name", b"icon@2x.png logo@3x.ai", None, "made by hand"),
        Specimen("look-alike: program text", b"c = a@b.dot(d)\n@app.route('/')", None, "Python"),
        Specimen("look-alike: package", b"lodash@4.17.21 node_modules/@types/node@20.1.0", None, "npm"),
        Specimen("look-alike: log-on in a URL", b"https://user:pass@vendor.com/x", None, "RFC 3986"),
    )
    shortest = 6
    longest = _BACK + _DOMAIN_LIMIT

    def words(self, data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, Accepted, int]]:
        """Look back and ahead from each `@`, which stands two bytes before the end of the match."""
        known = top_level()
        behind = -1
        for end in ends:
            at = end - 2
            if at <= behind or at < 1 or data[at : at + 1] != b"@":
                continue
            behind = at
            ahead = data[at + 1 : at + 2 + _DOMAIN_LIMIT]
            run = ahead[: len(ahead) - len(ahead.lstrip(_DOMAIN))]
            if b"." not in run:
                continue
            domain, cut = _domain(run, known)
            if not domain:
                continue
            back = data[max(0, at - _LOCAL_LIMIT - 1) : at]
            start = at - len(back) + len(back.rstrip(_LOCAL))
            start = _local(data, start, at)
            if not 0 < at - start <= _LOCAL_LIMIT:
                continue
            stop = at + 1 + len(domain)
            if not _bounded(data, start, at, stop):
                continue
            verdict = self._verdict(data, start, stop, cut=cut)
            if verdict is not None:
                yield start, verdict, stop - start

    def accept(self, word: bytes) -> Accepted | None:
        """Validate text that is nothing but an address."""
        at = word.find(b"@")
        found = next(self.words(word, (at + 2,)), None) if at > 0 else None
        return found[1] if found and found[2] == len(word) else None

    @staticmethod
    def _verdict(data: bytes, start: int, stop: int, *, cut: bool) -> Accepted | None:
        before = data[max(0, start - _BACK) : start]
        if b"://" in before:
            # what stands in front of the `@` may be a password, which is not this detector's to show
            whole = before + data[start:stop].partition(b"@")[0]
            if _USER_INFO.search(whole):
                return None
        local, _, domain = data[start:stop].decode("ascii").partition("@")
        value = f"{local}@{domain.lower()}"
        ending = domain.lower().rpartition(".")[2]
        section = top_level()[ending.encode()]
        form, grade, caveats = "address", Grade.C1, list[str]()
        if before[-1:] == b"<" and data[stop : stop + 1] == b">" and _NUMBERED.search(before):
            form, grade = "message id", Grade.C0
            caveats.append(MESSAGE_ID)
        if cut:
            caveats.append(RUNS_ON)
        if section == "reserved" and ending not in ("onion", "i2p"):
            caveats.append(NO_DOMAIN)
        grade, told = judged(value, grade, *caveats)
        return Accepted(
            value,
            grade,
            (passed("top-level domain", 4),),
            {
                "type": Field(form),
                "local": Field(local),
                "domain": Field(domain.lower()),
            },
            caveats=told,
            sensitivity=Sensitivity.PERSONAL,
        )


def _domain(run: bytes, known: Mapping[bytes, str]) -> tuple[bytes, bool]:
    """The longest start of `run` that is a domain, and whether its last label was cut; empty for none."""
    labels = run.split(b".")
    for count in range(len(labels), 1, -1):
        taken, last = labels[:count], labels[count - 1]
        body, cut = taken[:-1], False
        ending = last.rstrip(b"-")
        if ending not in known and ending.lower() not in known:
            match = _CUT.fullmatch(ending)
            if match is None:
                continue
            ending, cut = match.group(1), True
        if not _plain(ending) or ending.lower() in _UNIT_NAMES:
            continue
        if not all(each and len(each) < 64 and each[0] != 0x2D and each[-1] != 0x2D for each in body):
            continue
        if len(body) > 1 and all(each.isdigit() for each in body):
            continue
        domain = b".".join((*body, ending))
        if len(domain) > _DOMAIN_LIMIT or _SHORT_NAME.match(domain):
            continue
        return domain, cut
    return b"", False


def _plain(ending: bytes) -> bool:
    """Small letters, capitals, or one of the common names with a capital: `Get` is program text."""
    return ending in (ending.lower(), ending.upper()) or ending in (b"Com", b"Net", b"Org", b"Edu", b"Gov")


def _local(data: bytes, start: int, at: int) -> int:
    """Where the local part starts, without what only stands before it."""
    if start and data[start - 1] == 0x5C:  # a backslash
        match = _ESCAPED.match(data, start, at)
        start = match.end() if match else start
    elif _ENCODED.match(data, max(0, start - 1), at):
        start += 2
    double = data.rfind(b"..", start, at)
    if double >= 0:
        start = double + 2
    while start < at and data[start] in b".-+":
        start += 1
    return start


def _bounded(data: bytes, start: int, at: int, stop: int) -> bool:
    """Whether what stands around an address lets it be one."""
    behind = data[stop : stop + 1]
    if behind in (b"(", b"@"):  # a call; a second domain
        return False
    before = data[start - 1 : start] if start else b""
    if before == b"@":
        return False
    domain = stop - at - 1
    if domain >= 6 and (domain >= 10 or at - start >= 2):
        return True
    return (not before or before[0] in _TEXT) and (not behind or behind[0] in _TEXT)


DETECTOR: Detector = EmailAddress()
