"""Extended keys: BIP-32 test vectors 1, 2 and 5, BIP-49, BIP-84 and BIP-86."""

from __future__ import annotations

import pytest

from forensics.primitives import base58, bip32, bip39, secp256k1
from forensics.primitives.first_addresses import accounts

ABOUT = "abandon " * 11 + "about"

CHAINS = (
    (
        "000102030405060708090a0b0c0d0e0f",
        "m",
        "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
    ),
    (
        "000102030405060708090a0b0c0d0e0f",
        "m/0H/1/2H/2/1000000000",
        "xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTEcYFgJS2UaFcxupHiYkro49S8yGasTvXEYBVPamhGW6cFJodrTHy",
    ),
    (
        "fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542",
        "m/0/2147483647'/1/2147483646'/2",
        "xpub6FnCn6nSzZAw5Tw7cgR9bi15UV96gLZhjDstkXXxvCLsUXBGXPdSnLFbdpq8p9HmGsApME5hQTZ3emM2rnY5agb9rXpVGyy3bdW6EEgAtqt",
    ),
)
INVALID = (
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6LBpB85b3D2yc8sfvZU521AAwdZafEz7mnzBBsz4wKY5fTtTQBm",
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFGTQQD3dC4H2D5GBj7vWvSQaaBv5cxi9gafk7NF3pnBju6dwKvH",
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Txnt3siSujt9RCVYsx4qHZGc62TG4McvMGcAUjeuwZdduYEvFn",
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFGpWnsj83BHtEy5Zt8CcDr1UiRXuWCmTQLxEK9vbz5gPstX92JQ",
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6N8ZMMXctdiCjxTNq964yKkwrkBJJwpzZS4HS2fxvyYUA4q2Xe4",
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFAzHGBP2UuGCqWLTAPLcMtD9y5gkZ6Eq3Rjuahrv17fEQ3Qen6J",
    "xprv9s2SPatNQ9Vc6GTbVMFPFo7jsaZySyzk7L8n2uqKXJen3KUmvQNTuLh3fhZMBoG3G4ZW1N2kZuHEPY53qmbZzCHshoQnNf4GvELZfqTUrcv",
    "xpub661no6RGEX3uJkY4bNnPcw4URcQTrSibUZ4NqJEw5eBkv7ovTwgiT91XX27VbEXGENhYRCf7hyEbWrR3FewATdCEebj6znwMfQkhRYHRLpJ",
    "xprv9s21ZrQH4r4TsiLvyLXqM9P7k1K3EYhA1kkD6xuquB5i39AU8KF42acDyL3qsDbU9NmZn6MsGSUYZEsuoePmjzsB3eFKSUEh3Gu1N3cqVUN",
    "xpub661MyMwAuDcm6CRQ5N4qiHKrJ39Xe1R1NyfouMKTTWcguwVcfrZJaNvhpebzGerh7gucBvzEQWRugZDuDXjNDRmXzSZe4c7mnTK97pTvGS8",
    "DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8XnmdfHGMQzT7ayAmfo4z3gY5KfbrZWZ6St24UVf2Qgo6oujFktLHdHY4",
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzF93Y5wvzdUayhgkkFoicQZcP3y52uPPxFnfoLZB21Teqt1VvEHx",
    "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFAzHGBP2UuGCqWLTAPLcMtD5SDKr24z3aiUvKr9bJpdrcLg1y3G",
    "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Q5JXayek4PRsn35jii4veMimro1xefsM58PgBMrvdYre8QyULY",
)


@pytest.mark.parametrize(("seed", "path", "public"), CHAINS)
def test_chains(seed: str, path: str, public: str) -> None:
    master = bip32.master(bytes.fromhex(seed))
    assert master is not None
    key = bip32.derive(master, path)
    assert key is not None
    assert str(bip32.neutered(key)) == public
    read = bip32.decode(public.encode())
    assert read == bip32.neutered(key)
    assert str(read) == public


@pytest.mark.parametrize("text", INVALID)
def test_vector_5_invalid_keys(text: str) -> None:
    assert bip32.decode(text.encode()) is None


def test_public_derivation_gives_what_private_derivation_gives() -> None:
    master = bip32.master(bytes(32))
    assert master is not None
    private = bip32.derive(master, "m/7/8")
    assert private is not None
    assert bip32.derive(bip32.neutered(master), "7/8") == bip32.neutered(private)
    with pytest.raises(ValueError, match="hardened"):
        bip32.derive(bip32.neutered(master), "7'")


@pytest.mark.parametrize("version", bip32.VERSIONS)
def test_every_version_keeps_its_prefix_and_has_a_public_half(version: int) -> None:
    master = bip32.master(bytes(32))
    assert master is not None
    meaning = bip32.VERSIONS[version]
    key = bip32.ExtendedKey(version, 0, bytes(4), 0, master.chain, master.key if meaning.private else master.public)
    text = str(key)
    assert text.startswith(meaning.prefix)
    assert len(text) == 111
    assert bip32.decode(text.encode()) == key
    assert bip32.neutered(key).meaning.coin == meaning.coin
    assert not bip32.neutered(key).meaning.private


def test_first_addresses_of_the_published_seed() -> None:
    master = bip32.master(bip39.seed(ABOUT))
    assert master is not None
    found = {account.path: (account.key, account.address) for account in accounts(master)}
    assert found["m/44'/0'/0'"][1] == "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"
    assert found["m/49'/0'/0'"][1] == "37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf"
    assert found["m/84'/0'/0'"] == (
        "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs",
        "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
    )
    assert found["m/86'/0'/0'"][1] == "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"
    assert found["m/44'/60'/0'"][1] == "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"


def test_points_and_private_keys() -> None:
    one = (1).to_bytes(32, "big")
    generator = secp256k1.point(secp256k1.public_key(one))
    assert generator is not None
    assert secp256k1.point(secp256k1.public_key(one, short=False)) == generator
    two = secp256k1.added(generator, generator)
    assert two is not None
    assert secp256k1.compressed(two) == secp256k1.public_key((2).to_bytes(32, "big"))
    minus = secp256k1.point(secp256k1.public_key((secp256k1.ORDER - 1).to_bytes(32, "big")))
    assert minus is not None
    assert secp256k1.added(generator, minus) is None
    assert secp256k1.point(b"\x02" + bytes(32)) is None
    assert secp256k1.point(b"\x05" + bytes(32)) is None
    assert not secp256k1.is_private(bytes(32))
    assert not secp256k1.is_private(secp256k1.ORDER.to_bytes(32, "big"))
    with pytest.raises(ValueError, match="private key"):
        secp256k1.public_key(bytes(32))


def test_a_wrong_length_is_no_extended_key() -> None:
    assert bip32.parse(bytes(77)) is None
    assert bip32.decode(base58.encode_check(bytes(78)).encode()) is None
