"""Texts encrypted by OpenSSL or CryptoJS, opened with a given password.

Padding alone passes one wrong password in 256: so what is decrypted must be a wallet of bitcoinj, JSON, or text.
Guarda makes another password of the given one: PBKDF2-SHA-1 with a salt of its own, once, and a text behind it.
"""

from __future__ import annotations

import hashlib
import json
import re

from forensics.detectors.store.salted import whole
from forensics.detectors.wallet import bitcoinj
from forensics.detectors.wallet._held import tell, tell_phrase
from forensics.detectors.wallet._opened import MOST_ADDRESSES, Opened, WrongSecretError, aes_cbc
from forensics.errors import FormatError
from forensics.primitives import base58, bip39
from forensics.primitives.hash160 import hash160

_WIF = re.compile(r"^([5KLQ6c9][1-9A-HJ-NP-Za-km-z]{50,51})(?: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ))?\s*$", re.MULTILINE)
_SHOWN = 2_000
_MNEMONIC = 3
_VERSIONS = {
    "org.bitcoin.production": ("address/bitcoin", b"\0"),
    "org.dogecoin.production": ("address/dogecoin", b"\x1e"),
}
_GUARDA = (b"XB7sHH26Hn&FmPLxnjGccKTfPV(yk", b"(tXntTbJFzh]4EuQVmjzM9GXHCth8")


def salted(data: bytes, secret: bytes) -> Opened:
    """Padding and the grammar of what was encrypted prove the password."""
    found = whole(data)
    if found is None:
        raise FormatError("the text is not whole")
    stored = found[0]
    guarda = hashlib.pbkdf2_hmac("sha1", secret, _GUARDA[0], 1, 16).hex().encode() + _GUARDA[1]
    for given, digest, made in ((secret, "md5", ""), (secret, "sha256", "OpenSSL 1.1"), (guarda, "md5", "Guarda")):
        key, iv = derived(given, stored[8:16], digest)
        try:
            opened = _told(aes_cbc(key, iv, stored[16:]))
        except WrongSecretError:
            continue
        if made:
            opened.fields["key_as_made_by"] = made
        return opened
    raise WrongSecretError("neither padding nor grammar hold")


def derived(secret: bytes, salt: bytes, digest: str) -> tuple[bytes, bytes]:
    """Key and initial value of EVP_BytesToKey with one round."""
    made = block = b""
    while len(made) < 48:
        block = hashlib.new(digest, block + secret + salt, usedforsecurity=False).digest()
        made += block
    return made[:32], made[32:48]


def _told(plain: bytes) -> Opened:
    opened = Opened("padding, and grammar of what was encrypted")
    wallet = bitcoinj.read(plain) if re.match(rb"\n[\x08-\x40]org\.", plain) else None
    if wallet is not None:
        told_wallet(opened, wallet)
        return opened
    try:
        text = plain.decode("utf-8")
    except UnicodeDecodeError as error:
        raise WrongSecretError("what was decrypted is no text") from error
    if len(text) < 8 or not all(each.isprintable() or each in "\r\n\t" for each in text):
        raise WrongSecretError("what was decrypted is no text")
    if keys := _WIF.findall(text):
        opened.fields["keys"] = len(keys)
        opened.fields["created"] = tuple(when for _, when in keys if when)[:_SHOWN]
        opened.secrets += [("private_key", key) for key, _ in keys[:MOST_ADDRESSES]]
    elif text[:1] in "{[":
        _json(opened, text)
    elif bip39.languages(text.split()):
        tell_phrase(opened, text)
    else:
        opened.secrets.append(("text", text[:_SHOWN]))
    return opened


def _json(opened: Opened, text: str) -> None:
    try:
        tell(opened, json.loads(text))
    except (ValueError, RecursionError):
        opened.secrets.append(("text", text[:_SHOWN]))
    opened.fields["octets"] = len(text)


def told_wallet(opened: Opened, wallet: bitcoinj.Wallet) -> None:
    """A wallet of bitcoinj, whose keys may be encrypted once more, with a PIN."""
    opened.fields |= {"network": wallet.network, "keys": len(wallet.keys), "transactions": len(wallet.transactions)}
    opened.fields["keys_encrypted_again"] = wallet.encryption != 1
    kind, version = _VERSIONS.get(wallet.network, ("", b""))
    for each in wallet.keys[:MOST_ADDRESSES]:
        if each.secret:
            mnemonic = each.kind == _MNEMONIC
            held = each.secret.decode("utf-8", "replace") if mnemonic else each.secret.hex()
            opened.secrets.append(("seed" if mnemonic else "private_key", held))
        if kind and each.public:
            opened.addresses.append((kind, base58.encode_check(version + hash160(each.public))))
