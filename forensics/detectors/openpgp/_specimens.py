"""Known answers of this family, made with gpg 2.2.40 for a name that does not exist."""

from __future__ import annotations

import base64

from forensics.detectors.base import Specimen

_PUBLIC = b"""\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZeBYQBYJKwYBBAHaRw8BAQdAd0WhlnKH8QpxCJkaVHW+MVTO/QYxxTAAXEH9
fJIlW3i0H3RhbGxvdyA8dGFsbG93QGV4YW1wbGUuaW52YWxpZD6IlgQTFggAPhYh
BP31W/p2ENdYP0oirAbAbrwsp9sTBQJl4FhAAhsDBQkAMoR7BQsJCAcCBhUKCQgL
AgQWAgMBAh4BAheAAAoJEAbAbrwsp9sTG2QA+gIw+9T89zi2MQwZOAq/7lpsfSfn
XvmZOgF3obHileXuAPwKHgyKv/hgLbnIrP8EE0F7L4ge4r6cFKEcqTAbDyOVD7g4
BGXgWEASCisGAQQBl1UBBQEBB0BvQGOsFfDSJ37vuX2K/Fv4mhu58SBjrsOaASB/
xB9wAAMBCAeIfgQYFggAJhYhBP31W/p2ENdYP0oirAbAbrwsp9sTBQJl4FhAAhsM
BQkAMoR7AAoJEAbAbrwsp9sTfQkA/0vHHvYDqfmAXOvDLB76IoRdY8yThvh7BU/l
hfaC7mw0AQC+evgUtpf5HiUfeZQB5R+PxieoB1CUgQa7vpV/xt/IBg==
=XGq6
-----END PGP PUBLIC KEY BLOCK-----
"""
_SECRET = b"""\
-----BEGIN PGP PRIVATE KEY BLOCK-----

lFgEZeBYQBYJKwYBBAHaRw8BAQdAd0WhlnKH8QpxCJkaVHW+MVTO/QYxxTAAXEH9
fJIlW3gAAP9UamTUHH003rRNYpWWsQFFtdk+yDgT8nOB8f6n6EPNARF5tB90YWxs
b3cgPHRhbGxvd0BleGFtcGxlLmludmFsaWQ+iJYEExYIAD4WIQT99Vv6dhDXWD9K
IqwGwG68LKfbEwUCZeBYQAIbAwUJADKEewULCQgHAgYVCgkICwIEFgIDAQIeAQIX
gAAKCRAGwG68LKfbExtkAPoCMPvU/Pc4tjEMGTgKv+5abH0n5175mToBd6Gx4pXl
7gD8Ch4Mir/4YC25yKz/BBNBey+IHuK+nBShHKkwGw8jlQ+cXQRl4FhAEgorBgEE
AZdVAQUBAQdAb0BjrBXw0id+77l9ivxb+JobufEgY67DmgEgf8QfcAADAQgHAAD/
R9EXihYCDRKogDdRGhIUq8iEKpFZIiRDdWU6I5deO7gLkoh+BBgWCAAmFiEE/fVb
+nYQ11g/SiKsBsBuvCyn2xMFAmXgWEACGwwFCQAyhHsACgkQBsBuvCyn2xN9CQD/
S8ce9gOp+YBc68MsHvoihF1jzJOG+HsFT+WF9oLubDQBAL56+BS2l/keJR95lAHl
H4/GJ6gHUJSBBru+lX/G38gG
=Bloc
-----END PGP PRIVATE KEY BLOCK-----
"""
_MESSAGE = b"""\
-----BEGIN PGP MESSAGE-----

hF4DHwytiRXTuhASAQdAqdxQl1jRlJsuKC2wK5xW59vxhOICetftIG2SGPmj0BYw
uyt50zw0aJzMPNpNodaNvB1az/d2kHaSlfRTmQE5x0/Y/Dwv/9JwEkW6qD/59xvg
0kgB4kj/xLXa4h4VIkLqffA9zsIwPQhqZf0nvwvIrtXnUQBjyw6FoJUadbfe01X3
028bqeOr0KiH3mcxKSKBCMmeAU84HtPxP3w=
=cSFM
-----END PGP MESSAGE-----
"""
_CLEAR = b"""\
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

mirror list of march
-----BEGIN PGP SIGNATURE-----

iHUEARYIAB0WIQT99Vv6dhDXWD9KIqwGwG68LKfbEwUCZeHDQAAKCRAGwG68LKfb
E6cOAP4pBzyp7KE3W9njXxeD581EpmUhV8Vh1011koXf8J39pAEA6dj2y8XEnNj5
DOd+8UacwcRGNhWnokpqNZIQtulfIgQ=
=PYn6
-----END PGP SIGNATURE-----
"""
_SIGNATURE = b"""\
-----BEGIN PGP SIGNATURE-----

iHUEABYIAB0WIQT99Vv6dhDXWD9KIqwGwG68LKfbEwUCZeHDQAAKCRAGwG68LKfb
EwQHAQDiFSTnIlxMn+KtgRSJ0rp9yFHT9yJCj2xpYyzAmadjUQEAl0vU7zF4lcwW
oZeNtLON9iEg2mywCyMeJALE681a9wU=
=dGtX
-----END PGP SIGNATURE-----
"""
# RFC 9580, annex A.3: a version 6 certificate, without a checksum.
_V6 = b"""\
-----BEGIN PGP PUBLIC KEY BLOCK-----

xioGY4d/4xsAAAAg+U2nu0jWCmHlZ3BqZYfQMxmZu52JGggkLq2EVD34laPCsQYf
GwoAAABCBYJjh3/jAwsJBwUVCg4IDAIWAAKbAwIeCSIhBssYbE8GCaaX5NUt+mxy
KwwfHifBilZwj2Ul7Ce62azJBScJAgcCAAAAAK0oIBA+LX0ifsDm185Ecds2v8lw
gyU2kCcUmKfvBXbAf6rhRYWzuQOwEn7E/aLwIwRaLsdry0+VcallHhSu4RN6HWaE
QsiPlR4zxP/TP7mhfVEe7XWPxtnMUMtf15OyA51YBM4qBmOHf+MZAAAAIIaTJINn
+eUBXbki+PSAld2nhJh/LVmFsS+60WyvXkQ1wpsGGBsKAAAALAWCY4d/4wKbDCIh
BssYbE8GCaaX5NUt+mxyKwwfHifBilZwj2Ul7Ce62azJAAAAAAQBIKbpGG2dWTX8
j+VjFM21J0hqWlEg+bdiojWnKfA5AQpWUWtnNwDEM0g12vYxoWM8Y81W+bHBw805
I8kWVkXU6vFOi+HWvv/ira7ofJu16NnoUkhclkUrk0mXubZvyl4GBg==
-----END PGP PUBLIC KEY BLOCK-----
"""
_FINGERPRINT = "fdf55bfa7610d7583f4a22ac06c06ebc2ca7db13"
_V6_FINGERPRINT = "cb186c4f0609a697e4d52dfa6c722b0c1f1e27c18a56708f6525ec27bad9acc9"
_GPG = "gpg 2.2.40, invented name, made for this test"


def _again(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)


ARMOUR = (
    Specimen("public key", _PUBLIC, (_FINGERPRINT,), _GPG),
    Specimen("private key", _SECRET, (_FINGERPRINT,), _GPG),
    Specimen("message to one key", _MESSAGE, ("none stored",), _GPG),
    Specimen("clear-signed text", _CLEAR, ("none stored",), _GPG),
    Specimen("detached signature", _SIGNATURE, ("none stored",), _GPG),
    Specimen("version 6, no checksum", _V6, (_V6_FINGERPRINT,), "RFC 9580, annex A.3"),
    Specimen("public key cut off", _PUBLIC[:340], (_FINGERPRINT,), _GPG + ", cut by hand"),
    Specimen(
        "checksum wrong, self-signature holds",
        _again(_PUBLIC, b"=XGq6", b"=XGq7"),
        (_FINGERPRINT,),
        _GPG + ", changed by hand",
    ),
    Specimen(
        "re-wrapped by a web page",
        b"<p>" + _again(_PUBLIC, b"\n", b"<br>\r\n").replace(b"BEGIN PGP", b"BEGIN&nbsp;PGP"),
        (_FINGERPRINT,),
        _GPG + ", wrapped by hand",
    ),
    Specimen(
        "in a JSON string",
        b'{"key": "' + _again(_again(_PUBLIC, b"/", b"\\/"), b"\n", b"\\n") + b'"}',
        (_FINGERPRINT,),
        _GPG + ", escaped by hand",
    ),
    Specimen(
        "documentation",
        b"-----BEGIN PGP MESSAGE-----\n\n(the text)\n-----END PGP MESSAGE-----\n",
        None,
        "by hand",
    ),
    Specimen(
        "another kind of armour",
        b"-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJBAKj34GkxFhD9\n-----END RSA PRIVATE KEY-----\n",
        None,
        "by hand",
    ),
)


def _octets(block: bytes) -> bytes:
    """The packets of one of the blocks above."""
    return base64.b64decode(block.split(b"\n\n", 1)[1].rsplit(b"\n=", 1)[0])


PUBLIC_OCTETS = _octets(_PUBLIC)
SECRET_OCTETS = _octets(_SECRET)
# What gpg 2.2.40 puts behind the key in a ring: fetched from a URL at 2024-03-01 12:00:00.
_TRUST = bytes.fromhex("b01f0000677067010565e1c3401368747470733a2f2f612e696e76616c69642f6b")
RING = PUBLIC_OCTETS[:53] + _TRUST + PUBLIC_OCTETS[53:]

KEYRING = (
    Specimen("exported key", PUBLIC_OCTETS, (_FINGERPRINT,), _GPG),
    Specimen("exported secret key", SECRET_OCTETS, (_FINGERPRINT,), _GPG),
    Specimen("ring of two keys, the first with its origin", RING + SECRET_OCTETS, (_FINGERPRINT, _FINGERPRINT), _GPG),
    Specimen("key and user id, signature cut off", PUBLIC_OCTETS[:200], (_FINGERPRINT,), _GPG + ", cut by hand"),
    Specimen(
        "self-signature does not hold",
        PUBLIC_OCTETS.replace(b"tallow@", b"tallov@"),
        (_FINGERPRINT,),
        _GPG + ", changed by hand",
    ),
    Specimen("key packet alone", PUBLIC_OCTETS[:53], None, _GPG + ", cut by hand"),
    Specimen("starts like a key", PUBLIC_OCTETS[:9] + bytes(range(256)), None, "by hand"),
    Specimen(
        "LevelDB manifest",
        bytes.fromhex("9956ba3b38000101") + b"\x1aleveldb.BytewiseComparator",
        None,
        "by hand",
    ),
)

# pubring.kbx after an import at 2024-03-02 12:00:00.
KBX = base64.b64decode(
    "AAAAIAEBAAJLQlhmAAAAAGsFNndrBTZ3AAAAAAAAAAAAAAJmAgEAAAAAAH4AAAHUAAIAHP31W/p2ENdYP0oirAbAbrwsp9sT"
    "AAAAIAAAAAD22HGvLo8BkHdHSw0fDK2JFdO6EAAAADwAAAAAAAAAAQAMAAAAwwAAAB8AAAAAAAIABAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAZeMUwAAAAACYMwRl4FhAFgkrBgEEAdpHDwEBB0B3RaGWcofxCnEImRpUdb4xVM79BjHFMABcQf18kiVbeLAMAABn"
    "cGcBAAAAAAAAtB90YWxsb3cgPHRhbGxvd0BleGFtcGxlLmludmFsaWQ+sAwAAGdwZwIAAAAAAACIlgQTFggAPhYhBP31W/p2"
    "ENdYP0oirAbAbrwsp9sTBQJl4FhAAhsDBQkAMoR7BQsJCAcCBhUKCQgLAgQWAgMBAh4BAheAAAoJEAbAbrwsp9sTG2QA+gIw"
    "+9T89zi2MQwZOAq/7lpsfSfnXvmZOgF3obHileXuAPwKHgyKv/hgLbnIrP8EE0F7L4ge4r6cFKEcqTAbDyOVD7AGAANncGcA"
    "uDgEZeBYQBIKKwYBBAGXVQEFAQEHQG9AY6wV8NInfu+5fYr8W/iaG7nxIGOuw5oBIH/EH3AAAwEIB4h+BBgWCAAmFiEE/fVb"
    "+nYQ11g/SiKsBsBuvCyn2xMFAmXgWEACGwwFCQAyhHsACgkQBsBuvCyn2xN9CQD/S8ce9gOp+YBc68MsHvoihF1jzJOG+HsF"
    "T+WF9oLubDQBAL56+BS2l/keJR95lAHlH4/GJ6gHUJSBBru+lX/G38gGsAYAA2dwZwAzZAZe4wJy5lI7ty+7IR8zlHHW2Q=="
)


def _deleted(data: bytes) -> bytes:
    """The keybox with its only key deleted, as gpg does it: the type of the blob becomes 0."""
    return data[:36] + b"\0" + data[37:]


KEYBOX = (
    Specimen("one key", KBX, (_FINGERPRINT,), _GPG),
    Specimen("the key deleted", _deleted(KBX), (_FINGERPRINT,), _GPG + ", type changed by hand"),
    Specimen("cut off in the signature of the subkey", KBX[:-100], (_FINGERPRINT,), _GPG + ", cut by hand"),
    Specimen("checksum wrong", KBX[:-1] + b"\0", (_FINGERPRINT,), _GPG + ", changed by hand"),
    Specimen("no key yet", KBX[:32], None, _GPG + ", cut by hand"),
    Specimen("certificate of X.509", KBX[:36] + b"\3" + KBX[37:], None, _GPG + ", type changed by hand"),
)

MESSAGE_OCTETS = _octets(_MESSAGE)
MESSAGE = (
    Specimen("to one key", MESSAGE_OCTETS, ("none stored",), _GPG),
    Specimen("detached signature", _octets(_SIGNATURE), ("none stored",), _GPG),
    Specimen("cut off", MESSAGE_OCTETS[:-20], ("none stored",), _GPG + ", cut by hand"),
    Specimen("a key is no message", PUBLIC_OCTETS, None, _GPG),
    Specimen("starts like a recipient", MESSAGE_OCTETS[:20] + bytes(range(200)), None, "by hand"),
    Specimen("LevelDB table", bytes.fromhex("8c0d04010a7f") + b"abcdefgh" * 4, None, "by hand"),
)
