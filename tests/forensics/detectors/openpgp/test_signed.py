"""Signatures that GnuPG made, over texts, files and other people's keys, held against the keys."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from forensics.detectors.openpgp._signed import certifications, clear_text, held, keys_in, onions, signatures_in

ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"
TEXT = f"Mirrors of the shop:  \n- http://{ONION}\n-- two dashes\n\n\tand a tab\t \nFrom us\n"
NAMES = {"ed25519": "wick", "rsa2048": "tallow", "nistp256": "lamp", "dsa1024": "shed"}


class Gpg:
    """A home of its own; `said` are the octets that gpg writes."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *words: str, given: bytes = b"") -> bytes:
        command = ("gpg", "--homedir", str(self.home), "--batch", "--yes", "--quiet", "--pinentry-mode", "loopback")
        return subprocess.run((*command, *words), input=given, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def gpg(tmp_path_factory: pytest.TempPathFactory) -> Gpg:
    home = tmp_path_factory.mktemp("gpg")
    home.chmod(0o700)
    made = Gpg(home)
    for kind, name in NAMES.items():
        made("--passphrase", "", "--quick-generate-key", f"{name} <{name}@post.example>", kind, "sign", "never")
    return made


@pytest.mark.parametrize("name", NAMES.values())
def test_a_clear_signed_text(gpg: Gpg, name: str) -> None:
    block = gpg("--local-user", name, "--clear-sign", given=TEXT.encode())
    (key,) = keys_in(gpg("--armor", "--export", name))
    signatures, text = signatures_in(block)
    assert text is not None
    (found,) = held(signatures, text, [key])
    assert found.holds
    assert onions(text) == [ONION]
    (other,) = (each for each in held(signatures, text.replace(b"shop", b"shed"), [key]))
    assert not other.holds
    crossed = block.replace(b"\n", b"\r\n")
    signatures, text = signatures_in(crossed)
    assert text is not None
    assert next(held(signatures, text, [key])).holds


@pytest.mark.parametrize(("words", "content"), [((), TEXT.encode()), (("--textmode",), b"a\nb\r\nc"), ((), bytes(256))])
@pytest.mark.parametrize("armour", [True, False])
def test_a_signature_beside_a_file(gpg: Gpg, words: tuple[str, ...], content: bytes, armour: bool) -> None:
    shape = ("--armor",) if armour else ()
    signature = gpg("--local-user", "wick", *words, *shape, "--detach-sign", given=content)
    keys = keys_in(gpg("--export"))
    assert len(keys) == len(NAMES)
    signatures, text = signatures_in(signature)
    assert text is None
    (found,) = held(signatures, content, keys)
    assert found.holds
    assert b"wick" in found.certificate.user_ids[0]
    assert not next(held(signatures, content + b"x", keys)).holds
    assert not list(held(signatures, content, [each for each in keys if b"wick" not in each.user_ids[0]]))


def test_a_certification_of_another_key(gpg: Gpg) -> None:
    fingerprint = keys_in(gpg("--export", "lamp"))[0].primary.fingerprint.upper()
    gpg("--local-user", "tallow", "--quick-sign-key", fingerprint)
    (found,) = certifications(keys_in(gpg("--export")))
    assert found.holds
    assert (found.certified.upper(), found.user_id) == (fingerprint, "lamp <lamp@post.example>")
    assert b"tallow" in found.certificate.user_ids[0]


def test_a_keybox(gpg: Gpg) -> None:
    data = (gpg.home / "pubring.kbx").read_bytes()
    at, found = 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4] == 2:
            found += keys_in(data[at : at + size])
        at += size
    assert len(found) == len(NAMES)


def test_clear_text_by_the_book() -> None:
    assert clear_text(b"\nHash: SHA256\n\none  \n- -two\n\n") == b"one\r\n-two\r\n"
    assert clear_text(b"\r\n\r\none\t\r\n") == b"one"


def test_what_is_none() -> None:
    for data in (b"", b"-----BEGIN PGP SIGNATURE-----\n\nzz\n", b"\x88\x05abc", bytes(400), b"-" * 400):
        assert keys_in(data) == []
        assert signatures_in(data)[0] == []
