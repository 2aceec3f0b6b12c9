"""Salts, disclosure lines and leaves, each against the definition written out again."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.custody import disclosure, item, salts
from forensics.errors import FormatError

SEED = bytes(range(32))


def naive_seed(seed: bytes, index: int) -> bytes:
    for bit in f"{index:032b}":
        seed = hashlib.sha256((b"\x10" if bit == "0" else b"\x11") + seed).digest()
    return seed


@given(st.integers(0, 2**32 - 1))
def test_item_seed(index: int) -> None:
    assert salts.item_seed(SEED, index) == naive_seed(SEED, index)


@pytest.mark.parametrize(
    ("start", "end"), [(0, 1), (0, 256), (250, 600), (255, 257), (1000, 1000), (2**20 - 3, 2**20 + 3)]
)
def test_salts_in_blocks(start: int, end: int) -> None:
    expected = [
        [base64.urlsafe_b64encode(hashlib.sha256(b"\x12" + naive_seed(SEED, i) + bytes([g])).digest()[:16])
         .decode().rstrip("=") for g in range(4)]
        for i in range(start, end)
    ]  # fmt: skip
    assert list(salts.item_salts(SEED, start, end, 4)) == expected


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_puncture(hole: int, other: int) -> None:
    kept = salts.puncture(SEED, hole)
    assert len(kept) == 32
    if other == hole:
        other ^= 1
    assert salts.punctured_item_seed(kept, hole, other) == naive_seed(SEED, other)
    with pytest.raises(ValueError, match="expunged"):
        salts.punctured_item_seed(kept, hole, hole)


@pytest.mark.parametrize("kind", ["item", "finding"])
def test_leaf_by_hand_and_by_sha256sum(kind: str) -> None:
    values = [{"n": 1}, {"x": "ü"}, [1, None], {"events": []}]
    batch = item.prepare(kind, "0123456789abcdef", SEED, 777, [values])
    lines = batch.lines[0].split(b"\n")
    assert lines.pop() == b""
    text = f"impound/{kind}/v1\nscan 0123456789abcdef\nindex 777\n"
    for number, (group, line, value) in enumerate(zip(item.GROUPS[kind], lines, values, strict=True)):
        salt, label, found = json.loads(line)
        assert (label, found) == (group, value)
        raw = hashlib.sha256(b"\x12" + naive_seed(SEED, 777) + bytes([number])).digest()[:16]
        assert base64.urlsafe_b64decode(salt + "==") == raw
        told = subprocess.run(["sha256sum"], input=line, capture_output=True, check=True).stdout[:64].decode()
        text += f"{group} sha256:{told}\n"
    assert batch.leaves == [hashlib.sha256(b"\0" + text.encode()).digest()]
    assert item.groups_of(kind, lines) == dict(zip(item.GROUPS[kind], values, strict=True))


def test_groups_in_order() -> None:
    assert item.GROUPS == {
        "item": ("content", "name", "locus", "meta"),
        "finding": ("claim", "fields", "locus", "events"),
    }


def test_a_bad_value_spoils_the_batch_and_says_so() -> None:
    for values in ([1, 2, 3], [1, 2, 3, 4, 5], [1, 2, 3, 1.5], [1, 2, 3, "\ud800"]):
        with pytest.raises(FormatError):
            item.prepare("item", "0" * 16, SEED, 0, [[0, 0, 0, 0], values])


def test_disclosure_line_is_read_strictly() -> None:
    line = disclosure.fresh_line("body", {"a": 1})
    assert disclosure.parse(line, "body").value == {"a": 1}
    for bad in (line.replace(b'"body"', b'"name"'), line + b" ", b'["AAAA","body",1]', b"[1,2]", b"{}"):
        with pytest.raises(FormatError):
            disclosure.parse(bad, "body")
    assert disclosure.fresh_line("body", 1) != disclosure.fresh_line("body", 1)
