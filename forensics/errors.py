"""The errors of Impound: one root, few leaves, each said in one sentence."""

from __future__ import annotations


class ImpoundError(Exception):
    """Something that Impound refuses or cannot do, said in words for a person."""


class UsageError(ImpoundError):
    """The request itself is wrong; nothing was done."""


class OutsideAuthority(UsageError):
    """Something that the authority of the case leaves outside; it is opened for a recorded reason only.

    `item` is its name: `F17`, `entry:42`, or `E1@` for bytes of an image.
    """

    def __init__(self, item: str, rule: str, exhibit: str) -> None:
        """Name the item, the rule that leaves it outside, and its exhibit."""
        super().__init__(f"{item} is outside the authority ({rule})")
        self.item = item
        self.exhibit = exhibit


class EvidenceError(ImpoundError):
    """Evidence that cannot be opened or read, with file, offset and reason."""

    def __init__(self, name: str, reason: str, offset: int | None = None) -> None:
        """Name the file, the reason in words, and the byte offset in it where known."""
        place = name if offset is None else f"{name}, offset {offset:,}"
        super().__init__(f"{place}: {reason}")
        self.name = name
        self.reason = reason
        self.offset = offset


class UnreadableRun(EvidenceError):
    """A byte range of the evidence that its medium or container does not give up."""


class FormatError(ImpoundError):
    """Bytes that are not what a structure must be."""


class CaseError(ImpoundError):
    """A case folder that cannot be used as it is."""


class CaseLocked(CaseError):
    """Another program holds the case open for writing."""


class StorageFull(ImpoundError):
    """The disk of the case has no room left; what was acknowledged is kept."""


class LedgerError(ImpoundError):
    """The chain of custody cannot be written or does not hold."""


class WorkerError(ImpoundError):
    """A worker process that died, hung, ate too much or answered wrongly."""
