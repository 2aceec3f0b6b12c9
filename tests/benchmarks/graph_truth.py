"""Links of the demonstration case against what its story says: precision and recall by rule, with 95 % intervals.

    python -m tests.benchmarks.graph_truth CASE [TRUTH]

CASE is made by `impound demo --case CASE`; or of a disk of another seed, whose TRUTH `impound scenario build` writes
beside it. The truth is the story's own (`forensics/scenarios/vendor_laptop`): its
curves, addresses and texts are not the program's. A link is counted once, however many findings support it. Links
that derivation states of values which are not on the disk are counted apart: right where the story's curves agree.

What the program does not say at all (who a nickname belongs to, that two accounts are one person) is not expected,
nor that the shop's phrase derives the addresses of one key in a witness script, a form that no wallet derives.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from forensics.case.linked import known
from forensics.commands.opening import reading
from forensics.links.corroborate import corroborate
from forensics.model import Secret
from forensics.scenarios.content import codes, coins, core_wallet, curves, openpgp
from forensics.scenarios.plan import seconds
from forensics.scenarios.registry import Registry
from forensics.scenarios.vendor_laptop.cast import Cast
from forensics.sweep.wire import fingerprint
from tests.benchmarks.intervals import shown

TRUTH = Path(str(files("resources"))) / "scenarios" / "vendor-laptop-7.truth.json"
GAP, BRANCHES = 20, (0, 1)
ROAMING = "/Users/marlow/AppData/Roaming"
SAVED = "/Users/marlow/Downloads/saved"
_FORMS = {44: coins.p2pkh, 49: coins.p2sh_p2wpkh, 84: coins.p2wpkh, 86: coins.p2tr}
_FORMS_OF_WIF = (coins.p2pkh, coins.p2sh_p2wpkh, coins.p2wpkh)
_BY_PREFIX = {"xpub": tuple(_FORMS.values()), "zpub": (coins.p2wpkh,)}

PAID = seconds("2024-01-14 08:00") - 90_000_000 + 86_400

_VERSIONS = (0x0488B21E, 0x049D7CB2, 0x04B24746)  # SLIP-132: xpub, ypub, zpub

Link = tuple[str, str, str]  # source (a value, or the path of a file), rule, target


def true_links(truth: dict[str, Any], cast: Cast) -> set[Link]:
    """Every link of the story that the rules speak of, with those to values that are not on the disk."""
    parts = (derived(truth, cast), wallets(cast), letters(cast), keys(truth, cast), pages(cast), others(truth, cast))
    return {each for part in parts for each in part}


def due(links: set[Link], truth: dict[str, Any]) -> set[Link]:
    """The true links that a search of the disk can find: their targets are on it, or are no finding of their own."""
    on_disk = {each["value"] for each in truth["artefacts"] if each["value"]}
    return {each for each in links if each[1] not in ("DERIVES", "WALLET_HAS_ADDRESS") or each[2] in on_disk}


def found_links(folder: Path, truth: dict[str, Any], cast: Cast) -> set[Link]:
    """The links of a case, each source by its value, or by its file where it is a thing of one file."""
    with reading(folder) as case:
        findings = {each.name: each for each in known(case)}
        marks = {fingerprint(Secret(text), case.secret_key): text for text in secrets(truth, cast)}
    found = set()
    for edge in corroborate(list(findings.values())):
        source = findings[edge.evidence[0][0]]
        path = source.place.partition(":")[2] if ":/" in source.place else "(unallocated)"
        valued = source.kind.startswith(("seed/", "key/")) or edge.rule in ("USER_ID_EMAIL", "HAS_SUBKEY")
        target = edge.target.partition(":")[2]
        found.add((marks.get(source.value, source.value) if valued else path, edge.rule, marks.get(target, target)))
    return found


def secrets(truth: dict[str, Any], cast: Cast) -> set[str]:
    """The secrets of the disk, as the program fingerprints them."""
    texts = {each["value"] for each in truth["artefacts"] if each["secret"] and each["value"]}
    return texts | {cast.electrum(name).seed for name, _ in electrum()}


def derived(truth: dict[str, Any], cast: Cast) -> Iterator[Link]:
    """What follows from each phrase and key of the disk along the usual paths, whether it is on the disk or not."""
    values: dict[str, set[str]] = defaultdict(set)
    for each in truth["artefacts"]:
        values[each["kind"]].add(each["value"] or "")
    by_public = {public(node, version): node for node in nodes(cast) for version in _VERSIONS}
    for phrase in values["seed/bip39"]:
        root = coins.Node.master(coins.phrase_seed(phrase))
        for purpose, form in _FORMS.items():
            account = root.at(f"{purpose}'/0'/0'")
            for version in _VERSIONS:
                yield phrase, "DERIVES", public(account, version)
            yield from addresses(phrase, account, (form,))
        ether = root.at("44'/60'/0'")
        yield phrase, "DERIVES", public(ether, _VERSIONS[0])
        yield from addresses(phrase, ether, (coins.ethereum,))
    for text in values["key/extended"]:
        if text[1:4] == "prv":
            node = next(each for each in nodes(cast) if text in (each.extended("xprv"), each.extended("zprv")))
            yield text, "DERIVES", node.extended(text[0] + "pub")
            yield from addresses(text, node, _BY_PREFIX[text[0] + "pub"])
        else:
            yield from addresses(text, by_public[text], _BY_PREFIX[text[:4]])
    for name, path in electrum():
        wallet = cast.electrum(name)
        if name != "savings":
            yield from addresses(path, wallet.node, (coins.p2wpkh,))
        if name in ("default_wallet", "linux"):  # the others are encrypted
            yield wallet.seed, "DERIVES", wallet.node.extended("zpub")
            yield from addresses(wallet.seed, wallet.node, (coins.p2wpkh,))
    for number in range(60):
        node = cast.branch(44).child(number)
        long = codes.base58check(b"\0" + codes.hash160(curves.uncompressed(node.point)))
        made = {node.wif(): [form(node) for form in _FORMS_OF_WIF], node.wif(short=False): [long]}
        yield from ((key, "DERIVES", each) for key in made if key in values["key/wif"] for each in made[key])


def public(node: coins.Node, version: int) -> str:
    """A node's public extended key."""
    head = version.to_bytes(4, "big") + bytes((node.depth,)) + node.parent
    return codes.base58check(head + node.number.to_bytes(4, "big") + node.chain + node.public)


def nodes(cast: Cast) -> list[coins.Node]:
    """Every node of which an extended key is on the disk."""
    paths = ("44'/0'/0'", "49'/0'/0'", "84'/0'/0'", "84'/0'/1'", "86'/0'/0'", "48'/0'/0'")
    return [cast.shop, *(cast.shop.at(each) for each in paths), *(cast.electrum(name).node for name, _ in electrum())]


def addresses(source: str, account: coins.Node, forms: Any) -> Iterator[Link]:
    """The first addresses of both branches."""
    for branch in BRANCHES:
        at = account.child(branch)
        for number in range(GAP):
            node = at.child(number)
            for form in forms:
                yield source, "DERIVES", form(node)


def electrum() -> list[tuple[str, str]]:
    """The Electrum wallets and their paths."""
    windows = [(name, f"{ROAMING}/Electrum/wallets/{name}") for name in ("default_wallet", "stall", "savings")]
    return [*windows, ("linux", "/home/marlow/.electrum/wallets/default_wallet")]


def wallets(cast: Cast) -> Iterator[Link]:
    """Addresses, keys, payments and contacts of the wallets that can be read."""
    shop, old = f"{ROAMING}/Bitcoin/wallets/shop/wallet.dat", f"{ROAMING}/Bitcoin/wallet.dat"
    for number in range(12):  # given out, by next_index; which of them are on the disk is asked below
        yield shop, "WALLET_HAS_ADDRESS", cast.bitcoin("p2wpkh", number)
        yield shop, "WALLET_HAS_ADDRESS", coins.p2wpkh(cast.shop.at("84'/0'/0'/1").child(number))
    yield shop, "PAID_OR_LABELLED", cast.stranger("p2sh", "kiln")
    yield shop, "WALLET_HAS_XPUB", cast.shop.extended("xpub")
    for number in (20, 21):
        yield old, "WALLET_HAS_ADDRESS", cast.bitcoin("p2pkh", number)
    for number in range(6):
        yield old, "WALLET_HAS_ADDRESS", coins.p2pkh(cast.shop.at(f"0'/0'/{number}'"))
    yield old, "WALLET_HAS_ADDRESS", coins.p2wpkh(cast.shop.at("0'/0'/0'"))
    paid = core_wallet._payment(cast.chance.within("legacy"), codes.hash160(cast.shop.at("0'/0'/0'").public), PAID)
    yield old, "PAID_OR_LABELLED", cast.stranger("p2pkh", "deleted label")
    yield old, "WALLET_HAS_TRANSACTION", paid.key[-32:][::-1].hex()
    for name, path in electrum():
        account = cast.electrum(name)
        if name == "savings":
            continue
        yield path, "WALLET_HAS_XPUB", account.node.extended("zpub")
        for address in (*account.addresses(0, 6), *account.addresses(1, 3)):
            yield path, "WALLET_HAS_ADDRESS", address
        yield path, "WALLET_HAS_TRANSACTION", cast.hex_noise(f"tx {name}", 32)
        if name != "linux":
            yield path, "CONTACT_OF", cast.stranger("p2wpkh", f"contact {name}")


def letters(cast: Cast) -> Iterator[Link]:
    """Who wrote to whom."""
    inbox = "/home/marlow/mail/inbox"
    own, desk = "azulleaf@onionpost.example.com", "desk@northquay.example.net"
    for sender in ("r.sample@mail.example.com", "staff@harbourlane.invalid", own):
        yield inbox, "MAILED_BY", sender
    for receiver in (own, desk):
        yield inbox, "MAILED_TO", receiver
    logs = f"{ROAMING}/.purple/logs/jabber/azulleaf@jabber.example.org"
    for name, peer in (
        ("grout_fox@jabber.example.org/2024-03-12.180211+0100CET.html", "grout_fox@jabber.example.org"),
        ("pebble44@jabber.example.net/2024-05-13.204100+0200CEST.txt", "pebble44@jabber.example.net"),
    ):
        yield f"{logs}/{name}", "CONVERSATION_OF", "azulleaf@jabber.example.org"
        yield f"{logs}/{name}", "CONVERSATION_WITH", peer
    for path, channel, names in (
        ("/home/marlow/irclogs/ExampleNet/#tiles.log", "#tiles", ("grout_fox", "AzulLeaf", "quarry")),
        ("/home/marlow/.local/share/weechat/logs/irc.examplenet.#tea.weechatlog", "#tea", ("grout_fox", "AzulLeaf")),
        (f"{ROAMING}/HexChat/logs/ExampleNet/#harbour.log", "#harbour", ("quarry", "AzulLeaf")),
    ):
        yield path, "CONVERSATION_WITH", channel
        yield from ((path, "SPOKE_IN_LOG", name) for name in names)


def keys(truth: dict[str, Any], cast: Cast) -> Iterator[Link]:
    """User IDs, subkeys, and to whom the messages of the disk are encrypted."""
    certificates = {cast.vendor_key: "azulleaf@onionpost.example.com", cast.partner_key: "grout.fox@post.example.org"}
    for key, mail in certificates.items():
        yield key.fingerprint, "USER_ID_EMAIL", mail
    for key in (cast.vendor_key, cast.partner_key, cast.market_key):
        yield key.fingerprint, "HAS_SUBKEY", openpgp._fingerprint(key.subkey).hex()
    for each in truth["artefacts"]:
        receiver = re.match(r"encrypted to the subkey of ([0-9a-f]{40})", each["note"])
        if receiver:
            yield each["path"], "ENCRYPTED_TO", receiver[1]


def pages(cast: Cast) -> Iterator[Link]:
    """Who lists what where, and the addresses, names and keys that pages show."""
    market = cast.onion("market")
    listings = [
        (f"{SAVED}/listing-{number}.html", form, 30 + number)
        for number, form in ((1, "p2wpkh"), (2, "p2sh"), (3, "p2tr"))
    ]
    for path, form, number in [*listings, ("(unallocated)", "p2wsh", 39)]:
        yield path, "LISTED_BY", "azulleaf"
        yield path, "VIEWED_AS", "azulleaf"
        yield path, "NAMES", cast.bitcoin(form, number)
    profile, order = f"{SAVED}/AzulLeaf.html", f"{SAVED}/order-HL-2291.html"
    yield profile, "PAGE_OF", "azulleaf"
    yield profile, "SHOWS_KEY", cast.vendor_key.fingerprint
    yield profile, "NAMES", cast.onion("mirror")
    yield profile, "NAMES", cast.monero(1)
    yield order, "NAMES", cast.stranger("p2wsh", "escrow 2291")
    yield order, "NAMES", cast.stranger("p2sh", "refund 2291")
    yield order, "ORDERED_BY", "pebble_44"
    for path in (*(each for each, _, _ in listings), "(unallocated)", profile, order):
        yield path, "SERVED_BY", market
        yield path, "NAMES", market


def others(truth: dict[str, Any], cast: Cast) -> Iterator[Link]:
    """Requests for payment, places of pictures, the bin and the shell."""
    payments = "/Users/marlow/Documents/payments.txt"
    yield payments, "ASKS_PAYMENT_TO", cast.monero(4)
    yield payments, "ASKS_PAYMENT_TO", cast.bitcoin("p2wpkh", 4)
    for each in truth["artefacts"]:
        if each["kind"] == "media/exif" and each["note"].startswith("GPS "):
            _, north, _, east, *_ = each["note"].split()
            yield each["path"], "TAKEN_AT", f"{float(north):.6f},{float(east):.6f}"
    removed = "/$Recycle.Bin/S-1-5-21-1000000007-2000000007-3000000007-1001"
    yield f"{removed}/$IQ4T7AB.txt", "DELETED", r"C:\Users\marlow\Desktop\labels.txt"
    yield f"{removed}/$IQ4T7AB.txt", "CONTENT_IN", f"{removed}/$RQ4T7AB.txt"
    yield f"{removed}/$IQ4T7AB.txt", "BY_ACCOUNT", "S-1-5-21-1000000007-2000000007-3000000007-1001"
    yield f"{removed}/$IQ4T7AB.txt", "IN_HOME_OF", "marlow"
    history = "/home/marlow/.bash_history"
    yield history, "BY_ACCOUNT", "marlow"
    yield from ((history, "PROGRAM", each) for each in ("GnuPG", "Electrum", "Monero", "shred", "torsocks"))


def main(folder: Path, told: Path = TRUTH) -> None:
    """Print the table, then every link that is missing or too much."""
    truth = json.loads(told.read_text(encoding="utf-8"))
    cast = Cast(int(truth["seed"]), Registry())
    true, found = true_links(truth, cast), found_links(folder, truth, cast)
    wanted = due(true, truth)
    print(f"{'rule':24}{'found':>6}{'right':>6}  precision, 95 %      {'due':>5}{'met':>5}  recall, 95 %")
    for rule in [*sorted({each[1] for each in wanted | found}), ""]:
        some, owed = ({each for each in part if rule in ("", each[1])} for part in (found, wanted))
        right, met = some & true, owed & found
        print(
            f"{rule or 'all':24}{len(some):6}{len(right):6}  {shown(len(right), len(some)):19}"
            f"{len(owed):6}{len(met):5}  {shown(len(met), len(owed))}"
        )
    for title, some in (("missed", wanted - found), ("not in the truth", found - true)):
        print(f"\n{len(some)} {title}")
        for source, rule, target in sorted(some):
            print(f"  {source[:60]} {rule} {target[:70]}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
