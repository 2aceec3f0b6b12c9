"""The dialog that takes the key of a locked volume, on a LUKS volume that qemu-img wrote."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit

from app.dialogs.volume_key import VolumeKeyDialog
from app.main_window import MainWindow
from app.models.tree import Node
from app.places.bench import Bench
from forensics.commands.main import main
from tests.app.conftest import settle
from viewers.look import Look

PASSPHRASE = "Gardengate-lantern-7741"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "note.txt").write_text("write to heron@example.org\n")
    plain, disk, folder = tmp_path / "plain.raw", tmp_path / "disk.luks", tmp_path / "case"
    plain.write_bytes(bytes(3 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-F", "-d", tmp_path / "tree", plain], check=True, capture_output=True)
    convert = ["qemu-img", "convert", "--object", f"secret,id=s,data={PASSPHRASE}", "-O", "luks"]
    convert += ["-o", "key-secret=s,iter-time=300", str(plain), str(disk)]
    for _ in range(30):  # on a loaded machine qemu-img often cannot time its own key derivation
        if subprocess.run(convert, check=False, capture_output=True).returncode == 0:
            break
    else:
        pytest.fail("qemu-img cannot write a LUKS volume here")
    main(["case", "new", str(folder), "--number", "7", "--examiner", "T"])
    main(["add", str(folder), str(disk)])
    main(["examine", str(folder), "--workers", "1", "--progress", "none"])
    return folder


@pytest.fixture
def window(real_window: Callable[[Path], MainWindow], case: Path) -> MainWindow:
    return real_window(case)


def locked(window: MainWindow) -> Node:
    stack = list(window.tree.root.children)
    while stack:
        node = stack.pop()
        if node.icon == "lock":
            return node
        stack += node.children
    raise AssertionError("no lock in the tree")


def test_a_key_opens_the_volume_in_a_registration_of_its_own(window: MainWindow, case: Path, look: Look) -> None:
    node = locked(window)
    place = window.current_place()
    assert isinstance(place, Bench)
    asked: list[Node] = []
    place.key_wanted.disconnect()
    place.key_wanted.connect(asked.append)
    place.tree.choose(node)
    place.tree.view.opened.emit()
    assert asked == [node]
    session = window.session
    assert session is not None
    dialog = VolumeKeyDialog(look, session, node.exhibit, node.volume, [str(case.parent / "disk.luks")], window)
    dialog.show()
    assert dialog.key.echoMode() == QLineEdit.EchoMode.Password
    assert not dialog.register.isEnabled()
    dialog.key.setText("wrong")
    dialog.register.click()
    assert dialog.key.text() == ""  # nothing of it stays in the window
    settle(window, 60)
    assert "Nothing was registered" in dialog.problem.text()
    assert "wrong" not in dialog.problem.text()
    dialog.key.setText(PASSPHRASE)
    dialog.register.click()
    settle(window, 60)
    assert dialog.exhibit == "E2"
    assert not dialog.isVisible()
    window.close()
    assert main(["examine", str(case), "--exhibit", "E2", "--workers", "1", "--progress", "none"]) == 0
    for file in case.rglob("*"):
        assert not file.is_file() or PASSPHRASE.encode() not in file.read_bytes(), file
