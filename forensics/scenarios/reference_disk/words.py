"""Made-up language: words from syllables by Zipf's law, function words of English, hosts, mail, log lines.

No word comes from a list of words. Function words are four tokens in ten, as in English; so a tenth of
all words stands on the English list of seed phrases by itself (in English prose about a quarter). Hosts
are under the domains that RFC 2606 reserves.

A kind of text is a table of 65,536 tokens; a text is a row of tokens at random. That is as fast as
joining strings, and compresses like what it imitates.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from forensics.scenarios.reference_disk.draw import Draw

_FUNCTION = (  # noqa: SIM905 - easier to read than a list
    "the of and to in a is was for it with as his on be at by i this had not are but from or have an they which one "
    "you were her all she there would their we him been has when who will more no if out so said what up its about "
    "into than them can only other new some could time these two may then do first any my now such like our over man "
    "me even most made after also did many before must through back years where much your way well down should "
    "because each just those people how too little state good very make world still own see men work long get here "
    "between both life being under never day same another know while last might us great old year off come since "
    "against go came right used take three"
).split()
_ONSETS = "b br c ch d dr f fl g gl gr h j k kl l m n p pl pr qu r s sh sk sl st str t th tr v w y z".split()  # noqa: SIM905
_VOWELS = "a a e e i i o o u ai ea ee ie oo ou".split()  # noqa: SIM905
_CODAS = ("", "", "", "", "l", "m", "n", "nd", "nt", "r", "rm", "rn", "s", "ss", "st", "t", "x", "ck", "ng")
_VOCABULARY = 9000
TOKENS = 1 << 16


@dataclass(frozen=True, slots=True)
class Table:
    """The tokens of a kind of text, and how far a text keeps to its own."""

    tokens: list[bytes]
    narrow: int
    own: int


class Language:
    """Words and token tables of one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        draw = Draw(seed, "vocabulary")
        found: dict[str, None] = {}
        while len(found) < _VOCABULARY:
            count = 1 + (draw.below(100) > 22) + (draw.below(100) > 62) + (draw.below(100) > 88)
            word = "".join(draw.pick(_ONSETS) + draw.pick(_VOWELS) for _ in range(count)) + draw.pick(_CODAS)
            if word not in _FUNCTION and 3 <= len(word) <= 14:
                found[word] = None
        self.words = tuple(sorted(found, key=len))

    def word(self, draw: Draw) -> str:
        """A made-up word, the common ones more often."""
        return self.words[draw.below(draw.below(draw.below(_VOCABULARY) + 1) + 1)]

    def host(self, draw: Draw) -> str:
        """A host that cannot exist."""
        return f"{self.word(draw)}.example.{draw.pick(('com', 'net', 'org'))}"

    def url(self, draw: Draw) -> str:
        """An address of a page."""
        path = "/".join(self.word(draw) for _ in range(draw.between(1, 3)))
        tail = draw.pick(("", ".html", "/", f"?id={draw.below(100000)}", f"?q={self.word(draw)}&p={draw.below(9)}"))
        return f"{draw.pick(('https', 'https', 'http'))}://{self.host(draw)}/{path}{tail}"

    def mail(self, draw: Draw) -> str:
        """A mail address."""
        return f"{self.word(draw)}{draw.pick(('.', '_', '-', ''))}{self.word(draw)}@{self.host(draw)}"

    # ── tables ──────────────────────────────────────────────────────────────────────────────────

    @functools.cached_property
    def prose(self) -> Table:
        """Running text; a page of it names a URL or a mail address now and then."""
        marks = (" ",) * 86 + (", ",) * 6 + (". ",) * 5 + (".\n", "\n", ".\n\n")

        def token(draw: Draw) -> str:
            if draw.below(1500) == 0:
                return draw.pick((self.url(draw), self.url(draw), self.mail(draw))) + draw.pick((" ", ".\n", "\n"))
            word = self._running(draw)
            return (word.capitalize() if draw.below(12) == 0 else word) + draw.pick(marks)

        return self._table("prose", token, 7, 5)

    @functools.cached_property
    def html(self) -> Table:
        """Pages: running text with tags and links."""

        def token(draw: Draw) -> str:
            turn = draw.below(1000)
            if turn < 3:
                return f'<a href="{self.url(draw)}">{self.word(draw)}</a> '
            if turn == 3 and draw.below(8) == 0:
                return f'<a href="mailto:{(mail := self.mail(draw))}">{mail}</a> '
            if turn < 22:
                return f'</div>\n<div class="{self.word(draw)}" id="{self.word(draw)}{draw.below(999)}">'
            if turn < 60:
                return draw.pick(
                    ("</p>\n<p>", "<br>\n", "<b>", "</b> ", "<td>", "</td>", "</li>\n<li>", "&nbsp;", "<i>")
                )
            return self._running(draw) + draw.pick((" ",) * 12 + (", ", ". "))

        return self._table("html", token, 6, 7)

    @functools.cached_property
    def source(self) -> Table:
        """Something like a program."""

        def token(draw: Draw) -> str:
            turn = draw.below(1000)
            if turn < 2:
                return f"// {self.url(draw)}\n"
            if turn < 40:
                return f"/* {self._running(draw)} {self._running(draw)} {self._running(draw)} */\n"
            if turn < 90:
                return f"0x{draw.below(1 << 32):08x}, "
            if turn < 140:
                return f'"{self.word(draw)} {self.word(draw)}"'
            if turn < 480:
                return draw.pick(
                    (
                        " = ",
                        ";\n    ",
                        ";\n        ",
                        "(",
                        ")",
                        " {\n    ",
                        "\n}\n\n",
                        ", ",
                        "->",
                        " + ",
                        "if (",
                        "return ",
                    )
                )
            word = self.word(draw)
            return draw.pick((word, f"{word}_{self.word(draw)}", word.upper(), word + self.word(draw).capitalize()))

        return self._table("source", token, 6, 7)

    @functools.cached_property
    def records(self) -> Table:
        """Rows of values, as in CSV and JSON files."""

        def token(draw: Draw) -> str:
            turn = draw.below(100)
            if turn < 30:
                return f"{draw.below(10 ** draw.between(1, 7))},"
            if turn < 40:
                return (
                    f"2024-{draw.between(1, 12):02}-{draw.between(1, 28):02} {draw.below(24):02}:{draw.below(60):02},"
                )
            if turn < 50:
                return f"{draw.below(10000)}.{draw.below(100):02},"
            if turn < 60:
                return "\n"
            if turn < 62:
                return f"{draw.octets(16).hex()},"
            if turn == 62 and draw.below(40) == 0:
                return f"{self.mail(draw)},"
            return f'"{self.word(draw)}":' if turn < 72 else f"{self.word(draw)},"

        return self._table("records", token, 6, 6)

    @functools.cached_property
    def lines(self) -> Table:
        """Lines of a log."""

        def token(draw: Draw) -> str:
            stamp = f"2024-{draw.between(1, 6):02}-{draw.between(1, 28):02}T{draw.below(24):02}:{draw.below(60):02}:{draw.below(60):02}"
            host = f"10.{draw.below(256)}.{draw.below(256)}.{draw.below(256)}"
            head = f"{stamp}.{draw.below(1000):03} {self.words[draw.below(40)]}[{draw.below(32768)}]: "
            turn = draw.below(1000)
            if turn < 400:
                return f"{head}{self.word(draw)} {self.word(draw)} from {host} port {draw.below(65536)}\n"
            if turn < 700:
                return f'{head}{host} "GET /{self.word(draw)}/{self.word(draw)}.png HTTP/1.1" 200 {draw.below(99999)}\n'
            if turn < 715:
                return f'{head}{host} "GET {self.url(draw)} HTTP/1.1" 304 0\n'
            if turn < 717:
                return f"{head}to=<{self.mail(draw)}>, relay={self.host(draw)}, delay={draw.below(99)}, status=sent\n"
            return f"{head}{' '.join(self._running(draw) for _ in range(draw.between(4, 14)))}\n"

        return self._table("lines", token, 5, 7, 1 << 13)

    @functools.cached_property
    def code(self) -> Table:
        """Pieces of machine code, with the tables of a program between them."""

        def token(draw: Draw) -> bytes:
            turn = draw.below(100)
            if turn < 60:
                return draw.octets(2)[: 1 + turn % 2] + draw.pick(
                    (b"\x48\x8b", b"\x48\x89", b"\xe8", b"\x0f\x84", b"\xff\x15")
                )
            if turn < 75:
                return draw.below(1 << 16).to_bytes(4, "little")
            if turn < 85:
                return bytes(draw.pick((4, 4, 8, 8, 16, 32)))
            if turn < 99:
                return draw.octets(4)
            return f"{self.word(draw)}_{self.word(draw)}\0".encode()

        draw = Draw(self.seed, "table code")
        pieces = [token(draw) for _ in range(1 << 13)]
        return Table([pieces[draw.below(1 + draw.below(1 << 13))] for _ in range(TOKENS)], 7, 7)

    def _running(self, draw: Draw) -> str:
        if draw.below(10) < 4:
            return _FUNCTION[draw.below(draw.below(len(_FUNCTION)) + 1)]
        return self.word(draw)

    def _table(self, name: str, token: Callable[[Draw], str], narrow: int, own: int, different: int = TOKENS) -> Table:
        draw = Draw(self.seed, f"table {name}")
        made = [token(draw).encode() for _ in range(different)]
        return Table(made * (TOKENS // different), narrow, own)


def fill(table: Table, draw: Draw, size: int) -> bytearray:
    """`size` bytes of a kind of text; it ends with a new line where there is room.

    A text returns to its own few tokens, as texts do: `own` of eight are among `1 << narrow` of the table.
    """
    out = bytearray()
    tokens = table.tokens
    first = draw.below(TOKENS)
    while len(out) < size:
        count = min(1 << 15, (size - len(out)) // 5 + 16)
        numbers = np.frombuffer(draw.octets(2 * count), "<u2").astype(np.int64)
        own = (first + (numbers >> (16 - table.narrow))) % TOKENS
        chosen = np.where(numbers % 8 < table.own, own, numbers)
        out += b"".join([tokens[number] for number in chosen.tolist()])
    del out[size:]
    if size:
        out[-1:] = b"\n"
    return out
