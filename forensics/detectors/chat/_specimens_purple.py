"""Known answers: accounts, contacts and keys of people who do not exist."""

from __future__ import annotations

from forensics.detectors.base import Specimen

_HAND = "by hand, in the form of "

_OTR = {
    "p": (
        "0087E9B3B164CDB6E176E420FFE1DDC94756DFB32546CAFEDE1EB4E2560FA9987ED0F6499704325802BC78611F"
        "AA113C2E3DC70B329FE119EFD21B3A9AF1B04CB41EE5E2972540B606F0B99FB493DA812169CE1BEE8D144779FF"
        "6B1657D168273BB116719CF3570260E788F2BB71A72866D33DBDFE9AFFBE301078790E4A6FD67D"
    ),
    "q": "00B6B226D695EBE9E7226A81C854FF3BDB3DCAE86B",
    "g": (
        "7EA194583D72C6EAE907D43448225DBC83EB73E7113B71805E15507F9D407ADD1E577020489ED5F4CBD81583D7"
        "A943C13F7E23FC6BF7B41B167516FBD9937B54EB8E4AE01A49AFC5545E7F7CAD17939C93F6B2D26719347302BE"
        "65D975B98543A5DFE690BC7C8BBB156618B846A06C20EBD0A951FDD77308A601DA5839F105CD"
    ),
    "y": (
        "4AC274B209B2A82D7B48059003D5167FCB7C5BCA9AD7C75900D35C197A67BB1E07CBC613D8BFFBAFD13B9500B1"
        "053A882869C30348DA224668023B061D76A3A8811AB2E3E4D1B3778FC7B6477E45DA73CDC04D030532E538074B"
        "B5EB04E886713D51D830F17570DA943C112B27020ADF7771237A53A9A6B84892D1970E4F4177"
    ),
    "x": "321A759A7C7874BB1367AE0FF04D94567C4C8EF4",
}
_OTR_PRINT = "374c4892d2ad1996ee052ffbf21ee55a63ece72c"
_OTR_KEY = (
    '(privkeys\n (account\n(name "wick@chat.invalid/")\n(protocol prpl-jabber)\n(private-key \n (dsa \n'
    + "".join(f"  ({name} #{digits}#)\n" for name, digits in _OTR.items())
    + "  )\n )\n )\n)\n"
).encode()
OTR_KEY = (
    Specimen("one account", _OTR_KEY, (_OTR_PRINT,), "a key of OpenSSL, in the form of libotr 4.1"),
    Specimen(
        "a private part of another key",
        _OTR_KEY.replace(b"(x #", b"(x #1"),
        (_OTR_PRINT,),
        "a key of OpenSSL, changed",
    ),
    Specimen("cut off in the key", _OTR_KEY[:400], None, "a key of OpenSSL, cut"),
    Specimen(
        "numbers that are no key", _OTR_KEY.replace(b"(y #", b"(y #5").replace(b"(p #", b"(p #7"), None, "by hand"
    ),
)
OTR_FINGERPRINT = (
    Specimen(
        "two contacts",
        f"tallow@chat.invalid\twick@chat.invalid/\tprpl-jabber\t{_OTR_PRINT}\tverified\n"
        f"snuff@chat.invalid\twick@chat.invalid/\txmpp\t{_OTR_PRINT[::-1]}\t\n".encode(),
        (_OTR_PRINT, _OTR_PRINT[::-1]),
        _HAND + "libotr 4.1",
    ),
    Specimen("cut off", f"tallow@chat.invalid\tw\tprpl-jabber\t{_OTR_PRINT[:30]}".encode(), None, "by hand, cut"),
    Specimen("of another length", f"a@b\tw\tirc\t{_OTR_PRINT}5\n".encode(), None, "by hand"),
    Specimen("a field too few", f"wick@chat.invalid/\tprpl-jabber\t{_OTR_PRINT}\t\n".encode(), None, "by hand"),
)

_PURPLE_ACCOUNT = b"""\
<?xml version='1.0' encoding='UTF-8' ?>

<account version='1.0'>
\t<account>
\t\t<protocol>prpl-jabber</protocol>
\t\t<name>wick@chat.invalid/home</name>
\t\t<password>not&amp;a#Secret9</password>
\t\t<alias>Wick</alias>
\t\t<settings>
\t\t\t<setting name='connect_server' type='string'>127.0.0.1</setting>
\t\t</settings>
\t\t<proxy>
\t\t\t<type>tor</type>
\t\t\t<host>127.0.0.1</host>
\t\t\t<port>9150</port>
\t\t</proxy>
\t</account>
\t<account>
\t\t<protocol>prpl-irc</protocol>
\t\t<name>wick@irc.invalid</name>
\t</account>
</account>
"""
PURPLE_ACCOUNT = (
    Specimen("two accounts", _PURPLE_ACCOUNT, ("wick@chat.invalid", "wick@irc.invalid"), _HAND + "Pidgin 2.14"),
    Specimen("cut off", _PURPLE_ACCOUNT[:240], ("wick@chat.invalid",), _HAND + "Pidgin 2.14, cut"),
    Specimen("cut off in the name", _PURPLE_ACCOUNT[:120], None, _HAND + "Pidgin 2.14, cut"),
    Specimen("no name", _PURPLE_ACCOUNT.replace(b"name>", b"nome>"), None, "by hand"),
)
_PURPLE_CONTACTS = b"""\
<?xml version='1.0' encoding='UTF-8' ?>

<purple version='1.0'>
\t<blist>
\t\t<group name='Buddies'>
\t\t\t<contact>
\t\t\t\t<buddy account='wick@chat.invalid/home' proto='prpl-jabber'>
\t\t\t\t\t<name>tallow@chat.invalid</name>
\t\t\t\t\t<alias>T &amp; Co</alias>
\t\t\t\t\t<setting name='last_seen' type='int'>1709251198</setting>
\t\t\t\t</buddy>
\t\t\t</contact>
\t\t\t<chat proto='prpl-jabber' account='wick@chat.invalid/home'>
\t\t\t\t<component name='room'>candles</component>
\t\t\t\t<component name='server'>rooms.invalid</component>
\t\t\t</chat>
\t\t</group>
\t</blist>
</purple>
"""
PURPLE_CONTACTS = (
    Specimen("a contact and a room", _PURPLE_CONTACTS, ("wick@chat.invalid",), _HAND + "Pidgin 2.14"),
    Specimen("cut off in the room", _PURPLE_CONTACTS[:520], ("wick@chat.invalid",), _HAND + "Pidgin 2.14, cut"),
    Specimen("nobody in it", _PURPLE_CONTACTS.replace(b"buddy", b"body").replace(b"chat", b"cat"), None, "by hand"),
    Specimen("another root", _PURPLE_CONTACTS.replace(b"<purple ", b"<mauve "), None, "by hand"),
)
