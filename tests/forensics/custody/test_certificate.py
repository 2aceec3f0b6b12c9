"""Certified keys: what a root's word is worth, when it ends, and that both verifiers say the same of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from forensics.custody import keys
from forensics.custody.certificate import FAULTS, Certificate, Root, enrolment, read
from forensics.custody.clock import Reading
from forensics.custody.entry import time_text
from forensics.custody.ledger import Draft, Ledger
from forensics.custody.note import Ed25519Signer, Note, NoteSigner, VerifierKey
from forensics.custody.policy import Policy
from forensics.custody.verify import Report, verify
from forensics.errors import FormatError, LedgerError
from resources import verify as plain

START = 1_764_000_000_000_000
SECOND = 1_000_000
HOUR = 3600 * SECOND


class Clock:
    """A clock that goes on by one second each time it is read, and can be set forward."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> Reading:
        self.now += SECOND
        return Reading(self.now, "00000000", (self.now - START) * 1000)


def root_of(number: int, name: str = "lab.example/root") -> Root:
    seed = bytes([number]) * 32
    second = NoteSigner(name, MLDSA44PrivateKey.from_seed_bytes(seed))
    return Root((Ed25519Signer(name, Ed25519PrivateKey.from_private_bytes(seed)), second))


ROOT = root_of(1)


class Field:
    """A case whose clock the test holds."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, Clock()
        self.ledger = Ledger.create(folder, number="7", examiner="J. Doe", domain="lab.example", clock=self.clock)
        self.vkey = keys.load(folder / "keys" / "examiner.key", None).ed25519.verifier

    def certificate(self, root: Root = ROOT, **changed: Any) -> bytes:
        whole = Certificate(self.vkey, "Jörg Doe", "examiner", START, START + 2 * HOUR, "T-1", root.name)
        return root.certify(replace(whole, **changed))

    def enrol(self, root: Root = ROOT, **changed: Any) -> int:
        return self.ledger.append(Draft("key.enrol", enrolment(self.certificate(root, **changed), root.verifiers))).seq

    def view(self, count: int = 1) -> int:
        return [self.ledger.append(Draft("item.view", {"item": n}, "E1")).seq for n in range(count)][-1]

    def policy(self, *roots: Root, lines: str = "") -> str:
        own = [line for line in (self.folder / "keys" / "policy").read_text().split("\n") if line.startswith("log ")]
        pinned = [f"root {key}" for root in roots for key in root.verifiers]
        return "\n".join([*own, *pinned, lines, "quorum none", ""])

    def check(self, policy: str | None = None) -> Report:
        """Close, and verify with both."""
        self.ledger.close()
        report = verify(self.folder, None if policy is None else Policy.parse(policy))
        other = plain.verify(self.folder / "ledger.db", policy)
        assert other["level"] == report.level
        assert [(f["code"], f["where"]) for f in other["faults"]] == [(f.code, f.where) for f in report.faults]
        return report


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    made = Field(tmp_path / "case")
    yield made
    made.ledger._drop()  # nothing where the test has closed it


def test_a_pinned_root_speaks_for_the_examiner(field: Field) -> None:
    field.enrol()
    field.view()
    report = field.check(field.policy(ROOT))
    assert (report.level, report.faults) == ("L2", [])
    assert field.check(None).level == "L1"
    other = field.check(field.policy(root_of(2)))
    assert (other.level, [f.code for f in other.faults]) == ("L1", ["policy"])


def test_without_a_certificate_the_root_says_nothing(field: Field) -> None:
    report = field.check(field.policy(ROOT))
    assert (report.level, [f.code for f in report.faults]) == ("L1", ["policy"])


def test_both_keys_of_a_root_must_have_signed(field: Field) -> None:
    """With one of two keys broken nobody gets a certificate through."""
    note = Note.parse(field.certificate())
    for lines in (note.signatures[:1], note.signatures[1:]):
        half = bytes(Note(note.text, lines))
        with pytest.raises(FormatError, match="not signed"):
            read(half, ROOT.verifiers)
        with pytest.raises(plain.BadFormat, match="not signed"):
            plain.parse_certificate(half, [plain.parse_key(str(key)) for key in ROOT.verifiers])
    weak = bytes(Note(note.text, note.signatures[:1]))
    field.ledger.append(Draft("key.enrol", enrolment(weak, ROOT.verifiers[:1])))
    report = field.check(field.policy(ROOT))
    assert [f.code for f in report.faults] == ["policy"]


def test_signed_after_the_certificate_ended(field: Field) -> None:
    field.enrol()
    field.view()
    field.clock.now = START + 2 * HOUR
    late = field.view()
    report = field.check(field.policy(ROOT))
    assert report.level == "L1"
    assert {f.code for f in report.faults} == {"certificate"}
    assert report.faults[0].where == f"entry {late}"
    assert "whose key is certified from" in report.faults[0].text
    assert time_text(START + 2 * HOUR) in report.faults[0].text


def test_signed_before_the_certificate_began(field: Field) -> None:
    field.enrol(from_us=START + HOUR)
    report = field.check(field.policy(ROOT))
    assert report.faults[0].where == "entry 0"


def test_a_renewed_certificate_covers_what_comes(field: Field) -> None:
    field.enrol()
    field.enrol(from_us=START + HOUR, until_us=START + 9 * HOUR)
    field.clock.now = START + 3 * HOUR
    field.view()
    assert field.check(field.policy(ROOT)).level == "L2"


def test_the_certificate_of_a_root_that_is_not_pinned_does_not_prolong(field: Field) -> None:
    field.enrol()
    field.enrol(root_of(9, "mallory.example/root"), until_us=START + 99 * HOUR)
    field.clock.now = START + 3 * HOUR
    field.view()
    assert field.check(field.policy(ROOT)).level == "L1"


def test_another_role_or_person_does_not_count(field: Field) -> None:
    field.enrol(role="custodian")
    stranger = Ed25519Signer("lab.example/examiner/x", Ed25519PrivateKey.from_private_bytes(bytes(32))).verifier
    field.enrol(vkey=stranger)
    report = field.check(field.policy(ROOT))
    assert [f.code for f in report.faults] == ["policy"]


def test_a_revoked_key_signs_no_more(field: Field) -> None:
    field.enrol()
    field.view()
    seq = field.ledger.revoke(str(field.vkey), "lost", None).seq
    for kind in ("item.view", "custody.seal", "key.enrol"):
        with pytest.raises(LedgerError, match="revoked"):
            field.ledger.append(Draft(kind, {}, "E1"))
    assert field.ledger.head().size == seq + 1
    assert field.check(field.policy(ROOT)).level == "L2"
    with Ledger.open(field.folder, clock=field.clock) as again, pytest.raises(LedgerError, match="revoked"):
        again.append(Draft("item.view", {}, "E1"))


def test_a_program_that_goes_on_signing_is_found(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    field.enrol()
    seq = field.ledger.revoke(str(field.vkey), "lost", None).seq
    monkeypatch.setattr(field.ledger, "_revoked", False)
    field.view(FAULTS + 5)
    report = field.check(field.policy(ROOT))
    assert report.level == "L1"
    assert report.faults[0].where == f"entry {seq + 1}"
    assert f"revoked in entry {seq}: lost" in report.faults[0].text
    assert len(report.faults) == FAULTS + 1
    assert report.faults[-1].text.startswith(f"{FAULTS + 7} entries in all")


def test_revoked_since_an_earlier_time(field: Field) -> None:
    field.enrol()
    first = field.view()
    since = time_text(field.clock.now)
    field.ledger.revoke(str(field.vkey), "stolen on the way home", since)
    report = field.check(field.policy(ROOT))
    assert [f.where for f in report.faults] == [
        f"entry {first + n}" for n in (-1, 0, 1)
    ]  # the session is the key's, too
    assert report.level == "L1"


def test_the_verifiers_own_word_of_a_revocation(field: Field) -> None:
    """A thief does not enter that he stole the key: the policy says it."""
    field.enrol()
    seen = field.view()
    line = f"revoked {field.vkey} {time_text(field.clock.now)}"
    report = field.check(field.policy(ROOT, lines=line))
    assert [f.where for f in report.faults] == [f"entry {seen + n}" for n in (-1, 0, 1)]
    assert "revoked by the policy" in report.faults[0].text


def test_the_second_signature_of_a_hand_over(field: Field) -> None:
    other = Ed25519Signer("lab.example/custodian/k", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    field.enrol()
    field.enrol(vkey=other.verifier, role="custodian", until_us=START + HOUR)
    field.ledger.append_countersigned(Draft("custody.release", {"to": "K"}, "E1"), other)
    field.clock.now = START + HOUR
    late = field.ledger.append_countersigned(Draft("custody.accept", {"to": "K"}, "E1"), other).seq
    report = field.check(field.policy(ROOT))
    assert [(f.code, f.where) for f in report.faults] == [("certificate", f"entry {late}")]


@pytest.mark.parametrize(
    "body",
    [
        {"certificate": "x", "issuer": [], "vkey": "x"},
        {},
        {"certificate": 5, "issuer": {}, "vkey": None},
        {"certificate": "\ud800"},
    ],
)
def test_what_is_no_certificate_is_a_fault(field: Field, body: dict[str, object]) -> None:
    if "\ud800" in str(body.get("certificate")):
        with pytest.raises(FormatError):
            field.ledger.append(Draft("key.enrol", body))
        return
    seq = field.ledger.append(Draft("key.enrol", body)).seq
    report = field.check(field.policy(ROOT))
    assert ("certificate", f"entry {seq}") in [(f.code, f.where) for f in report.faults]


def test_every_changed_byte_of_a_certificate_is_refused(field: Field) -> None:
    note = field.certificate()
    known = [plain.parse_key(str(key)) for key in ROOT.verifiers]
    assert read(note, ROOT.verifiers).person == "Jörg Doe"
    assert plain.parse_certificate(note, known).role == "examiner"
    for at in range(0, len(note), 7):
        spoilt = note[:at] + bytes([note[at] ^ 1]) + note[at + 1 :]
        with pytest.raises(FormatError):
            read(spoilt, ROOT.verifiers)
        with pytest.raises(plain.BadFormat):
            plain.parse_certificate(spoilt, known)


@pytest.mark.parametrize(
    "changed",
    [
        {"person": ""},
        {"person": "a\nb"},
        {"person": " a"},
        {"role": "god"},
        {"token": "-"},
        {"token": "a b"},
        {"until_us": START},
        {"issuer": "a b"},
    ],
)
def test_what_cannot_be_certified(field: Field, changed: dict[str, Any]) -> None:
    with pytest.raises(FormatError):
        field.certificate(**changed)


def test_a_root_has_a_passphrase(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="passphrase"):
        Root.create(tmp_path / "root.key", "lab.example/root", "")
    made = Root.create(tmp_path / "root.key", "lab.example/root", "horse")
    assert Root.load(tmp_path / "root.key", "horse").verifiers == made.verifiers
    with pytest.raises(LedgerError, match="passphrase"):
        Root.load(tmp_path / "root.key", None)
    keys.create(tmp_path / "examiner.key", "lab.example/x", None, post_quantum=False)
    with pytest.raises(LedgerError, match="not a root's"):
        Root.load(tmp_path / "examiner.key", None)
    assert VerifierKey.parse(str(made.verifiers[1])) == made.verifiers[1]


def test_from_the_terminal(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A root, a case, a certificate, a bundle: pinned by the root alone, then revoked."""
    case, bundle = tmp_path / "case", tmp_path / "b.impound"
    run("case", "new", case, "--number", "7", "--examiner", "J. Doe")
    monkeypatch.setenv("IMPOUND_PASSPHRASE", "horse")
    root = run("key", "root", tmp_path / "root.key", "--name", "lab.example/root")
    (examiner, *own) = run("key", "list", case)["keys"]
    told = ("--vkey", examiner["vkey"], "--person", "Jörg Doe", "--from", "2020-01-01", "--days", "3660")
    made = run("key", "certify", tmp_path / "root.key", tmp_path / "j.cert", *told, "--token-serial", "0042")
    assert made["until"] == "2030-01-08T00:00:00.000000Z"
    monkeypatch.delenv("IMPOUND_PASSPHRASE")
    (tmp_path / "none").write_text("# nobody\n")
    run("key", "enrol", case, tmp_path / "j.cert", "--root", tmp_path / "none", code=2)
    run("key", "enrol", case, tmp_path / "j.cert", "--root", root["public"])
    (listed, *_) = run("key", "list", case)["keys"]
    assert [each["token"] for each in listed["certificates"]] == ["0042"]
    policy = tmp_path / "policy"
    policy.write_text("\n".join([*(f"log {key['vkey']}" for key in own), *root["policy"], "quorum none", ""]))
    assert run("ledger", "verify", case, "--policy", policy)["level"] == "L2"
    with Ledger.open(case) as ledger:
        scan = ledger.open_scan("E1", {})
        ledger.append_items(scan, [[{}, {}, {}, {}]])
        ledger.close_scan(scan)
    run("bundle", "build", case, bundle, "--recipient", "the court", "--purpose", "trial", "--item", f"{scan}:0")
    alone = [sys.executable, "-I", "-S", str(Path(plain.__file__)), str(bundle), "--policy", str(policy)]
    shutil.copy(bundle, tmp_path / "copy.impound")
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1].startswith("level L2,"), done.stdout
    gone = run("key", "revoke", case, "--vkey", examiner["vkey"], "--reason", "left the lab")
    assert gone["policy"].startswith(f"revoked {examiner['vkey']} ")
    with policy.open("a") as file:
        file.write(f"revoked {examiner['vkey']} 2021-01-01T00:00:00.000000Z\n")
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1][:9]) == (1, "level L1,"), done.stdout
