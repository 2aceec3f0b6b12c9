"""Wallets of MultiBit HD, opened with a given password: the beginning of a wallet of bitcoinj and padding prove it."""

from __future__ import annotations

import re

from forensics.detectors.store._open_salted import told_wallet
from forensics.detectors.wallet import bitcoinj
from forensics.detectors.wallet._open_vaults import bitcoinj as open_keys
from forensics.detectors.wallet._opened import Opened, WrongSecretError, aes_cbc, scrypt
from forensics.detectors.wallet.multibit_hd import COST, FIXED_IV, SALT
from forensics.errors import FormatError

_OPENS = re.compile(rb"\n[\x08-\x40]org\.")


def multibit_hd(data: bytes, secret: bytes) -> Opened:
    """The initial value stands first, or is the fixed one of the first versions."""
    key = derived(secret)
    for iv, body in ((data[:16], data[16:]), (FIXED_IV, data)):
        try:
            plain = aes_cbc(key, iv, body)
        except WrongSecretError:
            continue
        if not _OPENS.match(plain):
            continue
        wallet = bitcoinj.read(plain)
        if wallet is None:
            raise FormatError("what was encrypted is no wallet of bitcoinj")
        opened = Opened("padding, and the mark of a wallet of bitcoinj")
        told_wallet(opened, wallet)
        if wallet.encryption != 1:
            _within(opened, plain, secret)
        return opened
    raise WrongSecretError("neither padding nor mark hold")


def _within(opened: Opened, plain: bytes, secret: bytes) -> None:
    """Seed and private keys are encrypted once more, and MultiBit HD takes the same password."""
    try:
        held = open_keys(plain, secret)
    except FormatError:
        opened.fields["keys_opened"] = False
        return
    opened.check += f"; {held.check}"
    opened.secrets += held.secrets


def derived(secret: bytes) -> bytes:
    """The key of a password."""
    return scrypt(secret.decode("utf-8", "replace").encode("utf-16-be"), SALT, *COST)
