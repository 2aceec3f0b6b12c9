"""Certificates of keys: which person a key belongs to, in which role, from when to when, by whose word.

A certificate is a signed note of eight lines under the signatures of a laboratory's root (section 13 of
``ledger-format.md``). The root has two keys, Ed25519 and ML-DSA-44, and both sign. It is entered into a ledger as
``key.enrol`` and ended early by ``key.revoke``; :class:`Register` follows both and says which signatures were made
by a key that had no right to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from forensics.custody import keys
from forensics.custody.entry import time_microseconds, time_text
from forensics.custody.note import ED25519, NAMED, NoteSigner, Signer, VerifierKey, check_name
from forensics.custody.note import Note as SignedNote
from forensics.errors import FormatError, LedgerError

HEADER = "impound/key/v1"
EXAMINER = "examiner"
ROLES = (EXAMINER, "custodian", "witness")
NO_TOKEN = "-"
FAULTS = 20
"""Entries named one by one; the rest are counted."""

_KEYS = ("vkey", "person", "role", "from", "until", "token", "issuer")
_PERSON = re.compile(r"\S(?:[^\x00-\x1f\x7f]{0,126}\S)?")
_TOKEN = re.compile(r"[\x21-\x7e]{1,64}")


@dataclass(frozen=True, slots=True)
class Certificate:
    """The lines of a certificate. Times are microseconds since 1970; valid from ``from_us`` on and before
    ``until_us``. ``token`` is the serial number of the token that holds the key, or None.
    """

    vkey: VerifierKey
    person: str
    role: str
    from_us: int
    until_us: int
    token: str | None
    issuer: str

    def __post_init__(self) -> None:
        check_name(self.issuer)
        if self.vkey.kind != ED25519:
            raise FormatError("a certificate is for a key of type 0x01")
        if not _PERSON.fullmatch(self.person) or self.role not in ROLES:
            raise FormatError("a certificate names a person in one line, and one of the roles " + ", ".join(ROLES))
        if self.token == NO_TOKEN or not _TOKEN.fullmatch(self.token or NO_TOKEN):
            raise FormatError("the serial number of a token is 1 to 64 characters of ASCII without spaces")
        if not self.from_us < self.until_us:
            raise FormatError("a certificate ends after it begins")

    def __str__(self) -> str:
        values = (
            str(self.vkey),
            self.person,
            self.role,
            time_text(self.from_us),
            time_text(self.until_us),
            self.token or NO_TOKEN,
            self.issuer,
        )
        return HEADER + "\n" + "".join(f"{key} {value}\n" for key, value in zip(_KEYS, values, strict=True))

    @classmethod
    def parse(cls, text: str) -> Certificate:
        """Read the eight lines strictly; :class:`FormatError` unless ``str()`` of the result gives ``text``."""
        lines = text.split("\n")
        if len(lines) != 9 or lines[0] != HEADER or lines[8]:
            raise FormatError(f"a certificate is eight lines, the first {HEADER}")
        values: list[str] = []
        for key, line in zip(_KEYS, lines[1:8], strict=True):
            found, gap, value = line.partition(" ")
            if found != key or not gap:
                raise FormatError(f"the line for {key} reads {line!r}")
            values.append(value)
        vkey, person, role, start, end, token, issuer = values
        certificate = cls(
            VerifierKey.parse(vkey),
            person,
            role,
            time_microseconds(start),
            time_microseconds(end),
            None if token == NO_TOKEN else token,
            issuer,
        )
        if str(certificate) != text:
            raise FormatError("the certificate is not written canonically")
        return certificate

    def covers(self, time_us: int) -> bool:
        """Whether the key may sign at ``time_us``."""
        return self.from_us <= time_us < self.until_us


@dataclass(frozen=True, slots=True)
class Root:
    """A laboratory's root: two keys of one name, which sign together."""

    signers: tuple[Signer, Signer]

    @classmethod
    def create(cls, path: Path, name: str, passphrase: str) -> Root:
        """Make a root and its file. An empty passphrase is refused: this key speaks for everybody."""
        if not passphrase:
            raise LedgerError("a root key is protected by a passphrase; set IMPOUND_PASSPHRASE")
        return cls._of(keys.create(path, name, passphrase, post_quantum=True))

    @classmethod
    def load(cls, path: Path, passphrase: str | None) -> Root:
        """Open a root's file; :class:`LedgerError` as :func:`forensics.custody.keys.load`."""
        return cls._of(keys.load(path, passphrase))

    @classmethod
    def _of(cls, ring: keys.KeyRing) -> Root:
        if ring.mldsa44 is None:
            raise LedgerError("this key file is an examiner's, not a root's")
        return cls((ring.ed25519, NoteSigner(ring.mldsa44.name, ring.mldsa44.private)))

    @property
    def name(self) -> str:
        """The issuer that its certificates name."""
        return self.verifiers[0].name

    @property
    def verifiers(self) -> tuple[VerifierKey, ...]:
        """What a policy pins, one line ``root`` for each."""
        return tuple(signer.verifier for signer in self.signers)

    def certify(self, certificate: Certificate) -> bytes:
        """The certificate under both signatures."""
        if certificate.issuer != self.name:
            raise FormatError(f"{self.name} does not sign certificates of {certificate.issuer}")
        text = str(certificate)
        return bytes(SignedNote(text, tuple(signer.sign(text) for signer in self.signers)))


def enrolment(note: bytes, issuer: Sequence[VerifierKey]) -> dict[str, object]:
    """Body of ``key.enrol``; :class:`FormatError` where the certificate is not signed by the issuer's keys."""
    certificate = read(note, issuer)
    return {
        "certificate": note.decode(),
        "issuer": [str(key) for key in issuer],
        "vkey": str(certificate.vkey),
    }


def read(note: bytes, issuer: Sequence[VerifierKey]) -> Certificate:
    """The certificate in a note, signed by *all* keys of its issuer; :class:`FormatError` otherwise."""
    signed = SignedNote.parse(note)
    certificate = Certificate.parse(signed.text)
    kinds = {key.kind for key in issuer}
    if not kinds or not kinds <= {ED25519, NAMED} or {key.name for key in issuer} != {certificate.issuer}:
        raise FormatError(f"the certificate names {certificate.issuer} as its issuer, and these keys are not its own")
    if not all(signed.signed_by(key) for key in issuer):
        raise FormatError(f"the certificate is not signed by {certificate.issuer}, as it says")
    return certificate


@dataclass(frozen=True, slots=True)
class _Revocation:
    """The end of a key: by entry ``seq`` (None: by the verifier's policy), for everything from ``since_us`` on."""

    seq: int | None
    since_us: int | None
    reason: str

    def forbids(self, seq: int, time_us: int) -> bool:
        later = self.seq is not None and seq > self.seq
        return seq != self.seq and (later or (self.since_us is not None and time_us >= self.since_us))


@dataclass
class Register:
    """What a ledger says of keys, and which signatures go against it.

    ``roots`` are the issuers a verifier pinned, by name: then only their certificates count. Without any, each
    certificate counts that its entry's own issuer signed. ``revoked`` are keys, as vkeys, that the verifier was told
    of, with the time (microseconds since 1970) from which they are void.
    """

    roots: Mapping[str, Sequence[VerifierKey]] = field(default_factory=dict)
    revoked: Mapping[str, int] = field(default_factory=dict)
    certificates: dict[str, list[Certificate]] = field(default_factory=dict)
    _revocations: dict[str, list[_Revocation]] = field(default_factory=dict)
    _signed: list[tuple[int, str, int, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for vkey, since_us in self.revoked.items():
            self._revocations[vkey] = [_Revocation(None, since_us, "by the policy")]

    def enter(self, kind: str, seq: int, body: Mapping[str, object]) -> str | None:
        """Follow an entry ``key.enrol`` or ``key.revoke``; a sentence when it does not hold."""
        try:
            if kind == "key.enrol":
                self._enrol(body)
            elif kind == "key.revoke":
                vkey = str(VerifierKey.parse(str(body.get("vkey"))))
                since = time_microseconds(str(body["since"])) if "since" in body else None
                revocation = _Revocation(seq, since, f"in entry {seq}: {body.get('reason')}")
                self._revocations.setdefault(vkey, []).append(revocation)
        except FormatError as error:
            return str(error)
        return None

    def _enrol(self, body: Mapping[str, object]) -> None:
        note, named = str(body.get("certificate")).encode("utf-8", "surrogatepass"), body.get("issuer")
        issuer = [VerifierKey.parse(str(each)) for each in named] if isinstance(named, list) else []
        certificate = read(note, issuer)
        if body.get("vkey") != str(certificate.vkey):
            raise FormatError("the certificate is for another key than the entry says")
        if self.roots:
            try:
                read(note, self.roots.get(certificate.issuer, ()))
            except FormatError:
                return  # somebody's certificate, but nobody's whom the verifier trusts
        self.certificates.setdefault(str(certificate.vkey), []).append(certificate)

    def signed(self, seq: int, vkey: VerifierKey, time_us: int, *, examiner: bool) -> None:
        """Note that ``vkey``, or a session of its own, signed an entry; ``examiner``: as the ledger's examiner."""
        self._signed.append((seq, str(vkey), time_us, examiner))

    def names_examiner(self, vkey: VerifierKey) -> bool:
        """Whether a root that the verifier pinned certified the key as an examiner's."""
        return bool(self.roots) and any(each.role == EXAMINER for each in self.certificates.get(str(vkey), ()))

    def faults(self) -> Iterator[tuple[int, str]]:
        """Entries signed without the right to, each with a sentence; after :data:`FAULTS` of them a count."""
        count = 0
        last = 0
        for seq, vkey, time_us, examiner in self._signed:
            reason = self._reason(seq, vkey, time_us, examiner=examiner)
            if reason:
                count, last = count + 1, seq
                if count <= FAULTS:
                    yield seq, reason
        if count > FAULTS:
            yield last, f"{count} entries in all are signed by keys that had no right to"

    def _reason(self, seq: int, vkey: str, time_us: int, *, examiner: bool) -> str:
        own = [each for each in self.certificates.get(vkey, ()) if not examiner or each.role == EXAMINER]
        name = vkey.partition("+")[0]
        if own and not any(each.covers(time_us) for each in own):
            spans = ", ".join(f"from {time_text(each.from_us)} until {time_text(each.until_us)}" for each in own)
            return f"it is signed at {time_text(time_us)} by {name}, whose key is certified {spans}"
        for each in self._revocations.get(vkey, ()):
            if each.forbids(seq, time_us):
                return f"it is signed at {time_text(time_us)} by {name}, whose key was revoked {each.reason}"
        return ""
