"""The demonstration case: its wallets against its own truth; a password opens one; nothing secret is said."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from forensics.commands.main import main
from forensics.scenarios.registry import Registry
from forensics.scenarios.vendor_laptop.cast import Cast
from tests.benchmarks import graph_truth

DISK = Path(str(files("resources"))) / "scenarios" / "vendor-laptop-7.E01"
TRUTH = json.loads(DISK.with_name("vendor-laptop-7.truth.json").read_text(encoding="utf-8"))
CUSTODY = {"plain": "keys in clear", "not encrypted": "keys in clear", "keys encrypted": "keys encrypted",
           "fields encrypted": "keys encrypted", "whole file encrypted": "file encrypted"}  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("assets") / "case"
    assert main(["case", "new", str(made), "--number", "1", "--examiner", "Ada Vale"]) == 0
    assert main(["add", str(made), str(DISK)]) == 0
    assert main(["examine", str(made), "--workers", "1", "--progress", "none"]) in (0, 3)
    return made


def told(case: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["assets", str(case), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_each_wallet_of_the_truth_stands_with_its_state_and_its_keys(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(case, capsys)
    truth = {each["path"]: each["note"] for each in TRUTH["artefacts"] if each["kind"].startswith("wallet/")}
    assert {each["place"] for each in found["wallets"]} == set(truth)
    for each in found["wallets"]:
        wanted = next(state for words, state in CUSTODY.items() if words in truth[each["place"]])
        assert each["custody"] == wanted
        assert each["coins"] == ["BTC"]
        assert bool(each["keys"]) is (wanted == "keys in clear")
        assert each["writer"] == "marlow"
    shop = next(each for each in found["wallets"] if each["place"].endswith("shop/wallet.dat"))
    assert {"till", "refund pebble_44", "kiln rent"} <= {each["text"] for each in shop["labels"]}
    assert [each["place"] for each in shop["keys"] if each["kind"] == "seed/bip39"] == [
        "/Users/marlow/Desktop/shop.txt"
    ]


def test_nothing_secret_is_said_in_words_json_or_on_the_page(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = case / "exports" / "page.html"
    assert main(["report", str(case), "--format", "html", "--out", str(page)]) == 0
    assert main(["assets", str(case)]) == 0
    said = capsys.readouterr().out + page.read_text(encoding="utf-8") + json.dumps(told(case, capsys))
    assert "<h2>Assets</h2>" in said
    assert said.count("its coins only with the password") >= 3
    for each in TRUTH["artefacts"]:
        if each["secret"] and each["value"]:
            assert each["value"] not in said


def test_links_are_those_of_the_story_and_no_others(case: Path) -> None:
    cast = Cast(int(TRUTH["seed"]), Registry())
    true, found = graph_truth.true_links(TRUTH, cast), graph_truth.found_links(case, TRUTH, cast)
    assert sorted(found - true) == []
    assert sorted(graph_truth.due(true, TRUTH) - found) == []


def test_the_old_wallet_tells_what_it_received(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = next(each for each in told(case, capsys)["wallets"] if each["place"].endswith("Bitcoin/wallet.dat"))
    (paid,), (flow,) = old["payments"], old["flows"]
    assert (paid["way"], paid["amount"], paid["when_is"]) == ("IN", "1250000", "smart time of the wallet")
    assert (flow["coin"], flow["payments"], flow["received"], flow["sent"]) == ("BTC", 1, 1_250_000, 0)
    assert flow["first"] == flow["last"] == paid["when"]


def test_a_password_turns_a_sealed_wallet_into_one_with_addresses(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = next(each for each in told(case, capsys)["wallets"] if each["custody"] == "file encrypted")
    assert not before["addresses"]
    (tmp_path / "word").write_text("blue tea\n")
    assert main(["open-wallet", str(case), before["finding"], "--secret", f"@{tmp_path / 'word'}"]) == 0
    after = next(each for each in told(case, capsys)["wallets"] if each["finding"] == before["finding"])
    assert after["custody"] == "opened with a password"
    assert after["addresses"]
    assert {"opened with a password"} == {each["how"] for each in after["keys"]}
