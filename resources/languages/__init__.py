"""Texts of the window in the language of whoever reads it.

English stands in the code and is the key of the catalogues, `es.po` and the like: the gettext format, which every
translator's program reads. The language is chosen once, before the window's modules are imported, and stays until the
program ends. What is recorded stays in English, and values from evidence are never translated: they enter a text as
parts of it only.
"""

from __future__ import annotations

from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from string import Formatter
from typing import Any

LANGUAGES = {
    "en": "English",
    "es": "Español",
    "pt": "Português",
    "fr": "Français",
    "de": "Deutsch",
    "nl": "Nederlands",
}
# Unicode CLDR 45, numbers: group and decimal separators
_SEPARATORS = {"es": ".,", "pt": ".,", "fr": "\u202f,", "de": ".,", "nl": ".,"}


class _Numbers(Formatter):
    """Numbers with the separators of a language."""

    def __init__(self, separators: str) -> None:
        self._table = str.maketrans(",.", separators)

    def format_field(self, value: Any, format_spec: str) -> str:
        """One part of a text; only numbers that ask for separators or decimals have them."""
        said: str = super().format_field(value, format_spec)
        plain = isinstance(value, int | float) and any(sign in format_spec for sign in ",.g")
        return said.translate(self._table) if plain else said


class _Chosen:
    """The one language of this process."""

    code = ""
    catalogue = NullTranslations()
    numbers = _Numbers(",.")


def chosen() -> str:
    """The code of the language, `""` before one is chosen."""
    return _Chosen.code


def nearest(name: str) -> str:
    """The language for a name such as `pt_BR.UTF-8`; English where there is no catalogue."""
    code = name.replace("-", "_").partition("_")[0].lower()
    return code if code in LANGUAGES else "en"


def choose(name: str) -> str:
    """Take a language, by a name such as `de` or `de_AT`; its code."""
    code = nearest(name)
    if code == "en":
        use(code, NullTranslations())
    else:
        with files(__name__).joinpath(f"{code}.mo").open("rb") as file:
            use(code, GNUTranslations(file))
    return code


def use(code: str, catalogue: NullTranslations) -> None:
    """Take a catalogue as it is given."""
    _Chosen.code, _Chosen.catalogue = code, catalogue
    _Chosen.numbers = _Numbers(_SEPARATORS.get(code, ",."))


def tr(text: str, /, **parts: object) -> str:
    """A text of the window with its parts, as `str.format` names them."""
    said = _Chosen.catalogue.gettext(text) if text else ""
    return _Chosen.numbers.format(said, **parts) if parts else said


def tr_count(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    noun = _Chosen.catalogue.ngettext(one, many, number)
    return f"{_Chosen.numbers.format('{:,}', number)} {noun}"


def tr_noop(text: str) -> str:
    """Mark a text that is a key here, and translated where it is shown."""
    return text
