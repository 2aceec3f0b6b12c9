"""Browser extensions that are wallets, by their identities in the shops of Chrome and Edge.

An identity is 32 letters a to p, and the same in every browser that takes extensions from that shop. Sources: the
shops' pages, and public forensic tools that name them; those with an asterisk were found in one list only.
"""

from __future__ import annotations

from collections.abc import Mapping

EXTENSIONS: Mapping[str, str] = {
    "nkbihfbeogaeaoehlefnkodbefgpgknn": "MetaMask",
    "ejbalbakoplchlghecdalmeeeajnimhm": "MetaMask",
    "ljfoeinjpaedjfecbmggjgodbgkmjkjk": "MetaMask (development build)",
    "bfnaelmomeimhlpmgjnjophhpkkoljpa": "Phantom",
    "egjidjbpglichdcondbcbdnbeeppgdph": "Trust Wallet",
    "hnfanknocfeofbddgcijnmhnfnkdnaad": "Coinbase Wallet",
    "hpglfhgfnhbgpjdenjgmdgoeiappafln": "Guarda",
    "jiidiaalihmmhddjgbnbgdfflelocpak": "Bitget Wallet",
    "hifafgmccdpekplomjjkcfgodnhcellj": "Crypto.com Wallet",
    "opfgelmcmbiajamepnmloijbpoleiama": "Rainbow",
    "bhhhlbepdkbapadjdnnojkbgioiodbic": "Solflare",
    "omaabbefbmiijedngplfjmnooppbclkk": "Tonkeeper",
    "fnjhmkhhmkbjkkabndcnnogagogbneec": "Ronin Wallet",
    "fhbohimaelbohpjbbldcngcnapndodjp": "Binance Wallet (BNB Chain)",
    "ibnejdfjmmkpcnlpebklmnkoeoihofec": "TronLink",  # *
    "dmkamcknogkgcdfhhbddcghachkejeap": "Keplr",  # *
    "ffnbelfdoeiohenkjibnmadjiehjhajb": "Yoroi",  # *
    "acmacodkjbdgmoleebolmdjonilkdbch": "Rabby",  # *
    "mcohilncbfahbmgdjkbpemcciiolgcge": "OKX Wallet",  # *
    "aiifbnbfobpmeekipheeijimdpnlpgpp": "Terra Station",
}


def extension_in(path: str) -> str:
    """The wallet whose identity stands in a path or a locator; empty where none does."""
    return next((name for identity, name in EXTENSIONS.items() if identity in path), "")
