"""Ethereum keystores, MetaMask vaults and Exodus containers, opened with a given password."""

from __future__ import annotations

import base64
import json
import re
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from forensics.detectors.wallet._objects import Json, items, mapping, string
from forensics.detectors.wallet._opened import MOST_ADDRESSES, Opened, WrongSecretError, aes_cbc, pbkdf2, scrypt
from forensics.detectors.wallet.bitcoinj import read
from forensics.errors import FormatError
from forensics.primitives import base58, bip32, bip39, secp256k1
from forensics.primitives.first_addresses import accounts, ethereum_address
from forensics.primitives.hash160 import hash160
from forensics.primitives.keccak import keccak256

_MOST_ACCOUNTS = 50
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


def blockchain_com(data: bytes, secret: bytes) -> Opened:
    """My Wallet: padding and the beginning of the text prove the password."""
    value = _object(data)
    body = base64.b64decode(string(value.get("payload"), _LARGEST))
    key = pbkdf2("sha1", secret, body[:16], _number(value.get("pbkdf2_iterations")))
    context = Cipher(algorithms.AES(key), modes.CBC(body[:16])).decryptor()
    plain = context.update(body[16:]) + context.finalize()
    if not 1 <= plain[-1] <= 16 or not re.match(rb'\s{0,8}\{\s{0,8}"[A-Za-z_]{2,30}"', plain):
        raise WrongSecretError("neither padding nor grammar hold")
    held = _object(plain[: -plain[-1]])
    opened = Opened("padding and grammar of the wallet")
    guid = string(held.get("guid"), 60)
    if guid:
        opened.fields["guid"] = guid
    second = held.get("double_encryption") is True
    opened.fields["second_password"] = second
    for each in items(held.get("keys"))[:MOST_ADDRESSES]:
        one = mapping(each)
        if address := string(one.get("addr"), 60):
            opened.addresses.append(("address/bitcoin", address))
        if private := string(one.get("priv"), 200):
            opened.secrets.append(("private_key", private))
    for wallet in items(held.get("hd_wallets"))[:10]:
        if seed := string(mapping(wallet).get("seed_hex"), 200):
            opened.secrets.append(("seed_hex", seed))
        for account in items(mapping(wallet).get("accounts"))[:100]:
            one = mapping(account)
            for found in (one, *(mapping(each) for each in items(one.get("derivations"))[:8])):
                if xpub := string(found.get("xpub"), 120):
                    opened.keys.append(xpub)
                if private := string(found.get("xpriv"), 200):
                    opened.secrets.append(("xprv", private))
    return opened


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def keystore(data: bytes, secret: bytes) -> Opened:
    """Web3 Secret Storage: the MAC proves the password, the address the key."""
    value = _object(data)
    crypto = mapping(value.get("crypto", value.get("Crypto")))
    parameters = mapping(crypto.get("kdfparams"))
    salt, size = _hex(parameters.get("salt")), _number(parameters.get("dklen"))
    if string(crypto.get("kdf")).lower() == "scrypt":
        n, r, p = (_number(parameters.get(each)) for each in "nrp")
        key = scrypt(secret, salt, n, r, p, size)
    elif string(parameters.get("prf")) in ("hmac-sha256", ""):
        key = pbkdf2("sha256", secret, salt, _number(parameters.get("c")), size)
    else:
        raise FormatError("a key derivation that is not known")
    ciphertext = _hex(crypto.get("ciphertext"))
    if len(key) < 32 or keccak256(key[16:32] + ciphertext) != _hex(crypto.get("mac")):
        raise WrongSecretError("the message authentication code does not hold")
    iv = _hex(mapping(crypto.get("cipherparams")).get("iv"))
    cipher = string(crypto.get("cipher"))
    if cipher == "aes-128-ctr" and len(iv) == 16:
        context = Cipher(algorithms.AES(key[:16]), modes.CTR(iv)).decryptor()
        private = context.update(ciphertext) + context.finalize()
    elif cipher == "aes-128-cbc" and len(iv) == 16:
        private = aes_cbc(keccak256(key[:16])[:16], iv, ciphertext)
    else:
        raise FormatError("a cipher that is not known")
    if not secp256k1.is_private(private):
        raise FormatError("what was encrypted is no private key")
    address = ethereum_address(secp256k1.public_key(private))
    opened = Opened("MAC of the keystore (Keccak-256)", addresses=[("address/ethereum", address)])
    stored = string(value.get("address"), 64).removeprefix("0x").lower()
    if stored:
        same = stored == address[2:].lower()
        opened.fields["stored_address_agrees"] = same
        opened.check += "; the key gives the stored address" if same else "; the key gives ANOTHER address"
    opened.secrets.append(("private_key", private.hex()))
    return opened


def metamask(data: bytes, secret: bytes) -> Opened:
    """A vault: the tag of AES-GCM proves the password; that of the phone by padding and grammar."""
    value = _object(data.replace(b"\\", b""))
    salt = string(value.get("salt"), 200)
    if "cipher" in value:
        plain = _phone(value, salt, secret)
        check = "padding and grammar of the vault"
    else:
        parameters = mapping(mapping(value.get("keyMetadata")).get("params"))
        rounds = _number(parameters.get("iterations")) or 10_000
        key = pbkdf2("sha256", secret, base64.b64decode(salt), rounds)
        iv, body = (base64.b64decode(string(value.get(name), _LARGEST)) for name in ("iv", "data"))
        try:
            plain = AESGCM(key).decrypt(iv, body, None)
        except (InvalidTag, ValueError) as error:
            raise WrongSecretError("the tag of AES-GCM does not hold") from error
        check = "tag of AES-GCM"
    opened = Opened(check)
    try:
        rings = json.loads(plain)
    except (ValueError, RecursionError) as error:
        raise FormatError("what was encrypted is no JSON") from error
    for ring in items(rings)[:32] if isinstance(rings, list) else [rings]:
        _ring(opened, mapping(ring))
    return opened


def _phone(value: dict[str, Json], salt: str, secret: bytes) -> bytes:
    """The phone takes the text of the salt, not what it encodes."""
    iv, body = _hex(value.get("iv")), base64.b64decode(string(value.get("cipher"), _LARGEST))
    for given in (salt.encode(), base64.b64decode(salt)):
        try:
            plain = aes_cbc(pbkdf2("sha512", secret, given, 5_000), iv, body)
            json.loads(plain)
        except ValueError:
            continue
        except WrongSecretError:
            continue
        return plain
    raise WrongSecretError("neither padding nor grammar hold")


def _ring(opened: Opened, ring: dict[str, Json]) -> None:
    kind, held = string(ring.get("type"), 60), ring.get("data")
    known = opened.fields.get("keyrings", ())
    opened.fields["keyrings"] = (*(known if isinstance(known, tuple) else ()), kind)
    if isinstance(held, list):
        for each in held[:_MOST_ACCOUNTS]:
            private = _hex(each) if isinstance(each, str) else b""
            if secp256k1.is_private(private):
                opened.secrets.append(("private_key", private.hex()))
                opened.addresses.append(("address/ethereum", ethereum_address(secp256k1.public_key(private))))
        return
    stored = mapping(held)
    mnemonic = stored.get("mnemonic")
    if isinstance(mnemonic, dict):
        mnemonic = [mnemonic[each] for each in sorted(mnemonic, key=lambda name: (len(name), name))]
    if isinstance(mnemonic, list):
        octets = [each for each in mnemonic if isinstance(each, int) and 0 <= each < 256]
        phrase = bytes(octets).decode("utf-8", "replace")
    else:
        phrase = string(mnemonic)
    if not phrase:
        return
    opened.secrets.append(("seed", phrase))
    path = string(stored.get("hdPath"), 60)
    if not re.fullmatch(r"m(?:/[0-9]{1,9}'?){1,6}", path):
        path = "m/44'/60'/0'/0"
    opened.fields["derivation"] = path
    _derived(opened, phrase, path, max(1, min(_number(stored.get("numberOfAccounts")), _MOST_ACCOUNTS)))


def _derived(opened: Opened, phrase: str, path: str, count: int) -> None:
    master = bip32.master(bip39.seed(phrase))
    branch = None if master is None else bip32.derive(master, path)
    for number in range(count if branch else 0):
        one = None if branch is None else bip32.child(branch, number)
        if one is not None:
            opened.addresses.append(("address/ethereum", ethereum_address(one.public)))


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
