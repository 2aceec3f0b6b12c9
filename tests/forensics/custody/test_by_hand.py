"""The blocks of ``by-hand.md`` as they stand there: they pass on what is sound, and fail on what is not."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from forensics.commands.main import main
from forensics.custody.store import LedgerReader
from resources import verify as plain

DOCUMENT = (Path(plain.__file__).parent / "docs" / "by-hand.md").read_text("utf-8")
BLOCKS = dict(re.findall(r"```sh (\w+)\n(.*?)```", DOCUMENT, re.S))


def shell(block: str, folder: Path, **values: object) -> int:
    env = {"PATH": "/usr/bin:/bin", **{key: str(value) for key, value in values.items()}}
    command = ["bash", "-euo", "pipefail", "-c", BLOCKS[block]]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False).returncode


@pytest.fixture
def opened(case: Path) -> Path:
    assert main(["case", "rebuild", str(case), "--json"]) == 0
    return case


def key_of(case: Path) -> str:
    with LedgerReader.open(case) as reader:
        return str(reader.verifiers()[0])


def test_every_block_is_tried_here() -> None:
    assert set(BLOCKS) == {"key", "entry", "stamp", "authority", "bundle"}


def test_an_entry(opened: Path, tmp_path: Path) -> None:
    ledger = opened / "ledger.db"
    assert shell("key", tmp_path, VKEY=key_of(opened)) == 0
    assert shell("entry", tmp_path, LEDGER=ledger, SEQ=1) == 0
    with closing(sqlite3.connect(ledger)) as db, db:
        db.execute("DROP TRIGGER body_keep")
        db.execute("UPDATE body SET line = CAST(replace(CAST(line AS TEXT), 'stra', 'Stra') AS BLOB) WHERE seq = 1")
    db.close()
    assert shell("entry", tmp_path, LEDGER=ledger, SEQ=1) != 0


def test_a_time_stamp(opened: Path, tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    lab.mkdir()
    (lab / "serial").write_text("01\n")
    (lab / "ext").write_text("extendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n")
    (lab / "tsa.cnf").write_text(
        f"[tsa]\ndefault_tsa = lab\n[lab]\ndir = {lab}\nserial = $dir/serial\nsigner_cert = $dir/tsa.pem\n"
        "signer_key = $dir/tsa.key\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha512\n"
        "ess_cert_id_alg = sha256\n"
    )
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=Root -addext basicConstraints=critical,CA:TRUE "
        "-keyout root.key -out root.pem",
        "req -new -newkey rsa:2048 -nodes -subj /CN=Stamps -keyout tsa.key -out tsa.csr",
        "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -days 9 -CAcreateserial -extfile ext -out tsa.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=lab, check=True, capture_output=True)
    query, reply = tmp_path / "q.tsq", tmp_path / "r.tsr"
    assert main(["anchor", "tsq", str(opened), str(query)]) == 0
    assert shell("authority", tmp_path, LAB=lab, QUERY=query, REPLY=reply) == 0
    assert main(["anchor", "tsr", str(opened), str(reply)]) == 0
    with LedgerReader.open(opened) as reader:
        size = reader.anchors()[-1].size
    values = {"LEDGER": opened / "ledger.db", "ROOT": lab / "root.pem"}
    assert shell("stamp", tmp_path, SIZE=size, **values) == 0
    assert shell("stamp", tmp_path, SIZE=1, **values) != 0


def test_a_bundle(opened: Path, tmp_path: Path) -> None:
    with LedgerReader.open(opened) as reader:
        scan = reader.scans()[0].id
    archive, folder = tmp_path / "b.impound", tmp_path / "bundle"
    built = ["bundle", "build", str(opened), str(archive), "--recipient", "D", "--purpose", "p", "--item", f"{scan}:7"]
    assert main(built) == 0
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    assert shell("key", tmp_path, VKEY=key_of(opened)) == 0
    assert shell("bundle", tmp_path, BUNDLE=folder, WORK=tmp_path) == 0
    (folder / "items.jsonl").write_bytes((folder / "items.jsonl").read_bytes() + b"\n")
    assert shell("bundle", tmp_path, BUNDLE=folder, WORK=tmp_path) != 0
