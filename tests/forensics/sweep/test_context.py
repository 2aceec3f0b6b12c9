"""What a place says of a finding."""

from __future__ import annotations

import pytest

from forensics.detectors.address.bitcoin import DETECTOR as BITCOIN
from forensics.detectors.base import BytesLayer
from forensics.detectors.contact.email import DETECTOR as EMAIL
from forensics.detectors.system.app_bundle import DETECTOR as PROGRAM
from forensics.model import Finding, Grade, Locator
from forensics.primitives import base58
from forensics.sweep.context import CHAIN, PACKAGES, SOFTWARE, WORDS, in_context, place

ADDRESS = base58.encode_check(b"\0" + bytes(range(20))).encode()


def _email() -> Finding:
    (found,) = EMAIL.examine(BytesLayer(b"ann@vendor.com"), 5)
    return found


def _address() -> Finding:
    (found,) = BITCOIN.examine(BytesLayer(ADDRESS), len(ADDRESS))
    return found


@pytest.mark.parametrize(
    ("path", "caveat"),
    [
        ("/usr/share/doc/gnupg/THANKS", SOFTWARE),
        ("/usr/lib/x86_64-linux-gnu/libcurl.so.4.8.0", SOFTWARE),
        ("/Program Files (x86)/Tor/readme.txt", SOFTWARE),
        ("/Windows/WinSxS/x/y.xml", SOFTWARE),
        ("/home/v/Downloads/wallet.dll", SOFTWARE),
        ("/home/v/shop/node_modules/bip39/test/vectors.json", PACKAGES),
        ("/home/v/.cargo/registry/src/x/lib.rs", PACKAGES),
        ("/home/v/wordlists/english.txt", WORDS),
        ("/home/v/.bitcoin/blocks/blk00017.dat", CHAIN),
        ("/home/v/.bitcoin/chainstate/000042.ldb", CHAIN),
        ("/data/.ethereum/geth/chaindata/001.ldb", CHAIN),
        ("/home/v/.bitmonero/lmdb/data.mdb", CHAIN),
    ],
)
def test_places_are_known_by_their_paths(path: str, caveat: str) -> None:
    found = place(path)
    assert found is not None
    assert found.caveat == caveat


@pytest.mark.parametrize(
    "path",
    [
        "/home/v/notes.txt",
        "/Users/v/AppData/Roaming/Electrum/wallets/default_wallet",
        "/usr/local/etc/shop.conf",
        "/Windows/System32/config/SYSTEM",
        "/var/lib/tor/shop/hostname",
        "/home/v/.bitcoin/wallet.dat",
        "/home/usr/share.txt",
        "/Users/v/AppData/Local/Google/Chrome/User Data/Default/Local Extension Settings/nkbihfbeogaeaoehlefnkodbefgpgknn/1.log",
    ],
)
def test_places_of_people_are_none(path: str) -> None:
    assert place(path) is None


def test_a_weak_check_is_folded_and_a_strong_one_is_not() -> None:
    assert in_context(_email(), "/home/v/a.txt") == _email()
    folded = in_context(_email(), "/usr/share/doc/a/copyright")
    assert (folded.grade, folded.caveats) == (Grade.C0, (SOFTWARE,))
    kept = in_context(_address(), "/usr/share/doc/a/copyright")
    assert kept.grade == _address().grade == Grade.C2
    assert SOFTWARE in kept.caveats
    assert in_context(_address(), "/x/blocks/blk00000.dat").grade == Grade.C0
    assert in_context(_email(), "/home/v/shop.zip", ("shop/node_modules/a/package.json",)).grade == Grade.C0


def test_software_is_at_home_among_software() -> None:
    plist = b"<plist><dict><key>CFBundleIdentifier</key><string>a</string><key>CFBundleName</key><string>Electrum</string></dict></plist>"
    path = "/Applications/Electrum.app/Contents/Info.plist"
    (found,) = PROGRAM.examine(BytesLayer(plist, Locator(f"apfs:{path}")), 0)
    assert in_context(found, path) == found
