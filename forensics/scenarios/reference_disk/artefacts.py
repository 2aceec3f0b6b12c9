"""Values that detectors know, and texts that only look like them: each made once, for a place to be chosen."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from forensics.scenarios.chance import Chance
from forensics.scenarios.content import codes, coins, openpgp
from forensics.scenarios.reference_disk.draw import Draw
from forensics.scenarios.reference_disk.words import Language
from forensics.scenarios.registry import Decoy, Known

MADE = 1_700_000_000
BITCOIN, ETHEREUM, MONERO = "address/bitcoin", "address/ethereum", "address/monero"
WIF, EXTENDED, BIP38, SEED, ONION, MAIL, ARMOR = (
    "key/wif", "key/extended", "key/bip38", "seed/bip39", "onion/v3", "contact/email", "openpgp/armor",
)  # fmt: skip
_COUNTS = {  # on a disk of 1 GiB
    "p2pkh": 300, "p2sh": 300, "p2wpkh": 200, "p2wsh": 120, "p2tr": 250, "ethereum": 360, "monero": 320, "wif": 260,
    "xprv": 90, "zprv": 70, "xpub": 90, "zpub": 70, "bip38": 40, "seed": 310, "onion": 370, "mail": 330,
    "public key": 130, "message": 120,
}  # fmt: skip
_DECOYS = {
    "p2pkh": 90, "p2sh": 60, "p2wpkh": 60, "p2wsh": 30, "p2tr": 60, "ethereum": 80, "upper": 60, "monero": 60, "wif": 60,
    "xprv": 30, "xpub": 30, "bip38": 20, "seed": 70, "onion": 70, "mail": 20,
}  # fmt: skip


def scaled(count: int, size: int) -> int:
    """`count` for 1 GiB, on a disk of `size` bytes; one at least."""
    return max(1, round(count * size / (1 << 30)))


class Maker:
    """Makes artefacts one after another from a seed."""

    def __init__(self, seed: int, language: Language) -> None:
        self.chance = Chance(seed, "reference")
        self.language = language

    def planted(self, size: int) -> list[Known]:
        """All single artefacts of a disk of `size` bytes."""
        return list(self._planted(size))

    def _planted(self, size: int) -> Iterator[Known]:
        for form, count in _COUNTS.items():
            for number in range(scaled(count, size)):
                yield self.known(form, number)

    def decoys(self, size: int) -> list[Decoy]:
        """All texts that must not be reported."""
        return [self.decoy(form, number) for form, count in _DECOYS.items() for number in range(scaled(count, size))]

    def known(self, form: str, number: int) -> Known:
        """The artefact of a form and number."""
        if form in ("public key", "message"):
            return self._armour(form, number)
        kind, text = self.text(form, number)
        secret = kind in (WIF, BIP38, SEED) or form.endswith("prv")
        if form == "seed" and number % 3 == 2:
            listed = "\n".join(f"{place}. {word}" for place, word in enumerate(text.split(), 1))
            return Known(kind, text, (listed,), secret, note="one word a line", lead=3)
        return Known(kind, text, (text,), secret, note=form)

    def text(self, form: str, number: int) -> tuple[str, str]:
        """The kind and the text of a form."""
        octets = self.chance.octets(f"{form} {number}", 64)
        simple: dict[str, Callable[[], tuple[str, str]]] = {
            "p2pkh": lambda: (BITCOIN, codes.base58check(b"\0" + octets[:20])),
            "p2sh": lambda: (BITCOIN, codes.base58check(b"\x05" + octets[:20])),
            "p2wpkh": lambda: (BITCOIN, codes.segwit(octets[:20], 0)),
            "p2wsh": lambda: (BITCOIN, codes.segwit(octets[:32], 0)),
            "p2tr": lambda: (BITCOIN, coins.p2tr(_node(octets))),
            "ethereum": lambda: (ETHEREUM, codes.eip55(octets[:20])),
            "monero": lambda: (MONERO, _monero(octets, number)),
            "wif": lambda: (WIF, _node(octets).wif(short=number % 3 > 0)),
            "bip38": lambda: (BIP38, codes.base58check(b"\x01\x42\xe0" + octets[:36])),
            "seed": lambda: (SEED, coins.phrase(octets[: (16, 16, 16, 32, 24)[number % 5]])),
            "onion": lambda: (ONION, _onion(octets)),
            "mail": lambda: (MAIL, self._mail(number)),
        }
        if form in simple:
            return simple[form]()
        return EXTENDED, coins.Node.master(octets).at("84'/0'").extended(form)

    def _mail(self, number: int) -> str:
        draw = Draw(self.chance.seed, f"mail {number}")
        return f"{self.language.word(draw)}.{self.language.word(draw)}{number}@{self.language.host(draw)}"

    def _armour(self, form: str, number: int) -> Known:
        chance = self.chance.within(f"{form} {number}")
        key = openpgp.curve_key(chance, f"key {number} <key{number}@mail.example.org>", MADE + number)
        if form == "public key":
            text = openpgp.armour("PUBLIC KEY BLOCK", key.certificate).rstrip("\n")
            return Known(ARMOR, key.fingerprint, (text,), note=form)
        data = openpgp.encrypted(chance, key, f"number {number}\n" * (1 + number % 20), "", MADE + number)
        return Known(ARMOR, None, (openpgp.armour("MESSAGE", data).rstrip("\n"),), note=form)

    # ── things that only look right ─────────────────────────────────────────────────────────────

    def decoy(self, form: str, number: int) -> Decoy:
        """A text of a form that is none, one step beside an artefact."""
        draw = Draw(self.chance.seed, f"decoy {form} {number}")
        if form == "upper":
            while not (digits := draw.octets(20).hex().upper()).isalnum() or digits.isdigit():
                pass
            return Decoy(ETHEREUM, "0x" + digits, "all letters in upper case: no checksum")
        if form == "mail":
            word = self.language.word(draw)
            text = draw.pick((f"{word}@{draw.between(2, 9)}x.png", f"{word}_{number}@{word.upper()}_2.{number}"))
            return Decoy(MAIL, text, "the name of a picture, or the version of a symbol")
        if form == "seed":
            return Decoy(SEED, self._no_phrase(number), "the checksum fails")
        if form in ("p2pkh", "p2sh") and number % 3 == 0:
            start = "1" if form == "p2pkh" else "3"
            text = start + self.chance.text(f"noise {form} {number}", codes.BASE58, 33)
            return Decoy(BITCOIN, text, "random Base58: no checksum")
        kind, text = self.text(form, 1_000_000 + number)
        alphabet = codes.BASE58
        if form == "ethereum":
            place = draw.pick([place for place in range(2, 42) if text[place].isalpha()])
            return Decoy(
                kind, text[:place] + text[place].swapcase() + text[place + 1 :], "the case of a letter is wrong"
            )
        if text.startswith("bc1"):
            alphabet = codes.BECH32
        if form == "onion":
            alphabet = base64.b32encode(bytes(range(256))).decode().lower().replace("=", "")
        place = draw.between(6, min(len(text), 56) - 5)
        other = draw.pick([letter for letter in alphabet if letter != text[place]])
        return Decoy(
            kind, text[:place] + other + text[place + 1 :], f"character {place + 1} changed: the checksum fails"
        )

    def _no_phrase(self, number: int) -> str:
        turn = 0
        while True:
            octets = self.chance.octets(f"no phrase {number} {turn}", 24)
            words = [coins.words()[int.from_bytes(octets[at : at + 2], "big") % 2048] for at in range(0, 24, 2)]
            if not coins.phrase_holds(" ".join(words)):
                return " ".join(words)
            turn += 1


def _node(octets: bytes) -> coins.Node:
    return coins.Node(int.from_bytes(octets[:31], "big") + 1, octets[32:64])


def _monero(octets: bytes, number: int) -> str:
    account = coins.Monero.drawn(octets[:32])
    return account.address() if number % 2 else account.subaddress(0, 1 + number)


def _onion(octets: bytes) -> str:
    key = Ed25519PrivateKey.from_private_bytes(octets[:32])
    return codes.onion_v3(key.public_key().public_bytes_raw())
