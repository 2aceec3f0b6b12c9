"""The document of an authority, and what it says of paths, kinds and times."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from forensics.authority.scope import LARGEST, Scope, read_scope, scope_of, widened
from forensics.authority.verdict import Judge, Moment, Standing
from forensics.errors import UsageError

DOCUMENT = b"""
id = "S-1"
authority = "GW 214/26, Local Court of Norrby"
issued_by = "Judge A. Example"
valid_from = 2026-01-10
valid_to = 2026-04-10
exhibits = ["E1"]
[paths]
include = ["/home/vendor"]
exclude = ["/home/*/Privat/**", "*.eml"]
[kinds]
exclude = ["mail/*", "seed"]
[dates]
from = 2025-01-01
to = 2025-12-31T12:00:00+02:00
[privilege]
domains = ["kanzlei.example"]
"""


def us(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1_000_000)  # type: ignore[misc,arg-type]


def scope(**told: object) -> Scope:
    return scope_of({"id": "S", "authority": "A", "issued_by": "J", **told})


def test_a_document_says_what_it_states() -> None:
    made = read_scope("s.toml", DOCUMENT)
    assert made.exhibits == ("E1",)
    assert made.paths.exclude == ("/home/*/Privat/**", "*.eml")
    assert made.valid_to == datetime(2026, 4, 10, 23, 59, 59, 999_999, tzinfo=UTC)  # the whole of its last day
    assert made.date_to == datetime(2025, 12, 31, 10, tzinfo=UTC)
    assert scope_of(made.stated()) == made
    assert made.holds_at(datetime(2026, 4, 10, 22, tzinfo=UTC))
    assert not made.holds_at(datetime(2026, 4, 11, tzinfo=UTC))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"id = ", "neither TOML nor JSON"),
        (b"\xff\xfe", "neither TOML nor JSON"),
        (b"[" * 5000, "neither TOML nor JSON"),
        (b"{" + b'"id":{' * 30000, "neither TOML nor JSON"),
        (b'id = "S"\nauthority = "A"', "issued_by must be text"),
        (b'id = "S"\nauthority = "A"\nissued_by = "J"\n[paths]\ninculde = []', "'inculde' is not a key"),
        (b'id = "S"\nauthority = "A"\nissued_by = "J"\nwarrant = 1', "'warrant' is not a key"),
        (b'id = "S"\nauthority = "A"\nissued_by = "J"\n[paths]\nexclude = "x"', "must be a list"),
        (b'id = "S"\nauthority = "A"\nissued_by = "J"\n[paths]\nexclude = [""]', "every rule is text"),
        (b'id = "S"\nauthority = "A"\nissued_by = "J"\nfree_space = "no"', "must be true or false"),
        (b'id = "S"\nauthority = "A"\nissued_by = "J"\nvalid_to = "soon"', "valid_to"),
        (b'id = "S"\nauthority = "A"\nissued_by = "J"\n[dates]\nfrom = 2026-01-01\nto = 2025-01-01', "dates.to lies"),
        (b"#" * (LARGEST + 1), "more than"),
    ],
)
def test_what_is_no_scope_is_refused_with_its_reason(data: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=r"s\.toml: ") as caught:
        read_scope("s.toml", data)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("rule", "path", "held"),
    [
        ("/home/vendor", "/home/vendor", True),
        ("/home/vendor", "/HOME/Vendor/a/b.txt", True),
        ("/home/vendor/", "/home/vendor/a", True),
        ("/home/vendor", "/home/vendor2/a", False),
        ("/home/vendor/**", "/home/vendor", False),
        ("/home/vendor/**", "/home/vendor/a/b", True),
        ("/home/*/mail", "/home/a/mail/x", True),
        ("/home/*/mail", "/home/a/b/mail", False),
        ("/home/**/mail", "/home/a/b/mail/x", True),
        ("/home/**/mail", "/home/mail", True),
        ("*.EML", "/var/x/note.eml", True),
        ("*.eml", "/note.emlx", False),
        ("privat", "/a/Privat/b", True),
        ("straße", "/a/STRASSE/b", True),
        ("caf\u00e9", "/CAFE\u0301", True),  # composed and decomposed
        ("a?c", "/abc", True),
        ("a?c", "/a/c", False),
        ("a.c", "/abc", False),  # a full stop is a full stop
        ("x*", "/x\ny\nz", True),
        ("/", "/anything", True),
    ],
)
def test_rules_on_paths(rule: str, path: str, held: bool) -> None:
    assert Judge(scope(paths={"exclude": [rule]})).path(path).outside is held


def test_what_is_not_included_is_outside_and_exclusion_goes_first() -> None:
    judge = Judge(read_scope("s.toml", DOCUMENT))
    assert judge.entry("E1", "/home/vendor/a", [Moment(us(2025, 6, 1))]).standing is Standing.INSIDE
    assert judge.entry("E1", "/home/partner/a", []).rule == "paths.include"
    assert judge.entry("E1", "/home/vendor/privat/a", []).rule == "paths.exclude /home/*/Privat/**"
    assert judge.entry("E2", "/home/vendor/a", []).rule == "exhibits"
    assert judge.entry("E1", "/home/vendor/a", []).standing is Standing.UNKNOWN  # no time: inside, and said


def test_times_are_outside_where_all_are_on_one_side() -> None:
    judge = Judge(read_scope("s.toml", DOCUMENT))
    before, within, behind = Moment(us(2024, 1, 1)), Moment(us(2025, 6, 1)), Moment(us(2026, 2, 1))
    assert judge.dates([before]).rule == "dates.from"
    assert judge.dates([behind, behind]).rule == "dates.to"
    assert judge.dates([before, behind]).standing is Standing.INSIDE  # it existed throughout
    assert judge.dates([within]).standing is Standing.INSIDE
    late = us(2024, 12, 31, 20)
    assert judge.dates([Moment(late)]).outside
    assert not judge.dates([Moment(late, zoned=False)]).outside  # some zone has 2025 already
    assert not judge.dates([Moment(late, precision_us=86_400_000_000)]).outside  # of that day, nobody knows when


def test_findings_are_judged_by_kind_place_and_moments() -> None:
    judge = Judge(read_scope("s.toml", DOCUMENT))
    path, within = "/home/vendor/a.zip", [Moment(us(2025, 6, 1))]
    assert judge.finding("E1", "wallet/electrum", path, (), within).standing is Standing.INSIDE
    assert judge.finding("E1", "mail/message", path, (), within).rule == "kinds.exclude mail/*"
    assert judge.finding("E1", "seed/bip39", path, (), within).rule == "kinds.exclude seed"
    assert judge.finding("E1", "address/bitcoin", path, ("inbox/1.eml",), within).rule == "paths.exclude *.eml"
    assert judge.finding("E1", "address/bitcoin", None, (), within).standing is Standing.UNKNOWN  # free space


def test_hostile_rules_and_names_take_linear_time() -> None:
    judge = Judge(scope(paths={"exclude": ["/" + "**/a" * 200 + "/b", "*a" * 400 + "b"]}))
    started = time.process_time()
    assert not judge.path("/" + "a/" * 2000 + "\ud800").outside
    assert time.process_time() - started < 2


def test_what_may_allow_more_is_widening() -> None:
    old = read_scope("s.toml", DOCUMENT)
    assert widened(old, old) == ()

    def changed(**told: object) -> Scope:
        return scope_of({**old.stated(), **told})

    assert widened(old, changed(exhibits=["E1", "E2"])) == ("exhibits",)
    assert widened(old, changed(exhibits=[])) == ("exhibits",)
    assert widened(old, changed(valid_to=None)) == ("valid_to",)
    assert widened(old, changed(paths={"include": ["/home/vendor"], "exclude": ["*.eml"]})) == ("paths.exclude",)
    narrower = {"include": ["/home/vendor"], "exclude": [*old.paths.exclude, "/x"]}
    assert widened(old, changed(paths=narrower)) == ()
    assert widened(old, changed(dates={"from": "2025-02-01", "to": "2026-06-01"})) == ("dates.to",)
    assert widened(old, changed(privilege={})) == ("privilege.domains",)
    assert widened(scope(), old) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("to: OFFICE@Kanzlei.example, please", "office@kanzlei.example"),
        ("x@mail.kanzlei.example", "kanzlei.example"),
        ("xkanzlei.example", ""),
        ("Dear dr. muster,", "dr. muster"),
        ("dr. musterfrau", ""),
        ("dr muster", ""),
    ],
)
def test_words_of_the_privilege_lists_stand_alone(text: str, found: str) -> None:
    lists = {"terms": ["Dr. Muster"], "addresses": ["office@kanzlei.example"], "domains": ["@kanzlei.example"]}
    judge = Judge(scope(privilege=lists))
    assert judge.privilege("", text) == found
    assert not Judge(scope()).marks
