"""Hives: what each key says, which cell it is read from, and what damage does."""

from __future__ import annotations

import random
import struct

from forensics.detectors.base import BytesLayer
from forensics.detectors.system import registry
from forensics.detectors.system._hives import Key, at_path, hive, number, text
from forensics.detectors.system._specimens import ROOT, VOLUME, WHEN, file_item
from forensics.model import Absent, Finding, Grade, Locator

EXPLORER = "Software\\Microsoft\\Windows\\CurrentVersion\\Explorer"
CURRENT = "ControlSet002"
PROPERTY = "Properties\\{83da6326-97a6-4088-9453-a1923f573b29}"


def filetime(seconds: int) -> tuple[int, bytes]:
    return 0xFFFF0010, struct.pack("<Q", WHEN + seconds * 10_000_000)


def found(paths: dict[str, Key], step: str) -> dict[tuple[object, object], Finding]:
    data = hive(at_path(paths))
    told = list(registry.DETECTOR.examine(BytesLayer(data, Locator(step)), 0))
    for each in told:
        assert each.grade == Grade.C3
        assert data[each.span.offset + 4 : each.span.offset + 6] in (b"vk", b"nk")
    return {(each.fields["what"].value, each.value): each for each in told}


def test_devices_zone_and_volumes_of_a_machine() -> None:
    stick = f"{CURRENT}\\Enum\\USBSTOR\\Disk&Ven_Kiln&Prod_Stick&Rev_1.0\\AA00112233&0"
    facts = found(
        {
            "Select": Key({"Current": number(2)}),
            "ControlSet001\\Enum\\USB\\VID_1209&PID_53C1\\OLD": Key(),
            f"{CURRENT}\\Enum\\USB\\VID_2C97&PID_1011\\0001": Key({"DeviceDesc": text("@usb.inf,%x%;Nano X")}),
            f"{CURRENT}\\Enum\\USB\\ROOT_HUB30\\4&1": Key(),
            stick: Key({"FriendlyName": text("Kiln Stick USB Device")}),
            f"{stick}\\{PROPERTY}\\0064": Key({"": filetime(0)}),
            f"{stick}\\{PROPERTY}\\0066\\00000000": Key({"Data": filetime(60)}),
            f"{stick}\\{PROPERTY}\\0067": Key({"": filetime(90)}),
            f"{CURRENT}\\Enum\\USBSTOR\\Disk&Ven_&Prod_X\\7&1234&0": Key(),
            f"{CURRENT}\\Control\\TimeZoneInformation": Key(
                {
                    "TimeZoneKeyName": text("W. Europe Standard Time"),
                    "Bias": number(-60),
                    "ActiveTimeBias": number(-120),
                }
            ),
            f"{CURRENT}\\Control\\ComputerName\\ComputerName": Key({"ComputerName": text("KILN-PC")}),
            f"{CURRENT}\\Services\\bam\\State\\UserSettings\\S-1-5-21-1-2-3-1001": Key(
                {"\\Device\\HarddiskVolume3\\Tor\\tor.exe": (3, filetime(5)[1] + bytes(16)), "Version": number(1)}
            ),
            "MountedDevices": Key(
                {
                    "\\DosDevices\\E:": (3, "_??_USBSTOR#Disk&Ven_Kiln#AA00112233&0#{53}".encode("utf-16-le")),
                    "\\DosDevices\\C:": (3, struct.pack("<IQ", 0x8D1C5A3F, 1 << 20)),
                    "\\DosDevices\\D:": (3, b"DMIO:ID:" + bytes(range(16))),
                }
            ),
        },
        "ntfs:/Windows/System32/config/SYSTEM",
    )
    wallet = facts["device connected by USB", "2C97:1011 0001"]
    assert wallet.fields["device"].value == "Ledger"
    assert wallet.fields["device_class"].value == "hardware wallet"
    assert wallet.fields["description"].value == "Nano X"
    assert ("device connected by USB", "1209:53C1 OLD") not in facts  # of the control set that is not in use
    disk = facts["storage device connected by USB", "AA00112233"]
    assert {each.meaning: each.when.second for each in disk.events} == {
        "device first connected": 0,
        "device last connected": 0,
        "device last removed": 30,
        "key of the device written": 0,
    }
    assert disk.fields["last_connected"].value == "2024-02-29T00:01:00Z"
    assert (disk.fields["vendor"].value, disk.fields["product"].value) == ("Kiln", "Stick")
    letter = facts["drive letter of a volume", "E:"]
    assert (
        {each.target for each in letter.links}
        == {"AA00112233"}
        == {each.target for each in disk.links if each.rule == "CONNECTED"}
    )
    assert facts["storage device connected by USB", "7&1234"].caveats
    zone = facts["time zone of the machine", "W. Europe Standard Time"]
    assert zone.fields["bias_from_utc"].value == "UTC+01:00"
    assert zone.fields["active_bias_from_utc"].value == "UTC+02:00"
    assert facts["drive letter of a volume", "C:"].fields["disk_signature"].value == "8D1C5A3F"
    run = facts["program run, seen by the activity moderator", "\\Device\\HarddiskVolume3\\Tor\\tor.exe"]
    assert run.fields["program"].value == "Tor"
    assert run.fields["user_sid"].value == "S-1-5-21-1-2-3-1001"
    assert ("name of the machine", "KILN-PC") in facts


def test_what_a_user_did() -> None:
    electrum = bytearray(72)
    struct.pack_into("<4I", electrum, 0, 0, 9, 3, 42_000)
    struct.pack_into("<Q", electrum, 60, WHEN)
    old = struct.pack("<IIQ", 1, 8, WHEN)
    order = (3, struct.pack("<III", 1, 0, 0xFFFFFFFF))
    rot = "{6Q809377-6NS0-444O-8957-N3773S02200R}\\Ryrpgehz\\ryrpgehz.rkr"
    facts = found(
        {
            f"{EXPLORER}\\UserAssist\\{{CEBFF5CD}}\\Count": Key({rot: (3, bytes(electrum))}),
            f"{EXPLORER}\\UserAssist\\{{75048700}}\\Count": Key({"HRZR_EHACNGU:R:\\gbe.rkr": (3, old)}),
            f"{EXPLORER}\\RecentDocs": Key(
                {
                    "0": (3, "deals.txt\0".encode("utf-16-le") + bytes(4)),
                    "1": (3, "label.pdf\0".encode("utf-16-le") + bytes(4)),
                    "MRUListEx": order,
                }
            ),
            f"{EXPLORER}\\TypedPaths": Key({"url1": text("E:\\wallets"), "url2": text("C:\\")}),
            f"{EXPLORER}\\RunMRU": Key({"a": text("cmd\\1"), "MRUList": text("a")}),
            f"{EXPLORER}\\MountPoints2\\##kiln#deals": Key(),
            "Software\\Microsoft\\Windows\\Shell\\BagMRU": Key({"0": (3, ROOT + b"\0\0"), "MRUListEx": order}),
            "Software\\Microsoft\\Windows\\Shell\\BagMRU\\0": Key({"0": (3, VOLUME + b"\0\0")}),
            "Software\\Microsoft\\Windows\\Shell\\BagMRU\\0\\0": Key(
                {"0": (3, file_item(b"WALLETS", "wallets") + b"\0\0")}
            ),
            "Software\\Microsoft\\Windows\\CurrentVersion\\Run": Key({"x": text('"C:\\a b\\veracrypt.exe" /q')}),
        },
        "ntfs:/Users/v/NTUSER.DAT",
    )
    run = facts["program run, counted by the shell", "%ProgramFiles%\\Electrum\\electrum.exe"]
    assert (run.fields["run_count"].value, run.fields["focus_milliseconds"].value) == (9, 42_000)
    assert run.fields["program"].value == "Electrum"
    assert run.fields["account"].value == "v"
    assert facts["program run, counted by the shell", "E:\\tor.exe"].fields["run_count"].value == 3
    assert [each.meaning for each in facts["document opened", "label.pdf"].events] == ["document opened"]
    assert facts["document opened", "deals.txt"].events == ()
    assert facts["path typed", "E:\\wallets"].fields["drive"].value == "E:"
    assert ("command typed", "cmd") in facts
    assert ("share of a network used", "\\\\kiln\\deals") in facts
    assert facts["folder looked at", "E:\\wallets"].fields["ntfs_entry"].value == 81_349
    assert facts["program that starts by itself", '"C:\\a b\\veracrypt.exe" /q'].fields["program"].value == "VeraCrypt"


def test_installed_programs_have_a_local_day() -> None:
    path = "Microsoft\\Windows\\CurrentVersion\\Uninstall\\Electrum"
    values = {"DisplayName": text("Electrum 4.5.5"), "InstallDate": text("20240229"), "Publisher": text("x")}
    facts = found({path: Key(values)}, "ntfs:/Windows/System32/config/SOFTWARE")
    program = facts["program installed", "Electrum 4.5.5"]
    assert program.fields["program"].value == "Electrum"
    assert [(each.zone, each.precision.days) for each in program.events] == [("unknown", 1), ("utc", 0)]


def test_damage_is_told_and_never_raises() -> None:
    data = hive(at_path({f"{EXPLORER}\\TypedPaths": Key({f"url{n}": text(f"E:\\{n}") for n in range(20)})}))
    step = Locator("ntfs:/Users/v/NTUSER.DAT")
    total = struct.unpack_from("<I", data, 508)[0] ^ 1 ^ 2  # of the first number, 1, that becomes 2
    dirty = data[:4] + struct.pack("<I", 2) + data[8:508] + struct.pack("<I", total) + data[512:]
    told = list(registry.DETECTOR.examine(BytesLayer(dirty, step), 0))
    assert len(told) == 20
    assert all("not closed" in each.caveats[0] for each in told)
    draw = random.Random(3)
    broken = 0
    for _ in range(200):
        damaged = bytearray(data)
        for _ in range(20):
            damaged[draw.randrange(4_096, len(damaged))] = draw.randrange(256)
        told = list(registry.DETECTOR.examine(BytesLayer(bytes(damaged), step), 0))
        broken += any(each.value is Absent.NOT_PARSED for each in told)
        assert all(each.span.end <= len(damaged) for each in told)
    assert broken < 200
