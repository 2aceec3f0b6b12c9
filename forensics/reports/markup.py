"""Text and tables of a page, with nothing hidden and nothing that a browser runs."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import IO

from forensics.visible import visible


def text(value: object) -> str:
    """Escaped text with nothing hidden in it."""
    return html.escape(visible(str(value)))


def table(file: IO[str], head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """A table of rows as wide as its head."""
    file.write("<table><tr>" + "".join(f"<th>{text(each)}</th>" for each in head) + "</tr>\n")
    for row in rows:
        file.write("<tr>" + "".join(f"<td>{text(each)}</td>" for each in row) + "</tr>\n")
    file.write("</table>\n")
