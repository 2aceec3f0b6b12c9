"""Seed phrases of BIP-39, in each of its ten languages.

| words | entropy   | checksum | how they stand                                                       |
|-------|-----------|----------|----------------------------------------------------------------------|
| 12    | 128 bits  | 4 bits   | in one line, one a line, several a line, numbered, as a JSON array    |
| 15    | 160 bits  | 5 bits   |                                                                      |
| 18    | 192 bits  | 6 bits   | words of the English list also cut to four letters, as on metal plates |
| 21    | 224 bits  | 7 bits   |                                                                      |
| 24    | 256 bits  | 8 bits   |                                                                      |

The checksum is too short to stand alone: what establishes a phrase is that exactly so many words, all
of one list, stand by themselves. A phrase in running text, or one with a listed word beside it, is
possible (C1); alone in its line, list or quotation marks it is valid (C2). Rows in the order of the
dictionary and rows of four different words or fewer are refused, but for published phrases.

Not recorded: passphrase, wallet, coin, date, owner. Accounts and addresses named here are derived by
this program for an empty passphrase. Not looked for: Chinese without spaces, words as numbers, words
left out, and other schemes that use the same lists.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from forensics.detectors.base import Detector, Specimen, Trigger, finding, passed
from forensics.detectors.seed import _screen
from forensics.detectors.seed._layout import REACH, SHORTEST, Phrase, Run, runs_around
from forensics.model import ByteRun, Field, Finding, Grade, Layer, Link, Secret
from forensics.primitives import bip32, bip39, electrum_seed
from forensics.primitives.first_addresses import accounts
from forensics.primitives.published import judged, published

PROSE = "stands in running text: the words may be no phrase"
NEIGHBOUR = "a listed word stands beside it: where the phrase starts is a guess"
ABBREVIATED = "words cut to four letters, completed by this program"
PASSPHRASE = "a passphrase may exist; derived accounts and addresses hold without one"
ELECTRUM = "the same words are a seed phrase of Electrum too, which derives other keys"

LISTED_BITS = 2  # of a word: 23 % of the words of English technical prose are on the English list

_ABBREVIATION = 4
_CHUNK = 1 << 16
_NEAR = 512  # bytes before its last letter in which a phrase must have its last twelve words
_LONGEST_LINE = 1 << 16  # of words of three letters and more
_LONGEST_WORD = 64
_ENOUGH = b"\x01" * SHORTEST
_LETTERS = re.compile(rb"[A-Za-z\x80-\xff]+")
_CUT_END = re.compile(r"(?:^|[^A-Za-z])[A-Za-z]{3,4}\Z")
_WIDE_SPACE = "\u3000".encode()

_LATIN = rb"(?:[A-Za-z]|[\xc3\xcc][\x80-\xbf])"  # a letter, or an accent in UTF-8: no listed word has more than 10
_BLANK = rb" ,;:\"'\t0-9.()#|/+-"
_ASCII = rb"[\r\n" + _BLANK + rb"]"
_CJK = rb"(?:(?:[\xe1\xe2\xe4-\xed][\x80-\xbf]|\xe3[\x81-\xbf])[\x80-\xbf])"
_ROW = rb"(?:" + _LATIN + rb"{3,10}" + _ASCII + rb"+){11}" + _LATIN + rb"{3,10}"
# A row of words goes on or ends: it wakes the detector at the end of each of its lines and at its own.
_ROW_ENDS = (
    rb"(?:[" + _BLANK + rb"]*[\r\n]"
    rb"|" + _ASCII + rb"*(?:[^A-Za-z\xc3\xcc\r\n" + _BLANK + rb"]|[\xc3\xcc][^\x80-\xbf])"
    rb"|" + _ASCII + rb"+(?:" + _LATIN + rb"{1,2}(?:[^A-Za-z\xc3\xcc]|$)|" + _LATIN + rb"{11})"
    rb"|$)"
)
_CJK_ROW = rb"(?:" + _CJK + rb"{1,12}(?:" + _ASCII + rb"|\xe3\x80\x80)+){11}" + _CJK
_AT_END = re.compile(rb"(?:" + _ROW + rb"|" + _CJK_ROW + rb"{1,12})\Z")
_GAP = re.compile(_ASCII + rb"+")
_BREAK = re.compile(rb"[^A-Za-z\x80-\xff" + _BLANK + rb"]|[^A-Za-z\x80-\xff][A-Za-z]{1,2}[^A-Za-z\x80-\xff]")


def _all_words() -> list[bytes]:
    return [each.encode() for each in (*_lists(), *_cut_words())]


class Bip39Phrase:
    """One phrase, from any of its words."""

    kind: ClassVar[str] = "seed/bip39"
    listed_bit: ClassVar[int] = _screen.register(_all_words)
    title: ClassVar[str] = "Seed phrase (BIP-39)"
    version: ClassVar[int] = 3
    triggers: ClassVar[tuple[Trigger, ...]] = (Trigger(_ROW + _ROW_ENDS), Trigger(_CJK_ROW, wide=False))
    references: ClassVar[tuple[str, ...]] = (
        "BIP-39 Mnemonic code for generating deterministic keys, with its word lists",
        "BIP-32, BIP-44, BIP-49, BIP-84, BIP-86 (derived accounts)",
    )
    specimens: ClassVar[tuple[Specimen, ...]] = (
        Specimen(
            "published vector",
            b"legal winner thank year wave sausage worth useful legal winner thank yellow",
            ("legal winner thank year wave sausage worth useful legal winner thank yellow",),
            "python-mnemonic vectors.json",
        ),
        Specimen(
            "labelled",
            b"Seed: scheme spot photo card baby mountain device kick cradle pact join borrow",
            ("scheme spot photo card baby mountain device kick cradle pact join borrow",),
            "python-mnemonic vectors.json",
        ),
        Specimen(
            "a JSON array",
            b'{"words": ["cat", "swing", "flag", "economy", "stadium", "alone", "churn", "speed", '
            b'"unique", "patch", "report", "train"]}',
            ("cat swing flag economy stadium alone churn speed unique patch report train",),
            "python-mnemonic vectors.json",
        ),
        Specimen(
            "numbered in two columns",
            b"1. vessel    7. chat\n2. ladder    8. ability\n3. alter     9. sun\n"
            b"4. error    10. glass\n5. federal  11. valve\n6. sibling  12. picture\n",
            ("vessel ladder alter error federal sibling chat ability sun glass valve picture",),
            "python-mnemonic vectors.json",
        ),
        Specimen(
            "cut to four letters",
            b"VESS LADD ALTE ERRO FEDE SIBL CHAT ABIL SUN GLAS VALV PICT",
            ("vessel ladder alter error federal sibling chat ability sun glass valve picture",),
            "python-mnemonic vectors.json",
        ),
        Specimen(
            "Spanish, one word a line",
            b"\xc3\xa1baco\n" * 11 + b"abierto\n",
            ("a\u0301baco " * 11 + "abierto",),
            "python-mnemonic vectors.json",
        ),
        Specimen(
            "Japanese, ideographic spaces",
            "\u3000".join(["あいこくしん"] * 11 + ["あおぞら"]).encode(),
            ("あいこくしん " * 11 + "あおそ\u3099ら",),
            "python-mnemonic vectors.json",
        ),
        Specimen(
            "24 words, eight of them ascend",
            b"endorse seminar symptom dilemma this another oxygen response arena guilt absurd aim display enemy fever "
            b"gospel impose mosquito morning broccoli machine nature dial key",
            (
                "endorse seminar symptom dilemma this another oxygen response arena guilt absurd aim display enemy "
                "fever gospel impose mosquito morning broccoli machine nature dial key",
            ),
            "made by bip_utils",
        ),
        Specimen(
            "truncated", b"legal winner thank year wave sausage worth useful legal winner thank", None, "made by hand"
        ),
        Specimen("wrong checksum", b"abandon " * 11 + b"abandon", None, "made by hand"),
        Specimen(
            "look-alike: the word list",
            b"abandon ability able about above absent absorb abstract absurd abuse access accident account",
            None,
            "BIP-39 English word list",
        ),
        Specimen(
            "look-alike: prose",
            b"when this file was made the disk could hold more than that much text without any error",
            None,
            "made by hand",
        ),
    )

    def screen(
        self, data: bytes, ends: _screen.Places, edges: _screen.Places, lows: _screen.Places, _highs: _screen.Places
    ) -> _screen.Flags:
        """Whether to be woken at each of the ends, in `data` with owners that change at `edges`.

        `lows` are where `data` begins to hold the text that is before each end.
        """
        return _screen.behind_a_row(
            _screen.words(data, edges, ends),
            ends,
            lows,
            bit=self.listed_bit,
            fewest=SHORTEST,
            reach=2 * _NEAR,
            step=_NEAR,
            longest=_LONGEST_LINE,
            beyond=_LONGEST_WORD,
        )

    def examine(self, layer: Layer, at: int) -> Iterator[Finding]:
        """The phrases of the rows of words of which one was met at `at`."""
        yield from self.examine_many(layer, (at,))

    def examine_many(self, layer: Layer, ends: Sequence[int]) -> Iterator[Finding]:
        """As `examine`, for many places in ascending order; each phrase once."""
        told: set[tuple[int, int]] = set()
        covered = -1
        for at in _rows(layer, ends):
            if at <= covered:
                continue
            start = max(0, at - REACH)
            text = _decoded(layer.read(start, at - start))
            place = len(text)
            text += _decoded(layer.read(at, REACH))
            stop = len(text)
            around = list(self._held(text, place, cut=start > 0))
            longer = [valid.place for _, held in around for valid in held if valid.place.isolated]
            for run, held in around:
                stop = min(stop, run.words[run.last - 1].stop)
                for valid in held:
                    if any(_lies_in(valid.place, each) for each in longer):
                        continue  # the two Chinese lists share 1,275 characters
                    offset = start + _size(text[: valid.place.start])
                    length = _size(text[valid.place.start : valid.place.stop])
                    if (offset, length) not in told:
                        told.add((offset, length))
                        yield self._finding(layer, offset, length, valid)
            covered = at if stop == len(text) else at + _size(text[place:stop])

    @staticmethod
    def _held(text: str, place: int, *, cut: bool) -> Iterator[tuple[Run, list[_Valid]]]:
        """Each run around a place, with its phrases; cut words are tried where whole ones give none."""
        found = False
        for run in runs_around(text, place, _lists(), cut=cut):
            held = _held(run, _whole)
            found = found or bool(held)
            yield run, held
        if not found and _CUT_END.search(text, max(0, place - _ABBREVIATION - 1), place):
            for run in runs_around(text, place, _cut_lists(), cut=cut):
                yield run, _held(run, _completed)

    def _finding(self, layer: Layer, offset: int, length: int, valid: _Valid) -> Finding:
        phrase, count = valid.place, len(valid.words)
        value = " ".join(valid.words)
        grade = Grade.C2 if phrase.isolated and not valid.abbreviated else Grade.C1
        caveats = [PASSPHRASE]
        if valid.abbreviated:
            caveats.append(ABBREVIATED)
        if not phrase.whole:
            caveats.append(NEIGHBOUR)
        elif not phrase.isolated:
            caveats.append(PROSE)
        other = electrum_seed.prefix(value)
        if other is not None:
            caveats.append(ELECTRUM)
        grade, told = judged(value, grade, *caveats)
        fields: dict[str, Field] = {
            "words": Field(count),
            "language": Field(", ".join(valid.languages)),
            "layout": Field(phrase.layout),
        }
        if other is not None:
            fields["electrum_version"] = Field(electrum_seed.VERSIONS[other][0])
        links: list[Link] = []
        if grade >= Grade.C2:
            master = bip32.master(bip39.seed(value))
            if master is not None:
                fields["master_fingerprint"] = Field(master.fingerprint.hex())
                for account in accounts(master):
                    links.append(Link("DERIVES", "key/extended", account.key))
                    kind = "address/bitcoin" if account.coin == "BTC" else "address/ethereum"
                    links.append(Link("DERIVES", kind, account.address))
        span = ByteRun(offset, length)
        return finding(
            self,
            layer,
            offset,
            length,
            grade=grade,
            value=Secret(value),
            checks=(
                passed("bip-39 checksum", bip39.check_bits(count)),
                passed("every word is listed", LISTED_BITS * count),
            ),
            fields={name: Field(each.value, span) for name, each in fields.items()},
            links=tuple(links),
            caveats=told,
        )


@dataclass(frozen=True, slots=True)
class _Valid:
    """A phrase whose checksum holds."""

    words: tuple[str, ...]
    languages: tuple[str, ...]
    place: Phrase
    abbreviated: bool


def _lies_in(phrase: Phrase, other: Phrase) -> bool:
    """Whether a phrase is a part of a longer one."""
    return other.start <= phrase.start and phrase.stop <= other.stop and len(phrase.words) < len(other.words)


def _held(run: Run, read: Callable[[Phrase], _Valid | None]) -> list[_Valid]:
    """Those of the first candidates of a run of which any holds."""
    for candidates in run.phrases(bip39.LENGTHS):
        found = [each for phrase in candidates if (each := read(phrase)) is not None]
        if found:
            return found
    return []


def _whole(phrase: Phrase) -> _Valid | None:
    languages = bip39.languages(phrase.words)
    if not languages or _refused(phrase.words, next(iter(languages))):
        return None
    return _Valid(phrase.words, tuple(languages), phrase, False)


def _completed(phrase: Phrase) -> _Valid | None:
    full = tuple(_cut_words()[word] for word in phrase.words)
    listed = bip39.numbers(full, "english")
    if not phrase.isolated or listed is None or bip39.entropy(listed) is None or _refused(full, "english"):
        return None
    return _Valid(full, ("english",), phrase, True)


def _refused(words: Sequence[str], language: str) -> bool:
    """Whether a row is a piece of a dictionary or hardly any words, and not a published phrase.

    Eight random words in a row ascend once in 40,000 times, which in a phrase of 24 happens once in 1,200: there
    half of it must. Six that ascend in steps of a hundredth of the list are rarer. A random phrase has four
    different words once in 10**22.
    """
    if " ".join(words) in published():
        return False
    if len(set(words)) <= 4:
        return True
    listed = bip39.numbers(words, language) or ()
    longest = max(8, len(words) // 2)
    for sign in (1, -1):
        ascending = close = 1
        for before, after in itertools.pairwise(listed):
            step = sign * (after - before)
            ascending = ascending + 1 if step > 0 else 1
            close = close + 1 if 0 < step <= 20 else 1
            if ascending >= longest or close >= 6:
                return True
    return False


@functools.cache
def _lists() -> Mapping[str, int]:
    """Each word of all lists, with a bit for each language."""
    found: dict[str, int] = {}
    for place, language in enumerate(bip39.LANGUAGES):
        for word in bip39.words(language):
            found[word] = found.get(word, 0) | 1 << place
    return found


@functools.cache
def _cut_words() -> Mapping[str, str]:
    """The English words by their first four letters, which are theirs alone."""
    return {word[:_ABBREVIATION]: word for word in bip39.words("english")}


@functools.cache
def _cut_lists() -> Mapping[str, int]:
    return dict.fromkeys(_cut_words(), 1)


@functools.cache
def _bytes_known() -> frozenset[bytes]:
    """All that may stand for a word, as it is stored: composed, decomposed, or cut."""
    forms = {unicodedata.normalize(form, word) for word in _lists() for form in ("NFC", "NFD", "NFKD")}
    return frozenset(each.encode() for each in forms | _cut_words().keys())


def _rows(layer: Layer, ends: Sequence[int]) -> Iterator[int]:
    """Offsets behind the last of twelve or more listed words in a row, before the places that were met."""
    for start, stop in _regions(layer, ends):
        for low in range(start, stop, _CHUNK):
            data = layer.read(low, min(_CHUNK + _NEAR, stop - low)).replace(_WIDE_SPACE, b"   ")
            for at in _listed(data):
                if (low == start or at > _NEAR) and _AT_END.search(data, max(0, at - _NEAR), at):
                    yield low + at


def _regions(layer: Layer, ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """What stands before the places: back to the place before, or to where the row of words must have begun."""
    start, stop, before = 0, -1, -_NEAR
    for end in ends:
        low = max(0, end - 2 * _NEAR)
        if before < end - _NEAR and low > stop:
            while low and end - low < _LONGEST_LINE and not _BREAK.search(layer.read(low, _NEAR)):
                low = max(0, low - _NEAR)
        before = end
        if low > stop:
            if stop > 0:
                yield start, stop
            start = low
        stop = min(layer.size, end + _LONGEST_WORD)
    if stop > 0:
        yield start, stop


def _listed(data: bytes) -> Iterator[int]:
    """Offsets behind the last word of each row of listed words, and behind every twelfth of a long one."""
    known = _bytes_known()
    lower = data.lower()
    flags = bytes(map(known.__contains__, _LETTERS.findall(lower)))
    if _ENOUGH not in flags:
        return
    count = last = 0
    for word in _LETTERS.finditer(lower):
        if count and (word[0] not in known or not _GAP.fullmatch(lower, last, word.start())):
            if count >= SHORTEST:
                yield last
            count = 0
        if word[0] in known:
            if count and count % SHORTEST == 0:
                yield last
            count += 1
            last = word.end()
    if count >= SHORTEST:
        yield last


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


DETECTOR: Detector = Bip39Phrase()
