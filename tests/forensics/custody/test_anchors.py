"""Anchors of all kinds by file: a laboratory's authority run by openssl, a witness, a label; and what they prove."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from forensics.custody import label, timestamp
from forensics.custody.clock import Reading
from forensics.custody.entry import time_text
from forensics.custody.ledger import Draft, Ledger
from forensics.custody.note import Checkpoint, CosignatureSigner, Note, VerifierKey
from forensics.custody.policy import Policy
from forensics.custody.status import status_of
from forensics.custody.store import LedgerReader
from forensics.custody.verify import Report, verify
from forensics.custody.witness import Request, Witness
from forensics.errors import FormatError, LedgerError
from resources import verify as plain

Run = Callable[..., dict[str, object]]


def openssl(*arguments: object) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


class Authority:
    """A root and a time-stamping certificate under it, made with openssl as a laboratory would."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "ext").write_text(
            "[tsa]\nextendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n"
            "[plain]\nextendedKeyUsage = critical,codeSigning\n"
        )
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(
            f"[tsa]\ndefault_tsa = lab\n[lab]\ndir = {folder}\nserial = $dir/serial\nsigner_cert = $dir/tsa.pem\n"
            "signer_key = $dir/tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n"
            "digests = sha256, sha512\naccuracy = secs:1\ness_cert_id_alg = sha256\nordering = no\n"
        )
        algorithm = {"rsa": ["rsa:2048"], "ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]}[kind]
        openssl("req", "-x509", "-newkey", *algorithm, "-nodes", "-days", 90, "-subj", "/CN=Lab root",
                "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", folder / "root.key", "-out", folder / "root.pem")  # fmt: skip
        self.certify("tsa", "tsa", algorithm)

    def certify(self, name: str, extensions: str, algorithm: list[str]) -> None:
        f = self.folder
        openssl("req", "-new", "-newkey", *algorithm, "-nodes", "-subj", f"/CN=Lab {name}",
                "-keyout", f / f"{name}.key", "-out", f / f"{name}.csr")  # fmt: skip
        openssl("x509", "-req", "-in", f / f"{name}.csr", "-CA", f / "root.pem", "-CAkey", f / "root.key", "-days", 60,
                "-CAcreateserial", "-extfile", f / "ext", "-extensions", extensions, "-out", f / f"{name}.pem")  # fmt: skip

    def reply(self, query: Path, out: Path) -> Path:
        openssl("ts", "-reply", "-config", self.folder / "tsa.cnf", "-queryfile", query, "-out", out)
        return out

    @property
    def line(self) -> str:
        der = timestamp.certificate((self.folder / "root.pem").read_bytes())
        return f"tsa {base64.b64encode(der).decode()}\n"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "lab", "rsa")


def policy_of(case: Path, more: str = "") -> str:
    return (case / "keys" / "policy").read_text() + more


def both(case: Path, policy: str | None, *anchors: bytes) -> Report:
    report = verify(case, None if policy is None else Policy.parse(policy), anchors)
    mine, other = report.as_json(), plain.verify(case / "ledger.db", policy, anchors)
    for key in ("level", "entries", "items", "anchors", "anchored", "witnessed"):
        assert mine[key] == other[key], key
    assert [(f.code, f.where) for f in report.faults] == [(f["code"], f["where"]) for f in other["faults"]]
    return report


@pytest.fixture
def opened(case: Path, run: Run) -> Path:
    """The template with a case database, as the verbs want it."""
    run("case", "rebuild", case)
    return case


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_time_stamp_by_file(opened: Path, tmp_path: Path, run: Run, kind: str) -> None:
    case, lab = opened, Authority(tmp_path / "lab", kind)
    root = lab.folder / "root.pem"
    size = run("anchor", "tsq", case, tmp_path / "q.tsq")["size"]
    reply = lab.reply(tmp_path / "q.tsq", tmp_path / "r.tsr")
    taken = run("anchor", "tsr", case, reply, "--ca", root)
    assert (taken["size"], taken["checked"]) == (size, True)
    assert both(case, policy_of(case)).level == "L2"  # nobody has said that he trusts this authority
    report = both(case, policy_of(case, lab.line))
    assert (report.level, report.anchored, report.faults, report.notices) == ("L3", size, [], [])
    with LedgerReader.open(case) as reader:
        (tmp_path / "checkpoint").write_bytes(reader.checkpoint(report.anchored))
    openssl("ts", "-verify", "-data", tmp_path / "checkpoint", "-in", reply, "-CAfile", root)
    status = run("ledger", "status", case)
    assert status["minutes_since_anchor"] == 0
    assert status["entries_since_anchor"] == report.entries - report.anchored
    before, after = report.interval(3)
    assert before is None
    assert after == timestamp.read(reply.read_bytes()).time_us
    verified = run("ledger", "verify", case, "--tsa", root, "--policy", case / "keys" / "policy")
    assert verified["level"] == "L3"
    assert after is not None
    told: Any = run("custody", "timeline", case, "--tsa", root)
    assert [each["proven"] for each in told["events"]] == [[None, time_text(after)]]
    assert [each["kind"] for each in told["work"]] == ["scan.begin", "scan.end"] * 2


def test_a_time_stamp_of_another_authority_or_ledger(
    opened: Path, tmp_path: Path, run: Run, authority: Authority
) -> None:
    case, other = opened, Authority(tmp_path / "other", "ec")
    run("anchor", "tsq", case, tmp_path / "q.tsq")
    reply = authority.reply(tmp_path / "q.tsq", tmp_path / "r.tsr")
    run("anchor", "tsr", case, reply, "--ca", other.folder / "root.pem", code=4)
    run("anchor", "tsr", case, reply)
    assert {fault.code for fault in both(case, policy_of(case, other.line)).faults} == {"anchor"}
    (tmp_path / "text").write_text("something else")
    openssl("ts", "-query", "-data", tmp_path / "text", "-sha512", "-cert", "-out", tmp_path / "q2.tsq")
    stranger = authority.reply(tmp_path / "q2.tsq", tmp_path / "r2.tsr")
    run("anchor", "tsr", case, stranger, code=4)


def test_a_certificate_that_is_not_for_time_stamping(tmp_path: Path, authority: Authority, case: Path) -> None:
    """A reply re-signed by another certificate of the same root must not pass; openssl refuses to make one."""
    with LedgerReader.open(case) as reader:
        note = (reader.last_checkpoint() or (0, b""))[1]
    (tmp_path / "q").write_bytes(timestamp.query(note))
    reply = authority.reply(tmp_path / "q", tmp_path / "r").read_bytes()
    root = timestamp.certificate((authority.folder / "root.pem").read_bytes())
    assert timestamp.check(reply, note, [root]) == ""
    assert plain.Stamp(reply).fails([plain.Certificate(root)]) == ""
    # the extended key usage inside the certificate changed: the issuer's signature no longer holds
    changed = reply.replace(bytes.fromhex("2b06010505070308"), bytes.fromhex("2b06010505070303"))
    assert changed != reply
    assert timestamp.check(changed, note, [root])
    assert plain.Stamp(changed).fails([plain.Certificate(root)])


def test_no_changed_bit_of_a_time_stamp_passes(authority: Authority, case: Path, tmp_path: Path) -> None:
    with LedgerReader.open(case) as reader:
        note = (reader.last_checkpoint() or (0, b""))[1]
    (tmp_path / "q").write_bytes(timestamp.query(note))
    reply = authority.reply(tmp_path / "q", tmp_path / "r").read_bytes()
    root = timestamp.certificate((authority.folder / "root.pem").read_bytes())
    roots = [plain.Certificate(root)]
    info = plain.Stamp(reply).info
    start = reply.index(info)
    for at in [*range(start, start + len(info), 7), *range(len(reply) - 200, len(reply), 13)]:
        bad = bytearray(reply)
        bad[at] ^= 4
        try:
            passes = plain.Stamp(bytes(bad)).fails(roots) == ""
        except plain.BadFormat:
            passes = False
        assert not passes, at
        try:
            timestamp.read(bytes(bad))
        except FormatError:
            continue
        assert timestamp.check(bytes(bad), note, [root]), at


def test_an_entry_that_claims_another_time_is_noticed(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tmp_path / "case"
    real = [0]

    def clock() -> Reading:
        import time

        return Reading(time.time_ns() // 1000 + real[0], "00000000", 1)

    with Ledger.create(case, number="1", examiner="E", clock=clock) as ledger:
        stamp(case, ledger, authority, tmp_path, "a")
        real[0] = 6 * 3600 * 1_000_000  # six hours fast from here on
        late = ledger.append(Draft("custody.seize", {}, "E1"))
        stamp(case, ledger, authority, tmp_path, "b")
    report = both(case, policy_of(case, authority.line))
    assert report.faults == []
    assert f"entry {late.seq}" in {notice.where for notice in report.notices}
    assert all(
        time_text(report.stamps[0].time_us) in notice.text
        for notice in report.notices
        if notice.where == f"entry {late.seq}"
    )


def stamp(case: Path, ledger: Ledger, authority: Authority, folder: Path, name: str) -> int:
    note = ledger.checkpoint()
    (folder / name).write_bytes(timestamp.query(note))
    reply = authority.reply(folder / name, folder / f"{name}.tsr").read_bytes()
    size = Checkpoint.parse(Note.parse(note).text).size
    ledger.add_anchor("rfc3161", size, reply, "lab", {})
    return size


# ── witnesses ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_witness_by_file(opened: Path, tmp_path: Path, run: Run) -> None:
    case = opened
    key = run("witness", "key", "w.example/one", tmp_path / "w.key")["vkey"]
    with LedgerReader.open(case) as reader:
        log = reader.verifiers()[1]
    options = ("--key", tmp_path / "w.key", "--memory", tmp_path / "memory")
    first = run("witness", "request", case, tmp_path / "1.req")["size"]
    run("witness", "cosign", tmp_path / "1.req", tmp_path / "x", *options, code=4)  # the ledger's key is not known yet
    run("witness", "cosign", tmp_path / "1.req", tmp_path / "1.line", *options, "--log", log)
    taken = run("witness", "import", case, tmp_path / "1.line", "--vkey", key)
    assert taken["size"] == first
    run("witness", "request", case, tmp_path / "2.req", "--since", first)
    run("witness", "cosign", tmp_path / "2.req", tmp_path / "2.line", *options)
    run("witness", "import", case, tmp_path / "2.line", "--vkey", key)
    run("witness", "cosign", tmp_path / "1.req", tmp_path / "y", *options, code=4)  # 409: an older head
    pinned = policy_of(case, f"witness one {key}\n")
    assert both(case, pinned).level == "L3"
    alone = pinned.replace("quorum none", "") + "group any 1 one\nquorum any\n"
    report = both(case, alone)
    assert (report.level, report.faults) == ("L4", [])
    two = (
        pinned.replace("quorum none", "")
        + f"witness two {VerifierKey('w2', 4, bytes(32))}\ngroup g all one two\nquorum g\n"
    )
    report = both(case, two)
    assert (report.level, [fault.where for fault in report.faults]) == ("L2", ["policy"])


def test_a_witness_refuses_a_fork(tmp_path: Path) -> None:
    signer = CosignatureSigner("w.example/one", Ed25519PrivateKey.generate())
    memory, case = Witness(), tmp_path / "case"
    with Ledger.create(case, number="1", examiner="E") as ledger:
        for _ in range(3):
            ledger.append(Draft("item.view", {}, "E1"))
        log = ledger._reader.verifiers()[1]
        memory.cosign(Request(0, (), ledger.checkpoint()), log, signer, 1)
        (tmp_path / "old").write_bytes((case / "ledger.db").read_bytes())
        ledger.append(Draft("item.view", {"a": 1}, "E1"))
        seen = ledger.head().size
        from forensics.custody.merkle import consistency_proof

        proof = tuple(consistency_proof(4 + 1, seen, ledger._reader.tile_reader(0)))
        memory.cosign(Request(5, proof, ledger.checkpoint()), None, signer, 2)
    remembered = memory.dump()
    (case / "ledger.db").write_bytes((tmp_path / "old").read_bytes())
    with Ledger.open(case) as ledger:
        ledger.append(Draft("item.view", {"b": 2}, "E1"))
        ledger.append(Draft("item.view", {"b": 3}, "E1"))
        proof = tuple(consistency_proof(seen, ledger.head().size, ledger._reader.tile_reader(0)))
        with pytest.raises(LedgerError, match="422"):
            memory.cosign(Request(seen, proof, ledger.checkpoint()), None, signer, 3)
    assert memory.dump() == remembered == Witness.load(remembered).dump()


# ── the label, the clock, the status ───────────────────────────────────────────────────────────────────────────


def test_the_fingerprint_is_the_documented_one() -> None:
    # first 150 bits of SHA-256 of nothing, e3b0c442 98fc1c14 9afbf4c8 996fb924 27ae41e4 6…
    bits = f"{0xE3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855:0256b}"[:150]
    letters = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[int(bits[at : at + 5], 2)] for at in range(0, 150, 5))
    assert label.fingerprint("").replace(" ", "") == letters
    assert label.same_fingerprint(label.fingerprint("").lower().replace("0", "O"), "")
    assert not label.same_fingerprint(label.fingerprint("x"), "")


def test_a_label(opened: Path, tmp_path: Path, run: Run) -> None:
    case = opened
    made = run("anchor", "label", case, "--held-by", "evidence room", "--exhibit", "E1", "--svg", tmp_path / "qr.svg")
    assert (tmp_path / "qr.svg").read_bytes().startswith(b"<?xml")
    (tmp_path / "label").write_text(str(made["note"]))
    report = both(case, policy_of(case), (tmp_path / "label").read_bytes())
    assert (report.level, report.anchored) == ("L3", made["size"])
    found = run("ledger", "verify", case, "--fingerprint", made["fingerprint"])
    assert found["label"] == made["size"]
    run("ledger", "verify", case, "--fingerprint", label.fingerprint("other"), code=1)


def test_clocks(opened: Path, run: Run) -> None:
    case = opened
    assert run("ledger", "status", case)["clock_offset_ms"] is None
    run("clock", "observe", case, "--reference", "gps", "--reference-time", "2020-01-01T00:00:00.000000Z",
        "--subject", "exhibit:E1", "--subject-time", "2020-01-01T00:00:02.500000Z", "--uncertainty-ms", 300)  # fmt: skip
    assert run("ledger", "status", case)["clock_offset_ms"] is None  # that was the exhibit's clock
    from forensics.custody.clock import read_clock

    now = time_text(read_clock().time_us)
    run("clock", "observe", case, "--reference", "radio", "--reference-time", now, "--uncertainty-ms", 500)
    status = run("ledger", "status", case)
    assert 0 <= int(str(status["clock_offset_ms"])) < 60_000
    assert status["clock_uncertainty_ms"] == 500
    assert status["keys"] == 3
    with LedgerReader.open(case) as reader:
        assert status_of(reader)["clock_steps"] == 0


def test_kept_anchors_are_bound_to_entries(opened: Path, tmp_path: Path, run: Run) -> None:
    case = opened
    run("anchor", "label", case, "--held-by", "x")
    import sqlite3

    with closing(sqlite3.connect(case / "ledger.db")) as connection, connection:
        connection.execute("UPDATE anchor SET size = size - 1")
    connection.close()
    assert {fault.code for fault in both(case, policy_of(case)).faults} == {"anchor"}
    with closing(sqlite3.connect(case / "ledger.db")) as connection, connection:
        connection.execute("DELETE FROM anchor")
    connection.close()
    assert {fault.code for fault in both(case, policy_of(case)).faults} == {"anchor"}
