"""Hash sets from lists and from databases, made by other programs."""

from __future__ import annotations

import hashlib
import random
import subprocess
from pathlib import Path

import pytest

from forensics.digests.hash_sets import file_sha256, held, keep
from forensics.errors import UsageError

DATA = [f"file {n}".encode() for n in range(500)]


def _hex(algorithm: str, number: int) -> str:
    return hashlib.new(algorithm, DATA[number]).hexdigest()


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
def test_a_plain_list_is_kept_sorted_and_asked(tmp_path: Path, algorithm: str) -> None:
    lines = [_hex(algorithm, n) for n in range(400)]
    random.Random(1).shuffle(lines)
    (tmp_path / "list").write_text("# a remark\n\n" + "\n".join([*lines, lines[0].upper(), "not one"]) + "\n")
    kept = keep(tmp_path / "list", tmp_path / "kept")
    assert (kept.algorithm, kept.count, kept.skipped) == (algorithm, 400, 1)
    assert kept.source_sha256 == hashlib.sha256((tmp_path / "list").read_bytes()).hexdigest()
    stored = (tmp_path / "kept").read_bytes()
    assert stored == b"".join(sorted(map(bytes.fromhex, lines)))
    assert kept.sha256 == hashlib.sha256(stored).hexdigest() == file_sha256(tmp_path / "kept")
    asked = held(tmp_path / "kept", algorithm, [_hex(algorithm, n) for n in range(500)])
    assert asked.tolist() == [True] * 400 + [False] * 100


def test_output_of_sha256sum_and_columns_of_hashdeep(tmp_path: Path) -> None:
    for n in range(3):
        (tmp_path / f"{_hex('md5', n)}.txt").write_bytes(DATA[n])
    names = sorted(path.name for path in tmp_path.iterdir())
    told = subprocess.run(["sha256sum", *names], cwd=tmp_path, check=True, capture_output=True).stdout
    (tmp_path / "sums").write_bytes(told)
    assert keep(tmp_path / "sums", tmp_path / "kept").count == 3
    assert held(tmp_path / "kept", "sha256", [_hex("sha256", 2), _hex("sha256", 3)]).tolist() == [True, False]
    columns = "\n".join(f"6,{_hex('md5', n)},{_hex('sha256', n)},/a,b/{n}" for n in range(9))
    (tmp_path / "deep").write_text("%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## x\n" + columns + "\n")
    kept = keep(tmp_path / "deep", tmp_path / "kept2")
    assert (kept.algorithm, kept.count, kept.skipped) == ("sha256", 9, 0)


def test_a_digest_that_ends_in_zeros_is_itself_only(tmp_path: Path) -> None:
    zeros = "ab" + "00" * 31
    (tmp_path / "list").write_text(zeros + "\n" + "00" * 32 + "\n")
    assert keep(tmp_path / "list", tmp_path / "kept").count == 2
    assert (tmp_path / "kept").stat().st_size == 64
    asked = [zeros, "00" * 32, "ab" + "00" * 30 + "01"]
    assert held(tmp_path / "kept", "sha256", asked).tolist() == [True, True, False]


def test_an_nsrl_database_as_the_sqlite_shell_makes_it(tmp_path: Path) -> None:
    rows = "".join(
        f"INSERT INTO FILE VALUES ('{_hex('sha256', n).upper()}','{_hex('sha1', n).upper()}',"
        f"'{_hex('md5', n).upper()}','00000000','f{n}',6,1);\n"
        for n in range(50)
    )
    script = (
        "CREATE TABLE VERSION (version TEXT, build_set TEXT, build_date TEXT, release_date TEXT, description TEXT);\n"
        "CREATE TABLE FILE (sha256 VARCHAR NOT NULL, sha1 VARCHAR NOT NULL, md5 VARCHAR NOT NULL, crc32 VARCHAR, "
        "file_name VARCHAR, file_size INTEGER, package_id INTEGER);\n" + rows + "INSERT INTO FILE SELECT * FROM FILE;"
    )
    subprocess.run(["sqlite3", tmp_path / "rds.db"], input=script.encode(), check=True)
    kept = keep(tmp_path / "rds.db", tmp_path / "kept")
    assert (kept.algorithm, kept.count, kept.skipped) == ("sha256", 50, 0)
    asked = held(tmp_path / "kept", "sha256", [_hex("sha256", 49), _hex("sha256", 50)])
    assert asked.tolist() == [True, False]


def test_what_is_no_set_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("nothing here\n")
    subprocess.run(["sqlite3", tmp_path / "other.db"], input=b"CREATE TABLE t (sha256 TEXT);", check=True)
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\0" + b"x" * 2000)
    for name in ("text", "other.db", "broken.db"):
        with pytest.raises(UsageError, match=name):
            keep(tmp_path / name, tmp_path / "kept")
        assert not (tmp_path / "kept").exists()
