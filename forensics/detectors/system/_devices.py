"""Devices that hold keys or print labels, by their USB numbers: what a device says of itself, which another may say, too.

Sources: systemd, hwdb.d/70-hardware-wallets.hwdb; INTERPOL Innovation Centre, Hardware Wallets Digital Forensics List;
usb.ids. Wallets that speak through a common serial chip (10C4:EA60, 1A86:55D4) are left out: most such chips are
something else.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Device:
    """The device's name and what it is for."""

    name: str
    group: str


# group: numbers of vendor and product, or of the vendor alone: name
_TABLE: dict[str, dict[str, str]] = {
    "hardware wallet": {
        "2C97": "Ledger",
        "2581": "Ledger (first models)",
        "1209:53C0": "Trezor (boot loader)",
        "1209:53C1": "Trezor",
        "534C:0001": "Trezor One",
        "2B24": "KeepKey",
        "D13E:CC10": "Coldcard",
        "03EB:2402": "BitBox",
        "03EB:2403": "BitBox02",
        "1209:3001": "Keystone 3 Pro",
        "1209:AAAA": "Prokey Optimum",
        "1209:ABBA": "CoinSafe",
        "1209:C0DA": "Monero Hardware",
        "1209:B0B0": "Monero Hardware (boot loader)",
        "1209:7551": "Opendime (boot loader)",
        "096E:0891": "JuBiter Blade",
        "2F48:2130": "D'CENT",
    },
    "security key": {
        "1050": "YubiKey",
        "1D50:60FC": "OnlyKey",
        "20A0": "Nitrokey",
    },
    "label printer": {
        "0922": "DYMO",
        "0A5F": "Zebra",
    },
    "printer": {
        "04F9": "Brother",
    },
}
_KNOWN = {numbers: Device(name, group) for group, each in _TABLE.items() for numbers, name in each.items()}


def device_of(vendor: str, product: str) -> Device | None:
    """The device of interest that has these numbers (four hexadecimal digits, capitals); None for any other."""
    return _KNOWN.get(f"{vendor}:{product}") or _KNOWN.get(vendor)
