"""The door to the verbs: what is imported for one verb is what declares it."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import subprocess
import sys

import pytest

import forensics.commands
from forensics.commands.main import GROUPS, main, parser


def test_every_module_of_verbs_is_listed_with_what_it_declares() -> None:
    modules = {each.name for each in pkgutil.iter_modules(forensics.commands.__path__)}
    assert {name for name in modules if name.startswith("verbs_")} == set(GROUPS)
    for name, wanted in GROUPS.items():
        verbs = argparse.ArgumentParser().add_subparsers()
        importlib.import_module(f"forensics.commands.{name}").add(verbs)
        assert tuple(verbs.choices) == wanted


def test_help_and_a_wrong_verb_name_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    every = [verb for names in GROUPS.values() for verb in names]
    for arguments, code in ((["--help"], 0), (["nothing"], 2), ([], 2)):
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == code
        said = capsys.readouterr()
        if arguments:
            assert all(verb in said.out + said.err for verb in every)
    assert "findings" in parser("findings").format_help()


def test_a_verb_does_not_import_the_others() -> None:
    code = "import sys; from forensics.commands.main import parser; parser('findings'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "forensics.commands.verbs_inspect" in loaded
    assert "forensics.commands.verbs_anchor" not in loaded
