"""Which browser a file belongs to, by its path."""

from __future__ import annotations

import re
from collections.abc import Sequence

from forensics.model import Locator

_PROGRAMS = (
    ("Tor Browser", re.compile(r"/torbrowser/|/tor[ -]browser|torbrowser-data|org\.torproject\.")),
    ("Mullvad Browser", re.compile(r"mullvad[ -]?browser")),
    ("LibreWolf", re.compile(r"librewolf")),
    ("Thunderbird", re.compile(r"thunderbird")),
    ("Firefox", re.compile(r"firefox|org\.mozilla\.")),
    ("Brave", re.compile(r"bravesoftware|/brave[^/]*/")),
    ("Edge", re.compile(r"microsoft/edge|microsoft edge|microsoft-edge")),
    ("Vivaldi", re.compile(r"/vivaldi[^/]*/")),
    ("Opera", re.compile(r"/opera(?: software|-[^/]*)?/|com\.opera\.")),
    ("Chromium", re.compile(r"chromium")),
    ("Chrome", re.compile(r"google/chrome|google-chrome|com\.android\.chrome")),
)


def program_of(locator: Locator, at: int, files: Sequence[str]) -> tuple[bool, str]:
    """Whether the file has one of these names and begins at `at`, and the program that its folders name."""
    path = locator.step.partition(":")[2].lower()
    named = at == 0 and path.rpartition("/")[2] in {each.lower() for each in files}
    return named, next((name for name, form in _PROGRAMS if form.search(path)), "") if named else ""
