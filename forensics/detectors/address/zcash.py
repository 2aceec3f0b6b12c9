"""Zcash addresses.

| form                  | characters      | content                                                    |
|-----------------------|-----------------|------------------------------------------------------------|
| transparent `t1` `t3` | 35, Base58Check | version 1c b8 (key) or 1c bd (script), HASH160             |
| Sapling `zs1`         | 78, Bech32      | 43 bytes: diversifier, key                                 |
| unified `u1`          | 83-600, Bech32m | receivers of several kinds, jumbled; 16 bytes of padding   |
| for exchanges `tex1`  | 45, Bech32m     | 20 bytes: HASH160 of a key                                 |

Not recorded: whose address it is. What shielded addresses received cannot be seen by anyone without
their viewing key. The Sprout form `zc…`, out of use since 2020, is not looked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from forensics.detectors.address._base58_coin import TRIGGER, Base58Coin
from forensics.detectors.base import Detector, Specimen, Trigger, passed
from forensics.detectors.word import Accepted
from forensics.model import Field, Grade
from forensics.primitives import base58, bech32, zcash_unified
from forensics.primitives.published import judged

_SAPLING_BYTES = 43
_PADDING_BITS = 128

_UNIFIED = (
    b"u1t7y3ndv46tvcde7x4685ajmgk59pd092lhs4wanwldh4fm7ucjr0t44hfz5jcufzuakefzuqvz7j0aytsnfw4peydx8u8tjsq4"
    b"w8uks6rysc655mxkj6wxxhpgknys53eyxpk89xysc"
)


class ZcashAddress(Base58Coin):
    """One Zcash address, of any form."""

    kind = "address/zcash"
    title = "Zcash address"
    version = 1
    triggers: ClassVar[tuple[Trigger, ...]] = (
        TRIGGER,
        Trigger(rb"\b(?:zs|tex|u)1[02-9ac-hj-np-z]{38}"),
    )
    references: ClassVar[tuple[str, ...]] = (
        "Zcash protocol specification, section 5.6",
        "ZIP-316 (unified addresses), ZIP-320 (addresses for exchanges)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "transparent, of a key",
            b"t1KzZ5n2TPEGYXTZ3WYGL1AYEumEQaRoHaL",
            ("t1KzZ5n2TPEGYXTZ3WYGL1AYEumEQaRoHaL",),
            "zcashd tests",
        ),
        Specimen(
            "transparent, of a script",
            b"t3Vz22vK5z2LcKEdg16Yv4FFneEL1zg9ojd",
            ("t3Vz22vK5z2LcKEdg16Yv4FFneEL1zg9ojd",),
            "zcashd chainparams.cpp",
        ),
        Specimen(
            "Sapling",
            b"zs1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0jqgfzyvjz2f389q5j5ctfvp5",
            ("zs1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0jqgfzyvjz2f389q5j5ctfvp5",),
            "counted bytes",
        ),
        Specimen("unified", _UNIFIED, (_UNIFIED.decode(),), "zcash-test-vectors"),
        Specimen(
            "for exchanges",
            b"tex1auz6gx89x2wcku6gswdvaz2nf9x3seex6px6v0",
            ("tex1auz6gx89x2wcku6gswdvaz2nf9x3seex6px6v0",),
            "ZIP-320 tests",
        ),
        Specimen("truncated", b"t1KzZ5n2TPEGYXTZ3WYGL1AYEumEQaRoHa", None, "made by hand"),
        Specimen(
            "wrong checksum",
            b"zs1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0jqgfzyvjz2f389q5j5ctfvp6",
            None,
            "counted bytes, changed",
        ),
        Specimen(
            "checksum right, not jumbled",
            b"u1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0jqgfzyvjz2f389q5j52ev95hz7vp3xgengdfkxuurjw3m8s7nu"
            b"06qg9pyx3z9ger5sj22fdxy6nj02pg4y6yp93v",
            None,
            "counted bytes",
        ),
        Specimen("look-alike: Tron", b"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", None, "public contract"),
    )
    longest = 600
    coin = "ZEC"
    firsts = b"t"
    forms: ClassVar[Mapping[bytes, str]] = {b"\x1c\xb8": "p2pkh", b"\x1c\xbd": "p2sh"}

    def accept(self, word: bytes) -> Accepted | None:
        """As its first characters ask."""
        if word.startswith((b"zs1", b"u1", b"tex1")):
            return self._bech32(word)
        return super().accept(word)

    def _bech32(self, word: bytes) -> Accepted | None:
        read = bech32.decode(word, limit=self.longest)
        data = None if read is None else bech32.to_bytes(read.symbols)
        if read is None or data is None:
            return None
        content: dict[str, Field]
        checks = [passed("bech32" if read.constant == bech32.BECH32 else "bech32m", bech32.CHECK_BITS)]
        if (read.hrp, read.constant, len(data)) == ("zs", bech32.BECH32, _SAPLING_BYTES):
            content = {"type": Field("sapling"), "receiver": Field(data.hex())}
        elif (read.hrp, read.constant, len(data)) == ("tex", bech32.BECH32M, 20):
            same = base58.encode_check(b"\x1c\xb8" + data)
            content = {"type": Field("tex"), "hash160": Field(data.hex()), "transparent": Field(same)}
        elif (read.hrp, read.constant) == ("u", bech32.BECH32M):
            held = zcash_unified.receivers(data, "u")
            if held is None:
                return None
            checks.append(passed("padding under the jumble", _PADDING_BITS))
            content = {"type": Field("unified"), "receivers": Field(tuple(name for name, _ in held))}
            for name, receiver in held:
                content[f"receiver_{name.replace(' ', '_')}"] = Field(_shown(name, receiver))
        else:
            return None
        value = word.decode("ascii")
        grade, caveats = judged(value, Grade.C2)
        fields = {"coin": Field("ZEC"), "network": Field("mainnet"), **content}
        return Accepted(value, grade, tuple(checks), fields, caveats=caveats)


def _shown(name: str, receiver: bytes) -> str:
    """A receiver as an address of its own where it has such a form, otherwise in hexadecimal."""
    if name == "p2pkh":
        return base58.encode_check(b"\x1c\xb8" + receiver)
    if name == "p2sh":
        return base58.encode_check(b"\x1c\xbd" + receiver)
    if name == "sapling":
        return bech32.encode("zs", bech32.to_symbols(receiver), bech32.BECH32)
    return receiver.hex()


DETECTOR: Detector = ZcashAddress()
