"""Signatures of GnuPG on a disk, held against a key on it: a list of mirrors, a file, a certification, a forgery."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from forensics.commands.main import main

ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signatures")
    home, tree = folder / "home", folder / "tree"
    home.mkdir(mode=0o700)
    tree.mkdir()

    def gpg(*words: str, given: bytes = b"") -> bytes:
        command = ("gpg", "--homedir", str(home), "--batch", "--yes", "--quiet", "--pinentry-mode", "loopback")
        return subprocess.run((*command, *words), input=given, check=True, capture_output=True).stdout

    for name, kind in (("wick", "ed25519"), ("tallow", "rsa2048"), ("lamp", "ed25519")):
        gpg("--passphrase", "", "--quick-generate-key", f"{name} <{name}@post.example>", kind, "sign", "never")
    listed = gpg("--with-colons", "--list-keys", "tallow").decode()
    fingerprint = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
    gpg("--local-user", "wick", "--quick-sign-key", fingerprint)
    mirrors = gpg("--local-user", "wick", "--clear-sign", given=f"Mirrors:\nhttp://{ONION}/\n".encode())
    (tree / "mirrors.txt").write_bytes(mirrors)
    (tree / "forged.txt").write_bytes(mirrors.replace(b"Mirrors:", b"mirrors:"))
    (tree / "parcels.csv").write_bytes(bytes(range(200)) * 20)
    (tree / "parcels.csv.sig").write_bytes(gpg("--local-user", "tallow", "--detach-sign", given=bytes(range(200)) * 20))
    (tree / "lamp.txt").write_bytes(gpg("--local-user", "lamp", "--clear-sign", given=b"nobody has my key\n"))
    (tree / "wick.asc").write_bytes(gpg("--armor", "--export", "wick"))
    (tree / "tallow.gpg").write_bytes(gpg("--export", "tallow"))
    disk, made = folder / "disk.raw", folder / "case"
    disk.write_bytes(bytes(4 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tree, disk], check=True, capture_output=True)
    assert main(["case", "new", str(made), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(made), str(disk)]) == 0
    assert main(["examine", str(made), "--workers", "1", "--progress", "none"]) == 0
    return made


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    main([*words, "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_signature_is_held(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (told,) = lines(capsys, "signatures", str(case))
    assert (told["held"], told["failed"], told["without_key"], told["not_read"]) == (3, 1, 1, [])
    found = {each["path"]: each for each in lines(capsys, "findings", str(case)) if each["kind"] == "openpgp/signed"}
    assert set(found) == {"/mirrors.txt", "/forged.txt", "/parcels.csv.sig", "/tallow.gpg"}
    assert found["/mirrors.txt"]["fields"]["onions"]["value"] == [ONION]
    assert found["/mirrors.txt"]["checks"][0]["outcome"] == "pass"
    assert found["/forged.txt"]["checks"][0]["outcome"] == "fail"
    assert not found["/forged.txt"]["links"]
    assert found["/parcels.csv.sig"]["fields"]["user_ids"]["value"] == ["tallow <tallow@post.example>"]
    assert found["/tallow.gpg"]["fields"]["user_id"]["value"] == "tallow <tallow@post.example>"
    assert found["/tallow.gpg"]["value"] == found["/mirrors.txt"]["value"]


def test_the_signed_name_is_linked_to_the_key(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines(capsys, "signatures", str(case))
    links = [each for each in lines(capsys, "graph", str(case)) if each["type"] == "link"]
    assert any(each["rule"] == "SIGNED_NAME" and each["to"] == f"onion/v3:{ONION}" and each["met"] for each in links)
    assert any(
        each["rule"] == "SIGNED_BY" and each["to"].startswith("openpgp/armor:") and each["met"] for each in links
    )


def test_again_records_nothing_and_the_case_comes_back(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines(capsys, "signatures", str(case))
    before = lines(capsys, "findings", str(case))
    (told,) = lines(capsys, "signatures", str(case))
    assert told["findings"] == {}
    assert main(["ledger", "verify", str(case)]) == 0
    assert main(["case", "rebuild", str(case)]) == 0
    assert lines(capsys, "findings", str(case)) == before
