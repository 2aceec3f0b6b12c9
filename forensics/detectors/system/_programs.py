"""Programs that a case may turn on, by the names of their files. A name says what a file is called, not what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Program:
    """The program's name and what it is for."""

    name: str
    group: str


# group: name of the program: how file names begin, in lower case and without extension
_TABLE: dict[str, dict[str, tuple[str, ...]]] = {
    "wallet": {
        "Electrum": ("electrum",),
        "Bitcoin Core": ("bitcoin core", "bitcoin-core", "bitcoin-qt", "bitcoind", "bitcoin-cli", "bitcoin-wallet"),
        "Monero": ("monero-wallet-gui", "monero-wallet-cli", "monero-wallet-rpc", "monerod", "monero", "monero-gui"),
        "Feather": ("feather", "feather-wallet", "feather wallet"),
        "Exodus": ("exodus",),
        "Ledger Live": ("ledger live", "ledger-live"),
        "Trezor Suite": ("trezor suite", "trezor-suite"),
        "Wasabi": ("wassabee", "wasabi", "wasabiwallet", "wasabi wallet"),
        "Sparrow": ("sparrow",),
        "Armory": ("armoryqt",),
        "MultiBit": ("multibit", "multibit-hd"),
        "Bisq": ("bisq",),
        "Haveno": ("haveno",),
        "Coinomi": ("coinomi",),
        "Atomic Wallet": ("atomic wallet", "atomicwallet"),
        "Guarda": ("guarda",),
        "Litecoin Core": ("litecoin-qt",),
        "Dash Core": ("dash-qt",),
        "Dogecoin Core": ("dogecoin-qt",),
        "Electron Cash": ("electron-cash",),
        "Cake Wallet": ("cake wallet", "cake_wallet"),
        "Specter": ("specter", "specter desktop", "specter-desktop"),
        "Nunchuk": ("nunchuk",),
        "BitBoxApp": ("bitbox", "bitboxapp"),
        "BlueWallet": ("bluewallet",),
        "Jaxx Liberty": ("jaxx liberty", "jaxx"),
        "MyCrypto": ("mycrypto",),
        "Zecwallet": ("zecwallet", "zecwallet lite"),
    },
    "anonymity network": {
        "Tor": ("tor", "tor.real", "obfs4proxy", "lyrebird", "snowflake-client"),
        "Tor Browser": ("torbrowser", "tor browser", "start-tor-browser", "torbrowser-launcher", "torbrowser-install"),
        "I2P": ("i2p", "i2pd", "i2psvc"),
        "Freenet": ("freenet", "hyphanet"),
        "OnionShare": ("onionshare", "onionshare-cli", "onionshare-gui"),
        "Onion Browser": ("onionbrowser", "onion browser"),
        "Orbot": ("orbot",),
        "torsocks": ("torsocks", "torify"),
        "Lokinet": ("lokinet", "lokinet-gui"),
    },
    "messenger": {
        "Telegram": ("telegram", "telegram-desktop"),
        "Signal": ("signal", "signal-desktop"),
        "Session": ("session", "session-desktop"),
        "WhatsApp": ("whatsapp",),
        "Pidgin": ("pidgin",),
        "Gajim": ("gajim",),
        "Psi": ("psi", "psi-plus"),
        "Dino": ("dino",),
        "Element": ("element", "element-desktop"),
        "Wickr": ("wickrme", "wickr"),
        "Threema": ("threema",),
        "Wire": ("wire",),
        "Viber": ("viber",),
        "Skype": ("skype",),
        "Discord": ("discord",),
        "qTox": ("qtox",),
        "Ricochet": ("ricochet", "ricochet-refresh"),
        "Briar": ("briar", "briar-desktop"),
        "HexChat": ("hexchat",),
        "Bitmessage": ("bitmessage", "pybitmessage"),
        "Jami": ("jami", "jami-gnome", "jami-qt"),
        "SimpleX": ("simplex", "simplex-chat", "simplex-desktop"),
        "Profanity": ("profanity",),
        "irssi": ("irssi",),
        "WeeChat": ("weechat", "weechat-curses"),
        "mIRC": ("mirc",),
        "Adium": ("adium",),
        "uTox": ("utox",),
        "Mumble": ("mumble",),
    },
    "encryption": {
        "GnuPG": ("gpg", "gpg2", "gpg-agent", "gnupg", "gnupg2", "gpg4win", "gpg suite", "gpg keychain"),
        "Kleopatra": ("kleopatra",),
        "VeraCrypt": ("veracrypt",),
        "TrueCrypt": ("truecrypt",),
        "KeePass": ("keepass", "keepassxc"),
        "cryptsetup": ("cryptsetup",),
        "Cryptomator": ("cryptomator",),
        "AxCrypt": ("axcrypt",),
        "BestCrypt": ("bestcrypt", "bcmngr"),
        "DiskCryptor": ("dcrypt", "diskcryptor"),
        "zuluCrypt": ("zulucrypt-gui", "zulucrypt-cli"),
        "Seahorse": ("seahorse",),
    },
    "wiping": {
        "BleachBit": ("bleachbit", "bleachbit_console"),
        "CCleaner": ("ccleaner", "ccleaner64"),
        "Eraser": ("eraser",),
        "SDelete": ("sdelete", "sdelete64"),
        "shred": ("shred",),
        "srm": ("srm",),
        "wipe": ("wipe",),
        "secure-delete": ("secure-delete", "sfill", "sswap"),
        "nwipe": ("nwipe",),
        "BCWipe": ("bcwipe", "bcwipetm", "bcwipegui"),
        "PrivaZer": ("privazer",),
        "Privacy Eraser": ("privacyeraser", "privacyeraser64"),
        "Wise Disk Cleaner": ("wisediskcleaner",),
    },
    "label printing": {
        "DYMO Label": ("dymo label", "dymoconnect", "dls"),
        "P-touch Editor": ("ptedit", "ptedit54"),
        "ZebraDesigner": ("zebradesigner",),
    },
    "virtual machine": {
        "VirtualBox": ("virtualbox", "virtualboxvm", "vboxheadless", "vboxmanage"),
        "VMware": ("vmware", "vmplayer"),
        "QEMU": ("qemu-system-x86_64",),
    },
    "private network": {
        "OpenVPN": ("openvpn", "openvpn-gui", "openvpnconnect"),
        "WireGuard": ("wireguard", "wireguard-tools", "wg-quick"),
        "Mullvad VPN": ("mullvad vpn", "mullvad-vpn", "mullvad-daemon"),
        "Proton VPN": ("protonvpn", "proton-vpn-gtk-app", "protonvpn-app"),
        "NordVPN": ("nordvpn",),
        "ExpressVPN": ("expressvpn",),
    },
    "server": {
        "MySQL client": ("mysql", "mysqldump", "mariadb"),
        "nginx": ("nginx",),
        "SSH": ("ssh", "scp", "sftp", "putty", "winscp", "plink"),
    },
}
_KNOWN = {
    start: Program(name, group) for group, each in _TABLE.items() for name, starts in each.items() for start in starts
}
_FOLDER = re.compile(r"[\\/](?:Tor Browser|tor-browser(?:_[A-Za-z-]{2,7})?)[\\/]", re.IGNORECASE)
_VERSION = re.compile(r"[-_ ](?:v?\d[\w.]*|setup|portable|installer|x64|x86|win(?:32|64)?|linux|amd64|x86_64)$")
_ENDS = (".exe", ".lnk", ".appimage", ".msi", ".desktop", ".jar", ".dmg", ".app", ".com")


def program_of(path: str) -> Program | None:
    """The program of interest whose file a path or a name is; None for any other."""
    name = re.split(r"[\\/]", path.rstrip("\\/"))[-1].strip().lower()[:100]
    for end in _ENDS:
        name = name.removesuffix(end)
    for _ in range(4):
        if known := _KNOWN.get(name):
            return known
        shorter = _VERSION.sub("", name)
        if shorter == name:
            break
        name = shorter
    if name in ("firefox", "start tor browser") and (_FOLDER.search(path) or name != "firefox"):
        return Program("Tor Browser", "anonymity network")
    return None
