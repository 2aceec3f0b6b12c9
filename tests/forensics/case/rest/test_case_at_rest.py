"""A case encrypted at rest: the same folder again, for each of its people, and a plain error for everything else."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2.low_level import Type, hash_secret_raw
from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol import HPKE
from Crypto.Protocol.DH import import_x25519_private_key
from Crypto.Protocol.KDF import HKDF

from forensics.case.rest import archive, chunks, locking, people
from forensics.case.rest.chunks import CHUNK, TAG, Decrypting, Encrypting
from forensics.commands.main import main
from forensics.custody import keys, mj1
from forensics.custody.lock import CaseLock
from forensics.custody.store import LedgerReader
from forensics.custody.verify import verify
from forensics.errors import CaseError, CaseLocked, LedgerError, UsageError
from tests.figures import ROOT

DOCUMENT = (ROOT / "resources/docs/case-at-rest.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MEMORY_KIB", 64)
    monkeypatch.setattr(keys, "ITERATIONS", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as a case has it, with what is hard to keep: times, modes, empty folders, bytes that are no text."""
    made = tmp_path / "case"
    (made / "keys").mkdir(parents=True)
    (made / "exports" / "empty").mkdir(parents=True)
    (made / "ledger.db").write_bytes(os.urandom(3 * CHUNK + 17))
    (made / "case.db").write_bytes(b"")
    (made / "keys" / "examiner.key").write_bytes(b"key\n")
    (made / "keys" / "examiner.key").chmod(0o400)
    (made / os.fsdecode(b"exports/\xff \xd8\xa7" + b"x" * 150)).write_bytes(b"name")
    (made / "ballast").write_bytes(bytes(10))
    os.utime(made / "ledger.db", ns=(5, 1_763_999_999_123_456_789))
    os.utime(made / "exports" / "empty", ns=(5, 987_654_321))
    people.write(made, [people.new_person("A. One", "one"), people.new_person("B. Two", "two")])
    return made


def state(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Everything of a folder, but what holds nothing and what a locking left that was broken off."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(folder.rglob("*"))
        if path.name not in ("lock", "ballast", locking.FRESH)
    }


@pytest.mark.parametrize(("passphrase", "name"), [("one", "A. One"), ("two", "B. Two")])
def test_each_of_its_people_gets_the_same_folder(folder: Path, passphrase: str, name: str) -> None:
    before = state(folder)
    size = locking.lock(folder, "K-1")
    assert sorted(path.name for path in folder.iterdir()) == ["case.locked", "lock"]
    assert size == (folder / "case.locked").stat().st_size > 3 * CHUNK
    assert b"examiner.key" not in (folder / "case.locked").read_bytes()
    assert locking.names(folder) == ["A. One", "B. Two"]
    assert locking.unlock(folder, passphrase) == name
    assert state(folder) == before
    assert not (folder / "case.locked").exists()


def test_who_was_removed_cannot_open_what_was_locked_since(folder: Path) -> None:
    people.write(folder, people.read(folder)[1:])
    locking.lock(folder, "K-1")
    with pytest.raises(CaseError, match="opens the case for nobody"):
        locking.unlock(folder, "one")
    assert sorted(path.name for path in folder.iterdir()) == ["case.locked", "lock"]
    locking.unlock(folder, "two")


def test_nobody_is_locked_out_by_an_empty_list(folder: Path) -> None:
    (folder / people.FILE).unlink()
    before = state(folder)
    with pytest.raises(UsageError, match="nobody"):
        locking.lock(folder, "K-1")
    assert state(folder) == before


def damaged(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """What somebody without the key can make of a locked file."""
    body = whole.index(b"\n") + 1
    step = CHUNK + TAG
    for offset in (3, body // 2, body - 2, body, body + 1, body + step, body + 2 * step - 1, len(whole) - 1):
        yield f"bit {offset}", whole[:offset] + bytes((whole[offset] ^ 1,)) + whole[offset + 1 :]
    for length in (0, 10, body, body + 5, body + step, body + 2 * step, len(whole) - TAG, len(whole) - 1):
        yield f"length {length}", whole[:length]
    first, second = whole[body : body + step], whole[body + step : body + 2 * step]
    yield "order", whole[:body] + second + first + whole[body + 2 * step :]
    yield "left out", whole[:body] + second + whole[body + 2 * step :]
    yield "twice", whole[:body] + first + whole[body:]
    yield "more", whole + whole[-40:]
    yield "one more byte", whole + b"x"


def test_what_was_cut_or_changed_is_said_and_nothing_is_lost(folder: Path) -> None:
    before = state(folder)
    locking.lock(folder, "K-1")
    locked = folder / "case.locked"
    whole = locked.read_bytes()
    for how, content in damaged(whole):
        locked.write_bytes(content)
        with pytest.raises(CaseError):
            locking.unlock(folder, "two")
        assert sorted(path.name for path in folder.iterdir()) == ["case.locked", "lock"], how
        assert locked.read_bytes() == content
    locked.write_bytes(whole)
    locking.unlock(folder, "two")
    assert state(folder) == before


def test_a_head_with_other_people_opens_nothing(folder: Path) -> None:
    locking.lock(folder, "K-1")
    locked = folder / "case.locked"
    head, body = locked.read_bytes().split(b"\n", 1)
    told = json.loads(head)
    told["people"] = told["people"][1:]
    locked.write_bytes(mj1.dumps(told) + b"\n" + body)
    with pytest.raises(CaseError, match="was cut or changed"):
        locking.unlock(folder, "two")
    told["people"][0]["person"]["kdf"]["memory_kib"] = 1 << 40
    locked.write_bytes(mj1.dumps(told) + b"\n" + body)
    with pytest.raises(CaseError, match="impossible work"):
        locking.unlock(folder, "two")


class Crash(BaseException):
    """The program ends here."""


STEPS = [(Path, name) for name in ("replace", "unlink", "mkdir", "rmdir")] + [
    (archive, "sync_folder"),
    (locking, "sync_folder"),
    (os, "fsync"),
    (shutil, "rmtree"),
]


def crashing(monkeypatch: pytest.MonkeyPatch, moment: int) -> list[str]:
    """The program ends before its step `moment`; returns the steps that it came to, as they happen."""
    steps: list[str] = []
    for owner, name in STEPS:
        real = getattr(owner, name)

        def step(*given: Any, _real: Any = real, _name: str = name, **options: Any) -> Any:
            steps.append(_name)
            if len(steps) > moment:
                raise Crash
            return _real(*given, **options)

        monkeypatch.setattr(owner, name, step)
    return steps


@pytest.mark.parametrize("work", ["lock", "unlock"])
def test_a_crash_at_any_step_leaves_the_one_or_the_other(folder: Path, work: str, tmp_path: Path) -> None:
    before = state(folder)
    if work == "unlock":
        locking.lock(folder, "K-1")
    for moment in range(200):
        copy = tmp_path / f"copy {moment}"
        shutil.copytree(folder, copy)
        with pytest.MonkeyPatch.context() as patched:
            steps = crashing(patched, moment)
            try:
                locking.lock(copy, "K-1") if work == "lock" else locking.unlock(copy, "one")
            except Crash:
                pass
            else:
                assert len(steps) > 8
                break
        if (copy / "case.locked").exists():
            with pytest.raises(CaseLocked):
                CaseLock(copy)
            locking.unlock(copy, "one")
        assert state(copy) == before, steps
    else:
        pytest.fail("it never came to its end")


def test_a_locking_that_was_broken_off_is_finished(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(folder)
    with monkeypatch.context() as patched:
        patched.setattr(archive, "remove", lambda *_: (_ for _ in ()).throw(Crash))
        with pytest.raises(Crash):
            locking.lock(folder, "K-1")
    assert (folder / "ledger.db").exists()
    locking.lock(folder, "K-1")
    assert sorted(path.name for path in folder.iterdir()) == ["case.locked", "lock"]
    locking.unlock(folder, "one")
    assert state(folder) == before


def test_what_is_written_wrongly_removes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(folder)
    monkeypatch.setattr(chunks, "_nonce", lambda number, *, last: bytes(11) + bytes((last,)))
    with monkeypatch.context() as patched:
        patched.setattr(archive, "digests", lambda _: {})
        with pytest.raises(CaseError, match="is not what was written"):
            locking.lock(folder, "K-1")
    assert state(folder) == before


def test_what_is_neither_file_nor_folder_is_refused(folder: Path) -> None:
    (folder / "exports" / "link").symlink_to("/etc/passwd")
    with pytest.raises(CaseError, match="link is neither a file nor a folder"):
        locking.lock(folder, "K-1")
    assert not (folder / "case.locked.new").exists()


@pytest.mark.parametrize("name", ["../out", "/out", "a/../../out", ""])
def test_an_archive_writes_nothing_outside(name: str, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as made:
        made.addfile(tarfile.TarInfo(name), io.BytesIO())
    packed.seek(0)
    (tmp_path / "in").mkdir()
    with pytest.raises(CaseError):
        archive.unpack(packed, tmp_path / "in")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in"]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_chunks_of_every_length(size: int) -> None:
    plain, target = os.urandom(size), io.BytesIO()
    with Encrypting(target, bytes(32)) as encrypting:
        for start in range(0, size, 99_999):
            encrypting.write(plain[start : start + 99_999])
    assert len(target.getvalue()) == size + TAG * max(1, -(-size // CHUNK))
    target.seek(0)
    decrypting = Decrypting(target, bytes(32), "stream")
    assert b"".join(iter(lambda: decrypting.read(70_001), b"")) == plain


# --- other libraries than the program's


def opened_elsewhere(line: bytes, passphrase: str) -> tuple[bytes, bytes]:
    """The case's key and the key of the chunks, by the page that describes the format."""
    row = json.loads(line)["people"][0]
    person, kdf = row["person"], row["person"]["kdf"]
    raw = {name: base64.b64decode(person[name]) for name in ("nonce", "public", "sealed")}
    wrapping = hash_secret_raw(
        passphrase.encode(), base64.b64decode(kdf["salt"]), kdf["iterations"], kdf["memory_kib"], kdf["lanes"], 32,
        Type.ID,
    )  # fmt: skip
    record = {name: value for name, value in person.items() if name != "sealed"}
    cipher = AES.new(wrapping, AES.MODE_GCM, nonce=raw["nonce"])
    cipher.update(json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    private = import_x25519_private_key(cipher.decrypt_and_verify(raw["sealed"][:-16], raw["sealed"][-16:]))
    wrapped = base64.b64decode(row["wrapped"])
    hpke = HPKE.new(
        receiver_key=private, aead_id=HPKE.AEAD.AES256_GCM, enc=wrapped[:32], info=b"impound/locked-case/v1 key"
    )
    key = hpke.unseal(wrapped[32:])
    salt = hashlib.sha256(line).digest()
    return key, HKDF(key, 32, salt, SHA256, context=b"impound/locked-case/v1 body")


def decrypted_elsewhere(body: bytes, key: bytes) -> bytes:
    step = (1 << 20) + 16
    count = max(1, -(-len(body) // step))
    plain = b""
    for number in range(count):
        chunk = body[number * step : (number + 1) * step]
        nonce = number.to_bytes(11, "big") + (b"\1" if number == count - 1 else b"\0")
        plain += AES.new(key, AES.MODE_GCM, nonce=nonce).decrypt_and_verify(chunk[:-16], chunk[-16:])
    return plain


def test_another_program_opens_it(folder: Path) -> None:
    wanted = (folder / "ledger.db").read_bytes()
    locking.lock(folder, "K-1")
    line, body = (folder / "case.locked").read_bytes().split(b"\n", 1)
    plain = decrypted_elsewhere(body, opened_elsewhere(line + b"\n", "one")[1])
    with tarfile.open(fileobj=io.BytesIO(plain)) as packed:
        content = packed.extractfile("ledger.db")
        assert content is not None
        assert content.read() == wanted


def test_the_published_vector() -> None:
    row = dict(re.findall(r"^    (head|case's key|chunks' key|chunks) +(\S.*)$", DOCUMENT, re.MULTILINE))
    line, passphrase = row["head"].encode() + b"\n", "correct horse battery staple"
    assert passphrase in DOCUMENT
    key, chunks_key = opened_elsewhere(line, passphrase)
    assert (key.hex(), chunks_key.hex()) == (row["case's key"], row["chunks' key"])
    assert decrypted_elsewhere(bytes.fromhex(row["chunks"]), chunks_key) == b"Impound\n"
    first = json.loads(line)["people"][0]
    assert people.unwrap(people.checked(first["person"]), passphrase, first["wrapped"]) == key
    assert locking.body_key(key, line) == chunks_key
    assert Decrypting(io.BytesIO(bytes.fromhex(row["chunks"])), chunks_key, "vector").read(99) == b"Impound\n"
    told = []
    for content in (b"", bytes(CHUNK + 1)):
        target = io.BytesIO()
        with Encrypting(target, chunks_key) as encrypting:
            encrypting.write(content)
        told.append(target.getvalue())
    assert f"no byte: `{told[0].hex()}`" in DOCUMENT
    assert hashlib.sha256(told[1]).hexdigest() in DOCUMENT


# --- through the program


def test_a_real_case_is_locked_and_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    case = tmp_path / "case"
    assert main(["case", "new", str(case), "--number", "K-1", "--examiner", "A. Examiner"]) == 0
    assert main(["case", "lock", str(case)]) == 2
    for name in ("A. One", "B. Two"):
        monkeypatch.setenv("IMPOUND_CASE_PASSPHRASE", f"passphrase of {name}")
        assert main(["case", "people", str(case), "--add", name]) == 0
    assert main(["case", "people", str(case), "--add", "B. Two"]) == 2
    assert main(["case", "lock", str(case)]) == 0
    assert main(["case", "people", str(case), "--remove", "B. Two"]) == 2
    capsys.readouterr()
    for verb in (["case", "show"], ["findings"], ["ledger", "verify"], ["case", "rebuild"]):
        assert main([*verb, str(case)]) == 4
        assert "the case is locked; `impound case unlock" in capsys.readouterr().err
    with pytest.raises(LedgerError, match="locked"):
        LedgerReader.open(case)
    monkeypatch.setenv("IMPOUND_CASE_PASSPHRASE", "wrong")
    assert main(["case", "unlock", str(case)]) == 4
    assert "opens the case for nobody" in capsys.readouterr().err
    secret = tmp_path / "passphrase"
    secret.write_text("passphrase of A. One\n")
    assert main(["case", "unlock", str(case), "--passphrase-file", str(secret), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["person"] == "A. One"
    assert verify(case).faults == []
    with LedgerReader.open(case) as reader:
        types = [entry.type for entry in reader.entries() if entry.type.startswith("case.")]
    assert types == ["case.open", "case.people", "case.people", "case.lock", "case.unlock"]
    assert main(["case", "people", str(case), "--remove", "A. One"]) == 0
    assert "B. Two" in capsys.readouterr().out
