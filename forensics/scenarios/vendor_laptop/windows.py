"""The first volume: NTFS, the vendor's Windows user folder."""

from __future__ import annotations

import struct

from forensics.scenarios.content import archives, core_wallet, electrum, pictures
from forensics.scenarios.content.core_wallet import Label
from forensics.scenarios.disks.ntfs_parts import filetime
from forensics.scenarios.plan import Planned, Whole, Wrong, seconds
from forensics.scenarios.vendor_laptop import texts
from forensics.scenarios.vendor_laptop.cast import MARKET, NOTICE, VENDOR, Cast
from forensics.scenarios.vendor_laptop.shelf import Shelf, catalogue, order_rows

HOME = "/Users/marlow"
ROAMING = f"{HOME}/AppData/Roaming"
WALLET_PASSWORD = "blue tea"
CLUSTER = 4096


def files(cast: Cast) -> list[Planned]:
    """Every file of the volume."""
    shelf = Shelf(windows=True)
    shelf.put("/README-SYNTHETIC.txt", NOTICE, "2024-01-08 09:00")
    shelf.put(f"{HOME}/Desktop/README-SYNTHETIC.txt", NOTICE, "2024-01-08 09:00")
    _documents(shelf, cast)
    _small_and_hidden(shelf, cast)
    _wallets(shelf, cast)
    _talk(shelf, cast)
    _browser(shelf, cast)
    _photos(shelf, cast)
    _gone(shelf, cast)
    _scattered(shelf, cast)
    _decoys(shelf, cast)
    return shelf.files


def _documents(shelf: Shelf, cast: Cast) -> None:
    lines = [f"payments {VENDOR}, one line an account", ""]
    lines += [f"old shop      {cast.bitcoin('p2pkh', n)}" for n in range(2)]
    lines += [f"invoices      {cast.bitcoin('p2sh', n)}" for n in range(2)]
    lines += [f"shop          {cast.bitcoin('p2wpkh', n)}" for n in range(3)]
    lines += [f"with partner  {cast.bitcoin('p2wsh', 0)}", f"new           {cast.bitcoin('p2tr', 0)}"]
    lines += [
        f"loud form     {cast.registry.know('address/bitcoin', cast.bitcoin('p2wpkh', 9), cast.bitcoin('p2wpkh', 9).upper(), note='p2wpkh in capitals')}"
    ]
    lines += [f"ether         {cast.ethereum(0)}", f"monero        {cast.monero(0)}"]
    lines += ["", "per customer", f"  pebble_44   monero:{cast.monero(4)}?tx_amount=0.25"]
    lines += [f"  quarry      bitcoin:{cast.bitcoin('p2wpkh', 4)}?amount=0.0125&label=tiles"]
    shelf.put(f"{HOME}/Documents/payments.txt", "\n".join(lines) + "\n", "2024-05-20 17:44", created="2024-01-12 10:01")

    rows = ["name;mail;coin;last order"]
    people = (
        ("R. Sample", "r.sample@mail.example.com"),
        ("O. Muster", "o.muster@post.example.org"),
        ("quarry", "quarry@tilework.example.net"),
        ("pebble_44", "pebble44@mail.example.com"),
    )
    rows += [f"{name};{cast.mail(mail)};{cast.ethereum(10 + n)};HL-{2200 + n}" for n, (name, mail) in enumerate(people)]
    rows += [f"north quay;{cast.mail('desk@northquay.example.net')};{cast.monero(5)};HL-2240"]
    shelf.put(f"{HOME}/Documents/customers.csv", "\n".join(rows) + "\n", "2024-05-28 08:30", created="2024-02-01 12:00")

    text = (
        f"Notizen für {MARKET}\nDeposit: {cast.bitcoin('p2wpkh', 5)}\nAlt: {cast.bitcoin('p2pkh', 5)}\n"
        f"Spiegel: {cast.onion('mirror')}\nMail: {cast.mail('tam.marlow@mail.example.com')}\n"
        f"XMR: {cast.monero(6)}\nETH: {cast.ethereum(2)}\n" + "Blautee nachbestellen, Fliesen zählen. " * 20 + "\n"
    )
    shelf.put(f"{HOME}/Documents/notes-utf16.txt", text, "2024-04-09 21:12", codec="utf-16-le")
    text = (
        "Wiederherstellung (UTF-16)\n\n" + cast.phrase("sixteen", 12) + "\n\n" + cast.wif(6) + "\n" + "-" * 400 + "\n"
    )
    shelf.put(f"{HOME}/Documents/recovery-utf16.txt", text, "2024-03-02 11:20", codec="utf-16-le")

    shelf.put(
        f"{HOME}/Documents/paper/recovery-24.txt",
        "cold storage, engraved 2024-02-03\n\n" + cast.listed("cold", 24) + "\n\n(end)\n",
        "2024-02-03 19:05",
    )
    shelf.put(
        f"{HOME}/Documents/paper/columns.txt",
        "---- 12 ----\n" + cast.listed("columns", 12, "{}) ") + "\n----\n" + "." * 700 + "\n",
        "2024-02-03 19:20",
    )
    text = f"watch only\n{cast.extended('xpub', _account(44))}\n{cast.extended('zpub', _account(84))}\n\nsigner\n"
    text += f"{cast.extended('xprv', _account(86))}\n" + "#" * 500 + "\n"
    shelf.put(f"{HOME}/Documents/paper/extended-keys.txt", text, "2024-02-04 10:10")

    keys = f"{HOME}/Documents/pgp"
    shelf.put(f"{keys}/azulleaf.asc", cast.certificate(cast.vendor_key) + "\n", "2024-01-09 18:25")
    shelf.put(f"{keys}/partner.asc", cast.certificate(cast.partner_key) + "\n", "2024-01-15 07:00")
    shelf.put(f"{keys}/market.asc", cast.certificate(cast.market_key) + "\n", "2024-01-10 12:34")
    block = cast.message("label list", cast.vendor_key, "label list of week 19\n", "2024-05-09 16:00:00")
    shelf.put(f"{keys}/week-19.asc", block + "\n", "2024-05-09 16:01")
    shelf.put(
        f"{HOME}/Documents/catalogue.txt",
        catalogue(cast.chance, "catalogue", 150),
        "2024-03-15 15:00",
        slack=_slack_text(cast),
    )
    for month in range(1, 6):
        rows = order_rows(cast.chance, f"month {month}", 60)
        shelf.put(f"{HOME}/Documents/books/2024-{month:02d}.csv", "\n".join(rows) + "\n", f"2024-{month:02d}-28 18:00")


def _account(purpose: int) -> str:
    return f"{purpose}'/0'/0'"


def _slack_text(cast: Cast) -> str:
    return f"\nold draft: pay {cast.bitcoin('p2pkh', 11)} or {cast.monero(7)} mail {cast.mail('tam.marlow@mail.example.com')}\n"


def _small_and_hidden(shelf: Shelf, cast: Cast) -> None:
    desk = f"{HOME}/Desktop"
    shelf.put(f"{desk}/pin.txt", f"till key\n{cast.wif(0)}\n{cast.wif(1, short=False)}\n", "2024-01-20 10:00")
    shelf.put(f"{desk}/shop.txt", f"{cast.phrase('shop', 12)}\n", "2024-01-20 10:05")
    shelf.put(
        f"{desk}/links.txt",
        f"market  http://{cast.onion('market')}/\nmirror  http://{cast.onion('mirror')}/\n",
        "2024-04-16 12:30",
    )
    shelf.put(
        f"{desk}/contact.vcf",
        f"BEGIN:VCARD\nVERSION:3.0\nFN:Tam Marlow\nEMAIL:{cast.mail('tam.marlow@mail.example.com')}\nEND:VCARD\n",
        "2024-01-11 09:15",
    )
    hidden = f"supplier {cast.onion('supplier')}\r\npays {cast.stranger('p2wpkh', 'supplier')}\r\n".encode()
    hidden += cast.mail("kiln@post.example.org").encode() + b"\r\n"
    shelf.put(
        f"{HOME}/Documents/price-list.txt",
        catalogue(cast.chance, "prices", 40),
        "2024-03-01 09:00",
        streams={"supplier": hidden},
    )
    long = f"cold wallet\r\n{cast.extended('xpub', _account(49))}\r\n{cast.bitcoin('p2tr', 7)}\r\n" + "=" * 1500
    shelf.put(f"{HOME}/Pictures/tile.txt", "azure\n", "2024-03-03 09:00", streams={"notes": long.encode()})
    members = {
        "backup/keys.txt": f"{cast.wif(7)}\n{cast.extended('xprv', _account(49))}\n".encode(),
        "backup/phrase.txt": f"{cast.phrase('backup', 24)}\n".encode(),
        "backup/where.txt": f"{cast.bitcoin('p2wpkh', 20)}\n{cast.ethereum(20)}\n{cast.monero(20)}\n"
        f"{cast.onion('backup')}\n{cast.mail('vault@post.example.org')}\n".encode(),
        "backup/not.txt": f"{cast.broken('address/bitcoin', cast.bitcoin('p2wpkh', 21), 'zip')}\n".encode(),
    }
    shelf.put(
        f"{HOME}/Downloads/backup.zip",
        archives.zipped(members, seconds("2024-03-30 22:00")),
        "2024-03-30 22:01",
        members=members,
    )


def _wallets(shelf: Shelf, cast: Cast) -> None:
    made = seconds("2024-01-14 08:00")
    labels = [
        Label(cast.bitcoin("p2wpkh", n), name)
        for n, name in enumerate(("till", "tiles april", "refund pebble_44", "north quay"))
    ]
    labels.append(Label(cast.stranger("p2sh", "kiln"), "kiln rent", "send"))
    cast.shop_master()
    shelf.put(
        f"{ROAMING}/Bitcoin/wallets/shop/wallet.dat",
        core_wallet.descriptor_wallet(cast.shop, labels, made),
        "2024-05-30 20:00",
        created="2024-01-14 08:00",
        whole=(Whole("wallet/bitcoin_core", note="SQLite, descriptors, not encrypted", secret=True),),
    )
    old = [Label(cast.bitcoin("p2pkh", n), name) for n, name in enumerate(("first sale", "seed packets"), 20)]
    gone = [Label(cast.stranger("p2pkh", "deleted label"), "kiln deposit", "send")]
    data = core_wallet.legacy_wallet(
        cast.chance.within("legacy"), cast.shop, old, gone, made - 90_000_000, "grey grout"
    )
    shelf.put(
        f"{ROAMING}/Bitcoin/wallet.dat",
        data,
        "2023-02-11 21:00",
        created="2021-03-04 10:00",
        whole=(Whole("wallet/bitcoin_core", note="Berkeley DB, keys encrypted, passphrase: grey grout", secret=True),),
    )

    wallets = f"{ROAMING}/Electrum/wallets"
    for name, password, sealed in (
        ("default_wallet", None, False),
        ("stall", WALLET_PASSWORD, False),
        ("savings", WALLET_PASSWORD, True),
    ):
        account = cast.electrum(name)
        receiving = account.addresses(0, 2)
        txid = cast.hex_noise(f"tx {name}", 32)
        text = electrum.wallet(
            account,
            made + 1000,
            {receiving[0]: "tea april", txid: "tiles, two crates"},
            {cast.stranger("p2wpkh", f"contact {name}"): "grout_fox"},
            [(receiving[0], txid, 838_000, made + 7_000_000)],
            password,
            cast.chance.octets(f"iv {name}", 32),
        )
        note = "plain" if password is None else f"fields encrypted, password: {password}"
        if sealed:
            text = electrum.sealed(cast.chance.within("sealed"), text, WALLET_PASSWORD)
            note = f"whole file encrypted, password: {password}"
        shelf.put(
            f"{wallets}/{name}",
            text.encode(),
            "2024-05-29 19:00",
            created="2024-01-14 08:16",
            whole=(Whole("wallet/electrum", note=note, secret=True),),
        )


def _talk(shelf: Shelf, cast: Cast) -> None:
    logs = f"{ROAMING}/.purple/logs/jabber/azulleaf@jabber.example.org"
    shelf.put(
        f"{logs}/grout_fox@jabber.example.org/2024-03-12.180211+0100CET.html",
        texts.pidgin_html(cast),
        "2024-03-12 17:05:31",
        whole=(Whole("chat/pidgin", note="HTML, zone +01:00"),),
    )
    shelf.put(
        f"{logs}/pebble44@jabber.example.net/2024-05-13.204100+0200CEST.txt",
        texts.pidgin_text(cast),
        "2024-05-13 18:44:02",
        whole=(Whole("chat/pidgin", note="text, zone +02:00"),),
    )
    shelf.put(
        f"{ROAMING}/HexChat/logs/ExampleNet/#harbour.log",
        texts.hexchat(cast),
        "2024-05-24 19:30:55",
        whole=(Whole("chat/irc", note="HexChat"),),
    )


def _browser(shelf: Shelf, cast: Cast) -> None:
    pages = f"{HOME}/Downloads/saved"
    host = cast.onion("market")
    goods = (
        ("Blue tea, 100 g, hand picked", "0.00042 BTC", "p2wpkh"),
        ("Azure tile, set of 12", "0.00120 BTC", "p2sh"),
        ("Cornflower seed packet", "0.00009 BTC", "p2tr"),
    )
    for number, (title, price, form) in enumerate(goods, 1):
        zone = f"[ZoneTransfer]\r\nZoneId=3\r\nReferrerUrl=http://{host}/\r\nHostUrl=http://{host}/listing/{number}\r\n"
        shelf.put(
            f"{pages}/listing-{number}.html",
            texts.listing_page(cast, number, title, price, form),
            f"2024-05-0{number} 20:1{number}",
            streams={"Zone.Identifier": zone.encode()},
        )
    shelf.put(f"{pages}/{VENDOR}.html", texts.profile_page(cast), "2024-06-02 07:50")
    shelf.put(f"{pages}/order-HL-2291.html", texts.order_page(cast), "2024-05-11 09:20")


def _photos(shelf: Shelf, cast: Cast) -> None:
    label = ["TO", "R. SAMPLE", "12 EXAMPLE CRESCENT", "0000 SAMPLETON", "SAMPLELAND", "HL-2291"]
    taken = (
        ("IMG_0412.jpg", "2024-05-12 10:31:07", True),
        ("IMG_0413.jpg", "2024-05-12 10:33:50", True),
        ("IMG_0420.jpg", "2024-05-19 16:02:44", True),
        ("IMG_0431.jpg", "2024-05-27 11:15:00", False),
    )
    for number, (name, when, placed) in enumerate(taken):
        chance = cast.chance.within(f"photo {name}")
        spot = (54 + chance.below("north", 10_000) / 10_000, 3 + chance.below("east", 10_000) / 10_000)
        picture = pictures.label_photo(
            chance, [*label[:-1], f"HL-{2291 + number}"], seconds(when), spot if placed else None
        )
        note = f"GPS {spot[0]:.4f} N {spot[1]:.4f} E (open sea)" if placed else "camera and time, no place"
        shelf.put(f"{HOME}/Pictures/{name}", picture, when, whole=(Whole("media/exif", note=note),))
    chance = cast.chance.within("photo scan")
    plain = pictures.label_photo(chance, ["SAMPLE", "NO NOTES"], 0, None, notes=False)
    shelf.put(f"{HOME}/Pictures/scan.jpg", plain, "2024-05-27 11:20", wrong=(Wrong("media/exif", "no Exif in it"),))


def _gone(shelf: Shelf, cast: Cast) -> None:
    text = (
        f"wallets until 2023\n{cast.stranger('p2pkh', 'old 1')}\n{cast.stranger('p2wpkh', 'old 2')}\n"
        f"{cast.wif(12)}\n\n{cast.phrase('old', 12)}\n\n{cast.monero(9)}\n{cast.ethereum(9)}\n"
        f"{cast.onion('old')}\n{cast.mail('marlow.old@mail.example.com')}\n" + "-" * 300 + "\n"
    )
    shelf.put(f"{HOME}/Documents/old-wallets.txt", text, "2024-01-15 09:00", deleted=True)
    shelf.put(
        f"{HOME}/Desktop/todo.txt", f"delete this: {cast.bitcoin('p2wpkh', 15)}\n", "2024-02-15 09:00", deleted=True
    )
    shelf.put(
        f"{HOME}/Documents/pgp/old-partner.asc",
        cast.certificate(cast.partner_key, "from the fair") + "\n" + "\n" * 600,
        "2024-01-12 07:00",
        deleted=True,
    )
    rows = []
    for cluster in range(5):
        rows.append(f"ledger 2023, page {cluster + 1}: {cast.stranger('p2wpkh', f'ledger {cluster}')}\n")
        rows.append(
            f"broken copy: {cast.broken('address/bitcoin', cast.stranger('p2pkh', f'ledger b {cluster}'), f'ledger {cluster}')}\n"
        )
        page = "".join(rows[-2:]).replace("\n", "\r\n")
        body = "\n".join(order_rows(cast.chance, f"ledger {cluster}", 80))
        rows[-2:] = [(page + body.replace("\n", "\r\n")).ljust(CLUSTER, ".")[:CLUSTER]]
    shelf.put(f"{HOME}/Documents/ledger-2023.csv", "".join(rows).encode(), "2023-12-31 18:00", deleted=True)
    taken = f"stock count, spring\r\ncontact {cast.mail('stock@tilework.example.net')}\r\n"
    taken += "\n".join(order_rows(cast.chance, "stock", 120)).replace("\n", "\r\n")
    shelf.put(
        f"{HOME}/Documents/stock-2024.csv",
        taken.encode(),
        "2024-04-30 18:00",
        over=(f"{HOME}/Documents/ledger-2023.csv", 2),
    )
    bin_folder = "/$Recycle.Bin/S-1-5-21-1000000007-2000000007-3000000007-1001"
    name = r"C:\Users\marlow\Desktop\labels.txt" + "\0"
    content = f"labels\n{cast.stranger('p2tr', 'bin')}\n{cast.mail('o.muster@post.example.org')}\n"
    shelf.put(f"{bin_folder}/$RQ4T7AB.txt", content, "2024-05-15 09:00")
    size = len(content.replace("\n", "\r\n"))
    head = struct.pack("<QQQI", 2, size, filetime(seconds("2024-05-16 21:03")), len(name)) + name.encode("utf-16-le")
    shelf.put(f"{bin_folder}/$IQ4T7AB.txt", head, "2024-05-16 21:03")


def _scattered(shelf: Shelf, cast: Cast) -> None:
    """An order book in three pieces; one address lies across the first border, one across the second."""
    rows = [row.encode() + b"\r\n" for row in order_rows(cast.chance, "orders", 330)]
    data = b""
    for border, value in ((2 * CLUSTER, cast.bitcoin("p2wpkh", 16)), (4 * CLUSTER, cast.monero(11))):
        while len(data) + len(rows[0]) < border - 200:
            data += rows.pop(0)
        data += b"." * (border - 20 - len(data) - 2) + b"\r\n" + value.encode() + b"\r\n"
    data += b"".join(rows)
    shelf.put(f"{HOME}/Documents/orders-2024.csv", data, "2024-05-31 23:00", created="2024-01-31 18:00", cuts=(2, 2))


def _decoys(shelf: Shelf, cast: Cast) -> None:
    folder = f"{HOME}/Documents/typing"
    wrong = cast.broken
    lines = ["copied by hand, all of them mistyped:"]
    for form in ("p2pkh", "p2sh", "p2wpkh", "p2wsh", "p2tr"):
        lines.append(wrong("address/bitcoin", cast.stranger(form, f"mistyped {form}"), f"typing {form}"))
    lines += [
        wrong("address/ethereum", cast.ethereum(40), "typing"),
        wrong("address/monero", cast.monero(40), "typing"),
    ]
    lines += [
        wrong("address/monero", cast.monero(0), "typing standard"),
        wrong("onion/v3", cast.onion("typing"), "typing"),
    ]
    shelf.put(f"{folder}/addresses.txt", "\n".join(lines) + "\n" + "-" * 600 + "\n", "2024-02-20 10:00")
    lines = [wrong("key/wif", cast.wif(40), "typing"), wrong("key/wif", cast.wif(41, short=False), "typing long")]
    shelf.put(f"{folder}/key.txt", "\n".join(lines) + "\n", "2024-02-20 10:05")
    lines = [
        wrong("key/extended", cast.extended(form, _account(84)), f"typing {form}") for form in ("xpub", "xprv", "zpub")
    ]
    shelf.put(f"{folder}/extended.txt", "\n".join(lines) + "\n" + "-" * 500 + "\n", "2024-02-20 10:07")
    text = f"----\n{cast.broken_phrase('twelve', 12)}\n----\n----\n{cast.broken_phrase('twenty-four', 24)}\n----\n"
    shelf.put(f"{folder}/words.txt", text, "2024-02-20 10:09")
    text = "\n".join(
        (
            "----",
            cast.broken_phrase("sixteen", 12),
            "----",
            wrong("address/bitcoin", cast.bitcoin("p2wpkh", 17), "sixteen"),
            wrong("onion/v3", cast.onion("mirror"), "sixteen"),
        )
    )
    shelf.put(f"{folder}/words-utf16.txt", text + "\n" + "-" * 400 + "\n", "2024-02-20 10:11", codec="utf-16-le")
    shelf.put(f"{folder}/key-block.asc", cast.broken_armour(cast.market_key) + "\n", "2024-02-20 10:13")
    bad = wrong("address/bitcoin", cast.bitcoin("p2pkh", 18), "stream").encode()
    shelf.put(f"{folder}/stream.txt", "see stream\n", "2024-02-20 10:15", streams={"draft": b"draft " + bad + b"\r\n"})
    text = "\n".join(
        (
            "draft, thrown away",
            wrong("address/bitcoin", cast.bitcoin("p2sh", 18), "gone"),
            wrong("address/ethereum", cast.ethereum(41), "gone"),
            "-" * 900,
        )
    )
    shelf.put(f"{folder}/draft.txt", text + "\n", "2024-02-20 10:17", deleted=True)
    shelf.put(
        f"{folder}/table.txt",
        catalogue(cast.chance, "table", 30),
        "2024-02-20 10:19",
        slack="\nold: " + wrong("address/bitcoin", cast.bitcoin("p2tr", 18), "slack") + "\n",
    )

    noise = [f"{cast.hex_noise(f'digest {n}', 32)}  tile-{n:02d}.png" for n in range(20)]
    shelf.put(f"{HOME}/Downloads/SHA256SUMS.txt", "\n".join(noise) + "\n", "2024-03-20 10:00")
    noise = [cast.base58_noise(f"34 {n}", "1", 34) for n in range(6)] + [
        cast.base58_noise(f"3 {n}", "3", 34) for n in range(4)
    ]
    noise += [cast.registry.decoy("key/wif", cast.base58_noise("51", "5K", 51), "random Base58: no checksum")]
    noise += [cast.registry.decoy("address/monero", cast.base58_noise("95", "48", 95), "random Base58: no checksum")]
    shelf.put(f"{HOME}/Downloads/tokens.txt", "\n".join(noise) + "\n" + "-" * 300 + "\n", "2024-03-20 10:05")
    shelf.put(f"{HOME}/Downloads/blob.b64", cast.base64_noise("blob", 30_000) + "\n", "2024-03-20 10:06")
    names = ("logo@2x.png", "tea@home")
    for name in names:
        cast.registry.decoy("contact/email", name, "no domain of an address")
    shelf.put(f"{HOME}/Downloads/assets.txt", "\n".join(names) + "\n", "2024-03-20 10:07")

    records = {b"tile": b"azure", b"tea": b"blue", b"name": b"stock list"}
    shelf.put(
        f"{ROAMING}/StockList/wallet.dat",
        core_wallet.key_value_database(records, 0),
        "2024-03-21 10:00",
        wrong=(Wrong("wallet/bitcoin_core", "SQLite without the application number, and no wallet records"),),
    )
    shelf.put(
        f"{HOME}/Documents/wallet.dat",
        "wallet: brown leather, bought 2022\n",
        "2024-03-21 10:01",
        wrong=(Wrong("wallet/bitcoin_core", "a text"),),
    )
    settings = '{\n    "wallet_type": "none",\n    "keystore_path": "C:/keys",\n    "theme": "grey"\n}\n'
    shelf.put(
        f"{ROAMING}/Ledgerbook/default_wallet",
        settings,
        "2024-03-21 10:02",
        wrong=(Wrong("wallet/electrum", "JSON of another program"),),
    )
    blob = electrum.sealed(cast.chance.within("not sealed"), "nothing", "x", magic=b"BIE7")
    shelf.put(
        f"{ROAMING}/Ledgerbook/sealed", blob, "2024-03-21 10:03", wrong=(Wrong("wallet/electrum", "another magic"),)
    )
    text = "(18:00:00) oven: 180 degrees\n(18:25:00) oven: off\n(18:30:00) tea: four minutes\n"
    shelf.put(
        f"{HOME}/Documents/baking.txt",
        text,
        "2024-03-22 10:00",
        wrong=(Wrong("chat/pidgin", "no head line: times of a recipe"),),
    )
    text = "--- Log of kiln 2\n19:10 900 degrees\n19:40 950 degrees\n--- end of log\n"
    shelf.put(f"{HOME}/Documents/kiln.log", text, "2024-03-22 10:05", wrong=(Wrong("chat/irc", "a kiln's log"),))
