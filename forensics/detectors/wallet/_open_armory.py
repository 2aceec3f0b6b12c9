"""Armory wallets, opened with a given password.

Facts: Armory `cppForSwig/EncryptionUtils.cpp` (KdfRomix): a table of SHA-512, each of the one before, the first
of password and salt; then half as many look-ups by the last four octets; the first 32 octets are the key of
AES-256 in CFB. Nothing but the public key of a decrypted private one tells the right password.
"""

from __future__ import annotations

import hashlib
import struct

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

from forensics.detectors.wallet import _armory_records as records
from forensics.detectors.wallet._opened import MOST_ADDRESSES, Opened, WrongSecretError
from forensics.detectors.wallet.armory import NETWORKS
from forensics.errors import FormatError
from forensics.primitives import base58, secp256k1

_MOST_MEMORY, _MOST_ROUNDS, _WIDTH = 256 << 20, 64, 64


def romix(secret: bytes, salt: bytes, memory: int, rounds: int) -> bytes:
    """The key of 32 octets.

    Raises:
        FormatError: more memory or rounds than any wallet has.
    """
    if not 2 * _WIDTH <= memory <= _MOST_MEMORY or not 0 < rounds <= _MOST_ROUNDS:
        raise FormatError("parameters of the key derivation that no wallet has")
    count = memory // _WIDTH
    for _ in range(rounds):
        table = [hashlib.sha512(secret + salt).digest()]
        while len(table) < count:
            table.append(hashlib.sha512(table[-1]).digest())
        last = table[-1]
        for _ in range(count // 2):
            other = table[int.from_bytes(last[-4:], "little") % count]
            mixed = int.from_bytes(last, "little") ^ int.from_bytes(other, "little")
            last = hashlib.sha512(mixed.to_bytes(_WIDTH, "little")).digest()
        secret = last[:32]
    return secret


def armory(data: bytes, secret: bytes) -> Opened:
    """A private key that gives its public key proves the password."""
    root = records.key(data, records.ROOT)
    if root is None or not root.flags & records.ENCRYPTED or not root.flags & records.PRIVATE:
        raise FormatError("nothing in this wallet is encrypted")
    memory, rounds, salt = struct.unpack_from("<QI32s", data, records.HEAD)
    key = romix(secret, salt, memory, rounds)
    if not _opens(key, root):
        raise WrongSecretError("the root's private key does not give its public key")
    opened = Opened("the root's private key gives its public key")
    _, version = NETWORKS.get(data[12:16], ("", b"\0"))
    opened.secrets.append(("root_private_key", _opens(key, root).hex()))
    told = records.entries(data)
    for each in told.keys[:MOST_ADDRESSES]:
        opened.addresses.append(("address/bitcoin", base58.encode_check(version + each.digest)))
        private = _opens(key, each) if each.place == records.IMPORTED else b""
        if private:
            opened.secrets.append(("private_key", private.hex()))
    return opened


def _opens(key: bytes, one: records.Key) -> bytes:
    """The private key of a record, if it gives the public one; else nothing."""
    context = Cipher(algorithms.AES(key), CFB(one.iv)).decryptor()
    private = context.update(one.private) + context.finalize()
    if not secp256k1.is_private(private) or secp256k1.public_key(private, short=False) != one.public:
        return b""
    return private
