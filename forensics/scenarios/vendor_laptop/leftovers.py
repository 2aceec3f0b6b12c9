"""What lies outside every file: in unallocated clusters and in the gaps between the volumes."""

from __future__ import annotations

from forensics.scenarios.plan import Loose
from forensics.scenarios.vendor_laptop import texts
from forensics.scenarios.vendor_laptop.cast import Cast


def in_windows(cast: Cast) -> list[Loose]:
    """Remains in free clusters of the NTFS volume."""
    mixed = (
        f"shopping list\nblue tea\ntile spacers\npay {cast.stranger('p2tr', 'free 1')}\n"
        f"mail {cast.mail('kiln@post.example.org')}\nsite {cast.onion('free')}\neth {cast.ethereum(50)}\n"
        f"xmr {cast.monero(50)}\n\n{cast.phrase('free', 24)}\n\n{cast.wif(50)}\n"
        f"{cast.extended('zpub', _ACCOUNT)}\n"
    )
    wide = f"Entwurf: {cast.stranger('p2wpkh', 'free wide')} an {cast.mail('tam.marlow@mail.example.com')}\n"
    bad = (
        f"draft\n{cast.broken('address/bitcoin', cast.stranger('p2wsh', 'free bad'), 'free')}\n"
        f"{cast.broken('onion/v3', cast.onion('free bad'), 'free')}\n----\n{cast.broken_phrase('free', 12)}\n----\n"
    )
    return [
        Loose("text of an editor", _windows(mixed)),
        Loose("text in UTF-16", _windows(wide).decode().encode("utf-16-le")),
        Loose("key block", _windows(cast.certificate(cast.market_key, "carve me") + "\n")),
        Loose("page of a browser", texts.listing_page(cast, 9, "Moss tile, set of 6", "0.0007 BTC", "p2wsh").encode()),
        Loose("mistyped text", _windows(bad)),
    ]


def in_linux(cast: Cast) -> list[Loose]:
    """Remains in free blocks of the ext4 volume."""
    text = f"tor notes\nhttp://{cast.onion('linux free')}/\n{cast.bitcoin('p2sh', 50)}\n{cast.wif(51)}\n"
    bad = f"tor notes\n{cast.broken('key/wif', cast.wif(52), 'linux free')}\n"
    return [Loose("notes", text.encode()), Loose("mistyped notes", bad.encode())]


def in_stick(cast: Cast) -> list[Loose]:
    """Remains in free clusters of the FAT32 volume."""
    text = f"fair, hall 3: {cast.mail('fair.office@tilework.example.net')} {cast.stranger('p2wpkh', 'stick free')}\n"
    return [Loose("fair", text.encode())]


def in_gaps(cast: Cast) -> list[Loose]:
    """Text hidden in the two gaps between the volumes."""
    first = (
        f"\nhidden between: {cast.stranger('p2pkh', 'gap')}\nsite http://{cast.onion('gap')}/\n"
        f"\n{cast.phrase('gap', 12)}\n\n{cast.mail('gap.keeper@mail.example.com')}\n"
    )
    second = f"\nxmr {cast.monero(60)}\nbad {cast.broken('address/bitcoin', cast.stranger('p2tr', 'gap bad'), 'gap')}\n"
    return [Loose("first gap", first.encode()), Loose("second gap", second.encode())]


_ACCOUNT = "84'/0'/1'"


def _windows(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()
