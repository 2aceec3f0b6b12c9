"""Output descriptors: a script with its keys, from which all addresses of a wallet follow.

Facts: BIP-380 (grammar, key origins, checksum), BIP-381 to BIP-386 (the functions), BIP-389 (several paths in one,
`<0;1>`), BIP-67 (order of the keys of `sortedmulti`), BIP-129 (`/**` for `/<0;1>/*`).
Read here: pkh, wpkh, sh(wpkh), tr of one key, and multi or sortedmulti in sh, wsh or both.
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass, replace

from forensics.primitives import base58, bech32, bip32, secp256k1, taproot
from forensics.primitives.hash160 import hash160

LONGEST = 8_192
MOST_KEYS = 20
CHECK_BITS = 40
_INPUTS = (
    "0123456789()[],'/*abcdefgh@:$%{}"
    "IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~"
    "ijklmnopqrstuvwxyzABCDEFGH`#\"\\ "
)  # fmt: skip
_OUTPUTS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0xF5DEE51989, 0xA9FDCA3312, 0x1BAB10E32D, 0x3706B1677A, 0x644D626FFD)
_SINGLE = re.compile(r"(pkh|wpkh|sh\(wpkh|tr)\(([^(),]+)\)+")
_MULTIPLE = re.compile(r"(sh|wsh|sh\(wsh)\((sortedmulti|multi)\(([0-9]{1,3}),([^()]+)\)+")
_KEY = re.compile(
    r"(?:\[([0-9a-fA-F]{8})((?:/[0-9]{1,10}['hH]?){0,10})\])?"
    r"([A-Za-z]{4}[1-9A-HJ-NP-Za-km-z]{107}|0[23][0-9a-fA-F]{64})"
    r"((?:/(?:[0-9]{1,10}['hH]?|<[0-9]{1,10}(?:;[0-9]{1,10}){1,8}>|\*{1,2}))*)"
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key: where it comes from (fingerprint of the master and path, may be empty), itself, and the path behind."""

    fingerprint: str
    origin: str
    text: str
    path: str

    @property
    def extended(self) -> bip32.ExtendedKey | None:
        """The extended key, unless the text is a plain public key."""
        return bip32.decode(self.text.encode("ascii"))

    @property
    def private(self) -> bool:
        """Whether it is a private extended key."""
        found = self.extended
        return found is not None and found.meaning.private

    def __str__(self) -> str:
        origin = f"[{self.fingerprint}{self.origin}]" if self.fingerprint else ""
        return origin + self.text + self.path


@dataclass(frozen=True, slots=True)
class Descriptor:
    """`script` is the functions around the keys, as `wsh(sortedmulti`; `threshold` is 1 for a single key."""

    script: str
    threshold: int
    keys: tuple[Key, ...]

    @property
    def possible(self) -> bool:
        """Whether so many of the keys can sign."""
        return 1 <= self.threshold <= len(self.keys) <= MOST_KEYS

    @property
    def test(self) -> bool:
        """Whether a key is of a test network."""
        return any(one is not None and one.meaning.network != "mainnet" for one in (key.extended for key in self.keys))

    def __str__(self) -> str:
        """In one form, with its checksum: paths hardened by `h`, keys of `sortedmulti` in the order of their text."""
        keys = [str(_plain(key)) for key in self.keys]
        several = "multi" in self.script
        inner = ",".join(sorted(keys) if "sorted" in self.script else keys)
        inside = f"{self.threshold},{inner}" if several else inner
        text = f"{self.script}({inside})" + ")" * self.script.count("(")
        return f"{text}#{checksum(text)}"


def _plain(key: Key) -> Key:
    """With h for ', <0;1>/* for **, and the version of the network alone (SLIP-132 says the script)."""
    found = key.extended
    text = key.text
    if found is not None and found.meaning.coin == "BTC":
        main = found.meaning.network == "mainnet"
        version = (0x0488ADE4, 0x0488B21E) if main else (0x04358394, 0x043587CF)
        text = str(replace(found, version=version[not found.meaning.private]))
    origin = re.sub("['H]", "h", key.origin)
    path = re.sub("['H]", "h", key.path).replace("/**", "/<0;1>/*")
    return Key(key.fingerprint.lower(), origin, text, path)


def checksum(text: str) -> str:
    """The eight characters that follow a descriptor behind `#`; empty where a character has no number."""
    state, group, count = 1, 0, 0
    for char in text:
        number = _INPUTS.find(char)
        if number < 0:
            return ""
        state = _step(state, number & 31)
        group = group * 3 + (number >> 5)
        count += 1
        if count == 3:
            state, group, count = _step(state, group), 0, 0
    if count:
        state = _step(state, group)
    for _ in range(8):
        state = _step(state, 0)
    state ^= 1
    return "".join(_OUTPUTS[state >> 5 * (7 - place) & 31] for place in range(8))


def _step(state: int, number: int) -> int:
    top = state >> 35
    state = (state & 0x7FFFFFFFF) << 5 ^ number
    for place, each in enumerate(_GENERATOR):
        if top >> place & 1:
            state ^= each
    return state


def parse(text: str) -> Descriptor | None:
    """Read a descriptor without its checksum; None for other scripts, or where a key is none."""
    if len(text) > LONGEST:
        return None
    single, multiple = _SINGLE.fullmatch(text), _MULTIPLE.fullmatch(text)
    if text.count("(") != text.count(")"):
        return None
    if single is not None:
        one = parse_key(single[2])
        return None if one is None else Descriptor(single[1], 1, (one,))
    if multiple is None:
        return None
    keys = [parse_key(each) for each in multiple[4].split(",")[: MOST_KEYS + 1]]
    sound = tuple(each for each in keys if each is not None)
    if len(sound) != len(keys) or len(keys) > MOST_KEYS:
        return None
    return Descriptor(f"{multiple[1]}({multiple[2]}", int(multiple[3]), sound)


def parse_key(text: str) -> Key | None:
    """Read a key with its origin and path; None where its checksum or its point does not hold."""
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    key = Key(match[1] or "", match[2] or "", match[3], match[4] or "")
    if len(key.text) == 66:
        return key if secp256k1.point(bytes.fromhex(key.text)) else None
    return key if key.extended is not None else None


def address(descriptor: Descriptor, branch: int = 0, index: int = 0) -> str | None:
    """The address at a branch (0 receive, 1 change) and an index; None where a key cannot be derived so."""
    publics = [_public(key, branch, index) for key in descriptor.keys]
    known = [each for each in publics if each is not None]
    if len(known) != len(publics) or not descriptor.possible:
        return None
    test = descriptor.test
    if "multi" not in descriptor.script:
        return _single(descriptor.script, known[0], test)
    if "sorted" in descriptor.script:
        known.sort()
    script = (
        bytes((0x50 + descriptor.threshold,)) if descriptor.threshold <= 16 else b"\1" + bytes((descriptor.threshold,))
    )
    script += b"".join(b"\x21" + each for each in known)
    script += (bytes((0x50 + len(known),)) if len(known) <= 16 else b"\1" + bytes((len(known),))) + b"\xae"
    outer = descriptor.script.split("(")[:-1]
    if outer == ["sh"]:
        return _script_hash(script, test)
    program = hashlib.sha256(script).digest()
    return _script_hash(b"\0\x20" + program, test) if outer == ["sh", "wsh"] else _witness(0, program, test)


def _single(script: str, public: bytes, test: bool) -> str | None:
    digest = hash160(public)
    if script == "pkh":
        return base58.encode_check((b"\x6f" if test else b"\0") + digest)
    if script == "wpkh":
        return _witness(0, digest, test)
    if script == "sh(wpkh":
        return _script_hash(b"\0\x14" + digest, test)
    at = secp256k1.point(public)
    output = None if at is None else taproot.output_of(at)
    return None if output is None else _witness(1, output, test)


def _script_hash(script: bytes, test: bool) -> str:
    return base58.encode_check((b"\xc4" if test else b"\5") + hash160(script))


def _witness(version: int, program: bytes, test: bool) -> str:
    return bech32.encode_witness("tb" if test else "bc", version, program)


def _public(key: Key, branch: int, index: int) -> bytes | None:
    found = key.extended
    if found is None:
        return bytes.fromhex(key.text)
    path = key.path.replace("/**", "/<0;1>/*")
    for several in re.findall(r"<[0-9;]+>", path):
        numbers = several[1:-1].split(";")
        path = path.replace(several, numbers[min(branch, len(numbers) - 1)], 1)
    before, _, last = path.replace("*", str(index)).rpartition("/")
    at = _followed(key.text, before)
    if at is not None and last:
        at = _stepped(at, last)
    return None if at is None else at.public


@functools.lru_cache(maxsize=64)
def _followed(text: str, path: str) -> bip32.ExtendedKey | None:
    """An extended key at the end of a path; kept, as many addresses share the branch."""
    found = bip32.decode(text.encode("ascii"))
    return None if found is None else _stepped(found, path)


def _stepped(key: bip32.ExtendedKey, path: str) -> bip32.ExtendedKey | None:
    try:
        return bip32.derive(key, path)
    except (ValueError, OverflowError):
        return None
