"""Gather the window's texts, bring every catalogue up to date, compile it; with `--check`, only say what is not current.

A text that is new, or whose English changed, stands in each `resources/languages/*.po` with an empty translation, which
the tests do not accept: what is like it is no translation of it.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from resources.languages import LANGUAGES  # noqa: E402 - after the path is set

FOLDER = ROOT / "resources" / "languages"
FIELDS = FOLDER / "field_names.txt"  # fields of findings, as detectors name them
TRANSLATED = tuple(code for code in sorted(LANGUAGES) if code != "en")
BEGUN = datetime(2026, 11, 25, tzinfo=UTC)  # one date for all, so that the same texts are the same bytes
WORDS = {"tr": (0,), "tr_noop": (0,), "tr_count": (1, 2), "plural": (1, 2)}  # where the English stands


def messages(source: str) -> Iterator[str | tuple[str, ...]]:
    """The texts of one module in their order; Babel's own reader does not look into f-strings."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WORDS:
            places = WORDS[node.func.id]
            texts = [node.args[at] for at in places if at < len(node.args)]
            said = [each.value for each in texts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if len(said) == len(places):
                yield said[0] if len(said) == 1 else tuple(said)


def gathered() -> Catalog:
    """Every text of the window, where it stands, without numbers of lines, which change with every edit."""
    found = Catalog(fuzzy=False)
    for room in ("app", "forensics", "viewers"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for message in messages(path.read_text("utf-8")):
                found.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    for name in FIELDS.read_text("utf-8").split("\n"):
        if words := name.replace("_", " "):
            found.add(words[:1].upper() + words[1:], locations=[(FIELDS.relative_to(ROOT).as_posix(), 0)])
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
    kept.update(template, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False)
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
