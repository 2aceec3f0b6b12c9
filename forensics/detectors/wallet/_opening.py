"""Which wallets and stores of secrets can be opened with a given secret, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from forensics.detectors.browser._open_firefox import firefox_keys
from forensics.detectors.store._open_bitwarden import bitwarden
from forensics.detectors.store._open_keepass import keepass
from forensics.detectors.store._open_salted import salted
from forensics.detectors.wallet._open_armory import armory
from forensics.detectors.wallet._open_bither import bither
from forensics.detectors.wallet._open_brave import brave
from forensics.detectors.wallet._open_core import core
from forensics.detectors.wallet._open_electrum import electrum
from forensics.detectors.wallet._open_ledger_live import ledger_live
from forensics.detectors.wallet._open_metamask import coinbase, metamask
from forensics.detectors.wallet._open_monero import monero
from forensics.detectors.wallet._open_msigna import msigna
from forensics.detectors.wallet._open_multibit_hd import multibit_hd
from forensics.detectors.wallet._open_my_wallet import blockchain_com, dogechain
from forensics.detectors.wallet._open_phantom import phantom
from forensics.detectors.wallet._open_sparrow import sparrow
from forensics.detectors.wallet._open_vaults import bitcoinj, exodus, keystore
from forensics.detectors.wallet._open_wasabi import wasabi
from forensics.detectors.wallet._opened import Opened, WrongSecretError
from forensics.errors import FormatError

OPENERS: Mapping[str, Callable[[bytes, bytes], Opened]] = {
    "store/bitwarden": bitwarden,
    "store/salted": salted,
    "wallet/armory": armory,
    "wallet/bitcoin_core": core,
    "wallet/bitcoinj": bitcoinj,
    "wallet/bither": bither,
    "wallet/blockchain_com": blockchain_com,
    "wallet/brave": brave,
    "wallet/coinbase": coinbase,
    "wallet/dogechain": dogechain,
    "wallet/electrum": electrum,
    "wallet/exodus": exodus,
    "wallet/ledger_live": ledger_live,
    "wallet/msigna": msigna,
    "wallet/multibit_hd": multibit_hd,
    "wallet/sparrow": sparrow,
    "wallet/wasabi": wasabi,
}
# What takes more than a password: a key file, or what stands beside.
WITH_MORE: Mapping[str, Callable[[bytes, bytes, bytes], Opened]] = {
    "browser/firefox_keys": firefox_keys,
    "store/keepass": keepass,
    "wallet/ethereum_keystore": keystore,
    "wallet/metamask": metamask,
    "wallet/monero_keys": monero,
    "wallet/phantom": phantom,
}


def opened(kind: str, data: bytes, secret: bytes, more: bytes = b"") -> Opened:
    """Open a wallet or a store of a kind; `data` are the bytes of its finding, `more` those of a key file,
    a list in JSON of what stands beside, or the file beside.

    Raises:
        WrongSecretError: the format's own check does not hold with this secret.
        FormatError: the kind is not one of these, or the wallet is damaged.
    """
    try:
        if kind in WITH_MORE:
            return WITH_MORE[kind](data, secret, more)
        if kind not in OPENERS:
            raise FormatError(f"{kind}: not a kind that can be opened")
        if more:
            raise FormatError(f"{kind}: takes no key file")
        return OPENERS[kind](data, secret)
    except (ValueError, IndexError, KeyError, OverflowError) as error:
        raise FormatError(f"{kind}: damaged, {error}") from error


__all__ = ["OPENERS", "Opened", "WrongSecretError", "opened"]
