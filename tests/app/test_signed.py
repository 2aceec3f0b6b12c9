"""In the window: what holding signatures came to, and the line over bytes that a key opened."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.main_window import MainWindow
from app.places.findings import FindingsPlace
from app.reading import opened_with_key
from forensics.commands.main import main
from tests.app import made_disk
from tests.app.conftest import settle
from viewers.signed import SignedLine

STORE = Path(__file__).parents[1] / "forensics" / "primitives" / "sqlcipher"
KEY = "5f" * 16 + "a7c3" * 8  # of that store
GOOD = "The signature is good."
WRONG = "The signature is wrong: it, or what it signs, was changed."
ABSENT = "The key of the signature is not in this case."
UNCHECKED = "The signature was not checked yet: `impound signatures` checks it."


@cache
def signed_files() -> dict[str, str | bytes]:
    """Messages that GnuPG signed, one of them changed, and one of the two keys."""
    with TemporaryDirectory() as home:

        def gpg(*words: str, given: bytes = b"") -> bytes:
            command = ("gpg", "--homedir", home, "--batch", "--yes", "--quiet", "--pinentry-mode", "loopback")
            return subprocess.run((*command, *words), input=given, check=True, capture_output=True).stdout

        for name in ("wick", "lamp"):
            gpg("--passphrase", "", "--quick-generate-key", f"{name} <{name}@post.example>", "ed25519", "sign", "never")
        told = gpg("--local-user", "wick", "--clear-sign", given=b"Shelf four:\nlantern oil, two tins\n")
        return {
            "good.txt": told,
            "forged.txt": told.replace(b"two tins", b"ten tins"),
            "lamp.txt": gpg("--local-user", "lamp", "--clear-sign", given=b"nobody has my key\n"),
            "wick.asc": gpg("--armor", "--export", "wick"),
        }


def rows(case: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["findings", str(case), "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def number(found: list[dict[str, Any]], kind: str, path: str) -> int:
    return next(int(str(row["id"])[1:]) for row in found if row["kind"] == kind and row["path"] == path)


def shown(window: MainWindow, finding: int, viewer: str) -> FindingsPlace:
    window.show_finding(finding)
    assert settle(window, 30)
    window.actions_.select_viewer(viewer)
    assert settle(window, 30)
    place = window.current_place()
    assert isinstance(place, FindingsPlace)
    assert place.deck.subject is not None
    assert place.deck.subject.finding == finding
    return place


def sentences(within: QWidget) -> list[tuple[str, list[str]]]:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    found = []
    for line in within.findChildren(SignedLine):
        (words,) = (each.text() for each in line.findChildren(QLabel))
        found.append((words, [each.text() for each in line.findChildren(QPushButton)]))
    return found


def test_what_became_of_each_signature(
    real_window: Callable[[Path], MainWindow], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = made_disk.examined(tmp_path, signed_files())
    before = rows(case, capsys)
    window = real_window(case)
    place = shown(window, number(before, "openpgp/armor", "/good.txt"), "Certificate")
    unchecked = sentences(place.deck)
    assert sentences(place.inspector) == unchecked
    window.close()

    assert main(["signatures", str(case)]) == 0
    after = rows(case, capsys)
    (key,) = next(row["fields"]["keys_in"]["value"] for row in after if row["kind"] == "openpgp/signed")
    assert unchecked == [(UNCHECKED, [key])]
    window = real_window(case)
    for path, words in (("/good.txt", GOOD), ("/forged.txt", WRONG)):
        outcome = number(after, "openpgp/signed", path)
        message = number(after, "openpgp/armor", path)
        place = shown(window, message, "Certificate")
        assert sentences(place.deck) == sentences(place.inspector) == [(words, [f"F{outcome}"])]
        (link,) = (each for line in place.inspector.findChildren(SignedLine) for each in line.findChildren(QPushButton))
        link.click()
        assert settle(window, 30)
        assert place.deck.subject is not None
        assert place.deck.subject.finding == outcome
        assert sentences(place.inspector) == [(words, [f"F{message}", key])]
    place = shown(window, number(after, "openpgp/armor", "/lamp.txt"), "Certificate")
    assert sentences(place.deck) == [(ABSENT, [])]
    place = shown(window, int(key[1:]), "Certificate")
    assert sentences(place.deck) == []


def test_bytes_that_a_key_opened_are_said_to_be_encrypted(
    real_window: Callable[[Path], MainWindow], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files: dict[str, str | bytes] = {
        "Signal/sql/db.sqlite": (STORE / "signal.db").read_bytes(),
        "Signal/sql/db.sqlite-wal": (STORE / "signal.db-wal").read_bytes(),
        "Signal/config.json": f'{{\n  "key": "{KEY}",\n  "mediaPermissions": true\n}}',
    }
    case = made_disk.examined(tmp_path, files)
    locked = number(rows(case, capsys), "chat/locked", "/Signal/sql/db.sqlite")
    assert main(["open-wallet", str(case), f"F{locked}"]) == 0
    within = [row for row in rows(case, capsys) if " > opened:" in str(row["locator"])]
    assert {row["path"] for row in within} == {"/Signal/sql/db.sqlite", "/Signal/sql/db.sqlite-wal"}
    window = real_window(case)
    for path in ("/Signal/sql/db.sqlite", "/Signal/sql/db.sqlite-wal"):
        finding = next(int(str(row["id"])[1:]) for row in within if row["path"] == path)
        for viewer, said in (("Hex", True), ("Text", True), ("Fields", False)):
            assert shown(window, finding, viewer).deck.cipher.isVisible() is said
    assert not shown(window, locked, "Hex").deck.cipher.isVisible()


def test_a_file_that_is_named_like_the_step_is_none() -> None:
    name = "/a > opened:/a"
    assert not opened_with_key(f"raw:a.raw > ext4:{name}", name)
    assert not opened_with_key("raw:a.raw > unallocated@4096", None)
    assert opened_with_key("raw:a.raw > ext4:/a > opened:/a > gzip@9", "/a")
