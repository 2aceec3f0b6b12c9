"""mSIGNA and Bither, made by other means (see `_specimens_sqlite`): read, opened, and not with another password."""

from __future__ import annotations

import hashlib

import pytest

from forensics.detectors.base import BytesLayer, Detector
from forensics.detectors.wallet import bither, msigna
from forensics.detectors.wallet._opening import WrongSecretError, opened

PRIVATE = hashlib.sha256(b"msigna specimen").hexdigest()


@pytest.mark.parametrize("detector", [msigna.DETECTOR, bither.DETECTOR], ids=lambda each: each.kind)
def test_a_wallet_is_read_and_opened(detector: Detector) -> None:
    data = detector.specimens[0].data
    (found,) = detector.examine(BytesLayer(data), 0)
    assert [event.when.year for event in found.events] == [2015]
    assert opened(detector.kind, data, b"Juniper-lantern-12").secrets == [("private_key", PRIVATE)]
    with pytest.raises(WrongSecretError):
        opened(detector.kind, data, b"juniper-lantern-12")
