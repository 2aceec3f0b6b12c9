"""The laptop of an invented vendor of tea and tiles: what is on it, and where it was put.

Every name is invented, every key is drawn from the seed and holds nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from forensics.scenarios.chance import Chance
from forensics.scenarios.content import coins, openpgp
from forensics.scenarios.content.codes import onion_v3
from forensics.scenarios.disks import ext4, mbr, ntfs
from forensics.scenarios.plan import Loose, Placed, Planned, Times, Written, seconds

MIB = 1 << 20
NTFS_AT, NTFS_SIZE = MIB, 24 * MIB
EXT4_AT, EXT4_SIZE = 26 * MIB, 16 * MIB
DISK_SIZE = 43 * MIB
GAP_AT = NTFS_AT + NTFS_SIZE + 4096
MADE = seconds("2025-03-02 09:00")
README = (
    "This disk is synthetic. The people, goods and messages are invented; every key on it was drawn from a\n"
    "seed number and holds no money.\n"
)


@dataclass(frozen=True, slots=True)
class Planted:
    """One artefact or decoy: kind, true value, the text on the disk, and whether it is secret or wrong."""

    kind: str
    value: str
    text: str
    secret: bool = False
    decoy: bool = False


def _broken(value: str) -> str:
    """The value with one character changed, so that its checksum fails."""
    at = len(value) // 2
    swap = "q" if value[at] != "q" else "p"
    return value[:at] + swap + value[at + 1 :]


@dataclass(frozen=True, slots=True)
class Story:
    """What is planted, by a short name."""

    items: dict[str, Planted]

    def __getitem__(self, name: str) -> str:
        return self.items[name].text


def story(seed: int) -> Story:
    """Everything that the disk will hold, drawn from the seed."""
    chance = Chance(seed, "vendor-laptop")
    phrase = coins.phrase(chance.octets("phrase", 16))
    long_phrase = coins.phrase(chance.octets("long phrase", 32))
    root = coins.Node.master(coins.phrase_seed(phrase))
    account = root.at("84'/0'/0'")
    monero = coins.Monero.drawn(chance.octets("monero", 32))
    key = openpgp.curve_key(chance.within("vendor"), "Northlight <northlight@shop.example>", MADE)
    buyer = openpgp.curve_key(chance.within("buyer"), "Quill <quill@post.example>", MADE + 86400)
    items: dict[str, Planted] = {}

    def add(name: str, kind: str, value: str, text: str | None = None, *, secret: bool = False) -> None:
        items[name] = Planted(kind, value, value if text is None else text, secret)

    for number, make in enumerate((coins.p2pkh, coins.p2sh_p2wpkh, coins.p2wpkh, coins.p2tr)):
        for copy in range(3):
            add(f"btc{number}{copy}", "address/bitcoin", make(account.child(number).child(copy)))
    for copy in range(4):
        add(f"eth{copy}", "address/ethereum", coins.ethereum(root.at(f"44'/60'/0'/0/{copy}")))
        add(f"onion{copy}", "onion/v3", onion_v3(_point(chance, f"onion {copy}")))
    add("xmr0", "address/monero", monero.address())
    add("xmr1", "address/monero", monero.subaddress(0, 1))
    add("wif", "key/wif", root.at("44'/0'/0'/0/9").wif(), secret=True)
    add("xpub", "key/extended", account.extended("zpub"))
    add("xprv", "key/extended", root.extended("xprv"), secret=True)
    add("phrase", "seed/bip39", phrase, secret=True)
    numbered = "\n".join(f"{n}. {word}" for n, word in enumerate(long_phrase.split(), 1))
    add("long", "seed/bip39", long_phrase, numbered, secret=True)
    add("key", "openpgp/armor", key.fingerprint, openpgp.armour("PUBLIC KEY BLOCK", key.certificate))
    add("buyer", "openpgp/armor", buyer.fingerprint, openpgp.armour("PUBLIC KEY BLOCK", buyer.certificate))
    for copy, name in enumerate(("orders@harbour-lane.example", "quill@post.example", "tiles@kiln.example")):
        add(f"mail{copy}", "contact/email", name)
    for name in ("btc00", "btc10", "btc20", "btc30", "eth0", "xmr0", "wif", "xpub", "onion0"):
        original = items[name]
        wrong = _broken(original.text)
        items[f"{name} broken"] = Planted(original.kind, wrong, wrong, decoy=True)
    return Story(items)


def _point(chance: Chance, label: str) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    return Ed25519PrivateKey.from_private_bytes(chance.octets(label, 32)).public_key().public_bytes_raw()


def _listing(s: Story) -> str:
    return (
        "<!doctype html><html><head><title>Harbour Lane Market - Blue tea, 100 g</title></head><body>"
        f"<h1>Blue tea, 100 g</h1><p>Vendor: northlight</p><p>Mirror: http://{s['onion1']}/</p>"
        f"<p>Pay to <code>{s['btc20']}</code> or <code>{s['xmr1']}</code></p>"
        f"<p>Contact {s['mail0']}</p><pre>{s['key']}</pre></body></html>\n"
    )


def ntfs_files(s: Story) -> list[Planned]:
    """Files of the first volume."""
    at = Times.at
    home = "/Users/northlight"
    return [
        Planned(f"{home}/README.txt", README.encode(), at(MADE)),
        Planned(
            f"{home}/Documents/prices.txt",
            f"blue tea 12.50\npay {s['btc00']} or {s['eth0']}\n".encode(),
            at(MADE + 3600),
        ),
        Planned(f"{home}/Documents/wrong.txt", _decoys(s).encode(), at(MADE + 3700)),
        Planned(
            f"{home}/Documents/ledger.txt",
            f"in {s['btc10']}\nout {s['btc30']}\n{s['xpub']}\n".encode("utf-16-le"),
            at(MADE + 7200),
        ),
        Planned(f"{home}/Documents/backup words.txt", f"{s['phrase']}\n".encode(), at(MADE + 9000)),
        Planned(
            f"{home}/Downloads/listing.html",
            _listing(s).encode() + b"<!-- " + b"tea " * 3000 + b"-->",
            at(MADE + 10000),
        ),
        Planned(
            f"{home}/Documents/plan.txt",
            b"nothing to see here, only tiles\n" * 40,
            at(MADE + 11000),
            streams={"note": f"hidden: {s['onion2']} {s['wif']}\n".encode()},
        ),
        Planned(
            f"{home}/Documents/orders.csv",
            (b"id,item\n" + b"7,tiles\n" * 700),
            at(MADE + 12000),
            slack=f" old order to {s['btc21']} ".encode(),
        ),
        Planned(
            f"{home}/Desktop/old notes.txt",
            (f"send the rest to {s['btc11']}\n" + "tea tiles harbour\n" * 400).encode(),
            at(MADE + 13000),
            deleted=True,
        ),
        Planned(
            f"{home}/Desktop/scattered.txt",
            (f"{s['eth1']}\n" + "harbour tea\n" * 1500 + f"{s['mail2']}\n").encode(),
            at(MADE + 14000),
            cuts=(2, 1),
        ),
    ]


def ext4_files(s: Story) -> list[Planned]:
    """Files of the second volume."""
    at = Times.at
    home = "/home/nl"
    return [
        Planned(f"{home}/README.txt", README.encode(), at(MADE + 20000)),
        Planned(f"{home}/keys/northlight.asc", s["key"].encode(), at(MADE + 21000)),
        Planned(f"{home}/keys/quill.asc", s["buyer"].encode(), at(MADE + 22000)),
        Planned(f"{home}/notes/mirrors.txt", f"{s['onion0']}\n{s['onion3']}\n".encode(), at(MADE + 23000)),
        Planned(f"{home}/notes/paper wallet.txt", f"{s['long']}\n\n".encode(), at(MADE + 24000)),
        Planned(f"{home}/notes/cold.txt", f"{s['xprv']}\n{s['xmr0']}\n".encode(), at(MADE + 25000)),
        Planned(
            f"{home}/mail/inbox.mbox",
            (
                f"From {s['mail1']} Sun Mar  2 10:00:00 2025\nFrom: Quill <{s['mail1']}>\nTo: northlight@shop.example\n"
                f"Subject: tiles\n\nPaid to {s['btc22']}. Thank you.\n\n"
            ).encode(),
            at(MADE + 26000),
        ),
        Planned(
            f"{home}/notes/gone.txt",
            (f"refund {s['eth2']}\n" + "kiln harbour\n" * 500).encode(),
            at(MADE + 27000),
            deleted=True,
        ),
    ]


def _decoys(s: Story) -> str:
    return "".join(f"{each.text}\n" for each in s.items.values() if each.decoy)


def disk(seed: int) -> tuple[bytes, dict[str, Any]]:
    """The media and its ground truth."""
    s = story(seed)
    chance = Chance(seed, "volumes")
    loose = [Loose("free note", f"\nfree space: {s['btc31']} and {s['onion1']}\n".encode())]
    volumes: list[tuple[int, int, Written, list[Planned]]] = []
    files = ntfs_files(s)
    written = ntfs.write(NTFS_SIZE, "SYSTEM", chance.below("serial", 1 << 63), NTFS_AT // 512, MADE, files, loose)
    volumes.append((1, NTFS_AT, written, files))
    files = ext4_files(s)
    second = [Loose("free note", f"\nleft over: {s['eth3']} {s['btc12']}\n".encode())]
    written = ext4.write(EXT4_SIZE, "home", chance.octets("uuid", 16), MADE, files, second)
    volumes.append((2, EXT4_AT, written, files))
    media = bytearray(DISK_SIZE)
    media[:512] = mbr.boot_record(
        chance.below("signature", 1 << 32), [(0x07, NTFS_AT, NTFS_SIZE), (0x83, EXT4_AT, EXT4_SIZE)]
    )
    for _, offset, each, _ in volumes:
        media[offset : offset + len(each.image)] = each.image
    gap = f"\nbetween the volumes: {s['btc01']} {s['btc32']}\n".encode()
    media[GAP_AT : GAP_AT + len(gap)] = gap
    return bytes(media), _truth(seed, s, bytes(media), volumes)


def _truth(seed: int, s: Story, media: bytes, volumes: list[tuple[int, int, Written, list[Planned]]]) -> dict[str, Any]:
    artefacts: list[dict[str, Any]] = []
    decoys: list[dict[str, Any]] = []
    for item in s.items.values():
        for encoding in ("utf-8", "utf-16-le"):
            needle = item.text.encode(encoding)
            at = media.find(needle)
            while at >= 0:
                record = {"kind": item.kind, "value": item.value, "encoding": encoding, "image_offset": at}
                record.update(_place(at, volumes))
                if item.decoy:
                    decoys.append({**record, "why": "one character changed"})
                else:
                    artefacts.append({**record, "secret": item.secret})
                at = media.find(needle, at + 1)
    return {
        "scenario": "vendor-laptop",
        "seed": seed,
        "image": {
            "sha256": hashlib.sha256(media).hexdigest(),
            "md5": hashlib.md5(media, usedforsecurity=False).hexdigest(),
            "size": len(media),
        },
        "artefacts": artefacts,
        "decoys": decoys,
        "files": list(_files(volumes)),
    }


def _place(at: int, volumes: list[tuple[int, int, Written, list[Planned]]]) -> dict[str, Any]:
    for number, offset, written, files in volumes:
        if not offset <= at < offset + len(written.image):
            continue
        deleted = {each.path for each in files if each.deleted}
        for placed in written.placed:
            if any(start <= at - offset < start + length for start, length in placed.extents):
                place = "ads" if placed.stream else "resident" if placed.resident else "allocated"
                place = "deleted" if placed.path in deleted else place
                return {"volume": number, "path": placed.path, "stream": placed.stream, "place": place}
            if placed.slack_offset is not None and 0 <= at - offset - placed.slack_offset < 4096:
                return {"volume": number, "path": placed.path, "stream": placed.stream, "place": "slack"}
        return {"volume": number, "path": None, "stream": None, "place": "unallocated"}
    return {"volume": 0, "path": None, "stream": None, "place": "gap"}


def _files(volumes: list[tuple[int, int, Written, list[Planned]]]) -> Iterator[dict[str, Any]]:
    for number, _, written, files in volumes:
        by_path = {each.path: each for each in files}
        for placed in written.placed:
            yield _file(number, placed, by_path[placed.path])


def _file(number: int, placed: Placed, planned: Planned) -> dict[str, Any]:
    data = planned.streams[placed.stream] if placed.stream else planned.data
    return {
        "volume": number,
        "path": placed.path,
        "stream": placed.stream,
        "size": placed.size,
        "deleted": planned.deleted,
        "sha256": hashlib.sha256(data).hexdigest(),
    }
