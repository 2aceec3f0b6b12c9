"""Planted artefacts are found, decoys are not; a weak check lets pass what its bits say, and innocent files hold none.

Recall and false acceptance of every kind, with intervals, are in ``resources/docs/error-rates.md``; this guards them at
each commit, for kinds that a few lines make from their published specifications: Base58Check (Bitcoin developer
reference), Bech32 (BIP-173), strkey (SEP-23), onion services (rend-spec-v3), BIP-39, check digits (ISO/IEC 7812).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import random
import string
import sysconfig
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from forensics.sweep.catalogue import catalogue
from tests.benchmarks.innocent import files, swept
from tests.benchmarks.intervals import at_most
from tests.benchmarks.planting import between, found_in
from tests.figures import ROOT, chance, trials

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BASE32 = string.ascii_uppercase + "234567"
TOGETHER = 100
INNOCENT = 200_000_000

Make = Callable[[random.Random], str]


def base58check(payload: bytes) -> str:
    whole = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(whole, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(whole) - len(whole.lstrip(b"\0"))) + text


def bech32(prefix: str, program: bytes) -> str:
    def step(sum_: int, value: int) -> int:
        top, sum_ = sum_ >> 25, (sum_ & 0x1FFFFFF) << 5 ^ value
        for bit, part in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            sum_ ^= part if top >> bit & 1 else 0
        return sum_

    bits = "".join(f"{byte:08b}" for byte in program)
    data = [0, *(int(bits[at : at + 5].ljust(5, "0"), 2) for at in range(0, len(bits), 5))]
    sum_ = 1
    for value in (*(ord(each) >> 5 for each in prefix), 0, *(ord(each) & 31 for each in prefix), *data, *[0] * 6):
        sum_ = step(sum_, value)
    check = [(sum_ ^ 1) >> 5 * (5 - at) & 31 for at in range(6)]
    return f"{prefix}1" + "".join(BECH32[value] for value in (*data, *check))


def strkey(version: int, key: bytes) -> str:
    body = bytes((version,)) + key
    return base64.b32encode(body + binascii.crc_hqx(body, 0).to_bytes(2, "little")).decode()


def point(draw: random.Random) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(draw.randbytes(32)).public_key().public_bytes_raw()


def onion(draw: random.Random) -> str:
    key = point(draw)
    check = hashlib.sha3_256(b".onion checksum" + key + b"\3").digest()[:2]
    return base64.b32encode(key + check + b"\3").decode().lower() + ".onion"


def phrase(draw: random.Random) -> str:
    words = (ROOT / "resources/words/bip39/english.txt").read_text().split()
    entropy = draw.randbytes(16)
    bits = int.from_bytes(entropy, "big") << 4 | hashlib.sha256(entropy).digest()[0] >> 4
    return " ".join(words[bits >> 11 * at & 2047] for at in reversed(range(12)))


def card(draw: random.Random) -> str:
    body = "4" + "".join(draw.sample(string.digits, 10)) + "".join(draw.choices(string.digits, k=4))
    total = sum(
        sum(divmod(2 * int(digit), 10)) if at % 2 == 0 else int(digit) for at, digit in enumerate(reversed(body))
    )
    return body + str(-total % 10)


KINDS: dict[
    str, tuple[str, Make, str, int, float]
] = {  # detector, maker, letters, first that is spoiled, bits of check
    "Bitcoin": ("address/bitcoin", lambda draw: base58check(b"\0" + draw.randbytes(20)), BASE58, 2, 32),
    "Bitcoin, bc1": ("address/bitcoin", lambda draw: bech32("bc", draw.randbytes(20)), BECH32, 4, 30),
    "Litecoin": ("address/litecoin", lambda draw: base58check(b"\x30" + draw.randbytes(20)), BASE58, 2, 32),
    "Dogecoin": ("address/dogecoin", lambda draw: base58check(b"\x1e" + draw.randbytes(20)), BASE58, 2, 32),
    "Tron": ("address/tron", lambda draw: base58check(b"\x41" + draw.randbytes(20)), BASE58, 2, 32),
    "Stellar": ("address/stellar", lambda draw: strkey(6 << 3, point(draw)), BASE32, 2, 16),
    "private key": ("key/wif", lambda draw: base58check(b"\x80" + draw.randbytes(32) + b"\1"), BASE58, 2, 32),
    "onion": ("onion/v3", onion, BASE32.lower(), 0, 16),
    "BIP-39": ("seed/bip39", phrase, "", 0, 4),
    "card": ("payment/card", card, string.digits, 1, 3.3),
}
NAMES = tuple(KINDS)


def spoiled(name: str, text: str, draw: random.Random) -> str:
    """One character changed, or one word of a phrase."""
    _, _, letters, first, _ = KINDS[name]
    if not letters:
        words = text.split()
        words[draw.randrange(12)] = draw.choice(words)
        return " ".join(words) if words != text.split() else spoiled(name, text, draw)
    at = draw.randrange(first, len(text.partition(".")[0]))
    return text[:at] + draw.choice([each for each in letters if each != text[at]]) + text[at + 1 :]


def line(name: str, text: str) -> bytes:
    return (f"card: {text} exp 11/29" if name == "card" else text).encode()


@pytest.mark.figure
def test_what_is_planted_is_found_and_what_is_spoiled_is_not() -> None:
    detectors = catalogue()
    passed: dict[str, list[int]] = defaultdict(lambda: [0, 0])

    def attempt(numbers: range) -> Iterator[str]:
        for name in NAMES:
            kind, make, _, _, bits = KINDS[name]
            draws = [chance("planted", number) for number in numbers if NAMES[number % len(NAMES)] == name]
            planted = [make(draw) for draw in draws]
            decoys = [spoiled(name, text, draw) for text, draw in zip(planted, draws, strict=True)]
            place = chance(f"planted between {name}", numbers.start)
            found = found_in(detectors, between((line(name, each) for each in planted), place, text=True), kind)
            values = {value for value, _ in found}
            yield from (f"{name}: missed {each}" for each in planted if each not in values)
            yield from (f"{name}: {value} was not planted" for value, _ in found if value not in planted)
            wrong = found_in(detectors, between((line(name, each) for each in decoys), place, text=True), kind)
            strong = {value for value, grade in wrong if grade >= 2}
            passed[name][0] += len(strong)
            passed[name][1] += len(decoys)
            if bits >= 16:
                yield from (f"{name}: accepted {each}" for each in strong)

    trials("planted", attempt, together=TOGETHER)
    for name, (accepted, tried) in passed.items():
        share = 2 ** -KINDS[name][4]
        print(f"{name}: {accepted} of {tried} decoys at C2 or above, {share * tried:.2g} expected")
        assert at_most(accepted - 1, tried, share) < 0.9999 or not accepted, f"{name}: {accepted} of {tried} accepted"


def test_innocent_files_hold_none_of_them() -> None:
    """200 MB of installed programs, sources and pages: text, tables, words and numbers, and nobody's money."""
    kinds, read = {each[0] for each in KINDS.values()}, 0
    for path, data in files((sysconfig.get_path("purelib"), "/usr/share", "/usr/bin"), INNOCENT):
        read += len(data)
        told = [each for each in swept(path, data) if each["kind"] in kinds and each["grade"] >= 2]
        assert told == [], path
    assert read >= INNOCENT
