"""Kinds of findings as people say them; a kind that is not listed is made of its own words."""

from __future__ import annotations

FORMAT_WORDS = {
    "openpgp": "OpenPGP",
    "pgp": "OpenPGP",
    "bip39": "BIP-39",
    "s10": "S10",
    "exif": "EXIF",
    "gps": "GPS",
    "html": "HTML",
    "xmr": "Monero",
    "btc": "Bitcoin",
    "eth": "Ethereum",
    "sqlite": "SQLite",
    "v3": "version 3",
}
KIND_TITLES = {
    "openpgp/armor": "OpenPGP block",
    "openpgp/keyring": "OpenPGP keyring",
    "wallet/bitcoin_core": "Bitcoin Core wallet",
    "wallet/armory": "Armory wallet",
    "wallet/bsms": "Multisig setup record (BSMS)",
    "wallet/caravan": "Caravan multisig wallet",
    "wallet/coldcard_multisig": "Coldcard multisig wallet",
    "wallet/descriptor": "Wallet descriptor",
    "wallet/ledger_live": "Ledger Live accounts",
    "wallet/sparrow": "Sparrow wallet",
    "wallet/sparrow_database": "Sparrow wallet (database)",
    "wallet/trezor_suite": "Trezor Suite account",
    "wallet/wasabi": "Wasabi wallet",
    "payment/uri": "Request for payment",
    "key/wif": "Bitcoin private key",
    "key/extended": "Extended wallet key",
    "key/bip38": "Encrypted Bitcoin key",
    "seed/bip39": "BIP-39 seed phrase",
    "media/exif": "Photo data",
    "onion/v3": "Onion name",
    "contact/email": "Mail address",
    "browser/chromium": "Chromium browser record",
    "browser/firefox": "Firefox or Tor Browser record",
    "browser/firefox_keys": "Key of saved logins of Firefox",
    "browser/firefox_logins": "Saved login of Firefox",
    "chat/irc": "IRC conversation",
    "chat/pidgin": "Pidgin conversation",
    "chat/mcabber": "mcabber conversation",
    "chat/profanity_log": "Profanity conversation (text log)",
    "chat/psi_log": "Psi conversation",
    "chat/toxic": "Toxic conversation (Tox)",
    "chat/purple_account": "Pidgin account",
    "chat/purple_contacts": "Pidgin contacts",
    "chat/otr_key": "Off-the-record private key",
    "chat/otr_fingerprint": "Off-the-record key of a contact",
    "chat/profanity": "Profanity conversation",
    "chat/dino": "Dino conversation",
    "chat/gajim": "Gajim conversation",
    "chat/psi_history": "Psi+ conversation",
    "chat/skype": "Skype conversation",
    "chat/imessage": "iMessage conversation",
    "chat/android_sms": "Text messages (Android)",
    "chat/calls": "Calls (Android, Viber)",
    "chat/whatsapp": "WhatsApp conversation",
    "chat/hangouts": "Hangouts conversation",
    "chat/burner": "Burner conversation",
    "chat/tango": "Tango conversation",
    "chat/twitter": "Twitter direct messages",
    "chat/quassel": "Quassel conversation (IRC)",
    "chat/bitmessage": "Bitmessage conversation",
    "chat/conversations": "Conversations chat (XMPP)",
    "chat/kik": "Kik conversation",
    "chat/viber": "Viber conversation",
    "chat/qtox": "qTox conversation",
    "chat/tox": "Tox profile",
    "chat/json_export": "Exported conversation (Telegram, Discord, Messenger)",
    "chat/whatsapp_export": "Exported conversation (WhatsApp)",
    "chat/whatsapp_key": "Key of WhatsApp backups",
    "chat/whatsapp_backup": "WhatsApp backup, locked",
    "chat/signal_key": "Key of Signal or Session",
    "chat/telegram_key": "Key of Telegram Desktop",
    "chat/locked": "Locked store of a messenger",
    "store/bitwarden": "Bitwarden vault",
    "store/keepass": "KeePass database",
    "store/keepass1": "KeePass 1 database",
    "store/pass_store": "Password store (pass)",
    "watch/term": "Term of a watch-list",
    "system/recycle_bin": "File in the recycle bin",
    "system/recycler_info2": "File in the recycle bin (Windows XP)",
    "system/trashinfo": "File in the waste basket (Linux)",
    "system/shortcut": "Windows shortcut",
    "system/jump_list": "Opened with a program (jump list)",
    "system/prefetch": "Program run (prefetch)",
    "system/registry": "Windows registry entry",
    "system/shell_history": "History of a command line",
    "system/recently_used": "File opened on a Linux desktop",
    "system/event_log": "Windows event",
    "market/page": "Page of a shop or marketplace",
    "market/sql_dump": "Database dump of a shop or marketplace",
}


def kind_title(kind: str) -> str:
    """A kind as people say it: `wallet/electrum` is an Electrum wallet."""
    if kind in KIND_TITLES:
        return KIND_TITLES[kind]
    family, _, form = kind.partition("/")
    if not form:
        return family.capitalize()
    words = [FORMAT_WORDS.get(part, part) for part in form.replace("_", "-").split("-")]
    first = " ".join(words)
    noun = FORMAT_WORDS.get(family, family.replace("_", " "))
    said = f"{noun} {first}" if family in ("openpgp", "pgp", "exif") else f"{first} {noun}"
    return said[:1].upper() + said[1:]
