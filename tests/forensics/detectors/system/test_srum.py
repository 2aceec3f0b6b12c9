"""Use of a Windows machine by the hour: a real database of 2021, and what was changed in it by hand."""

from __future__ import annotations

import io
import random
import struct

import pyesedb

from forensics.detectors.base import BytesLayer
from forensics.detectors.system import srum
from forensics.detectors.system._specimens_srum import DATABASE
from forensics.model import Finding, Grade

NETWORK = b"{973F5D5C-1D90-4944-BE8E-24B94231A174}"
ENERGY = b"{EEE2F477-0659-5C47-EF03-6D6BEFD441B3}"


def _found(data: bytes) -> list[Finding]:
    return list(srum.DETECTOR.examine(BytesLayer(data), 0))


def test_every_row_is_told_with_its_place() -> None:
    found = _found(DATABASE)
    opened = pyesedb.file()
    opened.open_file_object(io.BytesIO(DATABASE))
    tables = {each.name: each.get_number_of_records() for each in opened.tables}
    rows = sum(tables.get(name, 0) for name in srum._TABLES)
    assert sum(int(str(each.fields["rows"].value)) for each in found) == rows == 206
    for each in found:
        hours = each.fields["hours"].value
        assert isinstance(hours, tuple)
        for row in hours:
            assert isinstance(row, dict)
            number, stamp = struct.unpack_from("<id", DATABASE, row["offset"])
            assert 0 < number < 1_000
            assert 44_516 < stamp < 44_518
        assert each.grade == Grade.C3


def test_a_program_its_account_and_its_hours() -> None:
    (viewer,) = [each for each in _found(DATABASE) if str(each.value).endswith("ESEDatabaseView.exe")]
    assert viewer.fields["account"].value == "S-1-5-21-1806060109-1839359715-529511253-500"
    links = {(each.rule, each.target_kind, each.target) for each in viewer.links}
    assert ("BY_ACCOUNT", "sid", "S-1-5-21-1806060109-1839359715-529511253-500") in links
    assert ("IN_HOME_OF", "account", "administrator") in links
    assert {each.when.isoformat() for each in viewer.events} == {
        "2021-11-16T19:18:00+00:00",
        "2021-11-16T20:19:00+00:00",
    }


def test_the_network_table() -> None:
    """The table of the network's energy, whose names have the same lengths, stands for the one of programs."""
    changed = DATABASE.replace(b"BytesTotal", b"BytesRecvd").replace(ENERGY, NETWORK)
    (used,) = [each for each in _found(changed) if each.fields["what"].value == "used the network"]
    received = [int.from_bytes(bytes.fromhex(each), "little") for each in ("189b2ee3049e4702", "7c660623951f3103")]
    assert used.fields["rows"].value == 2
    assert used.fields["bytes_received"].value == sum(received)
    hours = used.fields["hours"].value
    assert isinstance(hours, tuple)
    assert [each["bytes_received"] for each in hours if isinstance(each, dict)] == received


def test_damage_never_raises() -> None:
    chosen = random.Random(7)
    for _ in range(40):
        data = bytearray(DATABASE)
        for _ in range(chosen.randint(1, 40)):
            data[chosen.randrange(len(data))] = chosen.randrange(256)
        _found(bytes(data))
    for length in (0, 7, 700, 9_000, 100_000, 400_000):
        _found(DATABASE[:length])
