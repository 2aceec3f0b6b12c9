from __future__ import annotations

import os
import struct

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.confinement import frames
from forensics.confinement.frames import Decoder, FrameError, decode, encode
from forensics.confinement.protocol import answer_of

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"))
    | st.binary()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def framed(body: bytes) -> bytes:
    return struct.pack("<I", len(body)) + body


def received(stream: bytes, step: int) -> list[dict[str, object]]:
    decoder, found = Decoder(), []
    for at in range(0, len(stream), step):
        decoder.feed(stream[at : at + step])
        found += [message for message, _ in decoder.messages()]
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=8), VALUES, max_size=5), max_size=4), st.integers(1, 40))
def test_what_was_sent_arrives_in_any_pieces(messages: list[dict[str, object]], step: int) -> None:
    assert received(b"".join(encode(each) for each in messages), step) == messages


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=300))
def test_garbage_raises_nothing_but_frame_errors(garbage: bytes) -> None:
    for stream in (garbage, framed(garbage)):
        decoder = Decoder()
        decoder.feed(stream)
        try:
            for message, _ in decoder.messages():
                answer_of(message)
        except FrameError:
            pass


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 200), st.integers(0, 7))
def test_every_flipped_bit_is_read_or_refused(at: int, bit: int) -> None:
    good = bytearray(encode({"id": 7, "part": {"path": "/a", "runs": [[1, 2], [3, 4]], "raw": b"x" * 150}}))
    good[at % len(good)] ^= 1 << bit
    decoder = Decoder()
    decoder.feed(bytes(good))
    try:
        for message, _ in decoder.messages():
            answer_of(message)
    except FrameError:
        pass


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",
        b"\xc0",
        b"\x90",
        msgpack.packb({"a": 1}) + b"\x00",
        msgpack.packb({1: 2}),
        msgpack.packb({b"a": 2}),
        msgpack.packb({"a": {b"b": 2}}),
        msgpack.packb({"a": msgpack.ExtType(5, b"xx")}),
        msgpack.packb({"a": msgpack.Timestamp(1)}),
        b"\x81\xa1a\xa2\xff\xfe",  # not UTF-8
        b"\x81\xa1a\xdd\xff\xff\xff\xff",  # an array of 2**32 - 1
        b"\x81\xa1a\xdf\xff\xff\xff\xff",
        b"\x81\xa1a\xc6\xff\xff\xff\xff",  # bytes of 2**32 - 1
        b"\x81\xa1a" + b"\x91" * 600 + b"\xc0",
        b"\x81\xa1a" + b"\x91" * 31 + b"\x90",
        b"\x81\xa1a" + b"\xdd\x00\x01\x00\x00" * 500,  # room for 65,536 each, 500 deep
        b"\x81\xa1a\xdd\x00\x01\x00\x01" + b"\xc0" * 65537,
        b"\x81\xa1a\x9f" + (b"\xdc\xff\xff" + b"\x90" * 65535) * 15,
    ],
)
def test_refused(body: bytes) -> None:
    with pytest.raises(FrameError):
        decode(body)


def test_allowed() -> None:
    assert decode(b"\x81\xa1a" + b"\x91" * 30 + b"\x90")
    picture = bytes(range(256)) * (7 << 12)
    assert decode(encode({"rgba": picture})[4:]) == {"rgba": picture}


def test_large_frames_are_refused_by_their_length_alone() -> None:
    decoder = Decoder()
    decoder.feed(struct.pack("<I", frames.MAX_FRAME + 1))
    with pytest.raises(FrameError, match="8,388,609"):
        list(decoder.messages())
    with pytest.raises(FrameError):
        encode({"a": bytes(frames.MAX_FRAME)})


@pytest.mark.parametrize("value", [1 << 64, "\ud800", object(), {1, 2}])
def test_what_cannot_be_said(value: object) -> None:
    with pytest.raises(FrameError):
        encode({"a": value})


def test_read_message_from_a_pipe() -> None:
    here, there = os.pipe()
    frames.write_bytes(there, encode({"a": 1}) + b"\x05\x00")
    os.close(there)
    assert frames.read_message(here) == {"a": 1}
    with pytest.raises(FrameError, match="ends inside"):
        frames.read_message(here)
    assert frames.read_message(here) is None
    os.close(here)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"id": 1},
        {"id": "1", "end": True, "more": True},
        {"id": 1, "end": True},
        {"id": 1, "end": True, "more": 1},
        {"id": 1, "end": False, "more": True},
        {"id": 1, "end": True, "more": True, "part": {}},
        {"id": 1, "part": []},
        {"id": 1, "error": {"type": "x"}},
        {"hello": {"layers": [1], "missing": []}},
        {"hello": {"layers": ["x"] * 40, "missing": []}},
        {"failed": 1},
    ],
)
def test_other_shapes_are_lies(message: dict[str, object]) -> None:
    with pytest.raises(FrameError):
        answer_of(message)
