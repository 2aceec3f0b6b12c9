"""The manual: pages of plain Markdown in the package, in the order of their index, and a search through them."""

from forensics.manual.pages import INDEX, Page, Section, pages
from forensics.manual.search import Hit, search

__all__ = ["INDEX", "Hit", "Page", "Section", "pages", "search"]
