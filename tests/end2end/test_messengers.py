"""Encrypted stores of messengers on a disk, opened with keys of the same disk or given, and what is in them."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest
from Crypto.Cipher import AES

from forensics.commands.main import main
from forensics.detectors.chat import _specimens_locked, _specimens_store

MADE = Path(__file__).parents[1] / "forensics" / "primitives" / "sqlcipher"
KEY = "5f" * 16 + "a7c3" * 8
ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
KEY_FILE = _specimens_locked.WHATSAPP_KEY[0].data
BACKUP = _specimens_locked.WHATSAPP_BACKUP[0].data


def whatsapp() -> bytes:
    """A backup of version 14 around an innocent database, by the published form and another library's AES-GCM."""
    clear = BACKUP[: 2 + BACKUP[0]]
    nonce = BACKUP[BACKUP.index(b"*\x10") + 2 :][:16]
    body, tag = AES.new(KEY_FILE[-32:], AES.MODE_GCM, nonce).encrypt_and_digest(
        zlib.compress(_specimens_store.WHATSAPP[0].data, 0)
    )
    whole = clear + body + tag
    return whole + hashlib.md5(whole, usedforsecurity=False).digest()


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("messengers")
    signal, session, phone = (
        folder / "tree" / each for each in ("home/w/.config/Signal", "home/w/.config/Session", "data/com.whatsapp")
    )
    for each in (signal / "sql", session / "sql", phone / "files"):
        each.mkdir(parents=True)
    (signal / "sql" / "db.sqlite").write_bytes((MADE / "signal.db").read_bytes())
    (signal / "sql" / "db.sqlite-wal").write_bytes((MADE / "signal.db-wal").read_bytes())
    (signal / "config.json").write_text(f'{{\n  "key": "{KEY}",\n  "mediaPermissions": true\n}}')
    (session / "sql" / "db.sqlite").write_bytes((MADE / "passphrase.db").read_bytes())
    (phone / "files" / "key").write_bytes(KEY_FILE)
    (phone / "msgstore.db.crypt14").write_bytes(whatsapp())
    disk, made = folder / "disk.raw", folder / "case"
    disk.write_bytes(bytes(4 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", folder / "tree", disk], check=True, capture_output=True)
    assert main(["case", "new", str(made), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(made), str(disk)]) == 0
    assert main(["examine", str(made), "--workers", "1", "--progress", "none"]) == 0
    return made


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    main([*words, "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def named(case: Path, capsys: pytest.CaptureFixture[str], kind: str, path: str) -> str:
    return next(
        str(each["id"])
        for each in lines(capsys, "findings", str(case))
        if each["kind"] == kind and path in each["path"]
    )


def test_signal_opens_with_the_key_of_its_own_folder(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = named(case, capsys, "chat/locked", "/Signal/")
    (told,) = lines(capsys, "open-wallet", str(case), name)
    assert told["opened"]
    assert told["check"] == "SQLCipher 4: HMAC of every page"
    assert KEY not in json.dumps(told)
    within = [each for each in lines(capsys, "findings", str(case)) if " > opened:" in each["locator"]]
    (talk,) = (each for each in within if each["kind"] == "chat/signal" and "messages" in each["fields"])
    said = {each["text"]: each["state"] for each in talk["fields"]["messages"]["value"]}
    assert said["is it there?"] == "wal"  # its page is in the log anew
    assert said["it is behind the shed, as always"] in ("deleted", "stale")
    assert said["only in the log so far"] == "wal"
    assert talk["path"].endswith("/Signal/sql/db.sqlite-wal")  # all its rows are there
    assert "encrypted on the medium" in talk["caveats"][0]
    assert ADDRESS in {each["value"] for each in within if each["kind"] == "address/bitcoin"}


def test_a_span_within_is_the_place_on_the_medium(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines(capsys, "open-wallet", str(case), named(case, capsys, "chat/locked", "/Signal/"))
    found = next(
        each
        for each in lines(capsys, "findings", str(case))
        if each["kind"] == "address/bitcoin" and " > opened:" in each["locator"]
    )
    disk = (case.parent / "disk.raw").read_bytes()
    stored = b"".join(disk[offset : offset + length] for offset, length in found["runs"])
    assert len(stored) == len(ADDRESS)
    assert stored in (MADE / "signal.db").read_bytes() + (MADE / "signal.db-wal").read_bytes()
    assert hashlib.sha256(stored).hexdigest() == found["sha256"]


def test_opening_again_records_nothing_twice(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = named(case, capsys, "chat/locked", "/Signal/")
    lines(capsys, "open-wallet", str(case), name)
    before = lines(capsys, "findings", str(case))
    (told,) = lines(capsys, "open-wallet", str(case), name)
    assert told["already_recorded"]
    assert lines(capsys, "findings", str(case)) == before


def test_session_opens_with_the_password_that_is_given(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = named(case, capsys, "chat/locked", "/Session/")
    assert main(["open-wallet", str(case), name]) == 1  # Signal's key is tried, and fits not
    word = tmp_path / "word"
    word.write_bytes(b"first-word-1\n")
    (told,) = lines(capsys, "open-wallet", str(case), name, "--secret", f"@{word}")
    assert told["opened"]
    assert told["key"] == "the key that the examiner gave"
    assert "first-word-1" not in json.dumps(told)


def test_a_backup_of_whatsapp_opens_with_the_telephones_key(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = named(case, capsys, "chat/whatsapp_backup", "crypt14")
    (told,) = lines(capsys, "open-wallet", str(case), name)
    assert told["opened"]
    within = [each for each in lines(capsys, "findings", str(case)) if " > opened:" in each["locator"]]
    assert any(each["kind"] == "chat/whatsapp" and "messages" in each["fields"] for each in within)


def test_the_record_holds_and_makes_the_same_case_again(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "verify", str(case)]) == 0
    before = lines(capsys, "findings", str(case))
    assert main(["case", "rebuild", str(case)]) == 0
    assert lines(capsys, "findings", str(case)) == before
    links = [each for each in lines(capsys, "graph", str(case)) if each["type"] == "link"]
    assert any(each["rule"] == "CONVERSATION_OF" and each["to"].endswith(":+491700000001") for each in links)
