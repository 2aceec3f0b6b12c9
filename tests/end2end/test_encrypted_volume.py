"""A passphrase given at registration: entries in plain, places on the encrypted medium, nothing of it on the disk."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from forensics.commands.main import main

PASSPHRASE = "Gardengate-lantern-7741"
ADDRESS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ext4 with one note, in a LUKS volume that qemu-img wrote."""
    folder = tmp_path_factory.mktemp("luks")
    (folder / "tree").mkdir()
    (folder / "tree" / "note.txt").write_text(f"pay to {ADDRESS} until Friday\n")
    plain, disk = folder / "plain.raw", folder / "disk.luks"
    plain.write_bytes(bytes(3 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", folder / "tree", plain], check=True, capture_output=True)
    secret = f"secret,id=s,data={PASSPHRASE}"
    options = "key-secret=s,iter-time=300"
    convert = ["qemu-img", "convert", "--object", secret, "-O", "luks", "-o", options, str(plain), str(disk)]
    for _ in range(30):  # on a loaded machine qemu-img often cannot time its own key derivation
        if subprocess.run(convert, check=False, capture_output=True).returncode == 0:
            return disk
    pytest.fail("qemu-img cannot write a LUKS volume here")


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    main([*words, "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_volume_is_opened_examined_and_kept_secret(
    tmp_path: Path, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "case"
    assert main(["case", "new", str(case), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(case), str(disk), "--secret", "1=wrong"]) == 1
    said = capsys.readouterr()
    assert "volume 1" in said.err
    assert "does not open" in said.err
    assert not lines(capsys, "tree", str(case))
    assert main(["add", str(case), str(disk), "--secret", f"1={PASSPHRASE}"]) == 0
    assert main(["examine", str(case), "--workers", "2", "--progress", "none"]) == 0
    tree = {str(each["path"]): each for each in lines(capsys, "tree", str(case))}
    assert "/note.txt" in tree
    finding = next(each for each in lines(capsys, "findings", str(case)) if each["value"] == ADDRESS)
    assert str(finding["locator"]).endswith("partition:1 > luks > ext4:/note.txt")
    ((offset, length),) = finding["runs"]  # type: ignore[misc]
    sealed = disk.read_bytes()[offset : offset + length]  # type: ignore[has-type]
    assert ADDRESS.encode() not in sealed
    capsys.readouterr()
    assert main(["reproduce", str(case), str(finding["id"])]) == 0
    script = capsys.readouterr().out
    assert "cryptsetup" in script
    assert PASSPHRASE not in script
    *_, total = lines(capsys, "unexamined", str(case))
    assert total["unexamined"] == 0
    assert total["examined"] == disk.stat().st_size
    assert main(["ledger", "verify", str(case)]) == 0
    for file in case.rglob("*"):
        if file.is_file():
            assert PASSPHRASE.encode() not in file.read_bytes(), file


def test_a_key_may_be_given_when_the_examination_begins(
    tmp_path: Path, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, file = tmp_path / "case", tmp_path / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    main(["case", "new", str(case), "--number", "1", "--examiner", "Ada Vale"])
    assert main(["add", str(case), str(disk)]) == 0
    assert main(["examine", str(case), "--secret", f"1=@{file}", "--progress", "none"]) == 0
    assert any(each["path"] == "/note.txt" for each in lines(capsys, "tree", str(case)))
    assert main(["examine", str(case), "--exhibit", "E1", "--secret", f"1=@{file}", "--progress", "none"]) == 2
    assert main(["add", str(case), str(disk), "--secret", "passphrase"]) == 2
    assert "passphrase" not in capsys.readouterr().out


def test_without_a_key_the_volume_is_named(tmp_path: Path, disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "case"
    main(["case", "new", str(case), "--number", "1", "--examiner", "Ada Vale"])
    main(["add", str(case), str(disk)])
    assert main(["examine", str(case), "--progress", "none"]) == 3
    first, total = lines(capsys, "unexamined", str(case))
    assert first["reason"] == "encrypted"
    assert first["bytes"] == disk.stat().st_size == total["unexamined"]
