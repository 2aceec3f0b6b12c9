"""A third party's check of one entry with openssl, sha256sum and sqlite3, and nothing of ours."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from forensics.custody import merkle
from forensics.custody.store import LedgerReader


@pytest.fixture(autouse=True)
def _tools() -> None:
    for tool in ("openssl", "sha256sum", "sqlite3", "bash"):
        if shutil.which(tool) is None:
            pytest.fail(f"{tool} is needed")


def shell(script: str, folder: Path, **values: object) -> str:
    env = {"PATH": "/usr/bin:/bin", **{key: str(value) for key, value in values.items()}}
    command = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


SPLIT = """
sqlite3 -readonly "$LEDGER" "SELECT writefile('note', note) FROM entry WHERE seq = $SEQ" > /dev/null
sqlite3 -readonly "$LEDGER" "SELECT writefile('body', line) FROM body WHERE seq = $SEQ" > /dev/null
sed '/^$/,$d' note > text
tail -n 1 note | cut -d' ' -f3 | base64 -d | tail -c 64 > sig
"""

KEY = """
printf '302a300506032b6570032100%s' "$HEX" | sed 's/../\\\\x&/g' | xargs -0 printf > k.der
openssl pkey -pubin -inform DER -in k.der -out k.pem
"""

INCLUSION = """
hash() { sha256sum | cut -c1-64; }
raw() { printf "$(printf %s "$1" | sed 's/../\\\\x&/g')"; }
node=$( { printf '\\0'; cat note; } | hash)
for step in $PROOF; do
  side=${step%%:*} other=${step#*:}
  if [ $side = L ]; then node=$( { printf '\\1'; raw $other; raw $node; } | hash)
  else node=$( { printf '\\1'; raw $node; raw $other; } | hash); fi
done
echo $node
"""


def sides(index: int, size: int) -> str:
    """For each step of an inclusion proof, whether the sibling stands left or right (RFC 9162 §2.1.3.2)."""
    found, last = "", size - 1
    while last:
        if index & 1 or index == last:
            found += "L"
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            found += "R"
        index >>= 1
        last >>= 1
    return found


def test_one_entry(case: Path, tmp_path: Path) -> None:
    seq = 9
    with LedgerReader.open(case) as reader:
        examiner = reader.verifiers()[0]
        size, note = reader.last_checkpoint() or (0, b"")
        proof = merkle.inclusion_proof(seq, size, reader.tile_reader(0))
        entry = next(reader.entries(1))
    shell(SPLIT, tmp_path, LEDGER=case / "ledger.db", SEQ=1)

    shell(KEY, tmp_path, HEX=examiner.public.hex())
    check = "openssl pkeyutl -verify -pubin -inkey k.pem -rawin -in text -sigfile sig"
    assert "Verified Successfully" in shell(check, tmp_path)
    assert shell("sha256sum < body", tmp_path)[:64] == entry.text.body
    (tmp_path / "text").write_bytes((tmp_path / "text").read_bytes().replace(b"E1", b"E2"))
    done = subprocess.run(check.split(), cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode != 0

    shell(SPLIT, tmp_path, LEDGER=case / "ledger.db", SEQ=seq)
    steps = " ".join(f"{side}:{node.hex()}" for side, node in zip(sides(seq, size), proof, strict=True))
    root = shell(INCLUSION, tmp_path, PROOF=steps).strip()
    assert base64.b64encode(bytes.fromhex(root)).decode() == note.decode().split("\n")[2]


def test_the_checkpoint(case: Path, tmp_path: Path) -> None:
    with LedgerReader.open(case) as reader:
        shell(KEY, tmp_path, HEX=reader.verifiers()[1].public.hex())
    script = """
    last="SELECT max(size) FROM checkpoint"
    sqlite3 -readonly "$LEDGER" "SELECT writefile('note', note) FROM checkpoint WHERE size = ($last)" > /dev/null
    sed '/^$/,$d' note > text
    sed '1,/^$/d' note | head -n 1 | cut -d' ' -f3 | base64 -d | tail -c 64 > sig
    openssl pkeyutl -verify -pubin -inkey k.pem -rawin -in text -sigfile sig
    """
    assert "Verified Successfully" in shell(script, tmp_path, LEDGER=case / "ledger.db")
