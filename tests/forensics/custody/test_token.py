"""The examiner's key on a token, with SoftHSM as the token: it signs, and what goes wrong is said and loses nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType, Mechanism

from forensics.commands.main import main
from forensics.custody import keys
from forensics.custody.client import LedgerClient
from forensics.custody.ledger import Draft, Ledger
from forensics.custody.store import LedgerReader
from forensics.custody.token import Access, TokenSigner
from forensics.custody.verify import verify
from forensics.errors import LedgerError
from resources import verify as plain

MODULE = next(
    (
        path
        for folder in ("/usr/lib/softhsm", "/usr/lib/x86_64-linux-gnu/softhsm", "/usr/lib/aarch64-linux-gnu/softhsm")
        if Path(path := f"{folder}/libsofthsm2.so").is_file()
    ),
    "libsofthsm2.so",
)
PIN = "4321-9876"


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Two tokens, ``lab`` with three keys and ``other`` with one. SoftHSM reads its settings once a process."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "conf"))
        for label in ("lab", "other"):
            words = ["--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", PIN]
            subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)
            for key, loose in (("j-doe", False), ("loose", True))[: 2 if label == "lab" else 1]:
                make_key(folder / "conf", label, key, loose=loose)
        pkcs11.lib(MODULE).reinitialize()
        yield folder


def make_key(conf: Path, token: str, label: str, *, loose: bool) -> None:
    """In a process of its own, as another program would."""
    script = (
        "import sys, pkcs11\nfrom pkcs11 import *\nfrom pkcs11.util.ec import encode_named_curve_parameters as curve\n"
        "module, token, pin, label, loose = sys.argv[1:]\nflags = {Attribute.EXTRACTABLE: loose == 'True', "
        "Attribute.SENSITIVE: loose != 'True'}\n"
        "with pkcs11.lib(module).get_token(token_label=token).open(rw=True, user_pin=pin) as session:\n"
        "    made = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: curve('1.3.101.112')}, "
        "local=True)\n"
        "    made.generate_keypair(mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=label, "
        "private_template=flags)\n"
    )
    subprocess.run([sys.executable, "-c", script, MODULE, token, PIN, label, str(loose)], check=True)


@pytest.fixture
def access(tokens: Path) -> Access:
    return Access(MODULE, PIN, "lab", "j-doe")


@pytest.fixture
def case(tmp_path: Path, access: Access) -> Path:
    folder = tmp_path / "case"
    with Ledger.create(folder, number="7", examiner="J. Doe", domain="lab.example", token=access) as ledger:
        ledger.append(Draft("item.view", {"item": 1}, "E1"))
    return folder


def both(case: Path) -> list[object]:
    mine, other = verify(case), plain.verify(case / "ledger.db")
    assert (mine.level, mine.entries) == (other["level"], other["entries"])
    return [mine.level, mine.entries, mine.faults, other["faults"]]


def test_a_ledger_signed_by_a_token(case: Path, access: Access) -> None:
    with Ledger.open(case, token=access) as ledger:
        ledger.append(Draft("custody.seal", {"seal": "4711"}, "E1"))
    assert both(case) == ["L1", 5, [], []]
    record = json.loads((case / "keys" / "examiner.key").read_bytes())
    assert (record["protection"], record["kdf"]) == ("pkcs11", None)
    assert keys.is_protected(case / "keys" / "examiner.key")


def test_the_key_does_not_leave_the_token(case: Path, tokens: Path, access: Access) -> None:
    """Neither its value nor a wrapped copy can be had; and nothing of PIN or module is in the case."""
    with pkcs11.lib(MODULE).get_token(token_label="lab").open(rw=True, user_pin=PIN) as session:
        key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, key_type=KeyType.EC_EDWARDS, label="j-doe")
        assert (key[Attribute.EXTRACTABLE], key[Attribute.NEVER_EXTRACTABLE]) == (False, True)
        with pytest.raises(pkcs11.exceptions.AttributeSensitive):
            key[Attribute.VALUE]
        wrapping: Any = session.generate_key(KeyType.AES, 256)
        with pytest.raises(pkcs11.exceptions.KeyUnextractable):
            wrapping.wrap_key(key, mechanism=Mechanism.AES_KEY_WRAP)
    for file in (path for path in case.rglob("*") if path.is_file()):
        assert PIN.encode() not in file.read_bytes(), file
        assert b"libsofthsm" not in file.read_bytes(), file
    assert PIN not in repr(access)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"token": "absent"}, "not plugged in"),
        ({"pin": "1111"}, "the PIN is wrong"),
        ({"pin": "1"}, "PIN"),
        ({"key": "absent"}, "holds no such key"),
        ({"key": "loose"}, "can be copied off the token"),
        ({"module": "/no/such/library.so"}, "cannot open shared object"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_made(
    tmp_path: Path, access: Access, changed: dict[str, str], words: str
) -> None:
    told = {"module": access.module, "pin": access.pin, "token": access.token, "key": access.key, **changed}
    with pytest.raises(LedgerError, match=words) as caught:
        Ledger.create(tmp_path / "new", number="7", examiner="J. Doe", token=Access(**told))
    assert told["pin"] not in str(caught.value)
    assert not (tmp_path / "new").exists()
    Ledger.create(tmp_path / "new", number="7", examiner="J. Doe", token=access).close()


def test_a_library_that_is_none(tmp_path: Path, access: Access) -> None:
    (tmp_path / "x.so").write_bytes(b"no library")
    with pytest.raises(LedgerError, match="cannot be used"):
        TokenSigner("lab.example/x", Access(str(tmp_path / "x.so"), PIN, "lab", "j-doe"))


def test_without_the_package(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(LedgerError, match=r"pip install impound\[token\]"):
        TokenSigner("lab.example/x", access)


def test_opened_without_or_with_another_token(case: Path, tokens: Path, access: Access) -> None:
    whole = (case / "ledger.db").read_bytes()
    with pytest.raises(LedgerError, match="the examiner's key is on the token lab with the serial number"):
        Ledger.open(case)
    record = json.loads((case / "keys" / "examiner.key").read_bytes())
    other = TokenSigner("lab.example/examiner/j-doe", Access(MODULE, PIN, "other", "j-doe"))
    record["vkeys"] = [str(other.verifier)]
    other.close()
    text = json.dumps(record, sort_keys=True, separators=(",", ":"))
    (case / "keys" / "examiner.key").write_text(text)
    with pytest.raises(LedgerError, match="another than the one of the case"):
        Ledger.open(case, token=access)
    assert (case / "ledger.db").read_bytes() == whole


def test_removed_in_the_middle(case: Path, tokens: Path, access: Access) -> None:
    """Pulled out, the entry fails and leaves no trace; put in again, the work goes on."""
    ledger = Ledger.open(case, token=access)
    before = ledger.head()
    (tokens / "tokens").rename(tokens / "pocket")
    try:
        for _ in range(2):
            with pytest.raises(LedgerError, match=r"cannot be used: .*Nothing was entered"):
                ledger.append(Draft("custody.seal", {"seal": "1"}, "E1"))
        assert ledger.head() == before
        assert both(case)[0] == "L1"
    finally:
        (tokens / "pocket").rename(tokens / "tokens")
    assert ledger.append(Draft("custody.seal", {"seal": "1"}, "E1")).seq == before.size
    ledger.close()
    assert both(case)[2:] == [[], []]


def test_a_pin_changed_meanwhile_is_tried_once(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = TokenSigner("lab.example/x", access)
    signer.close()
    monkeypatch.setattr(signer, "access", Access(MODULE, "1111", "lab", "j-doe"))
    with pytest.raises(LedgerError, match="the PIN is wrong"):
        signer.sign("x\n")
    monkeypatch.setattr(pkcs11, "lib", lambda _: pytest.fail("the token was asked again"))
    with pytest.raises(LedgerError, match="open the case again"):
        signer.sign("x\n")


def test_removed_before_the_end(case: Path, tokens: Path, access: Access) -> None:
    """The session cannot be closed by an entry then; what was entered stays and the case opens again."""
    ledger = LedgerClient.start(case, token=access)
    seq = ledger.append("item.view", {"item": 2}, "E1").seq
    (tokens / "tokens").rename(tokens / "pocket")
    try:
        with pytest.raises(LedgerError, match="cannot be used"):
            ledger.close()
        assert both(case)[:2] == ["L1", seq + 1]
        with pytest.raises(LedgerError, match="cannot be used"):
            LedgerClient.start(case, token=access)
    finally:
        (tokens / "pocket").rename(tokens / "tokens")
    with LedgerClient.start(case, token=access) as again:
        assert again.append("item.view", {"item": 3}, "E1").seq > seq
    assert both(case)[2:] == [[], []]


@pytest.mark.parametrize(
    ("error", "words"), [("PinLocked", "locked after too many wrong PINs"), ("DeviceRemoved", "was removed")]
)
def test_what_real_tokens_answer(access: Access, monkeypatch: pytest.MonkeyPatch, error: str, words: str) -> None:
    """SoftHSM never locks; the answer is put into its place."""
    signer = TokenSigner("lab.example/x", access)

    class Key:
        def sign(self, *_: object, **__: object) -> bytes:
            raise getattr(pkcs11.exceptions, error)

    monkeypatch.setattr(signer, "_key", Key())
    with pytest.raises(LedgerError, match=words):
        signer.sign("x\n")
    monkeypatch.undo()
    assert signer.verifier.verifies("x\n", signer.sign("x\n").value)
    signer.close()


def test_a_signature_of_another_key_is_not_taken(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = TokenSigner("lab.example/x", access)

    class Key:
        def sign(self, *_: object, **__: object) -> bytes:
            return bytes(64)

    monkeypatch.setattr(signer, "_key", Key())
    with pytest.raises(LedgerError, match="another key"):
        signer.sign("x\n")


def test_through_the_writer(tmp_path: Path, access: Access) -> None:
    """Module, labels and PIN reach the process that holds the keys; a wrong PIN comes back as a sentence."""
    with LedgerClient.create(tmp_path / "case", number="7", examiner="J. Doe", token=access) as ledger:
        ledger.append("item.view", {"item": 1})
    with pytest.raises(LedgerError, match="the PIN is wrong"):
        LedgerClient.start(tmp_path / "case", token=Access(MODULE, "9999"))
    with LedgerClient.start(tmp_path / "case", token=Access(MODULE, PIN)) as ledger:
        ledger.append("item.view", {"item": 2})
    assert both(tmp_path / "case")[0] == "L1"


def test_from_the_terminal(
    run: Any, tokens: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case, file = tmp_path / "case", tmp_path / "pin"
    file.write_text(f"{PIN}\n")
    told = ("case", "new", case, "--number", "7", "--examiner", "J. Doe", "--token", MODULE)
    assert main([*map(str, told), "--token-label", "lab"]) == 2
    labels = ("--token-label", "lab", "--key-label", "j-doe")
    assert main([*map(str, told), *labels]) == 2
    assert "IMPOUND_PIN" in capsys.readouterr().err
    assert run(*told, *labels, "--pin-file", file)["examiner_key_protected"] is True
    assert main(["ledger", "checkpoint", str(case)]) == 4
    assert "set IMPOUND_TOKEN" in capsys.readouterr().err
    monkeypatch.setenv("IMPOUND_TOKEN", MODULE)
    assert main(["ledger", "checkpoint", str(case)]) == 2
    monkeypatch.setenv("IMPOUND_PIN_FILE", str(file))
    run("custody", "seize", case, "--exhibit", "E1", "--place", "Hafenstraße 3")
    assert run("ledger", "verify", case)["level"] == "L1"
    monkeypatch.delenv("IMPOUND_PIN_FILE")
    monkeypatch.setenv("IMPOUND_PIN", "0000")
    assert main(["ledger", "checkpoint", str(case)]) == 4
    printed = capsys.readouterr()
    assert "the PIN is wrong" in printed.err
    assert "0000" not in printed.err
    shutil.rmtree(case / "keys")
    with LedgerReader.open(case) as reader:
        assert PIN not in "".join(str(entry.body) for entry in reader.entries())
