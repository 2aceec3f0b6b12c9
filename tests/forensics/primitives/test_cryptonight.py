"""The slow hash of CryptoNote and its parts, against the vectors of their authors and of Monero's tests."""

from __future__ import annotations

import random

import pytest
from Crypto.Cipher import ChaCha20

from forensics.primitives.chacha import chacha
from forensics.primitives.cryptonight import slow_hash
from forensics.primitives.keccak import keccak256, sponged
from forensics.primitives.rijndael import SBOX, round_keys
from forensics.primitives.sha3_candidates.blake import blake256
from forensics.primitives.sha3_candidates.groestl import groestl256
from forensics.primitives.sha3_candidates.jh import jh256
from forensics.primitives.sha3_candidates.skein import skein256

# Monero, tests/hash/tests-slow.txt
SLOW = {
    "de omnibus dubitandum": "2f8e3df40bd11f9ac90c743ca8e32bb391da4fb98612aa3b6cdc639ee00b31f5",
    "abundans cautela non nocet": "722fa8ccd594d40e4a41f3822734304c8d5eff7e1b528408e2229da38ba553c4",
    "caveat emptor": "bbec2cacf69866a8e740380fe7b818fc78f8571221742d729d9d02d7f8989b87",
    "ex nihilo nihil fit": "b1257de4efc5ce28c6b40ceb1c6c8f812a64634eb3e81c5220bee9b2b76a6f05",
}


@pytest.mark.parametrize("text", SLOW)
def test_the_slow_hash_is_moneros(text: str) -> None:
    assert slow_hash(text.encode()).hex() == SLOW[text]


def test_the_four_finals_are_those_of_their_submissions() -> None:
    assert blake256(b"").hex() == "716f6e863f744b9ac22c97ec7b76ea5f5908bc5b2f67c61510bfc4751384ea7a"
    assert groestl256(b"").hex() == "1a52d11d550039be16107f9c58db9ebcc417f16f736adb2502567119f0083467"
    assert jh256(b"").hex() == "46e64619c18bb0a92a5e87185a47eef83ca747b8fcc8e1412921357e326df434"
    assert skein256(b"").hex() == "39ccc4554a8b31853b9de7a1fe638a24cce6b35a55f2431009e18780335d2621"
    assert blake256(bytes(72)).hex() == "d419bad32d504fb7d44d460c42c5593fe544fa4c135dec31e21bd9abdcc22d41"
    assert jh256(b"\xcc").hex() == "7b1191f13a2667830142541bfc5918543d2a434c7692e70c3e5e9bbdddb7f581"


def test_the_whole_state_begins_with_the_digest() -> None:
    draw = random.Random(1)
    for size in (0, 1, 135, 136, 137, 400):
        data = draw.randbytes(size)
        assert sponged(data)[:32] == keccak256(data)


def test_aes_is_that_of_fips_197() -> None:
    assert (SBOX[0x00], SBOX[0x53], SBOX[0xFF]) == (0x63, 0xED, 0x16)
    key = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
    keys = round_keys(key, 10)
    assert keys[2].to_bytes(16, "little").hex() == "9ba354118e6925afa51a8b5f2067fcde"


def test_chacha_of_eight_and_of_twenty_rounds() -> None:
    stream = chacha(bytes(32), bytes(8), bytes(32), 8)
    assert stream.hex() == "3e00ef2f895f40d67f5bb8e81f09a5a12c840ec3ce9a7f3b181be188ef711a1e"
    key, nonce, data = bytes(range(32)), bytes(range(8)), bytes(range(200))
    assert chacha(key, nonce, data, 20) == ChaCha20.new(key=key, nonce=nonce).encrypt(data)
