"""Ground truth as it grows: every value made, every decoy made, and where each came to lie.

A story asks for values and writes them wherever it likes; afterwards each stream on the disk is searched
for each value in each encoding. So nothing can be planted and forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ENCODINGS = (("ascii", "utf-8"), ("utf-16le", "utf-16-le"))


@dataclass(frozen=True, slots=True)
class Known:
    """A value that is an artefact, with the texts that show it."""

    kind: str
    value: str | None
    shown: tuple[str, ...]
    secret: bool = False
    optional: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decoy:
    """A text that looks like an artefact of `kind` and is none."""

    kind: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where a known value or decoy starts in some bytes."""

    what: Known | Decoy
    position: int
    length: int
    encoding: str


class Registry:
    """All values and decoys of one scenario."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, tuple[str, ...]], Known] = {}
        self.decoys: dict[str, Decoy] = {}

    def know(
        self,
        kind: str,
        value: str | None,
        *shown: str,
        secret: bool = False,
        optional: bool = False,
        note: str = "",
    ) -> str:
        """Record an artefact and give back the text that shows it."""
        texts = shown or ((value,) if value is not None else ())
        self.known.setdefault((kind, texts), Known(kind, value, texts, secret, optional, note))
        return texts[0]

    def decoy(self, kind: str, value: str, why: str) -> str:
        """Record a decoy and give it back."""
        self.decoys.setdefault(value, Decoy(kind, value, why))
        return value

    def within(self, data: bytes) -> Iterator[Occurrence]:
        """The first occurrence of each value and decoy in `data`, in a stable order."""
        pool: Iterable[tuple[Known | Decoy, tuple[str, ...]]] = [
            *((known, known.shown) for known in self.known.values()),
            *((decoy, (decoy.value,)) for decoy in self.decoys.values()),
        ]
        for what, texts in pool:
            for text in texts:
                found = _find(data, text)
                if found is not None:
                    position, length, encoding = found
                    yield Occurrence(what, position, length, encoding)
                    break


def _find(data: bytes, text: str) -> tuple[int, int, str] | None:
    variants = [text, text.replace("\n", "\r\n")] if "\n" in text else [text]
    for name, codec in ENCODINGS:
        for variant in variants:
            needle = variant.encode(codec)
            position = data.find(needle)
            if position >= 0:
                return position, len(needle), name if variant.isascii() or name != "ascii" else "utf-8"
    return None
