"""`impound`: the terminal's door to the verbs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from forensics.commands import (
    verbs_anchor,
    verbs_bundle,
    verbs_case,
    verbs_custody,
    verbs_examine,
    verbs_hashset,
    verbs_inspect,
    verbs_money,
    verbs_product,
    verbs_report,
    verbs_things,
)
from forensics.commands.founding import product_version
from forensics.commands.output import FAILED, STORAGE, USAGE, warn
from forensics.errors import CaseError, CaseLocked, EvidenceError, ImpoundError, LedgerError, UsageError

GROUPS = (
    verbs_case,
    verbs_examine,
    verbs_hashset,
    verbs_inspect,
    verbs_money,
    verbs_custody,
    verbs_anchor,
    verbs_bundle,
    verbs_report,
    verbs_things,
    verbs_product,
)


def parser() -> argparse.ArgumentParser:
    """All verbs with their options."""
    top = argparse.ArgumentParser(
        prog="impound",
        description="Examine seized images of online marketplaces, offline, with a signed chain of custody.",
        epilog="Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 done but something could not be "
        "examined, 4 storage or lock.",
    )
    top.add_argument("--version", action="version", version=f"Impound {product_version()}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    for group in GROUPS:
        group.add(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    options = parser().parse_args(arguments)
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
    except (CaseError, LedgerError) as error:
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
