"""The viewer of archives: which members it shows in which words, and what it says when there are none."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import io
import zipfile
from typing import Any

import pytest

from app.main import application_of
from forensics.confinement.archives import look as read
from forensics.detectors.base import BytesLayer
from viewers.archive import COLUMNS, ArchiveViewer
from viewers.base import ByteSource, Subject, Told
from viewers.look import Look

SUBJECT = Subject("backup.zip", "E1", entry=7, size=4096, path="/backup.zip")


@pytest.fixture(scope="module")
def look() -> Look:
    application_of(["test"])
    return Look()


def _shown(look: Look, told: dict[str, Any] | None, trouble: str = "") -> ArchiveViewer:
    def ask(done: Told) -> None:
        done(told, trouble)

    viewer = ArchiveViewer(look)
    viewer.show_finding(SUBJECT, ByteSource(size=4096, ask_archive=ask))
    return viewer


def _zip(*names: str) -> dict[str, Any]:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name, (2025, 11, 4, 21, 7, 32)), b"invented")
    return read(BytesLayer(out.getvalue()))


def test_members_are_rows_and_enter_leads_to_their_bytes(look: Look) -> None:
    viewer = _shown(look, _zip("a.txt", "../b\u202etxt"))
    texts = [viewer.rows.item(0, column).text() for column in range(len(COLUMNS))]  # type: ignore[union-attr]
    assert texts == ["a.txt", "8", "8", "2025-11-04 21:07:32 zone not stored", "", "27F23FBF", ""]
    assert "\u202e" not in viewer.rows.item(1, 0).text()  # type: ignore[union-attr]
    assert "leads out of the folder" in viewer.rows.item(1, 6).text()  # type: ignore[union-attr]
    assert viewer.note.text() == "ZIP: 2 members, 16 bytes as stated. Nothing here was unpacked."
    wanted: list[tuple[int, int]] = []
    viewer.span_wanted.connect(lambda *span: wanted.append(span))
    viewer.rows.cellActivated.emit(0, 0)
    assert wanted == [(0, 30)]


def test_what_cannot_be_read_is_said(look: Look) -> None:
    assert "RAR archive" in _shown(look, None, "this is a RAR archive.").empty.text.text()
    assert _shown(look, _zip()).empty.title.text() == "No members"


def test_it_bids_for_names_of_archives() -> None:
    assert ArchiveViewer.priority(SUBJECT) > 0
    assert ArchiveViewer.priority(Subject("x", "E1", entry=7, path="/x.txt")) < 0
    assert ArchiveViewer.priority(Subject("x", "E1", path="/x.zip")) < 0
