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
    """A value that is an artefact, with the texts that show it; `lead` characters of them come before it."""

    kind: str
    value: str | None
    shown: tuple[str, ...]
    secret: bool = False
    optional: bool = False
    note: str = ""
    lead: int = 0


@dataclass(frozen=True, slots=True)
class Decoy:
    """A text that looks like an artefact of `kind` and is none."""

    kind: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where a known value or decoy starts in some bytes, first and `again`."""

    what: Known | Decoy
    position: int
    length: int
    encoding: str
    again: tuple[int, ...] = ()


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
        lead: int = 0,
    ) -> str:
        """Record an artefact and give back the text that shows it."""
        texts = shown or ((value,) if value is not None else ())
        self.known.setdefault((kind, texts), Known(kind, value, texts, secret, optional, note, lead))
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
                found = _find(data, what, text)
                if found is not None:
                    yield found
                    break


def _find(data: bytes, what: Known | Decoy, text: str) -> Occurrence | None:
    variants = [text, text.replace("\n", "\r\n")] if "\n" in text else [text]
    lead = what.lead if isinstance(what, Known) else 0
    for name, codec in ENCODINGS:
        for variant in variants:
            needle = variant.encode(codec)
            positions = []
            position = data.find(needle)
            while position >= 0:
                positions.append(position + len(variant[:lead].encode(codec)))
                position = data.find(needle, position + 1)
            if positions:
                encoding = name if variant.isascii() or name != "ascii" else "utf-8"
                length = len(variant[lead:].encode(codec))
                return Occurrence(what, positions[0], length, encoding, tuple(positions[1:]))
    return None
