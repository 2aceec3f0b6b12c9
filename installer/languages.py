"""Gather the window's texts, bring every catalogue up to date, compile it; with `--check`, only say what is not current.

A text that is new stands in each `resources/languages/*.po` with an empty translation, which the tests do not accept.
One whose English changed is offered its old translation, marked `fuzzy`, until somebody has read it.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from resources.languages import LANGUAGES  # noqa: E402 - after the path is set

FOLDER = ROOT / "resources" / "languages"
TRANSLATED = tuple(code for code in sorted(LANGUAGES) if code != "en")
BEGUN = datetime(2026, 11, 25, tzinfo=UTC)  # one date for all, so that the same texts are the same bytes
KEYWORDS = {"tr": None, "tr_noop": None, "tr_count": (2, 3), "plural": (2, 3)}


def gathered() -> Catalog:
    """Every text of the window, where it stands, without numbers of lines, which change with every edit."""
    found = Catalog(fuzzy=False)
    for room in ("app", "viewers", "forensics"):
        rows = extract_from_dir(ROOT / room, method_map=[("**.py", "python")], keywords=KEYWORDS)
        for name, _, message, _, _ in rows:
            found.add(message, locations=[(f"{room}/{Path(name).as_posix()}", None)])
    return found


def catalogue(code: str) -> Catalog:
    """A language's catalogue as it is kept."""
    path = FOLDER / f"{code}.po"
    found = Catalog(locale=code)
    if path.exists():
        with path.open("rb") as file:
            found = read_po(file, locale=code)
    found.project, found.version, found.header_comment = "Impound", "", f"# Impound's window in {LANGUAGES[code]}."
    found.msgid_bugs_address = found.last_translator = found.language_team = ""
    return found


def updated(code: str, template: Catalog) -> Catalog:
    """The kept catalogue with the texts of today."""
    kept = catalogue(code)
    kept.update(template, update_header_comment=False, update_creation_date=False)
    kept.fuzzy, kept.creation_date, kept.revision_date = False, BEGUN, BEGUN
    return kept


def written(of: Catalog) -> tuple[bytes, bytes]:
    """A catalogue as text, and compiled."""
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, of, width=120, sort_by_file=True, ignore_obsolete=True, omit_header=False)
    write_mo(compiled, of, use_fuzzy=False)
    return text.getvalue(), compiled.getvalue()


def main() -> int:
    """Write, or check."""
    template = gathered()
    stale = []
    for code in TRANSLATED:
        for suffix, data in zip((".po", ".mo"), written(updated(code, template)), strict=True):
            path = FOLDER / f"{code}{suffix}"
            if not path.exists() or path.read_bytes() != data:
                stale.append(path.name)
                if "--check" not in sys.argv:
                    path.write_bytes(data)
    if stale and "--check" in sys.argv:
        print(f"not current: {', '.join(stale)}; run `make languages`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
