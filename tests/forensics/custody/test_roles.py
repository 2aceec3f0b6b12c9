"""Every pair of a role and something that is entered: the two verifiers accept it as section 5.3 of the format says.

The roles of this program are those of the keys that sign: the examiner's, a session's that the examiner granted, the
ledger's own. There are no roles of people that allow or forbid verbs: a person in front of the program has the rights
that the system and the key files give.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import forensics
from forensics.custody.ledger import Draft, Ledger
from forensics.custody.roles import Role, accepted_roles, role_of
from forensics.custody.verify import verify
from resources import verify as plain

PACKAGE = Path(forensics.__file__).parent
FIRST = "case.open"  # begins each ledger, and is there once


def _entered() -> list[str]:
    """The types of entries that the source enters by name, and one of each family that section 5.3 names."""
    found = {
        kind
        for path in PACKAGE.rglob("*.py")
        for kind in re.findall(r"\b(?:Draft|append|_add)\(\s*\"([a-z]+\.[a-z_]+)\"", path.read_text("utf-8"))
    }
    document = (Path(plain.__file__).parent / "docs" / "ledger-format.md").read_text("utf-8")
    table = document.partition("### 5.3 Who signs")[2].partition("###")[0]
    named = re.findall(r"\b([a-z]+)\.(\*|[a-z_]+)", table.partition("`scan.interrupted`")[0])
    return sorted((found | {f"{family}.{name.replace('*', 'other')}" for family, name in named}) - {FIRST})


KINDS = _entered()


def test_the_source_enters_many_things() -> None:
    assert len(KINDS) > 35
    assert {role_of(kind) for kind in KINDS} == set(Role)


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_sign_what(kind: str, tmp_path: Path) -> None:
    case = tmp_path / "case"
    signed: dict[int, Role] = {}
    with Ledger.create(case, number="1", examiner="J. Doe", domain="lab.example") as ledger:
        for role in sorted(Role, key=lambda each: each in accepted_roles(kind)):  # one that ends a session comes last
            with ledger._transaction():
                signed[ledger._add(Draft(kind, {}), role).seq] = role
    refused = {f"entry {seq}" for seq, role in signed.items() if role not in accepted_roles(kind)}
    assert refused
    mine = [(each.code, each.where) for each in verify(case).faults]
    theirs = [(each["code"], each["where"]) for each in plain.verify(case / "ledger.db", None, [])["faults"]]
    for faults in (mine, theirs):
        assert {where for code, where in faults if code == "signature"} == refused
