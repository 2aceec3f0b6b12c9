"""Recall and precision of the detectors of money on planted strings, with 95 % intervals (Wilson).

    python tests/benchmarks/planted_money.py [--count 500] [--seed 7]

Needs `bip_utils` and `shamir_mnemonic`, which the product does not use, beside the product: they make the
strings. Each kind is planted `count` times between prose and base64 noise, in a text of its own; then as
many decoys, the same strings with one character changed. The whole sweep looks for them.
"""

from __future__ import annotations

import argparse
import base64
import math
import random
import string
import time
from collections.abc import Callable

from bip_utils import (  # type: ignore[import-not-found]
    AdaShelleyAddrEncoder,
    BchP2PKHAddrEncoder,
    Bip32Slip10Secp256k1,
    Bip39MnemonicGenerator,
    Ed25519PrivateKey,
    ElectrumV1MnemonicGenerator,
    EthAddrEncoder,
    Monero,
    MoneroLanguages,
    MoneroMnemonicGenerator,
    P2PKHAddrEncoder,
    P2TRAddrEncoder,
    P2WPKHAddrEncoder,
    Secp256k1PrivateKey,
    TrxAddrEncoder,
    WifEncoder,
    XlmAddrEncoder,
    XlmAddrTypes,
    XrpAddrEncoder,
)
from shamir_mnemonic import generate_mnemonics  # type: ignore[import-not-found]

from forensics.detectors.base import BytesLayer
from forensics.model import Grade, Secret
from forensics.sweep.catalogue import catalogue
from forensics.sweep.segments import Segment
from forensics.sweep.space import Space

PROSE = (
    "The parcel leaves on Friday and the others may wait until the weather is better, as agreed with him. "
    "Nobody should open the box before the second message arrives; ask for the number of the order first. "
)
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def makers(draw: random.Random) -> dict[str, Callable[[], str]]:
    """For each kind, what makes one string of it."""

    def secp() -> object:
        return Secp256k1PrivateKey.FromBytes(draw.randbytes(32)).PublicKey()

    def ed() -> object:
        return Ed25519PrivateKey.FromBytes(draw.randbytes(32)).PublicKey()

    def p2pkh(version: bytes) -> Callable[[], str]:
        return lambda: str(P2PKHAddrEncoder.EncodeKey(secp(), net_ver=version))

    def monero() -> str:
        return str(Monero.FromSeed(draw.randbytes(32)).PrimaryAddress())

    languages = (MoneroLanguages.ENGLISH, MoneroLanguages.GERMAN, MoneroLanguages.SPANISH, MoneroLanguages.ITALIAN)

    def xmr_seed() -> str:
        return str(MoneroMnemonicGenerator(draw.choice(languages)).FromEntropyWithChecksum(draw.randbytes(32)))

    return {
        "address/bitcoin p2pkh": p2pkh(b"\x00"),
        "address/bitcoin p2wpkh": lambda: str(P2WPKHAddrEncoder.EncodeKey(secp(), hrp="bc")),
        "address/bitcoin p2tr": lambda: str(P2TRAddrEncoder.EncodeKey(secp(), hrp="bc")),
        "address/litecoin": p2pkh(b"\x30"),
        "address/litecoin ltc1": lambda: str(P2WPKHAddrEncoder.EncodeKey(secp(), hrp="ltc")),
        "address/dogecoin": p2pkh(b"\x1e"),
        "address/dash": p2pkh(b"\x4c"),
        "address/zcash": p2pkh(b"\x1c\xb8"),
        "address/bitcoin_cash": lambda: str(BchP2PKHAddrEncoder.EncodeKey(secp(), hrp="bitcoincash", net_ver=b"\x00")),
        "address/ethereum": lambda: str(EthAddrEncoder.EncodeKey(secp())),
        "address/tron": lambda: str(TrxAddrEncoder.EncodeKey(secp())),
        "address/xrp": lambda: str(XrpAddrEncoder.EncodeKey(secp())),
        "address/stellar": lambda: str(XlmAddrEncoder.EncodeKey(ed(), addr_type=XlmAddrTypes.PUB_KEY)),
        "address/cardano": lambda: str(AdaShelleyAddrEncoder.EncodeKey(ed(), pub_skey=ed())),
        "address/monero": monero,
        "key/wif": lambda: str(WifEncoder.Encode(draw.randbytes(32))),
        "key/extended": lambda: str(Bip32Slip10Secp256k1.FromSeed(draw.randbytes(32)).PublicKey().ToExtended()),
        "seed/bip39": lambda: str(Bip39MnemonicGenerator().FromEntropy(draw.randbytes(draw.choice((16, 32))))),
        "seed/monero": xmr_seed,
        "seed/slip39": lambda: str(generate_mnemonics(1, [(1, 1)], draw.randbytes(draw.choice((16, 32))))[0][0]),
        "seed/electrum_old": lambda: str(ElectrumV1MnemonicGenerator().FromEntropy(draw.randbytes(16))),
    }


def changed(text: str, draw: random.Random) -> str:
    """The string with one character, or one word, replaced by another of the kind's own."""
    if " " in text:
        words = text.split(" ")
        place = draw.randrange(len(words))
        words[place] = draw.choice([each for each in words if each != words[place]])
        return " ".join(words)
    place = draw.randrange(len(text) // 2, len(text))
    letters = BASE58
    if text.startswith("0x"):
        letters = "0123456789abcdefABCDEF"
    elif text.islower():
        letters = BECH32
    elif text.isupper():
        letters = string.ascii_uppercase + "234567"
    return text[:place] + draw.choice([each for each in letters if each != text[place]]) + text[place + 1 :]


def text_of(values: list[str], draw: random.Random) -> bytes:
    """The strings, each in a line of its own, between prose and noise."""
    parts = []
    for value in values:
        parts.append(PROSE if draw.random() < 0.5 else base64.b64encode(draw.randbytes(300)).decode())
        parts.append(value)
    return "\n".join([*parts, PROSE]).encode()


def found_in(data: bytes, kind: str, least: Grade) -> list[str]:
    """Values of a kind that the whole sweep reports."""
    layer = BytesLayer(data)
    space = Space(catalogue(), layer, [Segment(0, layer.size, 0, 0)], lambda _: layer)
    space.sweep(0, layer.size)
    return [
        each.finding.value.text if isinstance(each.finding.value, Secret) else str(each.finding.value)
        for each in space.found
        if each.finding.kind == kind and each.finding.grade >= least
    ]


def interval(hits: int, of: int) -> tuple[float, float]:
    """Wilson's interval of 95 %."""
    if not of:
        return 0.0, 1.0
    z, share = 1.959964, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def main() -> None:
    """Plant, sweep, count."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=500)
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    draw = random.Random(given.seed)
    print("| kind | planted | found | recall, 95 % | decoys | reported | precision, 95 % | s |")
    print("|---|---|---|---|---|---|---|---|")
    for name, maker in makers(draw).items():
        kind, began = name.split(" ")[0], time.process_time()
        planted = [maker() for _ in range(given.count)]
        wanted = {each.lower() if kind in ("seed/monero",) else each for each in planted}
        decoys = [changed(each, draw) for each in planted]
        got = set(found_in(text_of(planted, draw), kind, Grade.C0))
        false = [each for each in found_in(text_of(decoys, draw), kind, Grade.C0) if each not in wanted]
        hits = len(wanted & got)
        wrong = len(false) + len(got - wanted)
        recall, precision = interval(hits, len(wanted)), interval(hits, hits + wrong)
        print(
            f"| {name} | {len(wanted)} | {hits} | {recall[0]:.4f}-{recall[1]:.4f} | {len(decoys)} | {wrong} "
            f"| {precision[0]:.4f}-{precision[1]:.4f} | {time.process_time() - began:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
