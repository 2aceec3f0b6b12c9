"""Files of Local Storage that LevelDB wrote, and logs of other databases made by the format's description."""

from __future__ import annotations

import struct

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.browser import storage
from forensics.detectors.browser._specimens_storage import LOG, TABLE
from forensics.model import Absent, Finding, Locator, Secret, Sensitivity
from forensics.primitives import leveldb
from forensics.primitives.crc32c import crc32c

LOCAL = "ext4:/v/Chromium/Default/Local Storage/leveldb/000003.log"
WALLET = "ext4:/v/Default/Local Extension Settings/nkbihfbeogaeaoehlefnkodbefgpgknn/000003.log"
INDEXED = "ext4:/v/Default/IndexedDB/https_shop.example_8443.indexeddb.leveldb/000003.log"


def _fragment(kind: int, data: bytes) -> bytes:
    checksum = leveldb.masked(crc32c([bytes((kind,)) + data])[0])
    return struct.pack("<IHB", checksum, len(data), kind) + data


def _counted(data: bytes) -> bytes:
    out, size = b"", len(data)
    while size > 127:
        out, size = out + bytes((size & 127 | 128,)), size >> 7
    return out + bytes((size,)) + data


def _log(*pairs: tuple[bytes, bytes | None]) -> bytes:
    """A log of batches of one entry each, in fragments that do not cross the end of a block."""
    out = b""
    for sequence, (key, value) in enumerate(pairs, 1):
        entry = bytes((value is not None,)) + _counted(key) + (b"" if value is None else _counted(value))
        left, first = struct.pack("<QI", sequence, 1) + entry, True
        while left or first:
            room = leveldb.LOG_BLOCK - len(out) % leveldb.LOG_BLOCK
            if room < leveldb.HEADER:
                out += bytes(room)
                continue
            part, left = left[: room - leveldb.HEADER], left[room - leveldb.HEADER :]
            out += _fragment((1 if first else 4) if not left else 2 if first else 3, part)
            first = False
    return out


def _found(data: bytes, path: str) -> list[Finding]:
    return list(storage.DETECTOR.examine(BytesLayer(data, Locator(path)), 0))


def _said(found: list[Finding]) -> list[tuple[object, ...]]:
    return [
        (
            str(each.value).partition(", version ")[0],
            each.fields["state"].value,
            each.fields["value"].value,
            each.fields["sequence"].value,
        )
        for each in found
        if "value" in each.fields
    ]


@pytest.mark.parametrize("table", [False, True])
def test_versions_of_local_storage(table: bool) -> None:
    data = TABLE if table else LOG
    found = list(storage.DETECTOR.examine(BytesLayer(data, Locator(LOCAL)), len(data) if table else 0))
    assert _said(found) == [
        ("draft", "deleted", "größe 5", 5),
        ("cart", "superseded", "order 4471", 2),
        ("cart", "live", "order 4472", 4),
    ]
    assert {each.fields["origin"].value for each in found[:4]} == {"https://shop.example.org"}
    (event,) = found[3].events
    assert (event.meaning, event.when.year) == ("site's data written", 2026)
    assert found[-1].fields["records"].value == 6
    if not table:
        assert b"order 4471" in data[found[1].span.offset : found[1].span.end]


def test_values_over_several_blocks_and_the_wallet_by_its_identity() -> None:
    long = b'"' + b"x" * 100_000 + b'"'
    found = _found(_log((b"data", b'{"vault":"not yet"}'), (b"old", b"1"), (b"data", long), (b"old", None)), WALLET)
    assert [each[:2] + each[3:] for each in _said(found)] == [
        ("old", "deleted", 2),
        ("data", "superseded", 1),
        ("data", "live", 3),
    ]
    assert {each.fields["wallet"].value for each in found[:3]} == {"MetaMask"}
    assert found[2].fields["stored_length"].value == len(long)
    assert found[0].fields["deleted_by"].value == 4


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (b"user_password", b'"Umberonyx7886!"'),
        (b"state", b'{"accessToken":"abcdef0123456789"}'),
        (b"state", b'{\\"mnemonic\\":\\"ride merge\\"}'),
        (b"note", b'"ride merge tool normal brave drive ketchup demise hunt yellow open session"'),
    ],
)
def test_secrets_are_masked(key: bytes, value: bytes) -> None:
    found = _found(_log((key, value)), WALLET)[0]
    assert isinstance(found.fields["value"].value, Secret)
    assert found.sensitivity is Sensitivity.SECRET


def test_a_name_that_only_states_a_backup_is_no_secret() -> None:
    found = _found(_log((b"data", b'{"seedPhraseBackedUp":true,"tokens":["a"]}')), WALLET)[0]
    assert found.fields["value"].value == '{"seedPhraseBackedUp":true,"tokens":["a"]}'


def test_indexed_database_names_stores_and_values() -> None:
    name, origin = "shopdb".encode("utf-16-be"), "https_shop.example_8443".encode("utf-16-be")
    found = _found(
        _log(
            (b"\0\0\0\0\xc9" + bytes((len(origin) // 2,)) + origin + bytes((6,)) + name, b"\1"),
            (b"\0\1\0\0\x32\1\0", "msgs".encode("utf-16-be")),
            (b"\0\1\1\1\3" + struct.pack("<d", 7), b'\1\xff\x15\xff\x0fo"\4body"\4sent{\1'),
            (b"\0\1\1\1\1\2\0a\0b", b"\1\xff\x0fI\x54"),
        ),
        INDEXED,
    )
    assert _said(found) == [
        ("shopdb/msgs/ab", "live", "42", 4),
        ("shopdb/msgs/7", "live", '{"body": "sent"}', 3),
    ]
    assert found[0].fields["origin"].value == "https://shop.example:8443"


def test_session_storage_by_origin() -> None:
    found = _found(
        _log(
            (b"namespace-" + b"0" * 36 + b"-https://shop.example/", b"5"),
            (b"map-5-view", "grid".encode("utf-16-le")),
        ),
        "ext4:/v/Default/Session Storage/000003.log",
    )
    assert _said(found) == [("view", "live", "grid", 2)]
    assert found[0].fields["origin"].value == "https://shop.example/"


def test_deletion_of_what_an_older_file_holds() -> None:
    (gone, whole) = _found(_log((b"oldnote", None)), WALLET)
    assert (gone.value, gone.fields["state"].value) == ("oldnote", "deletion")
    assert "value" not in gone.fields
    assert whole.value is Absent.NONE_STORED


def test_many_versions_are_counted() -> None:
    found = _found(_log(*((b"counter", str(each).encode()) for each in range(100))), WALLET)
    assert len(found) == 1 + storage.MOST_VERSIONS + 1
    assert "79 older versions" in found[-1].caveats[0]


def test_other_programs_and_damage() -> None:
    other = Locator("ext4:/home/v/.bitcoin/chainstate/000003.ldb")
    assert not list(storage.DETECTOR.examine(BytesLayer(TABLE, other), len(TABLE)))
    assert not _found(b"2026/11/24 text of a log\n" * 100, WALLET)
    broken = bytearray(_log((b"a", b"1"), (b"b", b"2")))
    broken[-1] ^= 1
    (one, whole) = _found(bytes(broken), WALLET)
    assert one.value == "a"
    assert whole.caveats == ("1 pieces are damaged and were not read.",)


def test_truncations_and_changed_bits_never_raise() -> None:
    for data, at_end in ((LOG, False), (TABLE, True)):
        for cut in range(0, len(data), 3):
            part = data[:cut]
            list(storage.DETECTOR.examine(BytesLayer(part, Locator(LOCAL)), 0))
        for bit in range(0, 8 * len(data), 5):
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            at = len(data) if at_end else 0
            list(storage.DETECTOR.examine(BytesLayer(bytes(changed), Locator(LOCAL)), at))
