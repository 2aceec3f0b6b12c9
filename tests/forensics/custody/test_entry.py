"""Entry texts: the written form to the byte, and nothing else accepted."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.custody import names
from forensics.custody.entry import EntryText, time_microseconds, time_text
from forensics.custody.roles import Role, accepted_roles, role_of
from forensics.errors import FormatError

TEXT = """\
impound/entry/v1
ledger lab.example/2026-0142/ws07
seq 1
prev P4Ee/laxr1kRDitHKKNO29gN5U1jVvIo3w12SJRBKoM=
time 2026-11-24T02:15:24.349059Z
clock e27e9c62 1844693388178
type custody.receive
actor lab.example/examiner/jdoe
exhibit E1
body sha256:9eeff68e79f50f840a87c1b0786f06d8a815bfaa3ccd48fbf0e839e55873a451
"""
ENTRY = EntryText(
    ledger="lab.example/2026-0142/ws07",
    seq=1,
    prev=base64.b64decode("P4Ee/laxr1kRDitHKKNO29gN5U1jVvIo3w12SJRBKoM="),
    time_us=1795486524349059,
    boot_id="e27e9c62",
    boot_ns=1844693388178,
    type="custody.receive",
    actor="lab.example/examiner/jdoe",
    exhibit="E1",
    body="9eeff68e79f50f840a87c1b0786f06d8a815bfaa3ccd48fbf0e839e55873a451",
)


def test_byte_for_byte() -> None:
    assert str(ENTRY) == TEXT
    assert EntryText.parse(TEXT) == ENTRY
    assert "exhibit -\n" in str(replace(ENTRY, exhibit=None))
    assert EntryText.parse(str(replace(ENTRY, exhibit=None))).exhibit is None


@given(st.data())
def test_a_changed_text_is_refused_or_means_something_else(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(TEXT) - 1))
    changed = TEXT[:at] + data.draw(st.characters(codec="utf-8")) + TEXT[at + 1 :]
    try:
        entry = EntryText.parse(changed)
    except FormatError:
        return
    assert str(entry) == changed
    assert (entry == ENTRY) == (changed == TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seq 1", "seq 01"), ("349059Z", "349Z"), ("349059Z", "349059+00:00"), ("T02:", "T25:"),
        ("custody.receive", "Custody.receive"), ("custody.receive", "custody"), ("exhibit E1\n", ""),
        ("exhibit E1", "exhibit E 1"), ("KoM=", "KoN="), ("sha256:9", "sha256:X"),
        ("e27e9c62 1", "e27e9c62  1"),
        ("v1", "v2"), ("\nseq", "\n\nseq"), ("ledger lab", "ledger  lab"),
    ],
)  # fmt: skip
def test_refused(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(FormatError):
        EntryText.parse(TEXT.replace(old, new, 1))


@given(st.integers(0, 4_000_000_000_000_000))
def test_time_there_and_back(microseconds: int) -> None:
    assert time_microseconds(time_text(microseconds)) == microseconds


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("case.open", Role.EXAMINER), ("acquire.begin", Role.EXAMINER), ("acquire.end", Role.EXAMINER),
        ("verify.end", Role.EXAMINER), ("item.export", Role.EXAMINER), ("report.issue", Role.EXAMINER),
        ("tool.validate", Role.EXAMINER), ("custody.seize", Role.EXAMINER), ("session.open", Role.EXAMINER),
        ("item.view", Role.SESSION), ("search.run", Role.SESSION), ("tag.add", Role.SESSION),
        ("note.add", Role.SESSION), ("scan.batch", Role.SESSION), ("clock.observe", Role.EXAMINER),
        ("clock.step", Role.LEDGER), ("ledger.recover", Role.LEDGER), ("anchor.label", Role.LEDGER),
    ],
)  # fmt: skip
def test_who_signs(kind: str, role: Role) -> None:
    assert role_of(kind) is role
    assert (Role.LEDGER in accepted_roles(kind)) == (role is Role.LEDGER)


def test_recovery_may_be_signed_by_the_ledger() -> None:
    assert accepted_roles("scan.interrupted") == (Role.SESSION, Role.LEDGER)
    assert accepted_roles("acquire.abort") == (Role.EXAMINER, Role.LEDGER)


def test_names_are_path_segments() -> None:
    assert names.origin("Lab.Example", "2026 / 0142+b", "ws 07") == "lab.example/2026-0142-b/ws-07"
    assert names.examiner("lab.example", "Jörg Müller") == "lab.example/examiner/jorg-muller"
    assert names.slug("Иван") != names.slug("Пётр")
