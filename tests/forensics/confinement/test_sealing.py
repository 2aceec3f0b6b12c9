from __future__ import annotations

import zlib

import msgpack
import pytest

from forensics.confinement.frames import MAX_FRAME, FrameError
from forensics.confinement.sealing import seal, unseal


def test_there_and_back() -> None:
    records = [{"path": f"/a/{n}", "raw": bytes([n]), "runs": [[n, 1]]} for n in range(200)]
    sealed = seal(records)
    assert unseal(sealed) == records
    assert len(sealed) < 20 * len(records)


@pytest.mark.parametrize(
    "lie",
    [
        None,
        b"",
        b"no zlib",
        seal([{"a": 1}])[:-3],
        zlib.compress(bytes(MAX_FRAME + 1)),
        zlib.compress(msgpack.packb([1])),
        zlib.compress(msgpack.packb({"records": 5})),
        zlib.compress(msgpack.packb({"records": [5]})),
        zlib.compress(b"\xdd\xff\xff\xff\xff"),
    ],
)
def test_a_worker_that_lies_is_not_believed(lie: object) -> None:
    with pytest.raises(FrameError):
        unseal(lie)
