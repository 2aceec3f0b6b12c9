"""The caches of programs in hives: each form of AppCompatCache, and the inventory of Amcache.hve.

The entries in hexadecimal are those that libyal's winreg-kb publishes with its own tests (Apache licence 2.0).
"""

from __future__ import annotations

import random
import struct

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.system import registry
from forensics.detectors.system._hives import Key, at_path, hive, number, text
from forensics.detectors.system._shim_cache import entries
from forensics.detectors.system._specimens import WHEN
from forensics.model import Clock, Finding, Locator

SHA1 = "82274eef0911a948f91425f5e5b0e730517fe75e"
VISTA = "fe0fdcba010000004600480020000000c2fe875e7bfec6010300000000000000"
FORMS = {
    "XP": (
        struct.pack("<4I", 0xDEADBEEF, 1, 1, 1).ljust(400, b"\0")
        + "\\??\\C:\\WINDOWS\\system32\\hticons.dll\0left".encode("utf-16-le").ljust(528, b"\0")
        + bytes.fromhex("00b0e9542b7ac40100ae00000000000062d30ec7e939ca01"),
        "C:\\WINDOWS\\system32\\hticons.dll",
        "2004-08-04",
    ),
    "Vista, 32 bits": (
        bytes.fromhex(VISTA) + "\\??\\C:\\Windows\\SYSTEM32\\WISPTIS.EXE\0".encode("utf-16-le"),
        "C:\\Windows\\SYSTEM32\\WISPTIS.EXE",
        "2006-11-02",
    ),
    "8.0": (
        struct.pack("<I", 128).ljust(128, b"\0")
        + bytes.fromhex("303074739e6b3c8a680000005200")
        + "SYSVOL\\Windows\\System32\\wbem\\WmiPrvSE.exe".encode("utf-16-le")
        + bytes.fromhex("4300000000000001f0a4a4bcfcedcc0100000000"),
        "SYSVOL\\Windows\\System32\\wbem\\WmiPrvSE.exe",
        "2012-02-18",
    ),
    "8.1": (
        struct.pack("<I", 128).ljust(128, b"\0")
        + bytes.fromhex("31307473bc4ca0055e0000004600")
        + "SYSVOL\\Windows\\System32\\dllhost.exe".encode("utf-16-le")
        + bytes.fromhex("00007f000000001100 01b51f7313349fce0100000000"),
        "SYSVOL\\Windows\\System32\\dllhost.exe",
        "2013-08-22",
    ),
    "10": (
        struct.pack("<I", 48).ljust(48, b"\0")
        + bytes.fromhex("31307473647ecdc9cc0000004200")
        + "C:\\Windows\\system32\\MpSigStub.exe".encode("utf-16-le")
        + bytes.fromhex("8099e36630d6cf017c000000")
        + bytes(120)
        + struct.pack("<I", 1),
        "C:\\Windows\\system32\\MpSigStub.exe",
        "2014-09-22",
    ),
    "10, 2017": (
        struct.pack("<I", 52).ljust(52, b"\0")
        + bytes.fromhex("31307473d5f12393d40000007e00")
        + "C:\\Program Files (x86)\\NVIDIA Corporation\\3D Vision\\nvstreg.exe".encode("utf-16-le")
        + bytes.fromhex("e909997ba89ed20148000000")
        + bytes(72),
        "C:\\Program Files (x86)\\NVIDIA Corporation\\3D Vision\\nvstreg.exe",
        "2017-03-16",
    ),
}


def seven(wide: bool, *paths: str) -> bytes:
    """A cache of Windows 7; the second entry of two has the flag of a start."""
    size = 48 if wide else 32
    head, body = b"", b""
    for count, path in enumerate(paths):
        stored, place = path.encode("utf-16-le"), 128 + size * len(paths) + len(body)
        head += struct.pack(
            "<HHIQQIIQQ" if wide else "<HHIQIIII",
            len(stored),
            len(stored) + 2,
            *((0, place) if wide else (place,)),
            WHEN,
            2 * (count & 1),
            0,
            0,
            0,
        )
        body += stored + b"\0\0"
    return struct.pack("<II", 0xBADC0FEE, len(paths)).ljust(128, b"\0") + head + body


def told(paths: dict[str, Key], step: str) -> tuple[bytes, list[Finding]]:
    data = hive(at_path(paths))
    return data, list(registry.DETECTOR.examine(BytesLayer(data, Locator(step)), 0))


def cache(data: bytes) -> tuple[bytes, list[Finding]]:
    place = "ControlSet001\\Control\\Session Manager\\AppCompatCache"
    return told({place: Key({"AppCompatCache": (3, data)})}, "ntfs:/Windows/System32/config/SYSTEM")


@pytest.mark.parametrize("form", FORMS)
def test_a_published_entry_of_each_form(form: str) -> None:
    data, path, day = FORMS[form]
    stored, (one,) = cache(data)
    assert one.value == path
    assert str(one.fields["file_changed"].value)[:10] == day
    assert one.events[0].clock is Clock.FILE_SYSTEM
    assert one.events[0].meaning == "program file last changed"
    part = next(entries(data)).place
    assert stored[one.span.offset : one.span.end] == data[part.offset : part.end]
    assert "not that it ran" in " ".join(one.caveats)


@pytest.mark.parametrize("wide", [False, True])
def test_windows_7_has_two_widths_and_a_flag(wide: bool) -> None:
    _, (first, second) = cache(seven(wide, "\\??\\C:\\a\\other.exe", "\\??\\E:\\Tor Browser\\Browser\\firefox.exe"))
    assert (first.value, first.fields["run_flag"].value) == ("C:\\a\\other.exe", False)
    assert (second.fields["order"].value, second.fields["run_flag"].value) == (2, True)
    assert second.fields["program"].value == "Tor Browser"
    assert second.fields["program_class"].value == "anonymity network"


def test_a_package_of_the_store_and_the_flag_of_windows_10() -> None:
    name = "00000009\t00010000042e0000\t000a000042ee0000\t8664\tKiln.Wallet\tkzf8qxf38zg5c\t".encode("utf-16-le")
    body = struct.pack("<H", len(name)) + name + struct.pack("<QI", 0, 4) + struct.pack("<I", 1)
    _, (one,) = cache(struct.pack("<I", 52).ljust(52, b"\0") + struct.pack("<4sII", b"10ts", 0, len(body)) + body)
    assert (one.value, one.fields["run_flag"].value, one.events) == ("Kiln.Wallet", True, ())


def test_entries_of_a_cache_in_several_cells_stand_where_they_are() -> None:
    paths = [f"\\??\\C:\\Program Files\\{number}\\electrum.exe" for number in range(900)]
    data = seven(True, *paths)
    stored, found = cache(data)
    assert [each.value for each in found] == [each[4:] for each in paths]
    cut = 0
    for one, entry in zip(found, entries(data), strict=True):
        part = data[entry.place.offset : entry.place.end]
        assert part.startswith(stored[one.span.offset : one.span.end])
        cut += one.span.length < entry.place.length
    assert cut == len(range(128, 128 + 48 * 900)) // 16_344  # those that go on in the next cell


def test_damage_in_a_cache_ends_it() -> None:
    draw = random.Random(5)
    whole = [*(data for data, _, _ in FORMS.values()), seven(True, *("\\??\\C:\\a.exe",) * 9)]
    for data in whole:
        for cut in range(0, len(data), 7):
            assert all(each.place.end <= cut for each in entries(data[:cut]))
        for _ in range(200):
            damaged = bytearray(data)
            for _ in range(3):
                damaged[draw.randrange(len(damaged))] = draw.randrange(256)
            assert all(each.place.end <= len(damaged) for each in entries(bytes(damaged)))


def test_the_inventory_of_windows_10() -> None:
    path = "c:\\users\\v\\downloads\\electrum-4.5.5.exe"
    values = {
        "LowerCaseLongPath": text(path),
        "FileId": text("0000" + SHA1),
        "Size": (11, struct.pack("<Q", 40_000_000)),
        "LinkDate": text("02/29/2024 12:00:00"),
        "Publisher": text("kiln"),
    }
    installed = {"Name": text("Tor Browser"), "InstallDate": text("02/29/2024 23:59:58"), "Version": text("13")}
    _, found = told(
        {
            "Root\\InventoryApplicationFile\\electrum|1": Key(values),
            "Root\\InventoryApplication\\0006": Key(installed),
            "Root\\InventoryDevicePnp\\usb/vid_2c97&pid_1011/0001": Key({"Model": text("Nano X")}),
            "Root\\InventoryDevicePnp\\hid/vid_2c97&pid_1011/0001": Key(),
        },
        "ntfs:/Windows/AppCompat/Programs/Amcache.hve",
    )
    assert len(found) == 3
    facts = {each.fields["what"].value: each for each in found}
    file = facts["program file in the inventory"]
    assert (file.value, file.fields["sha1"].value, file.fields["program"].value) == (path, SHA1, "Electrum")
    assert file.fields["file_size"].value == 40_000_000
    assert "31,457,280" in " ".join(file.caveats)
    assert [each.meaning for each in file.events] == ["program file entered into the inventory"]
    program = facts["program installed"]
    assert {(each.meaning, each.zone) for each in program.events} == {
        ("program installed", "unknown"),
        ("program entered into the inventory", "utc"),
    }
    device = facts["device in the inventory"]
    assert (device.value, device.fields["device_class"].value) == ("2C97:1011 0001", "hardware wallet")


def test_the_inventory_of_windows_8() -> None:
    _, found = told(
        {
            "Root\\File\\{8d1c5a3f}\\10000a1b2": Key(
                {
                    "15": text("E:\\monero-wallet-gui.exe"),
                    "101": text("0000" + SHA1),
                    "6": number(99),
                    "f": number(1_709_164_800),
                    "11": (11, struct.pack("<Q", WHEN)),
                }
            ),
            "Root\\Programs\\0000": Key({"0": text("VeraCrypt 1.26"), "a": number(1_709_164_800)}),
        },
        "ntfs:/Windows/AppCompat/Programs/Amcache.hve",
    )
    facts = {each.fields["what"].value: each for each in found}
    file = facts["program file in the inventory"]
    assert file.fields["link_date"].value == "2024-02-29T00:00:00Z"
    assert {each.meaning for each in file.events} == {
        "program file last changed",
        "program file entered into the inventory",
    }
    assert file.fields["program"].value == "Monero"
    assert ("program installed", "1709164800") in {
        (each.meaning, each.as_stored) for each in facts["program installed"].events
    }
