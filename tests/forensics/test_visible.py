"""What a reader could not see is written out, everywhere that shows names."""

from __future__ import annotations

import io
import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from forensics.reports.markup import text
from forensics.reports.tables import cell
from forensics.visible import json_line, visible

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text(alphabet=st.characters(), max_size=60))
def test_nothing_hidden_is_left(name: str) -> None:
    assert not any(unicodedata.category(each) in HIDDEN for each in visible(name))
    assert "<" not in text(name).replace("&lt;", "")


def test_a_reversed_name_is_told() -> None:
    assert visible("invoice\u202egpj.exe") == "invoice\\u{202e}gpj.exe"
    assert visible("two\nlines", keep="\n") == "two\nlines"
    assert visible("two\nlines") == "two\\u{a}lines"


def test_no_cell_is_a_formula() -> None:
    for name in ("=1+1", "+1", "-1", "@x", "\tx", "\rx"):
        assert cell(name).startswith("'")
    assert io.StringIO(cell("plain")).read() == "plain"


@given(st.text(max_size=60))
def test_a_line_of_json_says_the_same_with_nothing_hidden(name: str) -> None:
    line = json_line({"name": name})
    assert not any(unicodedata.category(each) in HIDDEN for each in line)
    assert json.loads(line) == {"name": name}
