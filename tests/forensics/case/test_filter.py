from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, delete, insert, select

from forensics.case import schema
from forensics.case.filter import FilterError, parse

WORDS = st.sampled_from(
    ["grade", "kind", "and", "or", "not", "in", "(", ")", ",", "=", "!=", ">=", "<", "~", "C2", "wallet", "time", "2025-11-04",
     "none", "tag", '"a b"', "'", "size", "10KiB", "0xFF", "id", "F7", "path", "*x*", "offset", "99999999999999999999", "entry"]
)  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    blank = {
        "exhibit": "E1", "detector": "x@1", "summary": "s", "path": "/home/nl/a_b.txt", "entry": 1, "volume": 1, "allocation": "allocated",
        "locator": "l", "image_offset": 512, "span_offset": 0, "span_length": 20, "runs_json": "[]", "sha256": "", "fields_json": "{}",
        "checks_json": "[]", "events_json": "[]", "links_json": "[]", "caveats_json": "[]", "sensitivity": "normal", "fingerprint": None,
        "item": 1, "first_us": None,
    }  # fmt: skip
    day = 1_762_214_400_000_000  # 2025-11-04
    rows = [
        {**blank, "id": 1, "kind": "wallet/electrum", "grade": 4, "value": "Alpha", "first_us": day + 5},
        {
            **blank,
            "id": 2,
            "kind": "address/bitcoin",
            "grade": 2,
            "value": "bc1q%x",
            "path": None,
            "entry": None,
            "span_length": 2048,
        },
        {
            **blank,
            "id": 3,
            "kind": "walletlike/x",
            "grade": 0,
            "value": None,
            "sensitivity": "secret",
            "first_us": day + 86_400_000_000,
        },
    ]
    with engine.connect() as made:
        made.execute(insert(schema.finding), rows)
        made.execute(insert(schema.tag), [{"finding": 2, "name": "money", "actor": "a", "added_us": 1, "seq": 1}])
        yield made
    engine.dispose()


def ids(connection: Connection, text: str) -> list[int]:
    condition = parse(text)
    query = select(schema.finding.c.id).order_by(schema.finding.c.id)
    return list(connection.execute(query if condition is None else query.where(condition)).scalars())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [1, 2, 3]),
        ("kind = wallet", [1]),
        ("kind = WALLET", [1]),
        ("kind = wallet*", [1, 3]),
        ("kind in (wallet, address)", [1, 2]),
        ("kind not in (wallet, address)", [3]),
        ("kind = wallet/electrum", [1]),
        ("kind = Wallet/Electrum", [1]),
        ("kind != address/bitcoin", [1, 3]),
        ("not kind != wallet", [1]),
        ("value = ALPHA", [1]),
        ("value != alpha", [2, 3]),
        ("not value = alpha", [2, 3]),
        ('value = ""', [3]),
        ('value != ""', [1, 2]),
        ("exhibit = e1", [1, 2, 3]),
        ("allocation != Allocated", []),
        ("not time >= 2025-11-05", [1]),
        ("not time < 2025-11-05", [3]),
        ("time > 9999-12-30", []),
        ("grade >= C2", [1, 2]),
        ("grade >= C2 and not kind = wallet", [2]),
        ("grade = c0 or grade = 4", [1, 3]),
        ("(grade = C0 or grade = C4) and value = alpha", [1]),
        ("value ~ %", [2]),
        ("path ~ a_b", [1, 3]),
        ("path = /home/*", [1, 3]),
        ("path = /home/nl/a?b.txt", [1, 3]),
        ("path = none", [2]),
        ("entry = none", [2]),
        ("care = secret", [3]),
        ("tag = money", [2]),
        ("tag = none", [1, 3]),
        ("tag != money", [1, 3]),
        ("time = none", [2]),
        ("time = 2025-11-04", [1]),
        ("time >= 2025-11-05", [3]),
        ("time <= 2025-11", [1, 3]),
        ("time > 2025-11-04", [3]),
        ("size >= 2KiB", [2]),
        ("offset = 0x200", [1, 2, 3]),
        ("id = F2", [2]),
        ("alpha", [1]),
        ('"bc1q%"', [2]),
        ("not alpha", [2, 3]),
    ],
)
def test_what_passes(connection: Connection, text: str, expected: list[int]) -> None:
    assert ids(connection, text) == expected


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("grade >= C2 and kind in (wallet address)", 33, 'After "wallet" a comma or ")" is expected'),
        ("grade >= C9", 10, "A grade is C0"),
        ("colour = red", 1, '"colour" is not a name'),
        ("(kind = a", 1, "never closed"),
        ("kind = a)", 9, 'no "("'),
        ("kind = a b", 10, '"and" or "or"'),
        ("kind =", 7, "a value is expected"),
        ("x and", 6, "a rule is expected"),
        ('value = "abc', 9, "never closed"),
        ("time > yesterday", 8, "A time reads"),
        ("time = 2025-13-01", 8, "no such time"),
        ("size > many", 8, "not a number"),
        ("path > a", 8, "needs a number"),
        ("= 3", 1, "a name is expected"),
        ("a\x00b", 2, "zero character"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, at: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert caught.value.at == at
    assert words in str(caught.value)
    assert f"at character {at}." in str(caught.value)


@settings(max_examples=250)
@given(
    st.one_of(
        st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join), st.text(alphabet="()not ", max_size=300)
    )
)
def test_only_its_own_error_is_ever_raised(connection: Connection, text: str) -> None:
    try:
        condition = parse(text)
    except FilterError as error:
        place: int | None = error.at
        condition = None
    else:
        place = None
    assert place is None or 1 <= place <= max(len(text), 1) + 1
    if condition is not None:
        connection.execute(select(schema.finding.c.id).where(condition)).all()


def test_deep_and_long_filters_are_refused() -> None:
    for text in ("(" * 500 + "a" + ")" * 500, " or ".join(["a"] * 900), "x" * 5000):
        with pytest.raises(FilterError):
            parse(text)


def test_a_list_is_a_field_of_terms_alone(connection: Connection) -> None:
    f = schema.finding
    (row,) = connection.execute(select(f).where(f.c.id == 3)).mappings()
    given = (("watch/term", "harbour"), ("watch/term", 'a "b"'), ("note/x", "harbour"))
    for number, (kind, name) in enumerate(given, 101):
        fields = json.dumps({"list": {"value": name, "span": None}})
        connection.execute(insert(f).values({**row, "id": number, "kind": kind, "fields_json": fields}))
    try:
        assert ids(connection, "list = Harbour") == [101]
        assert ids(connection, r'list = "a \"b\""') == [102]
        assert ids(connection, "list ~ b and not list = harbour") == [102]
        assert ids(connection, "list = none and id > 100") == [103]
    finally:
        connection.execute(delete(f).where(f.c.id > 100))
