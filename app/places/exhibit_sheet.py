"""What is known of an exhibit: its digests, volumes and files."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from app.reading import Exhibit
from app.verdicts import digest_rows, words_of
from viewers.look import Look
from viewers.parts import Button, label
from viewers.sheet import Grid, Sheet
from viewers.words import plural, sentence, size_text, time_text


class ExhibitSheet(Sheet):
    """Stored and computed digests of an image, side by side."""

    examine_wanted = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look, "About the exhibit")

    def show_exhibit(self, exhibit: Exhibit, volumes: list[Any]) -> None:
        """Build the page."""
        look = self.look
        self.reset()
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.addWidget(label(look, f"{exhibit.number}  {exhibit.description}", "panel_title"))
        parts = [
            {"ewf": "E01"}.get(exhibit.format, exhibit.format),
            f"{size_text(exhibit.size)}, {exhibit.size:,} bytes",
            plural(len(exhibit.segments), "file"),
        ]
        parts.append(f"added {time_text(exhibit.added_us)} UTC, ledger entry {exhibit.seq}")
        words.addWidget(label(look, ", ".join(parts) + ". Opened read-only.", "dense", "text2", wrap=True))
        head.addLayout(words, 1)
        text = "Examine again" if exhibit.state == "ended" else ("Go on examining" if exhibit.state else "Examine")
        style = "normal" if exhibit.state == "ended" else "primary"
        head.addWidget(Button(look, text, "play", style, lambda: self.examine_wanted.emit(exhibit.number)))
        self.column.addLayout(head)
        self.title("Digest of the whole media", "stored by whoever made the image, and computed now")
        grid = Grid(look, ["", "Stored in the image", "Computed here", "Result"], [1, 5, 5, 2], mono=(1, 2))
        grid.show_rows(digest_rows(exhibit.stored, exhibit.computed))
        self.column.addWidget(grid)
        verdict = words_of(exhibit.verdict)
        if verdict.tone == "danger":
            self.limits(verdict.tree.capitalize(), [verdict.sentence])
        if exhibit.bad_runs:
            total = sum(length for _, length in exhibit.bad_runs)
            self.limits(
                f"{plural(len(exhibit.bad_runs), 'place')} of the image cannot be read",
                [f"{total:,} bytes. Impound shows them as unreadable, never as zeros."],
            )
        if exhibit.caveats:
            self.limits("What is to be known of it", [sentence(each) for each in exhibit.caveats])
        if volumes:
            self.title("What was found on it")
            grid = Grid(look, ["Volume", "File system", "Size", "Starts at", "State"], [2, 2, 2, 2, 3])
            states = {
                "read": "read",
                "encrypted": "locked, no key given",
                "unknown": "content not known, searched as raw bytes",
                "damaged": "damaged",
            }
            grid.show_rows(
                [
                    (
                        f"p{row.number}  {row.type_text}".strip(),
                        row.file_system or "none",
                        size_text(row.size),
                        f"0x{row.offset:X}",
                        states.get(row.state, row.state)
                        + (f": {row.reason}" if row.reason and row.state != "read" else ""),
                    )
                    for row in volumes
                ]
            )
            self.column.addWidget(grid)
        if exhibit.segments:
            self.title("Files")
            grid = Grid(look, ["File", "Size", "SHA-256"], [5, 2, 6], mono=(2,))
            grid.show_rows(
                [
                    (
                        str(s.get("path", "")).rpartition("/")[2],
                        f"{int(s.get('size') or 0):,}",
                        str(s.get("sha256") or "in the whole"),
                    )
                    for s in exhibit.segments[:200]
                ]
            )
            self.column.addWidget(grid)
        self.finish()
