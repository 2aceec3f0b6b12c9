"""MJ1 against values made up by hypothesis, and against what it must refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.custody import mj1
from forensics.errors import FormatError

KEYS = st.text("abcXYZ019_.-", min_size=1, max_size=8)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers(-mj1.MAX_INTEGER, mj1.MAX_INTEGER) | TEXTS
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_written_as_the_standard_library_does(value: object) -> None:
    assert mj1.dumps(value) == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_a_key_of_a_class_below_str_is_written_as_a_key() -> None:
    class Name(str):
        __slots__ = ()

    assert mj1.dumps({Name("b"): 1, "a": [Name("c")]}) == b'{"a":["c"],"b":1}'


def test_each_character_is_written_as_the_standard_library_does() -> None:
    text = "".join(chr(each) for each in range(0x110000) if not 0xD800 <= each < 0xE000)
    assert mj1.dumps(text) == json.dumps(text, ensure_ascii=False).encode()


@given(VALUES)
def test_written_and_read_again(value: object) -> None:
    data = mj1.dumps(value)
    assert mj1.loads(data) == value
    assert json.loads(data) == value
    assert b"\n" not in data


def test_one_document_byte_for_byte() -> None:
    value = {"b": [1, True, None, 'é\u2028\n"\\/\x7f'], "a": {}, "B": -9007199254740991, "a.b": ""}
    expected = '{"B":-9007199254740991,"a":{},"a.b":"","b":[1,true,null,"é\u2028\\n\\"\\\\/\x7f"]}'
    assert mj1.dumps(value) == expected.encode()


@pytest.mark.parametrize(
    "value",
    [1.0, [2**53], -(2**53), {"é": 1}, {"": 1}, {"a b": 1}, {1: 2}, {"a": "\ud800"}, b"", {1}, object(),
     float("nan"), {"a\n": 1}],
)  # fmt: skip
def test_refuses_values(value: object) -> None:
    with pytest.raises(FormatError):
        mj1.dumps(value)


def test_refuses_depth_without_recursion() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(FormatError):
        mj1.dumps(deep)
    while deep:  # let go of it step by step: the interpreter would recurse
        deep = deep.pop()  # type: ignore[assignment]


@pytest.mark.parametrize(
    "data",
    [b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"1.5", b"1e3", b"01", b"-0", b'"\\u0061"', b"\xff",
     b"", b"[1]\n", b"NaN", b'"\\ud800"', b"9007199254740992"],
)  # fmt: skip
def test_reads_nothing_it_would_not_write(data: bytes) -> None:
    with pytest.raises(FormatError):
        mj1.loads(data)
