"""What is known of an exhibit: its digests, volumes and files."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from app.reading import Exhibit
from app.verdicts import digest_rows, words_of
from resources.languages import tr
from viewers.look import Look
from viewers.parts import Button, label
from viewers.sheet import Grid, Sheet
from viewers.words import plural, sentence, size_text, time_text


class ExhibitSheet(Sheet):
    """Stored and computed digests of an image, side by side."""

    examine_wanted = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look, tr("About the exhibit"))

    def show_exhibit(self, exhibit: Exhibit, volumes: list[Any]) -> None:
        """Build the page."""
        look = self.look
        self.reset()
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.addWidget(label(look, f"{exhibit.number}  {exhibit.description}", "panel_title"))
        parts = [
            {"ewf": "E01"}.get(exhibit.format, exhibit.format),
            f"{size_text(exhibit.size)}, {plural(exhibit.size, 'byte', 'bytes')}",
            plural(len(exhibit.segments), "file", "files"),
        ]
        parts.append(
            tr("added {added_us} UTC, ledger entry {seq}", added_us=time_text(exhibit.added_us), seq=exhibit.seq)
        )
        words.addWidget(label(look, ", ".join(parts) + tr(". Opened read-only."), "dense", "text2", wrap=True))
        head.addLayout(words, 1)
        text = (
            tr("Examine again")
            if exhibit.state == "ended"
            else (tr("Go on examining") if exhibit.state else tr("Examine"))
        )
        style = "normal" if exhibit.state == "ended" else "primary"
        head.addWidget(Button(look, text, "play", style, lambda: self.examine_wanted.emit(exhibit.number)))
        self.column.addLayout(head)
        self.title(tr("Digest of the whole media"), tr("stored by whoever made the image, and computed now"))
        grid = Grid(look, ["", tr("Stored in the image"), tr("Computed here"), tr("Result")], [1, 5, 5, 2], mono=(1, 2))
        grid.show_rows(digest_rows(exhibit.stored, exhibit.computed))
        self.column.addWidget(grid)
        verdict = words_of(exhibit.verdict)
        if verdict.tone == "danger":
            self.limits(verdict.tree.capitalize(), [verdict.sentence])
        if exhibit.bad_runs:
            total = sum(length for _, length in exhibit.bad_runs)
            self.limits(
                tr("{places} of the image cannot be read", places=plural(len(exhibit.bad_runs), "place", "places")),
                [tr("{total:,} bytes. Impound shows them as unreadable, never as zeros.", total=total)],
            )
        if exhibit.caveats:
            self.limits(tr("What is to be known of it"), [sentence(each) for each in exhibit.caveats])
        if volumes:
            self.title(tr("What was found on it"))
            grid = Grid(
                look, [tr("Volume"), tr("File system"), tr("Size"), tr("Starts at"), tr("State")], [2, 2, 2, 2, 3]
            )
            states = {
                "read": tr("read"),
                "encrypted": tr("locked, no key given"),
                "unknown": tr("content not known, searched as raw bytes"),
                "damaged": tr("damaged"),
            }
            grid.show_rows(
                [
                    (
                        f"p{row.number}  {row.type_text}".strip(),
                        row.file_system or tr("none"),
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
            self.title(tr("Files"))
            grid = Grid(look, [tr("File"), tr("Size"), "SHA-256"], [5, 2, 6], mono=(2,))
            grid.show_rows(
                [
                    (
                        str(s.get("path", "")).rpartition("/")[2],
                        f"{int(s.get('size') or 0):,}",
                        str(s.get("sha256") or tr("in the whole")),
                    )
                    for s in exhibit.segments[:200]
                ]
            )
            self.column.addWidget(grid)
        self.finish()
