"""Event logs: which events are told, with which bytes, and what the log holds besides."""

from __future__ import annotations

import random
from collections.abc import Mapping

from forensics.detectors.base import BytesLayer
from forensics.detectors.system import event_log
from forensics.detectors.system._logs import log
from forensics.model import Locator

SECURITY = "Microsoft-Windows-Security-Auditing"
DATA = log(
    (SECURITY, 4624, {"TargetUserName": "v", "TargetUserSid": "S-1-5-21-1-2-3-1001", "LogonType": "10",
                      "IpAddress": "10.0.0.7"}),
    (SECURITY, 4624, {"TargetUserName": "SYSTEM", "LogonType": "5"}),
    ("Kiln", 4624, {"TargetUserName": "x", "LogonType": "2"}),
    ("Service Control Manager", 7045, {"ServiceName": "a &amp; b", "ImagePath": "C:\\x\\veracrypt.exe"}),
    ("Microsoft-Windows-Kernel-PnP", 410, {"DeviceInstanceId": "USBSTOR\\Disk&amp;Ven_K\\AA0011&amp;0"}),
)  # fmt: skip
STEP = Locator("ntfs:/Windows/System32/winevt/Logs/Security.evtx")


def test_logons_services_and_devices() -> None:
    logon, service, device, whole = event_log.DETECTOR.examine(BytesLayer(DATA, STEP), 0)
    assert logon.value == "v"
    assert logon.fields["what"].value == "logged on"
    assert {(each.target_kind, each.target) for each in logon.links} == {
        ("machine", "kiln-pc"),
        ("account", "v"),
        ("sid", "S-1-5-21-1-2-3-1001"),
        ("ip", "10.0.0.7"),
    }
    assert logon.events[0].when.isoformat() == "2024-02-29T00:00:01.500000+00:00"
    assert DATA[logon.span.offset : logon.span.offset + 4] == b"**\0\0"
    assert DATA[logon.span.end - 4 : logon.span.end] == logon.span.length.to_bytes(4, "little")
    assert service.fields["program"].value == "VeraCrypt"
    assert ("CONNECTED", "AA0011") in {(each.rule, each.target) for each in device.links}
    assert whole.value == "Security"
    assert whole.fields["records"].value == 5
    events = whole.fields["events"].value
    assert isinstance(events, tuple)
    assert {each["event"]: each["count"] for each in events if isinstance(each, Mapping)} == {
        f"{SECURITY} 4624": 2,
        "Kiln 4624": 1,
        "Service Control Manager 7045": 1,
        "Microsoft-Windows-Kernel-PnP 410": 1,
    }


def test_a_cut_log_gives_what_is_left() -> None:
    first, *_ = event_log.DETECTOR.examine(BytesLayer(DATA, STEP), 0)
    cut = list(event_log.DETECTOR.examine(BytesLayer(DATA[: first.span.end + 40], STEP), 0))
    assert [each.value for each in cut] == ["v", "Security"]
    assert cut[-1].fields["records"].value == 1
    assert cut[-1].caveats == ()


def test_damage_never_raises() -> None:
    draw = random.Random(5)
    for _ in range(150):
        damaged = bytearray(DATA)
        for _ in range(10):
            damaged[draw.randrange(4_096, 8_192)] = draw.randrange(256)
        for each in event_log.DETECTOR.examine(BytesLayer(bytes(damaged), STEP), 0):
            assert each.span.end <= len(damaged)
