"""A store of pass: what its names say."""

from __future__ import annotations

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.store.pass_store import DETECTOR
from forensics.model import Finding, Locator
from forensics.sweep.names import globs_of, named_by

MESSAGE = bytes.fromhex("85020c03") + bytes(range(200))


def found(path: str, data: bytes) -> list[Finding]:
    if not named_by(globs_of([DETECTOR]))(path):
        return []
    return list(DETECTOR.examine(BytesLayer(data, Locator(f"ext4:{path}", Locator("partition:1"))), 0))


def test_an_entry_is_named_by_its_path() -> None:
    (one,) = found("/home/w/.password-store/market/wick.gpg", MESSAGE)
    assert one.value == "market/wick"
    assert (one.fields["folder"].value, one.fields["name"].value) == ("market", "wick")
    assert [(each.rule, each.target) for each in one.links] == [("ACCOUNT_OF", "wick")]
    (top,) = found("/home/w/.Password-Store/mail.gpg", MESSAGE)
    assert not top.links


def test_recipients_link_to_keys_and_addresses() -> None:
    (one,) = found("/home/w/.password-store/.gpg-id", b"0xA1B2C3D4E5F60718\nW <wick@post.example>\n")
    assert [(each.target_kind, each.target) for each in one.links] == [
        ("openpgp", "0xA1B2C3D4E5F60718"),
        ("contact/email", "wick@post.example"),
    ]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/home/w/.password-store/a.gpg", b"plain text"),
        ("/home/w/.password-store/a.gpg", b""),
        ("/home/w/mail/a.gpg", MESSAGE),
        ("/s/.gpg-id", b"wick@post.example\n" * 200),
        ("/s/.gpg-id", b"wick@post.example\n" + b"x" * 20_000),
        ("/s/.gpg-id", b"\xff\xfe\x00"),
        ("/s/.gpg-id", b""),
    ],
)
def test_what_is_no_store(path: str, data: bytes) -> None:
    assert not found(path, data)
