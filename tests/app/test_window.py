from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QComboBox, QLineEdit, QWidget

from app.dialogs.add_image import AddImageDialog
from app.dialogs.new_case import NewCaseDialog
from app.dialogs.prove import ProveDialog
from app.main import main
from app.main_window import MainWindow
from app.places.custody import CustodyPlace
from app.places.evidence import EvidencePlace
from app.places.findings import FindingsPlace
from app.places.jobs import JobsPlace
from app.places.timeline import TimelinePlace
from app.rail import PLACES
from tests.app.conftest import FAKE, settle
from viewers.look import Look

Open = Callable[..., MainWindow]


def findings(window: MainWindow) -> FindingsPlace:
    place = window.place("findings")
    assert isinstance(place, FindingsPlace)
    return place


def focusable(root: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QAbstractScrollArea, QComboBox, QLineEdit)
    found = []
    for widget in root.findChildren(QWidget):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or widget.objectName().startswith("qt_"):
            continue
        inner = widget.parentWidget()
        if (
            type(widget) is QWidget
            or (inner is not None and inner.inherits("QHeaderView"))
            or widget.inherits("QHeaderView")
        ):
            continue
        if isinstance(widget, kinds) or widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(widget)
    return found


@pytest.mark.parametrize("theme_name", ["light", "dark"])
def test_every_place_gives_a_picture(case_of_all: Path, tmp_path: Path, theme_name: str) -> None:
    sizes = set()
    for place in PLACES:
        target = tmp_path / f"{place.key}.png"
        code = main(
            [
                str(case_of_all),
                "--place",
                place.key,
                "--theme",
                theme_name,
                "--size",
                "1366x768",
                "--screenshot",
                str(target),
            ],
            FAKE,
        )
        assert code == 0
        assert target.stat().st_size > 8_000
        sizes.add(target.stat().st_size)
    assert len(sizes) == len(PLACES)


def test_a_picture_of_the_welcome_page_and_of_a_finding(case_of_all: Path, tmp_path: Path) -> None:
    assert main(["--screenshot", str(tmp_path / "w.png")], FAKE) == 0
    assert (
        main(
            [
                str(case_of_all),
                "--finding",
                "F3",
                "--size",
                "1920x1080",
                "--scale",
                "1.5",
                "--screenshot",
                str(tmp_path / "f.png"),
            ],
            FAKE,
        )
        == 0
    )
    assert (tmp_path / "w.png").stat().st_size > 8_000
    assert (tmp_path / "f.png").stat().st_size > 20_000


def test_a_folder_that_is_no_case_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--screenshot", str(tmp_path / "x.png")], FAKE) == 2
    assert "not a case" in capsys.readouterr().err


def test_everything_that_takes_the_keyboard_has_a_name(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    for place in PLACES:
        window.show_place(place.key)
        settle(window, 20)
    nameless = [
        f"{type(w).__name__} in {type(w.parentWidget()).__name__}" for w in focusable(window) if not w.accessibleName()
    ]
    assert nameless == []


def test_the_dialogs_have_names_too(open_window: Open, case: Path, look: Look) -> None:
    window = open_window(case)
    assert window.session is not None
    for dialog in (
        NewCaseDialog(look, window, FAKE),
        AddImageDialog(look, window.session, window),
        ProveDialog(look, window.session, "F1", window),
    ):
        assert [type(w).__name__ for w in focusable(dialog) if not w.accessibleName()] == []
        dialog.close()
    settle(window, 20)


def test_strip_and_case_name(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    sentences = [view.cell.sentence for view in window.strip._views if not view.isHidden()]
    assert sentences == [
        "Chain intact",
        "Signatures good",
        "3 entries since last anchor",
        "Clock +0.3 s",
        "Readers shut in",
        "Disk 412 GiB free",
    ]
    assert window.strip._number == "2026-0001"


def test_filter_count_and_error(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    place = findings(window)
    assert len(place.model.ids) == 60
    window.show_filter("kind = wallet")
    settle(window, 20)
    assert len(place.model.ids) == 6
    assert "6 of 60" in place.bar._count.text()
    window.show_filter("kind = (")
    settle(window, 20)
    assert len(place.model.ids) == 6
    assert "at character 8" in place.bar._error.text()
    window.show_filter("grade = C0 and kind = wallet")
    settle(window, 20)
    assert len(place.model.ids) == 0
    assert not place._empty.isHidden()


def test_tag_with_a_digit_and_check_with_space(open_window: Open, case: Path) -> None:
    window = open_window(case)
    place = findings(window)
    place.table.setFocus()
    number = place.table.current_number()
    QTest.keyClick(place.table, Qt.Key.Key_Space)
    assert place.model.checked == {number}
    settle(window, 20)
    QTest.keyClick(place.table, Qt.Key.Key_3)
    settle(window, 20)
    subject = place.deck.subject
    assert subject is not None
    assert "money" in subject.tags
    QTest.keyClick(place.table, Qt.Key.Key_3)
    settle(window, 20)
    assert place.deck.subject is not None
    assert "money" not in place.deck.subject.tags


def test_the_tab_is_kept_when_the_row_changes(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    place = findings(window)
    place.deck.keep_tab()
    place.deck._clicked(1)
    place.deck.tabs.setCurrentIndex(1)
    place.table.selectRow(5)
    settle(window, 20)
    assert place.deck.tabs.tabText(place.deck.tabs.currentIndex()) == "Text"


def test_a_secret_is_not_in_the_text_view(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    window.show_finding(1)
    settle(window, 20)
    place = findings(window)
    place.deck.select("Text")
    settle(window, 20)
    viewer = place.deck._viewers["Text"]
    from viewers.text import TextViewer

    assert isinstance(viewer, TextViewer)
    text = viewer.edit.toPlainText()
    assert "bc1qinvented" in text
    assert "one two three" not in text
    assert "****" in text


def test_an_image_is_not_added_while_another_job_runs(
    open_window: Open, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(case)
    assert window.session is not None
    window.session.jobs.begin("examine", "E1")
    opened: list[object] = []
    monkeypatch.setattr(AddImageDialog, "exec", opened.append)
    window.actions_.add_image()
    assert not opened
    assert isinstance(window.current_place(), JobsPlace)


def test_progress_of_other_work_is_not_taken_for_the_image_that_is_added(open_window: Open, case: Path) -> None:
    window = open_window(case)
    assert window.session is not None
    jobs = window.session.jobs
    jobs.begin("add", "E2")
    other = {"event": "progress", "job": "examine", "stage": "sweep", "bytes_done": 300, "bytes_total": 1000}
    jobs.take(other)
    assert jobs.current is not None
    assert (jobs.current.name, jobs.current.bytes_done) == ("add", 0)
    jobs.take({**other, "job": "add", "stage": "digests"})
    assert jobs.current.bytes_done == 300


def test_examine_shows_progress_and_can_be_stopped(open_window: Open, case: Path) -> None:
    window = open_window(case)
    window.actions_.examine("E1")
    settle(window, 20)
    place = window.place("jobs")
    assert isinstance(place, JobsPlace)
    assert place._title.text() == "Examining E1"
    assert place._left.text() == "25 to 40 min left for this stage."
    assert window.rail.items["jobs"].badge == "1"
    window.actions_.cancel()
    settle(window, 20)
    assert window.rail.items["jobs"].badge == ""
    assert "Stopped" in place._sub.text()


def test_an_interrupted_examination_is_offered_to_go_on(open_window: Open, case: Path) -> None:
    with closing(sqlite3.connect(case / "case.db")) as made, made:
        made.execute("update scan set state='interrupted'")
    window = open_window(case)
    window.show_place("jobs")
    settle(window)
    place = window.place("jobs")
    assert isinstance(place, JobsPlace)
    assert place._empty.title.text() == "The examination of E1 was interrupted"
    assert place.begin.text() == "Go on"
    place.begin.click()
    settle(window, 20)
    assert window.session is not None
    assert window.session.jobs.current is not None
    assert window.session.jobs.current.exhibit == "E1"
    window.actions_.cancel()
    settle(window, 20)
    assert place.go_on.isVisible()


def test_add_image_shows_the_digests_first(open_window: Open, case: Path, look: Look, tmp_path: Path) -> None:
    window = open_window(case)
    assert window.session is not None
    image = tmp_path / "a.raw"
    image.write_bytes(bytes(512))
    dialog = AddImageDialog(look, window.session, window)
    assert not dialog._next.isEnabled()
    dialog.path.setText(str(image))
    assert dialog._next.isEnabled()
    dialog._forward()
    dialog._forward()
    assert not dialog._next.isEnabled()
    settle(window, 20)
    assert dialog._next.isEnabled()
    assert dialog.exhibit == "E2"
    assert dialog._grid._rows[0][3] == "new, recorded"
    dialog.close()


def test_the_record_is_checked(open_window: Open, case: Path) -> None:
    window = open_window(case)
    window.record.verify()
    settle(window, 20)
    place = window.place("custody")
    assert isinstance(place, CustodyPlace)
    assert place._verdict == (True, {"level": "L1", "entries": 12, "items": 80, "faults": []})


def test_the_tree_opens_folders_when_asked(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    window.show_place("evidence")
    settle(window, 20)
    place = window.place("evidence")
    assert isinstance(place, EvidencePlace)
    node = place._node
    assert node is not None
    assert node.kind == "volume"
    place.tree.view.expand(window.tree.index_of(node))
    settle(window, 20)
    assert [child.name for child in node.children] == ["home"]
    place.tree.choose(node.children[0])
    settle(window, 20)
    assert len(place.model.ids) == 1
    names = [child.name for child in window.tree.root.children[0].children[0].children[0].children]
    assert names == ["p1  ext4", "p2  Linux, locked", "Gaps", "Unallocated", "Could not be searched"]


def test_timeline_numbers_are_exact(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    window.show_place("timeline")
    settle(window, 20)
    place = window.place("timeline")
    assert isinstance(place, TimelinePlace)
    assert place.line.first.text() == "40 of 40 events are in this window."
    place.lanes.grab()
    assert place.lanes.drawn_count() == 40  # in lanes that need a scroll bar too
    assert place.lanes.height() > place.lanes.look.size("lane_min") * 9
    place.filter.set_filter("kind = wallet")
    settle(window, 20)
    place.lanes.grab()
    assert place.lanes.drawn_count() == 4
    assert place.line.first.text() == "4 of 4 events are in this window."
    assert place.line.rest.text().startswith(
        "36 more lie in it but are hidden by the filter. 20 findings carry no time."
    )
    QTest.keyClick(place.lanes, Qt.Key.Key_N)
    settle(window, 20)
    assert place.panel._finding > 0


def test_themes_change_while_the_window_is_open(open_window: Open, case_of_all: Path) -> None:
    window = open_window(case_of_all)
    light = window.grab().toImage()
    window.set_theme("dark")
    settle(window, 20)
    dark = window.grab().toImage()
    assert light.pixelColor(600, 90).lightness() > 200
    assert dark.pixelColor(600, 90).lightness() < 80
    window.set_theme("light")


def test_without_the_other_program_the_window_still_reads(look: Look, case_of_all: Path) -> None:
    from app.settings import Settings

    window = MainWindow(look, Settings(remember=False), ["/nonexistent/python"])
    window.resize(1366, 768)
    window.show()
    assert window.open_case(case_of_all)
    assert settle(window, 20)
    assert len(findings(window).model.ids) == 60
    assert window.strip._cells[0].sentence == "Record not read"
    window.close()
