"""BitLocker volumes that Windows made, where a corpus of them is at hand: every kind of key, to the last byte."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from forensics.errors import EvidenceError
from forensics.evidence.container import open_image
from forensics.evidence.handles import open_segments
from forensics.volumes.keyed import KeyedImage, unlock
from forensics.volumes.volume import VolumeLayer

CORPUS = Path(os.environ.get("IMPOUND_CORPUS", "no corpus"))


def _cases() -> list[Any]:
    truth = CORPUS / "truth/images.json"
    if not truth.is_file():
        return []
    out = []
    for name, facts in json.loads(truth.read_text()).items():
        if not name.startswith("images/bitlocker/") or "dislocker_decrypted_sha256" not in facts:
            continue
        conf = facts["upstream_images_conf"]
        keys = [(kind, conf[kind].encode()) for kind in ("PW", "RP", "RP2") if kind in conf]
        if "SK_VMK_GUID" in conf:
            file = CORPUS / "images/bitlocker" / f"{conf['SK_VMK_GUID'].upper()}.BEK"
            keys.append(("start-up key", file.read_bytes()))
        if "CLEARKEY_VMK_GUID" in conf:
            keys.append(("clear key", b""))
        out += [pytest.param(name, key, facts, id=f"{Path(name).stem} {kind}") for kind, key in keys]
    return out


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "key", "facts"), _cases())
def test_every_key_opens_the_whole_volume(tmp_path: Path, name: str, key: bytes, facts: dict[str, Any]) -> None:
    path = tmp_path / "disk.raw"
    with lzma.open(CORPUS / name) as source, path.open("wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)
    image = open_image(open_segments([path]))
    layer = VolumeLayer(image, 1, 0, image.size)
    keyed = KeyedImage(image, [unlock(layer, "bitlocker", key)])
    state = hashlib.sha256()
    for at in range(0, keyed.size, 1 << 20):
        state.update(keyed.read(at, 1 << 20))
    assert state.hexdigest() == facts["dislocker_decrypted_sha256"]
    if key:
        with pytest.raises(EvidenceError):
            unlock(layer, "bitlocker", b"000011-000022-000033-000044-000055-000066-000077-000088")
