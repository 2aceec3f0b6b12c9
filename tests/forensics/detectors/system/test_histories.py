"""Histories of shells and lists of desktops: commands with their times and places."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.system import recently_used, shell_history
from forensics.model import Finding, Grade, Locator

PLAIN = b"cd /srv\nsudo tor -f torrc; monero-wallet-cli\necho 'x'\n"


def told(data: bytes, path: str, at: int = 0) -> list[Finding]:
    return list(shell_history.DETECTOR.examine(BytesLayer(data, Locator(path)), at))


def commands(found: Finding, data: bytes) -> list[tuple[object, object]]:
    rows = found.fields["commands"].value
    assert isinstance(rows, tuple)
    listed: list[tuple[object, object]] = []
    for each in rows:
        assert isinstance(each, Mapping)
        start, length = each["span_offset"], each["span_length"]
        assert isinstance(start, int)
        assert isinstance(length, int)
        assert str(each["command"]).split("\n", maxsplit=1)[0].encode() in data[start : start + length]
        listed.append((each.get("time"), each["command"]))
    return listed


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_what_bash_itself_writes(tmp_path: Path) -> None:
    history = tmp_path / ".bash_history"
    script = f"HISTFILE={history}; HISTTIMEFORMAT=%s; set -o history; shred -u key\necho 'a\nb'\nhistory -a\n"
    subprocess.run(["bash", "--norc", "-i"], input=script, text=True, capture_output=True, check=False, timeout=30)
    data = history.read_bytes()
    (found,) = told(data, "ext4:/root/.bash_history")
    assert found.grade == Grade.C3
    assert found.fields["account"].value == "root"
    listed = commands(found, data)
    assert "echo 'a\nb'" in [each for _, each in listed]
    assert all(when for when, _ in listed)
    assert len(found.events) == len(listed)
    assert found.fields["programs"].value == ("shred",)


def test_a_plain_history_has_no_times() -> None:
    (found,) = told(PLAIN, "ext4:/home/v/.bash_history")
    assert commands(found, PLAIN)[0] == (None, "cd /srv")
    assert found.events == ()
    assert found.fields["programs"].value == ("Tor", "Monero")
    assert found.caveats == ("3 commands have no time.",)
    power = b"cd `\r\n E:\\\r\n.\\electrum.exe\r\n"
    (found,) = told(power, "ntfs:/Users/v/AppData/x/PSReadLine/ConsoleHost_history.txt")
    assert [each for _, each in commands(found, power)] == ["cd `\n E:\\", ".\\electrum.exe"]
    assert found.fields["programs"].value == ("Electrum",)


def test_zsh_hides_octets_and_continues_lines() -> None:
    data = b": 1709164800:0;echo m\x83\xe3\x83\x9c nzen\n: 1709164860:5;a\\\nb\n"
    (found,) = told(data, "ext4:/home/v/.zsh_history")
    rows = found.fields["commands"].value
    assert isinstance(rows, tuple)
    assert [each["command"] for each in rows if isinstance(each, Mapping)] == ["echo mü nzen", "a\\\nb"]


def test_stamped_lines_in_free_space_are_one_history() -> None:
    data = b"\0" * 512 + b"".join(b"#%d\ncommand %d\n" % (1709164800 + n, n) for n in range(50)) + b"\0" * 100
    found = [
        each for n in range(512, len(data)) if data[n : n + 1] == b"\n" for each in told(data, "unallocated", n + 1)
    ]
    (one,) = found
    assert one.span.offset == 512
    assert one.fields["command_count"].value == 50
    assert one.grade == Grade.C2
    assert not told(b"#1709164800\nonly one\n", "unallocated", 12)


def test_a_file_on_a_stick() -> None:
    data = (
        b'<?xml version="1.0"?><xbel>\n<bookmark href="file:///media/v/STICK/a&amp;b.txt" added="2024-02-29T23:59:58Z" '
        b'modified="2024-02-29T23:59:58Z" visited="2024-03-01T00:00:05.5Z"><info><metadata><bookmark:applications>'
        b'<bookmark:application name="gedit" exec="gedit" modified="2024-03-01T00:00:05Z" count="2"/>'
        b"</bookmark:applications></metadata></info></bookmark>\n<bookmark "
        b'href="file:///x" added="2024-02-29T23:59:58Z" modified="2024-02-29T23:59:58Z">'
    )
    layer = BytesLayer(data, Locator("ext4:/home/v/.local/share/recently-used.xbel"))
    (found,) = recently_used.DETECTOR.examine(layer, data.index(b"<bookmark "))
    assert found.value == "/media/v/STICK/a&b.txt"
    assert found.fields["volume_label"].value == "STICK"
    assert [each.when.isoformat() for each in found.events] == [
        "2024-02-29T23:59:58+00:00",
        "2024-03-01T00:00:05.500000+00:00",
    ]
    assert ("OPENED_WITH", "gedit") in {(each.rule, each.target) for each in found.links}
    (cut,) = recently_used.DETECTOR.examine(layer, data.rindex(b"<bookmark "))
    assert cut.grade == Grade.C1
