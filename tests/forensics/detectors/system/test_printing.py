"""Print jobs: control files that libcups wrote, and shadow files of Windows in their published layout."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import re
from pathlib import Path

import pytest

from forensics.detectors.base import BytesLayer, Specimen
from forensics.detectors.system import page_log, print_job, print_spool
from forensics.model import Grade, Locator

OPERATION, JOB = 1, 2
NUMBER, CHOICE, NAME, URI, TYPE = 0x21, 0x23, 0x42, 0x45, 0x49


@pytest.fixture
def control(tmp_path: Path) -> bytes:
    """What CUPS writes of a job, by its own library."""
    name = ctypes.util.find_library("cups")
    assert name is not None, "libcups makes the control file; installer/setup.sh installs it"
    cups = ctypes.CDLL(name)
    cups.ippNew.restype = ctypes.c_void_p
    job = ctypes.c_void_p(cups.ippNew())
    cups.ippSetOperation(job, 5)
    cups.ippSetRequestId(job, 1)
    for group, kind, key, words in (
        (OPERATION, 0x47, b"attributes-charset", b"utf-8"),
        (OPERATION, 0x48, b"attributes-natural-language", b"de"),
        (JOB, URI, b"printer-uri", b"ipp://localhost/printers/DYMO"),
        (JOB, NAME, b"job-originating-user-name", b"v"),
        (JOB, NAME, b"job-name", "Münzen.pdf".encode()),
        (JOB, TYPE, b"document-format", b"application/pdf"),
        (JOB, NAME, b"job-originating-host-name", b"localhost"),
    ):
        cups.ippAddString(job, group, kind, key, None, words)
    for kind, key, number in (
        (CHOICE, b"job-state", 9),
        (NUMBER, b"time-at-creation", 1_709_164_800),
        (NUMBER, b"time-at-processing", 1_709_164_801),
        (NUMBER, b"time-at-completed", 1_709_164_809),
        (NUMBER, b"job-media-sheets-completed", 2),
        (NUMBER, b"copies", 40),
    ):
        cups.ippAddInteger(job, JOB, kind, key, number)
    path = tmp_path / "c00007"
    written = os.open(path, os.O_CREAT | os.O_WRONLY)
    cups.ippSetState(job, 0)
    assert cups.ippWriteFile(written, job) == 3  # IPP_STATE_DATA: all attributes are written
    os.close(written)
    return path.read_bytes()


def test_a_job_that_libcups_wrote(control: bytes) -> None:
    layer = BytesLayer(control, Locator("ext:/var/spool/cups/c00007"))
    (one,) = print_job.DETECTOR.examine(layer, 0)
    assert (one.value, one.grade, one.span.length) == ("Münzen.pdf", Grade.C3, len(control))
    said = {name: field.value for name, field in one.fields.items()}
    assert said == {
        "printer": "ipp://localhost/printers/DYMO",
        "user": "v",
        "media_type": "application/pdf",
        "host": "localhost",
        "state": "completed",
        "sheets": 2,
        "copies": 40,
        "created": "2024-02-29T00:00:00Z",
        "begun": "2024-02-29T00:00:01Z",
        "ended": "2024-02-29T00:00:09Z",
    }
    assert [(each.meaning, each.zone) for each in one.events] == [
        ("print job created", "utc"),
        ("print job begun", "utc"),
        ("print job ended", "utc"),
    ]
    place = one.fields["user"].span
    assert place is not None
    assert control[place.offset : place.end] == b"v"


def test_every_cut_of_a_job_is_less_or_nothing(control: bytes) -> None:
    for length in range(len(control)):
        for one in print_job.DETECTOR.examine(BytesLayer(control[:length]), 0):
            assert one.grade is Grade.C1
            assert one.span.end <= length


@pytest.mark.parametrize(
    "specimen", [each for each in print_spool.DETECTOR.specimens if each.expect], ids=lambda each: each.name
)
def test_a_shadow_file_says_who_printed_what_where(specimen: Specimen) -> None:
    data = bytes(7) + specimen.data
    (one,) = print_spool.DETECTOR.examine(BytesLayer(data, Locator("unallocated")), 7)
    said = {name: field.value for name, field in one.fields.items()}
    assert (one.value, said["user"], said["printer"], said["pages"]) == ("label.pdf", "v", "DYMO 450", 2)
    assert said["handed_in"] == "2024-02-29T12:00:01Z"
    assert one.events[0].when.microsecond == 500_000
    for field in one.fields.values():
        if isinstance(field.value, str) and field.span and field.span.length == 2 * len(field.value):
            assert data[field.span.offset : field.span.end].decode("utf-16-le") == field.value
    (named,) = print_spool.DETECTOR.examine(BytesLayer(data[7:], Locator("ntfs:/a/spool/PRINTERS/00007.SHD")), 0)
    assert (one.grade, named.grade) == (Grade.C2, Grade.C3)


def test_a_weekday_that_is_another_ones_is_no_time() -> None:
    data = bytearray(print_spool.DETECTOR.specimens[0].data)
    data[104 + 4] ^= 1
    assert not list(print_spool.DETECTOR.examine(BytesLayer(bytes(data)), 0))


def test_lines_of_the_page_log() -> None:
    data = (
        b"DeskJet root 1 [20/May/1999:19:21:05 +0000] 1 1 acme-123 localhost myjob letter one-sided\n"  # of cupsd-logs(5)
        b"DeskJet root 1 [20/May/1999:19:21:06 +0000] 2 1 acme-123 localhost myjob letter one-sided\n"
        b"DYMO 17 v [01/Mar/2024:00:30:00 +0100] total 40 - localhost labels, m\xc3\xbcnzen.pdf\n"
        b'127.0.0.1 - - [01/Mar/2024:00:30:00 +0100] "POST / HTTP/1.1" 200 17\n'
    )
    layer = BytesLayer(data, Locator("ext4:/var/log/cups/page_log.1"))
    ends = [match.end() for match in re.finditer(page_log.DETECTOR.triggers[0].pattern, data)]
    first, second, third = (each for end in ends for each in page_log.DETECTOR.examine(layer, end))
    assert (first.value, first.fields["user"].value, first.fields["page"].value) == ("myjob", "root", 1)
    assert second.fields["page"].value == 2
    assert (third.value, third.fields["user"].value, third.fields["pages"].value) == ("labels, münzen.pdf", "v", 40)
    assert third.events[0].when.isoformat() == "2024-02-29T23:30:00+00:00"
    assert data[third.span.offset : third.span.end].startswith(b"DYMO 17")
