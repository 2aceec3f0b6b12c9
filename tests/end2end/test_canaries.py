"""Secrets planted in an image: each is found, and none stands unmasked in anything that the program writes or says.

A program of its own plants ten kinds of them as plain text, as UTF-16 and in archives, and works the case with folders
for temporary files, caches and settings that are searched afterwards, too.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import random
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forensics.custody.store import LedgerReader
from forensics.primitives import base58, bip39, monero_seed
from tests.figures import ROOT, chance, trials


def _card(draw: random.Random) -> str:
    digits = [int(each) for each in "453968" + "".join(draw.choices("0123456789", k=9))]
    total = sum(each if place % 2 else sum(divmod(2 * each, 10)) for place, each in enumerate(digits))
    return "".join(map(str, digits)) + str(-total % 10)


def _stellar(draw: random.Random) -> str:
    body = bytes([18 << 3]) + draw.randbytes(32)
    return base64.b32encode(body + binascii.crc_hqx(body, 0).to_bytes(2, "little")).decode()


def _extended(draw: random.Random) -> str:
    return base58.encode_check(bytes.fromhex("0488ade4") + bytes(9) + draw.randbytes(32) + b"\0" + draw.randbytes(32))


def _pidgin(draw: random.Random) -> str:
    return "Pw-" + draw.randbytes(9).hex()


KINDS: tuple[tuple[str, Callable[[random.Random], str]], ...] = (
    ("seed/bip39", lambda draw: " ".join(bip39.phrase(draw.randbytes(16)))),
    ("seed/bip39", lambda draw: " ".join(bip39.phrase(draw.randbytes(32)))),
    ("seed/bip39", lambda draw: " ".join(bip39.phrase(draw.randbytes(20), "italian"))),
    ("seed/monero", lambda draw: monero_seed.phrase(monero_seed.reduced(draw.randbytes(32)), "english")),
    ("key/wif", lambda draw: base58.encode_check(b"\x80" + draw.randbytes(32) + b"\x01")),
    ("key/wif", lambda draw: base58.encode_check(b"\x80" + draw.randbytes(32))),
    ("key/extended", _extended),
    ("key/stellar", _stellar),
    ("payment/card", _card),
    ("chat/purple_account", _pidgin),
)
ACCOUNT = (
    "<?xml version='1.0' encoding='UTF-8' ?>\n\n<account version='1.0'>\n\t<account>\n\t\t<protocol>prpl-jabber</protocol>"
    "\n\t\t<name>wick{number}@chat.invalid</name>\n\t\t<password>{secret}</password>\n\t</account>\n</account>\n"
)


def planted(number: int) -> tuple[str, str]:
    """The kind that finds it, and the secret."""
    kind, make = KINDS[number % len(KINDS)]
    return kind, make(chance("canaries", number))


def plant(tree: Path, number: int) -> None:
    """As a text, in UTF-16, or in an archive."""
    kind, secret = planted(number)
    if kind == "chat/purple_account":
        (tree / f"{number}").mkdir()
        (tree / f"{number}" / "accounts.xml").write_text(ACCOUNT.format(number=number, secret=secret))
        return
    text = f"kept from others:\ncard: {secret} exp 11/27\n" if kind == "payment/card" else f"\n{secret}\n"
    way = number // len(KINDS) % 3
    path = tree / f"{number}.txt"
    path.write_bytes(text.encode("utf-16-le" if way == 1 else "utf-8"))
    if way == 2:
        subprocess.run(["zip", "-q", "-j", tree / f"{number}.zip", path], check=True)
        path.unlink()


def shapes(secret: str) -> list[bytes]:
    """The secret whole, the beginning of a phrase as prose and as JSON, in both widths, and as base64."""
    words = secret.split()
    texts = [secret, *([" ".join(words[:6]), '", "'.join(words[:3])] if len(words) > 5 else [])]
    return [
        shape
        for each in texts
        for shape in (each.encode(), each.encode("utf-16-le"), base64.b64encode(each.encode())[:24])
    ]


def worked(folder: Path, numbers: range) -> tuple[dict[str, bytes], list[dict[str, object]]]:
    """All that was written and said while a case with these secrets was worked, and the findings."""
    tree, image, case = folder / "tree", folder / "disk.raw", folder / "kept" / "case"
    tree.mkdir(parents=True)
    for number in numbers:
        plant(tree, number)
    image.write_bytes(bytes(24 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-N", "1000", "-d", tree, image], check=True, capture_output=True)
    places = {name: folder / "kept" / name for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    for each in places.values():
        each.mkdir(parents=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **{name: str(path) for name, path in places.items()}}
    said: dict[str, bytes] = {}

    def impound(*arguments: object) -> bytes:
        command = [sys.executable, "-P", "-B", "-m", "forensics.commands.main", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, check=False, env=environment, timeout=250)
        assert done.returncode in (0, 3), done.stderr.decode()
        said[f"{len(said)}: {arguments[0]}"] = done.stdout + done.stderr
        return done.stdout

    impound("case", "new", case, "--number", "C-1", "--examiner", "A. Examiner")
    impound("add", case, image)
    impound("examine", case)
    for verb in ("tree", "timeline", "unexamined"):
        impound(verb, case, "--json")
    for kind in ("html", "csv", "jsonl", "case", "pdf"):
        impound("report", case, "--format", kind)
    found = [json.loads(line) for line in impound("findings", case, "--json").splitlines()]
    for path in (folder / "kept").rglob("*"):
        if path.is_file():
            said[str(path)] = path.read_bytes()
    with LedgerReader.open(case) as reader:
        items = [each.groups for scan in reader.scans() for each in reader.items(scan.id)]
    said["items of the ledger"] = json.dumps(items, ensure_ascii=False).encode()
    return said, found


def inflated(data: bytes) -> bytes:
    """The streams of a PDF, beside its bytes."""
    parts = [data]
    for piece in data.split(b"stream\r\n" if b"stream\r\n" in data else b"stream\n")[1:]:
        inflate = zlib.decompressobj()
        try:
            parts.append(inflate.decompress(piece, 1 << 24))
        except zlib.error:
            continue
    return b"\n".join(parts)


@pytest.mark.figure
def test_no_planted_secret_is_told(tmp_path: Path) -> None:
    def attempt(numbers: range) -> Iterator[str]:
        said, found = worked(tmp_path / f"{numbers.start}", numbers)
        masked = sum(each["kind"] in dict(KINDS) for each in found)
        assert masked >= len(numbers), f"{masked} of {len(numbers)} secrets were found"
        everything = {place: inflated(data) if data.startswith(b"%PDF") else data for place, data in said.items()}
        for number in numbers:
            kind, secret = planted(number)
            for place, data in everything.items():
                if any(shape in data for shape in shapes(secret)):
                    yield f"{number}, {kind} in {place}"

    trials("canaries", attempt, together=200)
