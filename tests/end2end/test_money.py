"""A seed in one file and its address in another: a proven link; a wallet opened with the examiner's password."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from forensics.commands.main import main
from forensics.detectors.wallet._specimens import WEB3_PBKDF2

# Invented words; addresses from an independent derivation (bip_utils 2.12): m/84'/0'/0'/0/3 and m/44'/60'/0'/0/2.
SEED = "monitor trouble rabbit hurt gorilla enough domain mercy rapid satisfy bottom symptom"
FAR = "bc1qk8zhcd9n35he6zzmu8mvna8hhf93w9yjz7vumc"
FAR_ETH = "0x5E7ecf5C8474f89D444324788a8D08A0214Bb66d"
OTHER = "37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf"
PASSWORD = "testpassword"
WEB3_ADDRESS = "0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b"
WEB3_KEY = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("money")
    tree = folder / "tree"
    tree.mkdir()
    (tree / "backup.txt").write_text(SEED + "\n")
    (tree / "orders.csv").write_text(f"4471,{FAR},0.02\n4472,{OTHER},0.1\n4473,{FAR_ETH},2\n")
    (tree / "keystore.json").write_bytes(WEB3_PBKDF2)
    (tree / "invoice.txt").write_text(f"please pay {WEB3_ADDRESS}\n")
    disk, made = folder / "disk.raw", folder / "case"
    disk.write_bytes(bytes(4 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tree, disk], check=True, capture_output=True)
    assert main(["case", "new", str(made), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(made), str(disk)]) == 0
    assert main(["examine", str(made), "--workers", "1", "--progress", "none"]) == 0
    return made


def lines(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    capsys.readouterr()
    main([*words, "--json"])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_what_derivation_proves_is_a_link_with_both_places(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = lines(capsys, "graph", str(case), "--proven")
    links = {str(each["to"]): each for each in found if each["type"] == "link" and each["rule"] == "DERIVES"}
    for name in (f"address/bitcoin:{FAR}", f"address/ethereum:{FAR_ETH}"):
        assert links[name]["grade"] == "C4"
        assert not links[name]["same_place"]
        assert len(links[name]["evidence"]) == 2  # type: ignore[arg-type]
        assert all(each["runs"] for each in links[name]["evidence"])  # type: ignore[attr-defined]
    assert links[f"address/bitcoin:{FAR}"]["path"] == "0/3"
    assert f"address/bitcoin:{OTHER}" not in links
    assert SEED not in json.dumps(found)
    assert found == lines(capsys, "graph", str(case), "--proven")


def test_a_wallet_opens_with_its_password_and_nothing_else(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = next(
        str(each["id"]) for each in lines(capsys, "findings", str(case)) if each["kind"] == "wallet/ethereum_keystore"
    )
    given = tmp_path / "password"
    given.write_text("testpasswore\n")
    assert main(["open-wallet", str(case), name, "--secret", f"@{given}"]) == 1
    assert "message authentication code" in capsys.readouterr().out
    assert main(["open-wallet", str(case), name, "--secret", PASSWORD]) == 2
    given.write_text(PASSWORD + "\n")
    (told,) = lines(capsys, "open-wallet", str(case), name, "--secret", f"@{given}")
    assert told["opened"]
    assert told["addresses"] == [["address/ethereum", WEB3_ADDRESS]]
    assert "MAC" in str(told["check"])
    entries = [path.read_bytes() for path in case.rglob("*") if path.is_file()]
    assert not any(WEB3_KEY.encode() in each or PASSWORD.encode() in each for each in entries)
    links = [each for each in lines(capsys, "graph", str(case)) if each["type"] == "link"]
    met = [each for each in links if each["rule"] == "WALLET_HAS_ADDRESS" and each["met"]]
    assert [each["to"] for each in met] == [f"address/ethereum:{WEB3_ADDRESS}"]
    assert main(["ledger", "verify", str(case)]) == 0
