"""Strings and bytes of every kind that stands alone, made by others' tools, and what breaks each.

Needs `bip_utils`, `shamir_mnemonic` and `coincurve` beside the product, which does not use them, and `gpg`.
Check digits, invoices and frames of keys are written here once more, from their specifications.
"""

from __future__ import annotations

import base64
import hashlib
import random
import string
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from bip_utils import (  # type: ignore[import-not-found]
    AdaShelleyAddrEncoder,
    BchP2PKHAddrEncoder,
    Bip32Slip10Secp256k1,
    Bip39MnemonicGenerator,
    Ed25519PrivateKey,
    ElectrumV1MnemonicGenerator,
    ElectrumV2MnemonicGenerator,
    ElectrumV2MnemonicTypes,
    EthAddrEncoder,
    Monero,
    MoneroLanguages,
    MoneroMnemonicGenerator,
    P2PKHAddrEncoder,
    P2SHAddrEncoder,
    P2TRAddrEncoder,
    P2WPKHAddrEncoder,
    Secp256k1PrivateKey,
    TrxAddrEncoder,
    WifEncoder,
    XlmAddrEncoder,
    XlmAddrTypes,
    XrpAddrEncoder,
)
from coincurve import PrivateKey  # type: ignore[import-not-found]
from shamir_mnemonic import generate_mnemonics  # type: ignore[import-not-found]

from forensics.scenarios.content import codes

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BASE32 = string.ascii_uppercase + "234567"
BASE64 = string.ascii_letters + string.digits + "+/"
ED25519 = (1 << 252) + 27742317777372353535851937790883648493


@dataclass(frozen=True, slots=True)
class Planted:
    """One artefact as it lies on a disk, and the value that a finding of it must have."""

    data: bytes
    value: str


Maker = Callable[[random.Random], Planted]
Breaker = Callable[[Planted, random.Random], bytes]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is planted, the detector that must find it, what its check is worth, and how it is broken.

    `bits` is minus the binary logarithm of the share of random strings of the form that pass; `check` names it.
    """

    name: str
    kind: str
    make: Maker
    spoil: Breaker
    bits: float
    check: str
    text: bool = True


def _alphabet(letters: str, skip: int = 0) -> Breaker:
    """Replace one character behind the first `skip` by another of the alphabet."""

    def spoil(one: Planted, draw: random.Random) -> bytes:
        text = one.data.decode()
        places = [at for at in range(skip, len(text)) if text[at] in letters]
        at = draw.choice(places)
        return (text[:at] + draw.choice([each for each in letters if each != text[at]]) + text[at + 1 :]).encode()

    return spoil


def _word(one: Planted, draw: random.Random) -> bytes:
    """Replace one word by another of the same phrase."""
    words = one.data.decode().split(" ")
    at = draw.randrange(len(words))
    words[at] = draw.choice([each for each in words if each != words[at]])
    return " ".join(words).encode()


def _text(make: Callable[[random.Random], str]) -> Maker:
    def made(draw: random.Random) -> Planted:
        text = make(draw)
        return Planted(text.encode(), text)

    return made


def _secp(draw: random.Random) -> object:
    return Secp256k1PrivateKey.FromBytes(draw.randbytes(32)).PublicKey()


def _ed(draw: random.Random) -> object:
    return Ed25519PrivateKey.FromBytes(draw.randbytes(32)).PublicKey()


def _p2pkh(version: bytes) -> Maker:
    return _text(lambda draw: str(P2PKHAddrEncoder.EncodeKey(_secp(draw), net_ver=version)))


def _witness(prefix: str) -> Maker:
    return _text(lambda draw: str(P2WPKHAddrEncoder.EncodeKey(_secp(draw), hrp=prefix)))


def _extended(draw: random.Random) -> Bip32Slip10Secp256k1:
    return Bip32Slip10Secp256k1.FromSeed(draw.randbytes(32))


def _bip38(draw: random.Random) -> str:
    return codes.base58check(b"\x01\x42" + draw.choice((b"\xc0", b"\xe0")) + draw.randbytes(36))


def _bip39(size: int) -> Maker:
    return _text(lambda draw: str(Bip39MnemonicGenerator().FromEntropy(draw.randbytes(size))))


def _electrum(draw: random.Random) -> str:
    """A new seed: the entropy is counted up until the version's hash holds, as Electrum does."""
    kind = draw.choice((ElectrumV2MnemonicTypes.STANDARD, ElectrumV2MnemonicTypes.SEGWIT))
    at = draw.randrange(1 << 131, 1 << 132)
    return str(ElectrumV2MnemonicGenerator(kind).FromEntropy(at.to_bytes(17, "big")))


def _monero_seed(draw: random.Random) -> Planted:
    languages = (MoneroLanguages.ENGLISH, MoneroLanguages.GERMAN, MoneroLanguages.SPANISH, MoneroLanguages.ITALIAN)
    text = str(MoneroMnemonicGenerator(draw.choice(languages)).FromEntropyWithChecksum(draw.randbytes(32)))
    return Planted(text.encode(), text.lower())


def _card(draw: random.Random) -> Planted:
    head = draw.choice(("4", "51", "53", "55", "6011"))
    body = head + "".join(draw.choices(string.digits, k=15 - len(head)))
    number = body + _luhn(body)
    return Planted(f"card: {number} exp {draw.randint(1, 12):02}/{draw.randint(27, 31)}".encode(), number)


def _luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _number(skip: int = 0) -> Breaker:
    """Replace one digit of the value where it stands in the text."""

    def spoil(one: Planted, draw: random.Random) -> bytes:
        number = one.value
        at = draw.choice([each for each in range(skip, len(number)) if number[each].isdigit()])
        other = number[:at] + draw.choice([each for each in string.digits if each != number[at]]) + number[at + 1 :]
        return one.data.replace(number.encode(), other.encode())

    return spoil


def _email(draw: random.Random) -> str:
    name = "".join(draw.choices(string.ascii_lowercase + string.digits, k=draw.randint(2, 14)))
    host = "".join(draw.choices(string.ascii_lowercase, k=draw.randint(4, 12)))
    return f"a{name}@{host}.{draw.choice(('com', 'org', 'net', 'de', 'ru', 'co.uk', 'onion'))}"


def _no_domain(one: Planted, draw: random.Random) -> bytes:
    return one.data.partition(b".")[0] + b"." + bytes(draw.choices(b"qxzjvk", k=draw.randint(3, 6)))


def _onion_v2(draw: random.Random) -> str:
    return base64.b32encode(draw.randbytes(10)).decode().lower() + ".onion"


def _onion_v3(draw: random.Random) -> str:
    return codes.onion_v3(Ed25519PrivateKey.FromBytes(draw.randbytes(32)).PublicKey().RawCompressed().ToBytes()[1:])


def _not_base32(one: Planted, draw: random.Random) -> bytes:
    at = draw.randrange(16)
    return one.data[:at] + draw.choice((b"0", b"1", b"8", b"9")) + one.data[at + 1 :]


def _expanded(draw: random.Random) -> tuple[bytes, str]:
    """The expanded secret of Tor and the name that its key derives."""
    seed = draw.randbytes(32)
    whole = bytearray(hashlib.sha512(seed).digest())
    whole[0] &= 248
    whole[31] = whole[31] & 127 | 64
    return bytes(whole), codes.onion_v3(Ed25519PrivateKey.FromBytes(seed).PublicKey().RawCompressed().ToBytes()[1:])


def _tor_text(draw: random.Random) -> Planted:
    secret, name = _expanded(draw)
    return Planted(b"ADD_ONION ED25519-V3:" + base64.b64encode(secret) + b" Port=80", name)


def _tor_file(draw: random.Random) -> Planted:
    secret, name = _expanded(draw)
    return Planted(b"== ed25519v1-secret: type0 ==\0\0\0" + secret, name)


def _random_text_key(_: Planted, draw: random.Random) -> bytes:
    return b"ADD_ONION ED25519-V3:" + base64.b64encode(draw.randbytes(64)) + b" Port=80"


def _random_key_file(_: Planted, draw: random.Random) -> bytes:
    return b"== ed25519v1-secret: type0 ==\0\0\0" + draw.randbytes(64)


def _s10(draw: random.Random) -> Planted:
    serial = "".join(draw.choices(string.digits, k=8))
    rest = 11 - sum(w * int(d) for w, d in zip((8, 6, 4, 2, 3, 5, 9, 7), serial, strict=True)) % 11
    service, country = draw.choice(("RR", "CP", "EE", "LX", "VV")), draw.choice(("DE", "GB", "NL", "US", "CN"))
    number = f"{service}{serial}{ {10: 0, 11: 5}.get(rest, rest) }{country}"
    return Planted(f"Tracking: {number}".encode(), number)


def _ups(draw: random.Random) -> Planted:
    body = "".join(draw.choices(string.digits + "AEFRVWXY", k=6)) + draw.choice(("01", "03", "68"))
    body += "".join(draw.choices(string.digits, k=7))
    values = [int(each) if each.isdigit() else (ord(each) - 63) % 10 for each in body]
    number = f"1Z{body}{-(sum(values[::2]) + 2 * sum(values[1::2])) % 10}"
    return Planted(f"tracking {number}".encode(), number)


def _usps(draw: random.Random) -> Planted:
    body = draw.choice(("94", "95")) + "".join(draw.choices(string.digits, k=19))
    total = sum(int(each) * (3 if place % 2 == 0 else 1) for place, each in enumerate(reversed(body)))
    number = f"{body}{-total % 10}"
    return Planted(f"USPS {number}".encode(), number)


def _symbols(number: int, count: int) -> list[int]:
    return [number >> 5 * (count - 1 - place) & 31 for place in range(count)]


def _octets(symbols: list[int]) -> bytes:
    """Symbols of five bits as bytes, zeros behind the last, as BOLT 11 signs them."""
    number = 0
    for each in symbols:
        number = number << 5 | each
    size = -(-len(symbols) * 5 // 8)
    return (number << (size * 8 - len(symbols) * 5)).to_bytes(size, "big")


def _invoice(draw: random.Random) -> str:
    """BOLT 11: time, payment hash, description, a signature that recovers to the payee, Bech32."""
    head = f"lnbc{draw.randint(1, 9999)}{draw.choice('mun')}"
    note = draw.choice((b"two boxes", b"order", b"invoice of may"))
    data = _symbols(draw.randint(1_600_000_000, 1_790_000_000), 7)
    data += [1, 1, 20, *_symbols(draw.getrandbits(256) << 4, 52)]
    count = -(-len(note) * 8 // 5)
    data += [13, count >> 5, count & 31]
    data += _symbols(int.from_bytes(note, "big") << (count * 5 - len(note) * 8), count)
    digest = hashlib.sha256(head.encode() + _octets(data)).digest()
    signed = PrivateKey(draw.randbytes(32)).sign_recoverable(digest, hasher=None)
    data += _symbols(int.from_bytes(signed, "big"), 104)
    return head + "1" + "".join(BECH32[each] for each in [*data, *codes.bech32_checksum(head, data)])


def _uri(draw: random.Random) -> Planted:
    address = str(P2PKHAddrEncoder.EncodeKey(_secp(draw), net_ver=b"\x00"))
    return Planted(f"bitcoin:{address}?amount=0.0{draw.randint(1, 99999)}&label=order".encode(), address)


def _in_uri(one: Planted, draw: random.Random) -> bytes:
    return one.data.replace(one.value.encode(), _alphabet(BASE58, 2)(Planted(one.value.encode(), ""), draw))


def _descriptor(draw: random.Random) -> str:
    key = _extended(draw).DerivePath("84'/0'/0'")
    origin = _extended(draw).FingerPrint().ToBytes().hex()
    text = f"wpkh([{origin}/84h/0h/0h]{key.PublicKey().ToExtended()}/<0;1>/*)"
    return f"{text}#{codes.descriptor_checksum(text)}"


def _descriptor_checksum(one: Planted, draw: random.Random) -> bytes:
    return one.data[:-8] + _alphabet(BECH32)(Planted(one.data[-8:], ""), draw)


@cache
def certificates(count: int) -> tuple[tuple[str, bytes], ...]:
    """Fingerprint and packets of keys that gpg makes: Ed25519 with a Curve25519 subkey."""
    with tempfile.TemporaryDirectory(prefix="gpg-") as home:

        def gpg(*options: str, given: str = "") -> bytes:
            command = ["gpg", "--homedir", home, "--batch", "--quiet", *options]
            return subprocess.run(command, input=given.encode(), check=True, capture_output=True).stdout

        one = "%no-protection\nKey-Type: eddsa\nKey-Curve: ed25519\nSubkey-Type: ecdh\nSubkey-Curve: cv25519\n"
        gpg("--gen-key", given="".join(f"{one}Name-Real: Vendor {each}\n%commit\n" for each in range(count)))
        listed = [line.split(":") for line in gpg("--list-keys", "--with-colons").decode().splitlines()]
        first = [each[9] for at, each in enumerate(listed) if each[0] == "fpr" and listed[at - 1][0] == "pub"]
        packets = _split(gpg("--export"))
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)
    return tuple(zip(first, packets, strict=True))


def _split(ring: bytes) -> Iterator[bytes]:
    """The certificates of a ring: each begins with a public-key packet. All lengths here are of old format."""
    start = at = 0
    while at < len(ring):
        tag, size = ring[at] >> 2 & 15, ring[at] & 3
        if tag == 6 and at:
            yield ring[start:at]
            start = at
        at += 1 + (1 << size) + int.from_bytes(ring[at + 1 : at + 1 + (1 << size)], "big")
    yield ring[start:]


def _armour(data: bytes) -> bytes:
    text = base64.b64encode(data).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    check = base64.b64encode(codes.crc24(data).to_bytes(3, "big")).decode()
    label = "PGP PUBLIC KEY BLOCK"
    return f"-----BEGIN {label}-----\n\n{lines}\n={check}\n-----END {label}-----".encode()


def _keys(count: int, *, armour: bool) -> Maker:
    each = iter(range(count))

    def make(_: random.Random) -> Planted:
        fingerprint, data = certificates(count)[next(each)]
        return Planted(_armour(data) if armour else data, fingerprint.lower())

    return make


def _in_armour(one: Planted, draw: random.Random) -> bytes:
    """One letter of the body changed; the checksum stays."""
    head, body = one.data.split(b"\n\n", 1)
    at = draw.choice([each for each in range(body.rindex(b"\n=")) if body[each : each + 1] != b"\n"])
    other = draw.choice([each for each in BASE64.encode() if each != body[at]])
    return head + b"\n\n" + body[:at] + bytes((other,)) + body[at + 1 :]


def _in_key(one: Planted, draw: random.Random) -> bytes:
    """One bit of the public point changed: the certificate's signatures no longer hold."""
    at = draw.randrange(20, 50)
    return one.data[:at] + bytes((one.data[at] ^ 1 << draw.randrange(8),)) + one.data[at + 1 :]


def kinds(count: int) -> tuple[Kind, ...]:
    """All kinds that stand alone; `count` says how many certificates are made."""
    base58, witness = "4 bytes of double SHA-256", "Bech32 or Bech32m"
    plain = _alphabet(BASE58, 2)
    return (
        Kind("Bitcoin, 1…", "address/bitcoin", _p2pkh(b"\x00"), plain, 32, base58),
        Kind(
            "Bitcoin, 3…",
            "address/bitcoin",
            _text(lambda draw: str(P2SHAddrEncoder.EncodeKey(_secp(draw), net_ver=b"\x05"))),
            plain,
            32,
            base58,
        ),
        Kind("Bitcoin, bc1q…", "address/bitcoin", _witness("bc"), _alphabet(BECH32, 4), 30, witness),
        Kind(
            "Bitcoin, bc1p…",
            "address/bitcoin",
            _text(lambda draw: str(P2TRAddrEncoder.EncodeKey(_secp(draw), hrp="bc"))),
            _alphabet(BECH32, 4),
            30,
            witness,
        ),
        Kind("Litecoin, L…", "address/litecoin", _p2pkh(b"\x30"), plain, 32, base58),
        Kind("Litecoin, ltc1…", "address/litecoin", _witness("ltc"), _alphabet(BECH32, 5), 30, witness),
        Kind("Dogecoin", "address/dogecoin", _p2pkh(b"\x1e"), plain, 32, base58),
        Kind("Dash", "address/dash", _p2pkh(b"\x4c"), plain, 32, base58),
        Kind("Zcash, t1…", "address/zcash", _p2pkh(b"\x1c\xb8"), plain, 32, base58),
        Kind(
            "Bitcoin Cash",
            "address/bitcoin_cash",
            _text(lambda draw: str(BchP2PKHAddrEncoder.EncodeKey(_secp(draw), hrp="bitcoincash", net_ver=b"\x00"))),
            _alphabet(BECH32, 13),
            40,
            "CashAddr",
        ),
        Kind(
            "Ethereum, mixed case",
            "address/ethereum",
            _text(lambda draw: str(EthAddrEncoder.EncodeKey(_secp(draw)))),
            _alphabet("0123456789abcdefABCDEF", 2),
            12,
            "EIP-55: case of the letters",
        ),
        Kind("Tron", "address/tron", _text(lambda draw: str(TrxAddrEncoder.EncodeKey(_secp(draw)))), plain, 32, base58),
        Kind("XRP", "address/xrp", _text(lambda draw: str(XrpAddrEncoder.EncodeKey(_secp(draw)))), plain, 32, base58),
        Kind(
            "Stellar",
            "address/stellar",
            _text(lambda draw: str(XlmAddrEncoder.EncodeKey(_ed(draw), addr_type=XlmAddrTypes.PUB_KEY))),
            _alphabet(BASE32, 2),
            16,
            "CRC-16",
        ),
        Kind(
            "Cardano",
            "address/cardano",
            _text(lambda draw: str(AdaShelleyAddrEncoder.EncodeKey(_ed(draw), pub_skey=_ed(draw)))),
            _alphabet(BECH32, 6),
            30,
            witness,
        ),
        Kind(
            "Monero",
            "address/monero",
            _text(lambda draw: str(Monero.FromSeed(draw.randbytes(32)).PrimaryAddress())),
            plain,
            32,
            "4 bytes of Keccak-256",
        ),
        Kind(
            "private key, WIF",
            "key/wif",
            _text(lambda draw: str(WifEncoder.Encode(draw.randbytes(32)))),
            plain,
            32,
            base58,
        ),
        Kind("private key, BIP-38", "key/bip38", _text(_bip38), plain, 32, base58),
        Kind(
            "Stellar secret",
            "key/stellar",
            _text(lambda draw: str(XlmAddrEncoder.EncodeKey(_ed(draw), addr_type=XlmAddrTypes.PRIV_KEY))),
            _alphabet(BASE32, 2),
            16,
            "CRC-16",
        ),
        Kind(
            "extended public key",
            "key/extended",
            _text(lambda draw: str(_extended(draw).PublicKey().ToExtended())),
            _alphabet(BASE58, 4),
            32,
            base58,
        ),
        Kind(
            "extended private key",
            "key/extended",
            _text(lambda draw: str(_extended(draw).PrivateKey().ToExtended())),
            _alphabet(BASE58, 4),
            32,
            base58,
        ),
        Kind("BIP-39, 12 words", "seed/bip39", _bip39(16), _word, 4, "SHA-256, one bit for three words"),
        Kind("BIP-39, 24 words", "seed/bip39", _bip39(32), _word, 8, "SHA-256, one bit for three words"),
        Kind("Electrum 2", "seed/electrum", _text(_electrum), _word, 8, "HMAC-SHA512, 8 or 12 bits"),
        Kind(
            "Electrum 1",
            "seed/electrum_old",
            _text(lambda draw: str(ElectrumV1MnemonicGenerator().FromEntropy(draw.randbytes(16)))),
            _word,
            0,
            "none: words of the list",
        ),
        Kind("Monero, 25 words", "seed/monero", _monero_seed, _word, 4.6, "CRC-32 modulo 24"),
        Kind(
            "SLIP-39",
            "seed/slip39",
            _text(lambda draw: str(generate_mnemonics(1, [(1, 1)], draw.randbytes(draw.choice((16, 32))))[0][0])),
            _word,
            30,
            "RS1024",
        ),
        Kind("card, label and expiry", "payment/card", _card, _number(), 3.3, "Luhn"),
        Kind("Lightning invoice", "payment/lightning", _text(_invoice), _alphabet(BECH32, 12), 30, "Bech32"),
        Kind("payment URI", "payment/uri", _uri, _in_uri, 32, base58),
        Kind("descriptor", "wallet/descriptor", _text(_descriptor), _descriptor_checksum, 40, "BIP-380"),
        Kind("e-mail", "contact/email", _text(_email), _no_domain, 0, "none: list of top-level domains"),
        Kind("onion, version 2", "onion/v2", _text(_onion_v2), _not_base32, 0, "none: base32 and suffix"),
        Kind(
            "onion, version 3",
            "onion/v3",
            _text(_onion_v3),
            lambda one, draw: _alphabet(BASE32.lower())(Planted(one.data[:56], ""), draw) + b".onion",
            25,
            "2 bytes of SHA3-256, version, point",
        ),
        Kind("key of an onion service, text", "tor/text_key", _tor_text, _random_text_key, 5, "clamped scalar"),
        Kind("key of an onion service, file", "tor/onion_key", _tor_file, _random_key_file, 5, "clamped scalar", False),
        Kind("OpenPGP key, armour", "openpgp/armor", _keys(count, armour=True), _in_armour, 24, "CRC-24, signatures"),
        Kind("OpenPGP key, binary", "openpgp/keyring", _keys(count, armour=False), _in_key, 64, "signatures", False),
        Kind("postal item, S10", "parcel/s10", _s10, _number(), 3.5, "weights modulo 11"),
        Kind("parcel, UPS", "parcel/ups", _ups, _number(2), 3.3, "weights 1 and 2 modulo 10"),
        Kind("parcel, USPS", "parcel/usps", _usps, _number(2), 3.3, "weights 3 and 1 modulo 10"),
    )
