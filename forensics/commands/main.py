"""`impound`: the terminal's door to the verbs."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

from forensics.commands.founding import product_version
from forensics.commands.output import FAILED, STORAGE, USAGE, warn
from forensics.errors import CaseError, CaseLocked, EvidenceError, ImpoundError, LedgerError, StorageFull, UsageError

GROUPS: dict[str, tuple[str, ...]] = {  # modules and the verbs that each declares: only those asked for are imported
    "verbs_case": ("case", "add", "relocate"),
    "verbs_examine": ("examine", "demo"),
    "verbs_hashset": ("hashset",),
    "verbs_watchlist": ("watchlist",),
    "verbs_scope": ("scope",),
    "verbs_inspect": ("tree", "findings", "timeline", "unexamined", "reproduce", "cat"),
    "verbs_mount": ("mount",),
    "verbs_reveal": ("reveal",),
    "verbs_signatures": ("signatures",),
    "verbs_money": ("open-wallet", "graph", "assets"),
    "verbs_custody": ("ledger",),
    "verbs_key": ("key",),
    "verbs_anchor": ("anchor", "witness", "clock"),
    "verbs_bundle": ("bundle", "prove", "expunge"),
    "verbs_audit": ("audit",),
    "verbs_report": ("report",),
    "verbs_present": ("present",),
    "verbs_things": ("custody",),
    "verbs_acquire": ("acquire",),
    "verbs_product": ("scenario", "validate", "formats", "session"),
    "verbs_manual": ("manual",),
}


def parser(verb: str = "") -> argparse.ArgumentParser:
    """The verbs with their options: all of them, or those declared beside `verb` where it is one."""
    top = argparse.ArgumentParser(
        prog="impound",
        description="Examine seized images of online marketplaces, offline, with a signed chain of custody.",
        epilog="Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 done but something could not be "
        "examined, 4 storage or lock.",
    )
    top.add_argument("--version", action="version", version=f"Impound {product_version()}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    asked = [group for group, names in GROUPS.items() if verb in names]
    for group in asked or GROUPS:
        importlib.import_module(f"forensics.commands.{group}").add(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parser(given[0] if given else "").parse_args(given)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except UsageError as error:
        warn(f"impound: {error}")
        return USAGE
    except EvidenceError as error:
        warn(f"impound: {error}")
        return FAILED
    except CaseLocked as error:
        warn(f"impound: {error}")
        return STORAGE
    except (CaseError, LedgerError, StorageFull) as error:
        warn(f"impound: {error}")
        return STORAGE
    except ImpoundError as error:
        warn(f"impound: {error}")
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        warn(f"impound: {error}")
        return STORAGE
    except KeyboardInterrupt:
        warn("impound: stopped; what is done is kept, and `impound examine … --resume` goes on from there")
        return STORAGE
    return code


if __name__ == "__main__":
    sys.exit(main())
