"""Recycle bins and waste baskets: what their records say, and how whole they must be."""

from __future__ import annotations

import struct

from forensics.detectors.base import BytesLayer
from forensics.detectors.system import recycle_bin, recycler_info2, trashinfo
from forensics.model import Grade, Locator

SID = "S-1-5-21-1111111111-222222222-333333333-1001"
PATH = "E:\\wallets\\électrum\\electrum-4.5.exe"
WHEN = 133_536_384_005_000_000  # 2024-02-29T00:00:00.5Z


def record(version: int, path: str = PATH) -> bytes:
    text = path.encode("utf-16-le")
    head = struct.pack("<QQQ", version, 4_096, WHEN)
    return head + (text.ljust(520, b"\0") if version == 1 else struct.pack("<I", len(text) // 2 + 1) + text + b"\0\0")


def test_a_deleted_file_of_windows() -> None:
    for version in (1, 2):
        step = f"ntfs:/$Recycle.Bin/{SID}/$IA1B2C3.exe"
        (found,) = recycle_bin.DETECTOR.examine(BytesLayer(record(version), Locator(step)), 0)
        assert found.grade == Grade.C3
        assert found.value == PATH
        assert found.fields["size"].value == 4_096
        assert found.fields["user_sid"].value == SID
        assert found.fields["drive"].value == "E:"
        assert found.fields["program"].value == "Electrum"
        (event,) = found.events
        assert event.when.isoformat() == "2024-02-29T00:00:00.500000+00:00"
        assert event.as_stored == str(WHEN)
        assert event.zone == "utc"
        assert ("CONTENT_IN", f"/$Recycle.Bin/{SID}/$RA1B2C3.exe") in {(e.rule, e.target) for e in found.links}


def test_a_record_is_found_in_free_space_and_only_whole() -> None:
    for version in (1, 2):
        data = record(version)
        layer = BytesLayer(b"\xff" * 512 + data + bytes(100), Locator("unallocated"))
        (found,) = recycle_bin.DETECTOR.examine(layer, 512)
        assert (found.span.offset, found.span.length) == (512, len(data))
        assert found.grade == Grade.C2
        for cut in range(len(data)):
            assert not list(recycle_bin.DETECTOR.examine(BytesLayer(data[:cut]), 0)), cut


def test_an_old_bin_tells_what_left_it() -> None:
    deleted = (1_093_450_705_237 + 11_644_473_600_000) * 10_000  # 2004-08-25T16:18:25.237Z

    def entry(number: int, gone: bool) -> bytes:
        path = f"D:\\pgp\\key{number}.asc"
        old = bytearray(path.encode().ljust(260, b"\0"))
        if gone:
            old[0] = 0
        return bytes(old) + struct.pack("<IIQI", number, 3, deleted, 512) + path.encode("utf-16-le").ljust(520, b"\0")

    data = struct.pack("<5I", 5, 2, 2, 800, 0) + entry(1, False) + entry(2, True) + entry(3, False)[:500]
    layer = BytesLayer(data, Locator(f"ntfs:/RECYCLER/{SID}/INFO2"))
    first, second = recycler_info2.DETECTOR.examine(layer, 0)
    assert (first.value, first.fields["in_bin"].value, first.fields["content"].value) == (
        "D:\\pgp\\key1.asc",
        True,
        "Dd1.asc",
    )
    assert (second.value, second.fields["in_bin"].value) == ("D:\\pgp\\key2.asc", False)
    assert second.caveats
    assert second.span.offset == 820
    assert first.events[0].when.isoformat(timespec="milliseconds") == "2004-08-25T16:18:25.237+00:00"


def test_a_waste_basket_has_local_time() -> None:
    data = b"[Trash Info]\r\nDeletionDate=2024-02-29T23:59:58\r\nPath=/home/v/m%C3%BCnzen.txt\r\nX=1\r\n[Other]\n"
    step = "ext4:/home/v/.local/share/Trash/info/münzen.txt.2.trashinfo"
    (found,) = trashinfo.DETECTOR.examine(BytesLayer(data, Locator(step)), 0)
    assert found.value == "/home/v/münzen.txt"
    assert found.events[0].zone == "unknown"
    assert found.fields["account"].value == "v"
    assert found.fields["content"].value == "/home/v/.local/share/Trash/files/münzen.txt.2"
    place = found.fields["path"].span
    assert place is not None
    assert data[place.offset : place.end] == b"/home/v/m%C3%BCnzen.txt"
    assert found.span.end == data.index(b"\r\n[Other]")
