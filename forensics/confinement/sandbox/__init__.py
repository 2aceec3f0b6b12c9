"""The operating system's fences around a worker.

Every layer is optional and reports whether it holds: a product that runs with fewer says so, never
silently.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from forensics.confinement.sandbox.allowance import Allowance
from forensics.confinement.sandbox.report import Report

if sys.platform == "linux":
    from forensics.confinement.sandbox import linux as system
elif sys.platform == "win32":
    from forensics.confinement.sandbox import windows as system
elif sys.platform == "darwin":
    from forensics.confinement.sandbox import macos as system
else:
    from forensics.confinement.sandbox import none as system

__all__ = ["Allowance", "Report", "confine", "tie_to_parent"]


def confine(keep: Sequence[int]) -> Report:
    """Shut this process in, with these open files and no others; say which layers hold.

    It must have a single thread, and everything that it needs from the file system must be loaded.
    """
    return system.confine(keep)


def tie_to_parent(parent: int) -> bool:
    """Let the kernel kill this process when its parent dies; false if that has happened already."""
    return system.tie_to_parent(parent)
