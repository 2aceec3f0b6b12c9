"""Steps of work that a parser may not survive: named before they are taken, left out once one never ended.

A worker that hangs or dies cannot say where. Where it matters, its work is done once more *carefully*: every step
is told before it is taken, so that whoever kills the worker knows the step to leave out of the next attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a piece of work. `name` is for people and tells it from others; the rest may be unknown."""

    name: str
    parser: str = ""  # who takes it, as `kind@version`
    path: str = ""  # of the entry concerned
    offset: int | None = None  # in the image


NO_STEP = Step("")
Tell = Callable[[Step], None]


class Stopped(BaseException):
    """The work is to end before this step; whoever guards against errors of parsers does not catch it."""


class Guard:
    """Says which steps may be taken. Without arguments it lets everything pass and tells nobody."""

    def __init__(self, tell: Tell | None = None, left_out: Collection[str] = (), until: str = "") -> None:
        """`left_out` has names of steps or of parsers; the work is `Stopped` at the step named `until`."""
        self.careful = tell is not None
        self._tell = tell
        self._left_out = frozenset(left_out)
        self._until = until
        self._open: list[Step] = []

    def passes(self, step: Step) -> bool:
        """Whether to take a step, which then lasts until the next.

        Raises:
            Stopped: the work ends here.
        """
        if self._until and step.name == self._until:
            raise Stopped
        if step.name in self._left_out or step.parser in self._left_out:
            return False
        if self._tell is not None:
            self._tell(step)
        return True

    def enter(self, step: Step) -> bool:
        """Whether to take a step within the one that was entered last; `leave` it if so."""
        if not self.passes(step):
            return False
        self._open.append(step)
        return True

    def leave(self) -> None:
        """The step that was entered last has ended; the one around it goes on."""
        self._open.pop()
        if self._tell is not None:
            self._tell(self._open[-1] if self._open else NO_STEP)


UNGUARDED = Guard()
