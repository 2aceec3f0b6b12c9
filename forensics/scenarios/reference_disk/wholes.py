"""Files that are artefacts as such: wallets, keystores, chats, pictures with camera data, OpenPGP in binary."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from forensics.scenarios.chance import Chance
from forensics.scenarios.content import coins, core_wallet, electrum, openpgp, pictures
from forensics.scenarios.reference_disk.artefacts import MADE, scaled
from forensics.scenarios.reference_disk.draw import Draw
from forensics.scenarios.reference_disk.words import Language, fill

_COUNTS = {
    "core": 14, "electrum": 16, "keystore": 40, "pidgin": 60, "irssi": 40, "weechat": 30, "photo": 40, "keyring": 30,
    "message": 30,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file with its name, the kind that it is, and whether that kind is secret."""

    kind: str
    name: str
    data: bytes
    secret: bool
    note: str


def whole_files(seed: int, size: int, language: Language) -> Iterator[WholeFile]:
    """All of them, for a disk of `size` bytes."""
    for form, count in _COUNTS.items():
        for number in range(scaled(count, size)):
            yield _made(form, number, Chance(seed, f"reference/{form} {number}"), language)


def _made(form: str, number: int, chance: Chance, language: Language) -> WholeFile:
    draw = Draw(chance.seed, f"whole {form} {number}")
    if form == "core":
        root = coins.Node.master(chance.octets("root", 64))
        labels = [core_wallet.Label(coins.p2wpkh(root.at(f"84'/0'/0'/0/{n}")), language.word(draw)) for n in range(4)]
        data = core_wallet.descriptor_wallet(root, labels, MADE + number)
        return WholeFile("wallet/bitcoin_core", "wallet.dat", data, True, "descriptor wallet")
    if form == "electrum":
        account = electrum.Account.drawn(chance)
        text = electrum.wallet(account, MADE + number, {}, {}, [])
        return WholeFile("wallet/electrum", f"wallet_{number}", text.encode(), True, "plain")
    if form == "keystore":
        return _keystore(chance)
    if form == "pidgin":
        return _pidgin(number, draw, language)
    if form in ("irssi", "weechat"):
        return _irc(form, number, draw, language)
    if form == "photo":
        place = (47.0 + number / 100, 8.0 + number / 50)
        data = pictures.label_photo(chance, ["TO", f"SAMPLE {number}"], MADE + 60 * number, place)
        return WholeFile("media/exif", f"IMG_{1000 + number}.jpg", data, False, "with a place")
    key = openpgp.curve_key(chance, f"binary {number} <bin{number}@mail.example.org>", MADE + number)
    if form == "keyring":
        return WholeFile("openpgp/keyring", f"key{number}.gpg", key.certificate, False, "one certificate")
    text = fill(language.prose, draw, draw.between(200, 20_000)).decode()
    data = openpgp.encrypted(chance, key, text, "notes.txt", MADE + number)
    return WholeFile("openpgp/message", f"notes{number}.txt.gpg", data, False, "encrypted")


def _keystore(chance: Chance) -> WholeFile:
    address = chance.octets("address", 20).hex()
    document = {
        "address": address,
        "crypto": {
            "cipher": "aes-128-ctr",
            "ciphertext": chance.octets("ciphertext", 32).hex(),
            "cipherparams": {"iv": chance.octets("iv", 16).hex()},
            "kdf": "scrypt",
            "kdfparams": {"dklen": 32, "n": 262144, "p": 1, "r": 8, "salt": chance.octets("salt", 32).hex()},
            "mac": chance.octets("mac", 32).hex(),
        },
        "id": str(uuid.UUID(bytes=chance.octets("id", 16), version=4)),
        "version": 3,
    }
    name = f"UTC--2024-02-{1 + chance.below('day', 28):02}T09-30-00.000000000Z--{address}"
    return WholeFile("wallet/ethereum_keystore", name, json.dumps(document).encode(), False, "version 3")


def _pidgin(number: int, draw: Draw, language: Language) -> WholeFile:
    us, peer = f"{language.word(draw)}@jabber.example.org", f"{language.word(draw)}@jabber.example.org"
    out = [f"Conversation with {peer} at 2024-03-{1 + number % 28:02} 10:00:00 on {us}/home (jabber)"]
    for line in range(draw.between(5, 120)):
        text = fill(language.prose, draw, draw.between(8, 90)).decode().replace("\n", " ")
        out.append(f"(10:{line // 4 % 60:02}:{line * 15 % 60:02}) {draw.pick((us, peer))}: {text}")
    name = f"2024-03-{1 + number % 28:02}.100000+0000UTC.txt"
    return WholeFile("chat/pidgin", name, ("\n".join(out) + "\n").encode(), False, "text")


def _irc(form: str, number: int, draw: Draw, language: Language) -> WholeFile:
    nicks = [language.word(draw) for _ in range(5)]
    day = f"2024-04-{1 + number % 28:02}"
    out = [f"--- Log opened Mon Apr {1 + number % 28:02} 09:00:00 2024"] if form == "irssi" else []
    for line in range(draw.between(8, 200)):
        text = fill(language.prose, draw, draw.between(8, 90)).decode().replace("\n", " ")
        nick = draw.pick(nicks)
        time = f"{9 + line // 60:02}:{line % 60:02}"
        if form == "irssi":
            out.append(f"{time} <{nick}> {text}")
        elif line % 9 == 0:
            out.append(f"{day} {time}:00\t-->\t{nick} ({nick}@host.example.net) has joined #tiles")
        else:
            out.append(f"{day} {time}:00\t{nick}\t{text}")
    name = f"#tiles{number}.log" if form == "irssi" else f"irc.net.#tea{number}.weechatlog"
    return WholeFile("chat/irc", name, ("\n".join(out) + "\n").encode(), False, form)
