"""Logins and packages of Linux machines: records that util-linux made, and lines as dpkg, APT and pacman write them."""

from __future__ import annotations

import base64
import re
import shutil
import struct
import subprocess
import zlib

from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.system import apt_history, dpkg_log, lastlog, login_record, pacman_log
from forensics.model import Finding, Grade, Locator


def _unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b85decode(text))


DUMP = """\
[2] [00000] [~~  ] [reboot  ] [~           ] [6.1.0-18-amd64      ] [0.0.0.0        ] [2024-02-29T00:00:00,000000+00:00]
[7] [00701] [ts/0] [v       ] [pts/0       ] [10.0.0.7            ] [10.0.0.7       ] [2024-02-29T00:01:00,250000+00:00]
[7] [00702] [ts/1] [w       ] [pts/1       ] [2001:db8::7         ] [2001:db8::7    ] [2024-02-29T00:02:00,000000+00:00]
[8] [00701] [ts/0] [        ] [pts/0       ] [                    ] [0.0.0.0        ] [2024-02-29T01:01:00,000000+00:00]
[2] [00000] [~~  ] [reboot  ] [~           ] [6.1.0-18-amd64      ] [0.0.0.0        ] [2024-02-29T05:00:00,000000+00:00]
"""


_FAILED_LINE = (
    "[6] [0{0}] [    ] [root    ] [ssh:notty   ] [10.0.0.{1}            ] [10.0.0.{1}       ] "
    "[2024-02-29T00:0{1}:00,000000+00:00]\n"
)
FAILED_DUMP = "".join(_FAILED_LINE.format(1000 + number, number % 3) for number in range(9))

# What `utmpdump -r` of util-linux 2.38.1 made of the two dumps: Debian 13 has that tool no more.
LOGINS = _unpacked(
    "c-muPfPgv%{GhH*L7^x$DL=miw;D4&Lp=jsLkr!++!QkthLH<S-cKb~DLWAFWny3`C@I!Az@rW%T}HqxLjye!G-"
    "nv$zy=up6D}|_a6y8XVEFHYhQA^H@HZ?cV3v`AfuU7Ol7*Gk$c};vX!=)R<lTW5)EIz+g!Ioa3Wx$e*NHEGm`2Ngs)GRj2SkTI0Cs3B*#"
)
FAILED = _unpacked(
    "c-"
    "muQU|@K`%)n4woMDxhUs6)ZfE_3RK~a8w2?HKrXrKp%3?m(!yq^l9xQI~72E;F^8~%nPJ@{=9;m=4+_`jlV_#2J%@UK9GKNB(G|9Z6i8PM|Q&1"
    "m^Epykio(eh_N%b$0n<<EeYKkrA&p8+j@K8%(>16KY30ND3oNB"
)


def test_the_records_are_those_of_util_linux() -> None:
    """Where the tool is, it makes the same once more; the records themselves are read everywhere."""
    assert (len(LOGINS), len(FAILED)) == (5 * 384, 9 * 384)
    if shutil.which("utmpdump"):
        for dump, made in ((DUMP, LOGINS), (FAILED_DUMP, FAILED)):
            again = subprocess.run(["utmpdump", "-r"], input=dump.encode(), capture_output=True, check=True).stdout
            assert again == made


def told(detector: Detector, data: bytes, step: str, *offsets: int) -> list[Finding]:
    layer = BytesLayer(data, Locator(step))
    return [each for at in offsets or (0,) for each in detector.examine(layer, at)]


def woken(detector: Detector, data: bytes, step: str) -> list[Finding]:
    patterns = [each.pattern for each in detector.triggers if each.pattern]
    starts = sorted(match.start() for each in patterns for match in re.finditer(each, data, re.DOTALL))
    return told(detector, data, step, *starts) if starts else []


def test_logins_of_a_log_that_util_linux_made() -> None:
    data = LOGINS
    boot, first, second, again = told(login_record.DETECTOR, data, "ext:/var/log/wtmp.1")
    assert (boot.value, boot.fields["kernel"].value) == ("reboot", "6.1.0-18-amd64")
    assert (first.value, first.fields["address"].value) == ("v", "10.0.0.7")
    assert [(each.meaning, each.as_stored) for each in first.events] == [
        ("user logged in", "1709164860.250000"),
        ("user logged out", "1709168460.000000"),
    ]
    assert second.fields["address"].value == "2001:db8::7"
    assert second.events[1].meaning == "machine started"  # its end was not written
    assert again.span.offset == 4 * 384
    assert all(each.grade is Grade.C3 for each in (boot, first, second, again))


def test_logins_without_a_name_are_read_from_start_to_start() -> None:
    data = b"words" * 7 + LOGINS + b"more" * 99
    found = woken(login_record.DETECTOR, data, "unallocated")
    assert [each.value for each in found] == ["reboot", "v", "w", "reboot"]
    assert {each.grade for each in found} == {Grade.C2}


def test_failed_logins_are_one_finding() -> None:
    (one,) = told(login_record.DETECTOR, FAILED, "ext:/var/log/btmp")
    assert (one.value, one.fields["count"].value, one.fields["users"].value) == ("failed logins", 9, ("root (9)",))
    assert one.fields["first"].value == "2024-02-29T00:00:00Z"
    assert one.span.length == len(FAILED)


def test_a_record_that_is_not_in_form_does_not_hide_those_behind_it() -> None:
    data = bytearray(LOGINS)
    data[384 + 44] = 1  # a control character as a user
    assert [each.value for each in told(login_record.DETECTOR, bytes(data), "ext:/var/log/wtmp")] == [
        "reboot",
        "w",
        "reboot",
    ]


def test_a_run_of_apt_says_who_asked_for_what() -> None:
    text = (
        b"\nStart-Date: 2024-02-29  12:00:01\nCommandline: apt install electrum tor\nRequested-By: v (1000)\n"
        b"Install: electrum:all (4.5.5-1), tor:amd64 (0.4.8.10-1), libevent:amd64 (2.1, automatic)\n"
        b"Remove: shred:amd64 (1)\nEnd-Date: 2024-02-29  12:00:09\n"
        b"\nStart-Date: 2024-02-29  13:00:00\nCommandline: apt purge tor\nPurge: tor:amd64 (0.4.8.10-1)\n"
    )
    first, second = woken(apt_history.DETECTOR, text, "ext:/var/log/apt/history.log")
    assert first.fields["program"].value == ("Electrum", "Tor", "shred")
    assert first.fields["program_class"].value == ("wallet", "anonymity network", "wiping")
    assert first.fields["requested_by"].value == "v"
    assert {(each.meaning, each.zone) for each in first.events} == {
        ("packages installed", "unknown"),
        ("packages removed", "unknown"),
    }
    place = first.fields["install"].span
    assert place is not None
    assert text[place.offset :].startswith(b"electrum:all")
    assert (second.grade, second.value) == (Grade.C1, "apt purge tor")  # cut off
    assert second.caveats[1:]


def test_lines_of_dpkg_and_pacman() -> None:
    text = (
        b"2024-02-29 12:00:02 startup archives unpack\n2024-02-29 12:00:03 install electrum:all <none> 4.5.5-1\n"
        b"2024-02-29 12:00:03 status half-installed electrum:all 4.5.5-1\n"
        b"2024-02-29 12:00:04 install libevent:amd64 <none> 2.1\n2024-02-29 12:00:05 purge bleachbit:all 4.4 <none>\n"
    )
    found = woken(dpkg_log.DETECTOR, text, "gzip@0")
    assert [(each.value, each.fields["what"].value) for each in found] == [
        ("electrum", "program installed"),
        ("bleachbit", "program removed"),
    ]
    text = (
        b"[2024-02-29T00:30:03+0100] [PACMAN] Running 'pacman -S --needed veracrypt'\n"
        b"[2024-02-29T00:30:04+0100] [ALPM] transaction started\n"
        b"[2024-02-29T00:30:05+0100] [ALPM] installed veracrypt (1.26.7-1)\n"
        b"[2024-02-29T00:30:05+0100] [ALPM] installed fuse2 (2.9)\n"
    )
    command, program = woken(pacman_log.DETECTOR, text, "ext:/var/log/pacman.log")
    assert command.fields["program"].value == "VeraCrypt"
    assert program.fields["program_class"].value == "encryption"
    assert program.events[0].when.isoformat() == "2024-02-28T23:30:05+00:00"
    assert program.events[0].zone == "utc"


def test_last_logins_by_the_number_of_the_user() -> None:
    record = struct.pack("<i32s256s", 1_709_164_800, b"pts/0", b"kiln.invalid")
    data = record + bytes(292 * 1_200) + record
    first, second = told(lastlog.DETECTOR, data, "ext4:/var/log/lastlog")
    assert (first.value, second.value, second.fields["user_id"].value) == ("user 0", "user 1201", 1_201)
    assert second.fields["host"].value == "kiln.invalid"
    assert second.events[0].meaning == "user logged in"
    damaged = bytearray(data)
    damaged[292 * 1_201 + 4] = 1
    assert len(told(lastlog.DETECTOR, bytes(damaged), "ext4:/var/log/lastlog")) == 1
