"""Programs and downloads of Macs and Linux desktops: lists that plistlib writes, databases that sqlite3 writes."""

from __future__ import annotations

import plistlib
import random
import re
import sqlite3
from pathlib import Path

import pytest

from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.system import app_bundle, desktop_entry, dpkg_status, launch_agent, mac_bookmark, quarantine
from forensics.model import Clock, Finding, Grade, Locator

HOME = "apfs:/Users/v/Library/"


def told(detector: Detector, data: bytes, step: str, at: int = 0) -> list[Finding]:
    return list(detector.examine(BytesLayer(data, Locator(step)), at))


@pytest.fixture
def downloads(tmp_path: Path) -> bytes:
    path = tmp_path / "events"
    base = sqlite3.connect(path)
    names = ("EventIdentifier", "AgentName", "DataURLString", "SenderAddress", "OriginURLString")
    columns = ", ".join(("LSQuarantineTimeStamp REAL", *(f"LSQuarantine{each} TEXT" for each in names)))
    base.execute(f"CREATE TABLE LSQuarantineEvent ({columns})")
    for number in range(300):
        row = (730_857_600.25 + number, f"id-{number}", "Safari", f"https://kiln.invalid/{number}.dmg", None, None)
        base.execute(f"INSERT INTO LSQuarantineEvent VALUES ({','.join('?' * len(row))})", row)
    base.execute("INSERT INTO LSQuarantineEvent VALUES (NULL, 'id', 'Mail', NULL, NULL, NULL)")
    base.commit()
    base.execute("PRAGMA secure_delete = OFF")
    base.execute("DELETE FROM LSQuarantineEvent WHERE rowid = 150")
    base.commit()
    base.close()
    return path.read_bytes()


def test_every_download_and_one_that_was_deleted(downloads: bytes) -> None:
    found = told(quarantine.DETECTOR, downloads, f"{HOME}Preferences/com.apple.LaunchServices.QuarantineEventsV2")
    live = [each for each in found if each.fields["state"].value == "live"]
    assert {each.value for each in live} == {
        f"https://kiln.invalid/{number}.dmg" for number in range(300) if number != 149
    }
    (lost,) = [each for each in found if each.fields["state"].value == "deleted"]
    assert lost.value == "https://kiln.invalid/149.dmg"
    assert "not current" in lost.caveats[0]
    first = min(live, key=lambda each: each.events[0].when)
    assert (first.events[0].when.isoformat(), first.events[0].clock) == (
        "2024-02-29T00:00:00.250000+00:00",
        Clock.DEVICE,
    )
    assert first.fields["account"].value == "v"
    assert first.grade is Grade.C3
    place = first.fields["address"].span
    assert place is not None
    assert downloads[place.offset : place.end] == b"https://kiln.invalid/0.dmg"


@pytest.mark.parametrize("form", [plistlib.FMT_XML, plistlib.FMT_BINARY])
def test_a_program_on_a_mac_and_one_that_starts_by_itself(form: plistlib.PlistFormat) -> None:
    data = plistlib.dumps(
        {"CFBundleIdentifier": "org.torproject.torbrowser", "CFBundleExecutable": "firefox"}, fmt=form
    )
    (one,) = told(app_bundle.DETECTOR, data, "apfs:/Applications/Tor Browser.app/Contents/Info.plist")
    assert (one.fields["program"].value, one.fields["program_class"].value) == ("Tor Browser", "anonymity network")
    assert not told(app_bundle.DETECTOR, data, "apfs:/Applications/Firefox.app/Contents/Info.plist")
    data = plistlib.dumps({"Label": "kiln", "Program": "/Users/v/x.sh", "RunAtLoad": True, "UserName": "v"}, fmt=form)
    (one,) = told(launch_agent.DETECTOR, data, f"{HOME}LaunchAgents/kiln.plist")
    assert (one.value, one.fields["started"].value, one.fields["at_start"].value) == ("kiln", "/Users/v/x.sh", True)
    assert not told(launch_agent.DETECTOR, data, "apfs:/System/Library/LaunchAgents/kiln.plist")


def test_damaged_lists_never_raise() -> None:
    draw = random.Random(9)
    content = {"Label": "a", "ProgramArguments": ["/bin/tor"] * 9, "CFBundleIdentifier": "b", "CFBundleName": "tor"}
    for form in (plistlib.FMT_XML, plistlib.FMT_BINARY):
        data = plistlib.dumps(content, fmt=form)
        for _ in range(1_500):
            damaged = bytearray(data)
            for _ in range(draw.randrange(1, 5)):
                damaged[draw.randrange(len(damaged))] = draw.randrange(256)
            told(launch_agent.DETECTOR, bytes(damaged), "x")
            told(app_bundle.DETECTOR, bytes(damaged), "x")
    deep = (
        b"bplist00"
        + b"\xa1\x08"
        + b"\x08"
        + bytes(5)
        + bytes((0, 1, 1))
        + (1).to_bytes(8)
        + bytes(8)
        + (10).to_bytes(8)
    )
    assert not told(launch_agent.DETECTOR, deep.ljust(64, b"\0"), "x")


def test_packages_that_dpkg_holds() -> None:
    data = (
        b"Package: adduser\nStatus: install ok installed\nVersion: 3.1\n\n"
        b"Package: monero\nStatus: deinstall ok config-files\nVersion: 0.18\nConffiles:\n /etc/a 12\n"
        b"Description: wallet\n more words\n\nPackage: tor\nStatus: install ok installed\nVersion: 0.4\n\n"
    )
    found = [
        each
        for match in re.finditer(dpkg_status.DETECTOR.triggers[0].pattern, data)
        for each in told(dpkg_status.DETECTOR, data, "ext:/var/lib/dpkg/status", match.end())
    ]
    assert [(each.value, each.fields["what"].value) for each in found] == [
        ("monero", "program was installed"),
        ("tor", "program installed"),
    ]
    assert found[0].fields["description"].value == "wallet"
    assert data[found[1].span.offset : found[1].span.end].endswith(b"Version: 0.4\n")


def test_entries_of_a_desktop() -> None:
    entry = b"[Desktop Entry]\nName=x\nExec=%s\n\n[Desktop Action a]\nExec=electrum\n"
    for command, name in (
        (b"/opt/tor-browser/Browser/start-tor-browser %u", "Tor Browser"),
        (b"env BAMF=1 /snap/bin/telegram-desktop -- %u", "Telegram"),
        (b"sh -c '/opt/monero-wallet-gui'", "Monero"),
    ):
        (one,) = told(desktop_entry.DETECTOR, entry % command, "ext:/usr/share/applications/a.desktop")
        assert one.fields["program"].value == name
    assert not told(desktop_entry.DETECTOR, entry % b"gedit electrum.txt", "ext:/usr/share/applications/a.desktop")
    (one,) = told(desktop_entry.DETECTOR, entry % b"/home/v/miner --x", "ext:/home/v/.config/autostart/a.desktop")
    assert one.fields["what"].value == "program that starts by itself"
    assert "program" not in one.fields
    assert not told(desktop_entry.DETECTOR, entry % b"/usr/bin/bus", "ext:/etc/xdg/autostart/a.desktop")
    off = (entry % b"/home/v/miner").replace(b"\n\n", b"\nHidden=true\n\n")
    (one,) = told(desktop_entry.DETECTOR, off, "ext:/home/v/.config/autostart/a.desktop")
    assert one.fields["switched_off"].value is True


def test_bookmarks_in_a_list_of_recent_documents() -> None:
    one = mac_bookmark.DETECTOR.specimens[0].data
    content = {"$objects": ["$null", one, one.replace(b"STICK", b"BRICK"), "more"], "$version": 100_000}
    data = plistlib.dumps(content, fmt=plistlib.FMT_BINARY)
    step = f"{HOME}Application Support/com.apple.sharedfilelist/com.apple.LSSharedFileList.RecentDocuments.sfl2"
    starts = [match.start() for match in re.finditer(mac_bookmark.DETECTOR.triggers[0].pattern, data, re.DOTALL)]
    first, second = (each for start in starts for each in told(mac_bookmark.DETECTOR, data, step, start))
    assert (first.value, second.value) == ("/Volumes/STICK/wallets/Münzen.dat", "/Volumes/BRICK/wallets/Münzen.dat")
    said = {name: field.value for name, field in second.fields.items()}
    assert (said["list"], said["volume_label"], said["user"], said["account"]) == ("RecentDocuments", "BRICK", "v", "v")
    assert [(each.meaning, each.when.isoformat()) for each in first.events] == [
        ("file created", "2024-02-29T12:00:00+00:00")
    ]
    place = second.fields["volume_label"].span
    assert place is not None
    assert data[place.offset : place.end] == b"BRICK"
