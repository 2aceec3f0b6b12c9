"""Shortcuts and jump lists: the target, its volume and machine, and where each was read."""

from __future__ import annotations

import random
import struct

from forensics.detectors import _compound
from forensics.detectors.base import BytesLayer
from forensics.detectors.file import lnk
from forensics.detectors.system import jump_list, shortcut
from forensics.detectors.system._specimens import CUSTOM_LIST, ITEMS_LINK, PLACE_LINK, WHEN, compound, link
from forensics.detectors.system._specimens import jump_list as made_list
from forensics.model import Absent, Field, Grade, Locator

HOME = "ntfs:/Users/v/AppData/Roaming/Microsoft/Windows/Recent"


def stored(data: bytes, field: Field) -> bytes:
    assert field.span is not None
    return data[field.span.offset : field.span.end]


def test_a_shortcut_names_volume_and_machine() -> None:
    (found,) = shortcut.DETECTOR.examine(BytesLayer(PLACE_LINK, Locator(f"{HOME}/electrum.lnk")), 0)
    assert found.grade == Grade.C3
    assert found.value == "E:\\wallets\\electrum.dat"
    fields = found.fields
    assert fields["volume_serial"].value == "8D1C-5A3F"
    assert stored(PLACE_LINK, fields["volume_serial"]) == bytes.fromhex("3f5a1c8d")
    assert fields["drive_type"].value == "removable"
    assert fields["volume_label"].value == "STICK"
    assert stored(PLACE_LINK, fields["volume_label"]) == b"STICK"
    assert fields["machine"].value == "kiln-pc"
    assert fields["network_address"].value == "02:42:ac:11:00:02"
    assert fields["account"].value == "v"
    assert [each.meaning for each in found.events] == [
        "target created",
        "target last opened",
        "target last changed",
        "identifier of the target made",
    ]
    assert found.events[1].when.isoformat() == "2024-02-29T00:00:01.500000+00:00"
    assert found.events[3].when.year == 2024
    assert ("ON_VOLUME", "8D1C-5A3F") in {(each.rule, each.target) for each in found.links}


def test_a_shortcut_to_items_and_to_a_share() -> None:
    (found,) = shortcut.DETECTOR.examine(BytesLayer(ITEMS_LINK), 0)
    assert found.fields["ntfs_entry"].value == 81_349
    share = b"\\\\kiln\\deals\0"
    network = struct.pack("<5I", 20 + len(share), 2, 20, 0, 0x20000) + share
    body = network + b"list.txt\0"
    part = struct.pack("<7I", 28 + len(body), 28, 2, 0, 0, 28, 28 + len(network)) + body
    (found,) = shortcut.DETECTOR.examine(BytesLayer(link(2, part + bytes(4))), 0)
    assert found.value == "\\\\kiln\\deals\\list.txt"
    (found,) = shortcut.DETECTOR.examine(BytesLayer(link(0, bytes(4), (0, 0, 0))), 0)
    assert found.value is Absent.NONE_STORED
    assert found.events == ()


def test_the_carver_and_the_reader_agree_on_the_end() -> None:
    data = b"\0" * 512 + PLACE_LINK + b"\xff" * 100
    layer = BytesLayer(data, Locator("unallocated"))
    (carved,) = lnk.DETECTOR.examine(layer, 512)
    (read,) = shortcut.DETECTOR.examine(layer, 512)
    assert carved.span == read.span
    assert read.grade == Grade.C2
    (cut,) = shortcut.DETECTOR.examine(BytesLayer(PLACE_LINK[:200]), 0)
    assert cut.grade == Grade.C1
    assert cut.caveats[-1].startswith("Not whole")


def test_entries_of_a_jump_list_with_their_shortcuts() -> None:
    for version in (1, 4):
        data = made_list(version)
        step = f"{HOME}/AutomaticDestinations/1b4dd67f29cb1962.automaticDestinations-ms"
        (found,) = jump_list.DETECTOR.examine(BytesLayer(data, Locator(step)), 0)
        assert found.grade == Grade.C3
        assert found.fields["application"].value == "Windows Explorer"
        assert found.fields["pinned"].value is False
        assert found.fields["volume_serial"].value == "8D1C-5A3F"
        assert stored(data, found.fields["volume_serial"]) == bytes.fromhex("3f5a1c8d")
        assert stored(data, found.fields["path"]).decode("utf-16-le") == found.value
        assert stored(data, found.fields["last_opened"]) == struct.pack("<Q", WHEN + 50_000_000)
        assert found.events[0].meaning == "opened"
        assert found.events[0].when.isoformat() == "2024-02-29T00:00:05.500000+00:00"
        assert found.fields.get("openings", Field(7)).value == 7
        assert not list(shortcut.DETECTOR.examine(BytesLayer(data, Locator(step)), data.index(PLACE_LINK[:20])))


def test_a_list_of_a_program_is_read_by_its_name() -> None:
    step = f"{HOME}/CustomDestinations/1111111111111111.customDestinations-ms"
    first, second = jump_list.DETECTOR.examine(BytesLayer(CUSTOM_LIST, Locator(step)), 0)
    assert (first.value, second.value) == ("E:\\wallets\\electrum.dat", "E:\\münzen.txt")
    assert stored(CUSTOM_LIST, first.fields["local_path"]) == b"E:\\wallets\\electrum.dat"


def test_chains_that_lead_back_end() -> None:
    whole = bytearray(compound({"DestList": bytes(3_000)}))
    table = 512
    for number in range(64):
        struct.pack_into("<I", whole, table + 4 * number, number)  # each sector its own successor
    opened = _compound.open_compound(BytesLayer(bytes(whole)), 0)
    assert opened is not None
    assert len(list(opened.entries())) <= 4
    draw = random.Random(1)
    for _ in range(300):
        damaged = bytearray(made_list(4))
        for _ in range(8):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        list(jump_list.DETECTOR.examine(BytesLayer(bytes(damaged)), 0))
