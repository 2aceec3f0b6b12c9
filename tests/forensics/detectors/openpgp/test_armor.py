"""Armour: tolerance, proof, and what damage does to the grade."""

from __future__ import annotations

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.openpgp import _specimens as known
from forensics.detectors.openpgp._text import crc24, decode
from forensics.detectors.openpgp.armor import DETECTOR
from forensics.model import Absent, Finding, Grade, Link, Secret, Sensitivity

_FINGERPRINT = "fdf55bfa7610d7583f4a22ac06c06ebc2ca7db13"
_SUBKEY = "f6d871af2e8f019077474b0d1f0cad8915d3ba10"


def _examine(data: bytes, where: bytes = b"BEGIN PGP PUBLIC") -> list[Finding]:
    at = data.index(where) + len(where)
    return list(DETECTOR.examine(BytesLayer(data), at))


def test_checksum_of_the_published_check_word() -> None:
    assert crc24(b"123456789") == 0x21CF02


def test_everything_that_gpg_says_of_the_key() -> None:
    (found,) = _examine(known._PUBLIC)
    fields = {name: each.value for name, each in found.fields.items()}
    assert found.grade is Grade.C4
    assert found.value == _FINGERPRINT
    assert fields["key_id"] == "06c06ebc2ca7db13"
    assert fields["created"] == "2024-02-29T10:11:12Z"
    assert fields["expires"] == "2024-04-07T17:49:47Z"
    assert fields["algorithm"] == "EdDSA"
    assert fields["curve"] == "Ed25519"
    assert fields["user_ids"] == ("tallow <tallow@example.invalid>",)
    assert isinstance(fields["subkeys"], tuple)
    assert [each["fingerprint"] for each in fields["subkeys"] if isinstance(each, dict)] == [_SUBKEY]
    assert [(each.meaning, each.as_stored) for each in found.events] == [
        ("key created", "1709201472"),
        ("key expires", "1712512187"),
    ]
    assert Link("HAS_SUBKEY", "openpgp", _SUBKEY) in found.links
    assert Link("USER_ID_EMAIL", "contact/email", "tallow@example.invalid") in found.links


def test_secret_key_is_secret_but_its_fingerprint_is_not() -> None:
    (found,) = _examine(known._SECRET, b"BEGIN PGP PRIVATE")
    assert found.sensitivity is Sensitivity.SECRET
    assert not isinstance(found.value, Secret)
    assert found.fields["protection"].value == "plain"


def test_recipient_of_a_message() -> None:
    (found,) = _examine(known._MESSAGE, b"BEGIN PGP MESSAGE")
    assert found.value is Absent.NONE_STORED
    assert found.links == (Link("ENCRYPTED_TO", "openpgp", _SUBKEY[-16:]),)
    assert found.fields["hidden_recipients"].value == 0


def test_clear_signed_text_is_one_finding() -> None:
    (found,) = _examine(known._CLEAR, b"BEGIN PGP SIGNED")
    assert found.span.length == len(known._CLEAR) - 1
    assert found.fields["text"].value == "mirror list of march\n"
    span = found.fields["text"].span
    assert span is not None
    assert known._CLEAR[span.offset : span.end] == b"mirror list of march\n"
    assert found.links == (Link("SIGNED_BY", "openpgp", _FINGERPRINT),)
    assert not _examine(known._CLEAR, b"BEGIN PGP SIGNATURE")


def test_a_key_inside_a_clear_signed_text() -> None:
    inner = known._PUBLIC.replace(b"-----BEGIN", b"- -----BEGIN").replace(b"-----END", b"- -----END")
    data = known._CLEAR.replace(b"mirror list of march\n", inner)
    assert [each.value for each in _examine(data)] == [_FINGERPRINT]
    (signed,) = _examine(data, b"BEGIN PGP SIGNED")
    assert signed.fields["text_octets"].value == len(inner)
    assert not _examine(data, b"BEGIN PGP SIGNATURE")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"".join(b"> " + line for line in text.splitlines(True)),
        lambda text: text.replace(b"\n", b" "),
        lambda text: text.replace(b"\n\n", b"\n"),
        lambda text: text.replace(b"\n", b"&#10;").replace(b"+", b"&#43;").replace(b"/", b"&#x2F;"),
        lambda text: text.replace(b"=XGq6", b"=3DXGq6"),
        lambda text: text.replace(b"-----", b"\xe2\x80\x91" * 5).replace(b"PGP ", b"PGP\xc2\xa0"),
        lambda text: text.replace(b"-----\n\n", b"-----\nVersion: BCPG v1.47\nComment: a: b\n\n", 1),
        lambda text: text.replace(b"-----\n\n", b"----- Version: BCPG v1.47 ", 1).replace(b"\n", b""),
        lambda text: text.replace(b"-----BEGIN", b"--BEGIN"),
    ],
)
def test_rewrapped(wrap: object) -> None:
    assert callable(wrap)
    data = b"text before\n" + wrap(known._PUBLIC) + b"text behind"
    end = data.index(b"PUBLIC") + 6
    (found,) = DETECTOR.examine(BytesLayer(data), end)
    assert found.value == _FINGERPRINT
    assert found.grade is Grade.C4


def test_altered_key_is_not_certain() -> None:
    data = known._PUBLIC.replace(b"d0WhlnKH8Q", b"d0WhlnKH8R")
    (found,) = _examine(data)
    assert found.value != _FINGERPRINT
    assert found.grade is Grade.C1
    assert len(found.caveats) == 2


def test_two_keys_in_one_block() -> None:
    armour = decode(known._PUBLIC.split(b"-----\n")[1].split(b"-----END")[0])
    assert armour is not None
    import base64

    twice = base64.encodebytes(armour.octets * 2)
    data = b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" + twice + b"-----END PGP PUBLIC KEY BLOCK-----\n"
    assert [each.grade for each in _examine(data)] == [Grade.C4, Grade.C4]


def test_many_heads_cost_no_more_than_one() -> None:
    data = b"-----BEGIN PGP SIGNATURE-----\n" * 5_000
    layer = BytesLayer(data)
    for at in range(24, len(data), 30):
        assert not list(DETECTOR.examine(layer, at))
