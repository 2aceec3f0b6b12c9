"""Who and what appears in the story: wallets, addresses, keys and names, each made on request and recorded.

The people, the market, its goods and its hosts are invented. Host names are under the domains reserved
for examples, and every private key follows from the scenario's seed.
"""

from __future__ import annotations

import base64
from functools import cached_property

from forensics.scenarios.chance import Chance
from forensics.scenarios.content import codes, coins, openpgp
from forensics.scenarios.content.electrum import Account
from forensics.scenarios.plan import seconds
from forensics.scenarios.registry import Registry

VENDOR = "AzulLeaf"
PARTNER = "grout_fox"
MARKET = "Harbour Lane"
NOTICE = (
    "SYNTHETIC EVIDENCE\n"
    "This disk was made by a program for training, testing and demonstration (scenario vendor-laptop).\n"
    "No person, market, parcel or payment on it is real. Every private key, phrase and password follows\n"
    "from a published number and is worthless: never send funds to an address found here.\n"
)


class Cast:
    """Values for one seed, and the registry that they are recorded in."""

    def __init__(self, seed: int, registry: Registry) -> None:
        self.chance = Chance(seed, "vendor-laptop")
        self.registry = registry
        self._addresses: dict[tuple[str, int], str] = {}
        self._monero: dict[int, str] = {}

    # ── Bitcoin ─────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def shop_phrase(self) -> str:
        """The phrase behind the shop's wallet."""
        return coins.phrase(self.chance.octets("shop phrase", 16))

    @cached_property
    def shop(self) -> coins.Node:
        """The root of the shop's keys."""
        return coins.Node.master(coins.phrase_seed(self.shop_phrase))

    def bitcoin(self, form: str, number: int) -> str:
        """An address of the shop: `p2pkh`, `p2sh`, `p2wpkh`, `p2wsh` or `p2tr`."""
        key = (form, number)
        if key not in self._addresses:
            purpose = {"p2pkh": 44, "p2sh": 49, "p2wpkh": 84, "p2wsh": 48, "p2tr": 86}[form]
            maker = {
                "p2pkh": coins.p2pkh,
                "p2sh": coins.p2sh_p2wpkh,
                "p2wpkh": coins.p2wpkh,
                "p2wsh": coins.p2wsh,
                "p2tr": coins.p2tr,
            }[form]
            self._addresses[key] = maker(self.branch(purpose).child(number))
        return self.registry.know("address/bitcoin", self._addresses[key], note=form)

    def branch(self, purpose: int) -> coins.Node:
        """The receiving branch of the first account of a purpose."""
        return self.shop.at(f"{purpose}'/0'/0'/0")

    def stranger(self, form: str, name: str) -> str:
        """An address that belongs to no wallet of the story."""
        node = coins.Node(int.from_bytes(self.chance.octets(f"stranger {name}", 31), "big") + 1, bytes(32))
        maker = {
            "p2pkh": coins.p2pkh,
            "p2sh": coins.p2sh_p2wpkh,
            "p2wpkh": coins.p2wpkh,
            "p2wsh": coins.p2wsh,
            "p2tr": coins.p2tr,
        }[form]
        return self.registry.know("address/bitcoin", maker(node), note=form)

    def wif(self, number: int, *, short: bool = True) -> str:
        """A private key of the shop's first branch."""
        node = self.branch(44).child(number)
        return self.registry.know("key/wif", node.wif(short=short), secret=True)

    def extended(self, form: str, path: str) -> str:
        """An extended key of the shop."""
        secret = form.endswith("prv")
        return self.registry.know("key/extended", self.shop.at(path).extended(form), secret=secret, note=path)

    def shop_master(self) -> str:
        """The public root of the shop, which its wallet file names."""
        return self.registry.know("key/extended", self.shop.extended("xpub"), note="m")

    def electrum(self, name: str) -> Account:
        """An Electrum wallet; what it shows in clear is recorded."""
        account = Account.drawn(self.chance.within(f"electrum {name}"))
        self.registry.know("key/extended", account.node.extended("zpub"), note="m/0h")
        self.registry.know("key/extended", account.node.extended("zprv"), secret=True, note="m/0h")
        for branch, count in ((0, 6), (1, 3)):
            for address in account.addresses(branch, count):
                self.registry.know("address/bitcoin", address, note="p2wpkh")
        return account

    # ── other coins ─────────────────────────────────────────────────────────────────────────────

    def ethereum(self, number: int) -> str:
        """An Ethereum address of the shop."""
        return self.registry.know("address/ethereum", coins.ethereum(self.shop.at(f"44'/60'/0'/0/{number}")))

    def monero(self, number: int) -> str:
        """The standard Monero address (0) or a sub-address."""
        if number not in self._monero:
            account = coins.Monero.drawn(self.chance.octets("monero", 32))
            made = account.address() if number == 0 else account.subaddress(0, number)
            self._monero[number] = made
        note = "standard" if number == 0 else f"sub-address 0/{number}"
        return self.registry.know("address/monero", self._monero[number], note=note)

    # ── phrases ─────────────────────────────────────────────────────────────────────────────────

    def phrase(self, name: str, count: int) -> str:
        """A phrase in one line."""
        text = self.shop_phrase if name == "shop" else self._phrase(name, count)
        return self.registry.know("seed/bip39", text, secret=True, note=f"{count} words in one line")

    def listed(self, name: str, count: int, mark: str = "{}. ") -> str:
        """A phrase with one numbered word a line."""
        text = self._phrase(name, count)
        lines = "\n".join(mark.format(place) + word for place, word in enumerate(text.split(), 1))
        note = f"{count} words, one a line"
        return self.registry.know("seed/bip39", text, lines, secret=True, note=note, lead=len(mark.format(1)))

    def _phrase(self, name: str, count: int) -> str:
        return coins.phrase(self.chance.octets(f"phrase {name}", count * 4 // 3))

    # ── names and hosts ─────────────────────────────────────────────────────────────────────────

    def onion(self, name: str) -> str:
        """An onion service that does not exist: its key follows from the seed."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - as late as needed
            Ed25519PrivateKey,
        )

        key = Ed25519PrivateKey.from_private_bytes(self.chance.octets(f"onion {name}", 32))
        value = codes.onion_v3(key.public_key().public_bytes_raw())
        return self.registry.know("onion/v3", value)

    def mail(self, address: str) -> str:
        """An e-mail address."""
        reserved = address.endswith(".invalid")
        note = "reserved top-level domain: may be left out" if reserved else ""
        return self.registry.know("contact/email", address, optional=reserved, note=note)

    def jid(self, address: str) -> str:
        """An XMPP address, which looks like an e-mail address."""
        note = "XMPP address of the same shape"
        return self.registry.know("contact/email", address, optional=True, note=note)

    # ── OpenPGP ─────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def vendor_key(self) -> openpgp.Key:
        """The vendor's key."""
        user = f"{VENDOR} <azulleaf@onionpost.example.com>"
        return openpgp.curve_key(self.chance.within("vendor key"), user, seconds("2024-01-09 18:22:31"))

    @cached_property
    def partner_key(self) -> openpgp.Key:
        """The partner's key."""
        user = f"{PARTNER} <grout.fox@post.example.org>"
        return openpgp.curve_key(self.chance.within("partner key"), user, seconds("2023-11-20 07:41:05"))

    @cached_property
    def market_key(self) -> openpgp.Key:
        """The market's key."""
        return openpgp.rsa_key(
            self.chance.within("market key"), f"{MARKET} staff (signing)", seconds("2023-05-02 12:00:00")
        )

    def certificate(self, key: openpgp.Key, comment: str = "") -> str:
        """A key as an armoured block."""
        text = openpgp.armour("PUBLIC KEY BLOCK", key.certificate, comment=comment).rstrip("\n")
        return self.registry.know("openpgp/armor", key.fingerprint, text)

    def message(self, name: str, to: openpgp.Key, text: str, when: str) -> str:
        """An encrypted message as an armoured block."""
        data = openpgp.encrypted(self.chance.within(f"message {name}"), to, text, "", seconds(when))
        block = openpgp.armour("MESSAGE", data).rstrip("\n")
        note = f"encrypted to the subkey of {to.fingerprint}"
        return self.registry.know("openpgp/armor", None, block, note=note)

    # ── things that only look right ─────────────────────────────────────────────────────────────

    def broken(self, kind: str, text: str, name: str, *, keep: int = 6) -> str:
        """`text` with one character changed into another of its kind, behind the first `keep` ones."""
        chance = self.chance.within(f"broken {name}")
        if kind == "address/ethereum":
            letters = [place for place in range(keep, len(text)) if text[place].isalpha()]
            place = chance.pick("place", letters)
            changed = text[:place] + text[place].swapcase() + text[place + 1 :]
        else:
            alphabet = codes.BASE58
            if text.startswith("bc1"):
                alphabet = codes.BECH32
            if text.endswith(".onion"):
                alphabet = "abcdefghijklmnopqrstuvwxyz234567"
            place = chance.between("place", keep, min(len(text), 56) - 5)
            other = chance.pick("other", [letter for letter in alphabet if letter != text[place]])
            changed = text[:place] + other + text[place + 1 :]
        return self.registry.decoy(kind, changed, f"character {place + 1} changed: the checksum fails")

    def broken_phrase(self, name: str, count: int) -> str:
        """List words of which no run is a phrase."""
        for turn in range(10_000):
            draws = self.chance.octets(f"broken phrase {name} {turn}", 2 * count)
            picks = [coins.words()[int.from_bytes(draws[at : at + 2], "big") % 2048] for at in range(0, 2 * count, 2)]
            runs = (picks[at : at + size] for size in (12, 15, 18, 21, 24) for at in range(count - size + 1))
            if not any(coins.phrase_holds(" ".join(run)) for run in runs):
                return self.registry.decoy("seed/bip39", " ".join(picks), "the checksum fails")
        raise ValueError("no such phrase")

    def broken_armour(self, key: openpgp.Key) -> str:
        """A key block whose first character is changed: no packet, and the checksum fails."""
        lines = openpgp.armour("PUBLIC KEY BLOCK", key.certificate).rstrip("\n").split("\n")
        lines[2] = "A" + lines[2][1:]
        why = "first character changed: no packet starts here, and the checksum fails"
        return self.registry.decoy("openpgp/armor", "\n".join(lines), why)

    # ── noise ───────────────────────────────────────────────────────────────────────────────────

    def base58_noise(self, name: str, start: str, count: int) -> str:
        """Random Base58 of the length of an address."""
        text = start + self.chance.text(f"noise {name}", codes.BASE58, count - len(start))
        return self.registry.decoy("address/bitcoin", text, "random Base58: no checksum")

    def hex_noise(self, name: str, octets: int) -> str:
        """A hexadecimal digest of nothing."""
        return self.chance.octets(f"hex {name}", octets).hex()

    def base64_noise(self, name: str, octets: int, width: int = 76) -> str:
        """Base64 of random octets, in lines."""
        text = base64.b64encode(self.chance.octets(f"base64 {name}", octets)).decode()
        return "\n".join(text[at : at + width] for at in range(0, len(text), width))
