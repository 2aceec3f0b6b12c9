"""The second volume: ext4, the same person's Linux home folder."""

from __future__ import annotations

from forensics.scenarios.content import electrum
from forensics.scenarios.plan import Planned, Whole, Wrong, seconds
from forensics.scenarios.vendor_laptop import texts
from forensics.scenarios.vendor_laptop.cast import NOTICE, VENDOR, Cast
from forensics.scenarios.vendor_laptop.shelf import Shelf, catalogue, order_rows

HOME = "/home/marlow"


def files(cast: Cast) -> list[Planned]:
    """Every file of the volume."""
    shelf = Shelf(windows=False)
    shelf.put("/README-SYNTHETIC.txt", NOTICE, "2024-01-08 09:00")
    shelf.put(
        f"{HOME}/irclogs/ExampleNet/#tiles.log",
        texts.irssi(cast),
        "2024-04-03 21:59:41",
        whole=(Whole("chat/irc", note="irssi"),),
    )
    shelf.put(
        f"{HOME}/.local/share/weechat/logs/irc.examplenet.#tea.weechatlog",
        texts.weechat(cast),
        "2024-04-18 20:09",
        whole=(Whole("chat/irc", note="WeeChat"),),
    )
    shelf.put(f"{HOME}/mail/inbox", texts.mailbox(cast), "2024-04-20 06:31:10")

    account = cast.electrum("linux")
    first = account.addresses(0, 1)[0]
    txid = cast.hex_noise("tx linux", 32)
    made = seconds("2024-02-10 20:00")
    text = electrum.wallet(account, made, {first: "seed packets"}, {}, [(first, txid, 845_100, made + 8_000_000)])
    shelf.put(
        f"{HOME}/.electrum/wallets/default_wallet",
        text,
        "2024-05-17 20:00",
        created="2024-02-10 20:00",
        whole=(Whole("wallet/electrum", note="plain", secret=True),),
    )

    keys = cast.certificate(cast.vendor_key) + "\n" + cast.certificate(cast.partner_key) + "\n"
    shelf.put(f"{HOME}/keys/everyone.asc", keys, "2024-01-16 08:00")
    history = (
        "cd tiles\nls -l\n"
        f"torsocks curl -s http://{cast.onion('market')}/mirrors.txt\n"
        f"gpg --encrypt -r {cast.mail('grout.fox@post.example.org')} crates.txt\n"
        f"electrum payto {cast.stranger('p2wpkh', 'history')} 0.003\n"
        f"monero-wallet-cli --command transfer {cast.monero(12)} 0.4\n"
        "shred notes\nexit\n"
    )
    shelf.put(f"{HOME}/.bash_history", history, "2024-05-21 22:10")
    shelf.put(f"{HOME}/onion/hostname", cast.onion("own shop") + "\n", "2024-03-05 14:00")
    text = f"cold spare\n\n{cast.phrase('spare', 24)}\n\n{cast.wif(30)}\n{cast.extended('xprv', _path(48))}\n"
    shelf.put(f"{HOME}/keys/spare.txt", text, "2024-03-05 14:20")
    shelf.put(f"{HOME}/tiles/catalogue.txt", catalogue(cast.chance, "linux", 120), "2024-03-06 10:00")
    shelf.put(
        f"{HOME}/tiles/orders.csv",
        "\n".join(order_rows(cast.chance, "linux", 250)) + "\n",
        "2024-05-06 10:00",
        cuts=(1, 1),
    )

    text = (
        f"moved to the other disk\n{cast.stranger('p2wsh', 'linux gone')}\n{cast.monero(13)}\n"
        f"{cast.mail('kiln@post.example.org')}\n\n{cast.phrase('linux gone', 12)}\n\n"
    )
    shelf.put(f"{HOME}/keys/moved.txt", text, "2024-03-07 09:00", deleted=True)

    lines = [
        cast.broken("address/bitcoin", cast.stranger(form, f"linux {form}"), f"linux {form}")
        for form in ("p2pkh", "p2wpkh", "p2tr")
    ]
    lines += [
        cast.broken("address/monero", cast.monero(42), "linux"),
        cast.broken("onion/v3", cast.onion("x"), "linux"),
    ]
    lines += [cast.broken("key/wif", cast.wif(43), "linux")]
    shelf.put(f"{HOME}/tiles/typos.txt", "\n".join(lines) + "\n", "2024-03-08 09:00")
    log = "".join(f"commit {cast.hex_noise(f'commit {n}', 20)}\n    tile {n}\n\n" for n in range(30))
    shelf.put(f"{HOME}/tiles/git.log", log, "2024-03-08 09:10")
    shelf.put(
        f"{HOME}/tiles/{VENDOR}.log",
        "19:10 kiln on\n21:40 kiln off\n",
        "2024-03-08 09:12",
        wrong=(Wrong("chat/irc", "times of a kiln"),),
    )
    return shelf.files


def _path(purpose: int) -> str:
    return f"{purpose}'/0'/0'"
