"""The built disk against its own ground truth."""

from __future__ import annotations

import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyewf
import pytest

from forensics import scenarios
from forensics.errors import UsageError

KINDS = {
    "address/bitcoin", "address/ethereum", "address/monero", "key/wif", "key/extended", "seed/bip39", "onion/v3",
    "openpgp/armor", "wallet/bitcoin_core", "wallet/electrum", "chat/pidgin", "chat/irc", "media/exif", "contact/email",
}  # fmt: skip
PLACES = {
    "allocated", "resident", "ads", "utf16", "deleted", "slack", "unallocated", "gap", "archive", "fragmented",
}  # fmt: skip


def test_names_and_wrong_use(tmp_path: Path) -> None:
    assert scenarios.names() == ("vendor-laptop", "reference")
    with pytest.raises(UsageError, match="no scenario"):
        scenarios.build("nothing", 7, tmp_path / "x.E01")
    with pytest.raises(UsageError, match="must end in"):
        scenarios.build("vendor-laptop", 7, tmp_path / "x.bin")
    with pytest.raises(UsageError, match="seed"):
        scenarios.build("vendor-laptop", -1, tmp_path / "x.E01")
    there = tmp_path / "there.E01"
    there.write_bytes(b"mine")
    with pytest.raises(UsageError, match="already"):
        scenarios.build("vendor-laptop", 7, there)
    assert there.read_bytes() == b"mine"


def test_same_seed_same_bytes(tmp_path: Path, laptop: Any) -> None:
    told: list[str] = []
    digests = []
    for name in ("a.E01", "b.E01"):
        beside = scenarios.build("vendor-laptop", 7, tmp_path / name, progress=told.append)
        digests.append(hashlib.sha256((tmp_path / name).read_bytes()).digest() + beside.read_bytes())
    assert digests[0] == digests[1]
    assert json.loads(beside.read_text(encoding="utf-8")) == laptop.truth
    assert len(told) == 10


def test_other_seed_other_values(tmp_path: Path, laptop: Any) -> None:
    beside = scenarios.build("vendor-laptop", 8, tmp_path / "c.dd")
    other = json.loads(beside.read_text(encoding="utf-8"))
    mail = "contact/email"  # people keep their names
    ours, theirs = (
        {a["value"] for a in truth["artefacts"] if a["kind"] != mail and a["value"]} for truth in (laptop.truth, other)
    )
    assert not ours & theirs
    assert len(other["artefacts"]) == len(laptop.truth["artefacts"])


def test_shipped_disk_is_the_built_one(tmp_path: Path, laptop: Any) -> None:
    shipped = files("resources").joinpath("scenarios")
    truth = json.loads(shipped.joinpath("vendor-laptop-7.truth.json").read_text(encoding="utf-8"))
    path = tmp_path / "shipped.E01"
    path.write_bytes(shipped.joinpath("vendor-laptop-7.E01").read_bytes())
    assert path.stat().st_size < 6 << 20
    handle = pyewf.handle()
    handle.open([str(path)])
    try:
        media = handle.read_buffer(handle.get_media_size())
    finally:
        handle.close()
    assert hashlib.sha256(media).hexdigest() == truth["image"]["sha256_media"]
    if media != laptop.media:
        _only_pictures_differ(truth, laptop.truth)
        pytest.skip("another JPEG library made other pictures")
    assert truth == laptop.truth


def _only_pictures_differ(shipped: Any, built: Any) -> None:
    assert len(shipped["files"]) == len(built["files"])
    for theirs, ours in zip(shipped["files"], built["files"], strict=True):
        if not theirs["path"].lower().endswith(".jpg"):
            assert theirs["sha256"] == ours["sha256"], theirs["path"]


def test_every_kind_and_place_is_there(laptop: Any) -> None:
    artefacts = laptop.truth["artefacts"]
    assert {a["kind"] for a in artefacts} == KINDS
    assert {a["place"] for a in artefacts} == PLACES
    assert {d["kind"] for d in laptop.truth["decoys"]} == KINDS
    assert {d["place"] for d in laptop.truth["decoys"]} >= PLACES - {"fragmented"}


def test_offsets_are_exact(laptop: Any) -> None:
    image = laptop.truth["image"]
    assert len(laptop.media) == image["size"]
    assert hashlib.sha256(laptop.media).hexdigest() == image["sha256_media"]
    codecs = {"ascii": "ascii", "utf-8": "utf-8", "utf-16le": "utf-16-le"}
    checked = 0
    for record in [*laptop.truth["artefacts"], *laptop.truth["decoys"]]:
        offset = record["image_offset"]
        if offset is None:
            assert record["place"] == "archive"
            continue
        if record["encoding"] == "binary" or record["value"] is None:
            continue
        if record["kind"] in ("openpgp/armor", "seed/bip39") and not record.get("why"):
            start = laptop.media[offset : offset + 64].replace(b"\0", b"")
            assert re.match(rb"-----BEGIN PGP|[a-z]+ [a-z]+|[a-z]+\s+2[.)] [a-z]+", start), record
            continue
        stored = record["value"].encode(codecs[record["encoding"]])
        found = laptop.media[offset : offset + len(stored)]
        note = record.get("note", "")
        if "border" in note:
            assert found[:8] == stored[:8], record
        elif "kept elsewhere" in note:
            differ = {offset + at for at, octet in enumerate(stored) if found[at] != octet}
            assert differ
            assert all(at % 512 >= 510 for at in differ), record
        elif b"\n" not in stored:
            assert found.lower() == stored.lower(), record
        checked += 1
    assert checked > 150


def test_no_decoy_is_an_artefact(laptop: Any) -> None:
    right = {a["value"] for a in laptop.truth["artefacts"]} - {None}
    wrong = {d["value"] for d in laptop.truth["decoys"]} - {None}
    assert not right & wrong
    paths = {(a["kind"], a["path"]) for a in laptop.truth["artefacts"]}
    assert not paths & {(d["kind"], d["path"]) for d in laptop.truth["decoys"] if d["value"] is None}


def test_no_mail_address_is_forgotten(laptop: Any) -> None:
    known = {a["value"] for a in laptop.truth["artefacts"] if a["kind"] == "contact/email"}
    wrong = {d["value"] for d in laptop.truth["decoys"] if d["kind"] == "contact/email"}
    pattern = rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    wide = rb"(?:[\w.+-]\0)+@\0(?:[\w.-]\0)+"
    found = {m.decode() for m in re.findall(pattern, laptop.media)}
    found |= {m.decode("utf-16-le").rstrip(".") for m in re.findall(wide, laptop.media)}
    assert found - known - wrong == set()


def test_a_ledger_was_overwritten_in_part(laptop: Any) -> None:
    lost = [f for f in laptop.truth["files"] if f["overwritten"]]
    assert [f["path"] for f in lost] == ["/Users/marlow/Documents/ledger-2023.csv"]
    kept = [a for a in laptop.truth["artefacts"] if a["path"] == lost[0]["path"]]
    assert len(kept) == 3


def test_overwritten_and_scattered_values_are_where_the_runs_say(laptop: Any) -> None:
    across = [a for a in laptop.truth["artefacts"] if "border" in a["note"]]
    assert {a["kind"] for a in across} == {"address/bitcoin", "address/monero"}
    for artefact in across:
        file = next(f for f in laptop.truth["files"] if f["path"] == artefact["path"])
        content = b"".join(laptop.media[start : start + length] for start, length in file["runs"])
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert artefact["value"].encode() in content
        assert artefact["value"].encode() not in laptop.media
