"""What a confined process says about its fences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """The layers that hold, and those that do not with the reason, in words."""

    layers: tuple[str, ...]
    missing: tuple[str, ...]

    def __str__(self) -> str:
        """One line for the case log and the banner."""
        words = ", ".join(self.layers) or "none"
        return f"{words}; missing: {', '.join(self.missing)}" if self.missing else words
