"""What is shown in court, step by step: each step a sentence about one or two findings, and what it does not show.

The steps are a statement of the examiner, so they are entered whole as ``present.steps`` each time they change; the
last such entry is what is shown. Its body is ``{"steps": [{"kind", "sentence", "findings", "not_shown", "reason",
"answer"}]}``, findings as ``F17``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forensics.custody.store import Entry, LedgerReader
from forensics.errors import UsageError
from resources.languages import tr_noop

TYPE = "present.steps"
KINDS = {
    "fact": tr_noop("the bytes show it"),
    "inference": tr_noop("a rule or a person suggests it"),
    "disputed": tr_noop("the other side disputes it"),
}
MOST_STEPS, MOST_WORDS, MOST_TEXT, MOST_FINDINGS = 200, 20, 400, 2


@dataclass(frozen=True, slots=True)
class Step:
    """One screen."""

    kind: str  # a key of KINDS
    sentence: str  # at most MOST_WORDS words: it is read aloud
    findings: tuple[int, ...]  # what is shown: one, or two that are compared
    not_shown: str  # what the step does not show
    reason: str = ""  # why it is inferred
    answer: str = ""  # what the other side says

    def check(self) -> None:
        """:class:`UsageError` says in words what the step lacks."""
        if self.kind not in KINDS:
            raise UsageError(f"a step is one of {', '.join(KINDS)}, not {self.kind!r}")
        if not self.sentence.strip():
            raise UsageError("a step needs a sentence")
        words = len(self.sentence.split())
        if words > MOST_WORDS:
            raise UsageError(f"a sentence of {words} words cannot be read aloud; {MOST_WORDS} are the most")
        if not 1 <= len(self.findings) <= MOST_FINDINGS or len(set(self.findings)) < len(self.findings):
            raise UsageError("a step shows one finding, or two different ones")
        if not self.not_shown.strip():
            raise UsageError("a step says what it does not show")
        if self.kind == "inference" and not self.reason.strip():
            raise UsageError("an inference gives its reason")
        if self.kind == "disputed" and not self.answer.strip():
            raise UsageError("a disputed step gives the other side's answer")
        for text in (self.sentence, self.not_shown, self.reason, self.answer):
            if len(text) > MOST_TEXT:
                raise UsageError(f"a text of {len(text)} characters does not fit; {MOST_TEXT} are the most")

    def as_json(self) -> dict[str, Any]:
        """As it is entered."""
        return {
            "kind": self.kind,
            "sentence": self.sentence,
            "findings": [f"F{number}" for number in self.findings],
            "not_shown": self.not_shown,
            "reason": self.reason,
            "answer": self.answer,
        }


def parse(given: object) -> tuple[Step, ...]:
    """Steps from JSON, each checked; :class:`UsageError` names the step by its number."""
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MOST_STEPS:
        raise UsageError(f"steps are a list of at most {MOST_STEPS}")
    made = []
    for number, each in enumerate(given, 1):
        try:
            made.append(_step(each))
        except UsageError as error:
            raise UsageError(f"step {number}: {error}") from error
    return tuple(made)


def _step(each: object) -> Step:
    if not isinstance(each, Mapping):
        raise UsageError("it is no object")
    texts = {
        name: " ".join(str(each.get(name) or "").split()) for name in ("sentence", "not_shown", "reason", "answer")
    }
    named = [str(name).strip().upper().removeprefix("F") for name in each.get("findings") or ()]
    if not all(name.isascii() and name.isdecimal() and len(name) < 19 for name in named):
        raise UsageError("findings are written as F17")
    step = Step(str(each.get("kind")), findings=tuple(map(int, named)), **texts)
    step.check()
    return step


def latest(reader: LedgerReader) -> tuple[tuple[Step, ...], Entry | None]:
    """The steps as last entered, and the entry; nothing where none were, or where its body was expunged."""
    entry = reader.last_of(TYPE)
    if entry is None:
        return (), None
    steps = entry.body.get("steps") if isinstance(entry.body, Mapping) else ()
    return parse(steps), entry
