"""Ethereum keystores, Exodus containers and wallets of bitcoinj, opened with a given password."""

from __future__ import annotations

import json
import re
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from forensics.detectors.wallet._held import tell_phrase
from forensics.detectors.wallet._objects import Json, mapping, string
from forensics.detectors.wallet._opened import MOST_ADDRESSES, Opened, WrongSecretError, aes_cbc, pbkdf2, scrypt
from forensics.detectors.wallet.bitcoinj import read
from forensics.detectors.wallet.trust_wallet import passwords as trust_passwords
from forensics.errors import FormatError
from forensics.primitives import base58, bip32, bip39, secp256k1
from forensics.primitives.first_addresses import accounts, ethereum_address
from forensics.primitives.hash160 import hash160
from forensics.primitives.keccak import keccak256

_LARGEST = 16 << 20
_MNEMONIC = 3
_SHORT = 33


def _object(data: bytes) -> dict[str, Json]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError("the wallet's own text is no JSON") from error
    return mapping(value)


def _hex(value: Json) -> bytes:
    try:
        return bytes.fromhex(string(value).removeprefix("0x"))
    except ValueError as error:
        raise FormatError("a value is not hexadecimal") from error


def bitcoinj(data: bytes, secret: bytes) -> Opened:
    """A wallet of bitcoinj: a private key that gives its public key proves the password."""
    wallet = read(data)
    if wallet is None or wallet.encryption == 1:
        raise FormatError("nothing in this wallet is encrypted")
    text = secret.decode("utf-8", "replace").encode("utf-16-be")
    key = scrypt(text, wallet.salt, *wallet.cost)
    opened, agree = Opened(""), 0
    sealed = [each for each in wallet.keys if each.sealed]
    for each in sealed[:MOST_ADDRESSES]:
        private = aes_cbc(key, each.iv, each.sealed)
        if each.kind == _MNEMONIC:
            opened.secrets.append(("seed", private.decode("utf-8", "replace")))
            continue
        if not secp256k1.is_private(private):
            continue
        agree += secp256k1.public_key(private, short=len(each.public) == _SHORT) == each.public
        opened.secrets.append(("private_key", private.hex()))
        if "bitcoin.production" in wallet.network:
            opened.addresses.append(("address/bitcoin", base58.encode_check(b"\0" + hash160(each.public))))
    opened.check = f"padding; {agree} of {len(sealed)} private keys give their public keys"
    return opened


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def keystore(data: bytes, secret: bytes, more: bytes = b"") -> Opened:
    """Web3 Secret Storage: the MAC proves the password, the address the key.

    Trust Wallet locks it with what it makes of the password by the salts in `more`, and keeps a phrase in it.
    """
    value = _object(data)
    crypto = mapping(value.get("crypto", value.get("Crypto")))
    ciphertext, mac = _hex(crypto.get("ciphertext")), _hex(crypto.get("mac"))
    for given in (secret, *trust_passwords(secret, more)):
        key = _keystore_key(crypto, given)
        if len(key) >= 32 and mac == keccak256(key[16:32] + ciphertext):
            break
    else:
        raise WrongSecretError("the message authentication code does not hold")
    held = _keystore_text(crypto, key, ciphertext)
    opened = Opened("MAC of the keystore (Keccak-256)")
    if not secp256k1.is_private(held):
        _keystore_words(opened, held)
        return opened
    address = ethereum_address(secp256k1.public_key(held))
    opened.addresses.append(("address/ethereum", address))
    stored = string(value.get("address"), 64).removeprefix("0x").lower()
    if stored:
        same = stored == address[2:].lower()
        opened.fields["stored_address_agrees"] = same
        opened.check += "; the key gives the stored address" if same else "; the key gives ANOTHER address"
    opened.secrets.append(("private_key", held.hex()))
    return opened


def _keystore_key(crypto: dict[str, Json], secret: bytes) -> bytes:
    parameters = mapping(crypto.get("kdfparams"))
    salt, size = _hex(parameters.get("salt")), _number(parameters.get("dklen"))
    if string(crypto.get("kdf")).lower() == "scrypt":
        n, r, p = (_number(parameters.get(each)) for each in "nrp")
        return scrypt(secret, salt, n, r, p, size)
    if string(parameters.get("prf")) in ("hmac-sha256", ""):
        return pbkdf2("sha256", secret, salt, _number(parameters.get("c")), size)
    raise FormatError("a key derivation that is not known")


def _keystore_text(crypto: dict[str, Json], key: bytes, ciphertext: bytes) -> bytes:
    iv = _hex(mapping(crypto.get("cipherparams")).get("iv"))
    cipher = string(crypto.get("cipher"))
    if cipher == "aes-128-ctr" and len(iv) == 16:
        context = Cipher(algorithms.AES(key[:16]), modes.CTR(iv)).decryptor()
        return context.update(ciphertext) + context.finalize()
    if cipher == "aes-128-cbc" and len(iv) == 16:
        return aes_cbc(keccak256(key[:16])[:16], iv, ciphertext)
    raise FormatError("a cipher that is not known")


def _keystore_words(opened: Opened, held: bytes) -> None:
    """What wallets for several coins keep in a keystore: a phrase, or an extended private key (imToken)."""
    text = held.decode("utf-8", "replace")
    key = bip32.decode(held)
    if bip39.languages(text.split()):
        tell_phrase(opened, text)
    elif key is not None and key.meaning.private:
        opened.secrets.append(("xprv", text))
        opened.keys.append(str(bip32.neutered(key)))
    else:
        raise FormatError("what was encrypted is no private key")


def exodus(data: bytes, secret: bytes) -> Opened:
    """A SECO container: two tags of AES-GCM prove the passphrase."""
    n, r, p = (int.from_bytes(data[place : place + 4], "big") for place in (288, 292, 296))
    size = int.from_bytes(data[512:516], "big")
    key = scrypt(secret, data[256:288], n, r, p)
    try:
        inner = AESGCM(key).decrypt(data[332:344], data[360:392] + data[344:360], None)
        plain = AESGCM(inner).decrypt(data[392:404], data[516 : 516 + size] + data[404:420], None)
    except (InvalidTag, ValueError) as error:
        raise WrongSecretError("the tag of AES-GCM does not hold") from error
    opened = Opened("two tags of AES-GCM")
    length = int.from_bytes(plain[:4], "big")
    body = plain[4 : 4 + length] if 4 + length <= len(plain) else plain  # the container alone has no length
    if body[:2] == b"\x1f\x8b":
        try:
            body = zlib.decompressobj(31).decompress(body, _LARGEST)
        except zlib.error as error:
            raise FormatError("what was encrypted is no gzip") from error
    opened.fields["octets"] = len(body)
    for match in re.finditer(rb"(?:[a-z]{3,8} ){11,23}[a-z]{3,8}", body):
        phrase = match[0].decode("ascii")
        if bip39.languages(phrase.split()):
            opened.secrets.append(("seed", phrase))
            master = bip32.master(bip39.seed(phrase))
            for account in accounts(master) if master else ():
                kind = "address/bitcoin" if account.coin == "BTC" else "address/ethereum"
                opened.addresses.append((kind, account.address))
                opened.keys.append(account.key)
            break
    return opened
