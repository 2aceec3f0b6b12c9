"""Pages of trades: kinds, values with their bytes, grades, and what is no such page."""

from __future__ import annotations

import quopri
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forensics.detectors.base import BytesLayer
from forensics.detectors.market import _specimens, _values, page
from forensics.model import Absent, Finding, Grade
from forensics.primitives import markup, onion

HOST = onion.encode(bytes(range(1, 33)))


def found(data: bytes) -> list[Finding]:
    layer = BytesLayer(data)
    places = [each.start() for each in re.finditer(rb"(?i)<html[\s>]", data)]
    return [each for place in places for each in page.DETECTOR.examine(layer, place)]


def only(data: bytes) -> Finding:
    (each,) = found(data)
    return each


def at(each: Finding, name: str, data: bytes) -> str:
    span = each.fields[name].span
    assert span is not None
    return data[span.offset : span.end].decode()


def body(text: str, title: str = "A page") -> bytes:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{text}</body></html>".encode()


def test_an_offer_has_its_values_and_their_bytes() -> None:
    data = b"\n\n" + _specimens.LISTING
    each = only(data)
    assert each.grade == Grade.C3
    assert each.span.offset == 2
    assert each.fields["page_kind"].value == "listing"
    for name, text in (
        ("vendor", "PineAndTwine"),
        ("title", "Walnut spoon, hand carved"),
        ("ships_from", "Finland"),
        ("ships_to", "Europe"),
        ("quantity", "25 in stock"),
        ("account_shown", "mossy_kettle"),
    ):
        assert each.fields[name].value == text
        assert at(each, name, data) == text
    assert each.fields["payment_terms"].value == "Payment: Escrow"
    assert each.fields["prices"].value == ("14.50 EUR", "0.09210000 XMR")
    assert each.fields["category"].value == "Kitchen / Spoons"
    assert each.fields["served_by"].value == _specimens.HOST
    rules = {(link.rule, link.target) for link in each.links}
    assert {("LISTED_BY", "pineandtwine"), ("VIEWED_AS", "mossy_kettle"), ("SERVED_BY", _specimens.HOST)} <= rules


def test_an_index_gives_each_offer_with_the_bytes_of_its_block() -> None:
    data = _specimens.INDEX
    each = only(data)
    rows = each.fields["listings"].value
    assert isinstance(rows, tuple)
    assert [(row["title"], row["vendor"], row["price"], row["currency"]) for row in rows] == [  # type: ignore[call-overload,index]
        ("Leinenbeutel, groß", "Stoffkiste", "9,90", "EUR"),
        ("Holzkamm", "Waldrand", "12,00", "EUR"),
        ("Teesieb aus Stahl", "Stoffkiste", "1.049,00", "EUR"),
    ]
    for row in rows:
        block = data[row["offset"] : row["offset"] + row["length"]].decode()  # type: ignore[call-overload,index,operator]
        assert block.startswith("<tr>")
        assert row["title"] in block  # type: ignore[call-overload,index,operator]


CARDS = {
    "fr": ("Vendeur", "Prix", "Expédié de", "Séquestre"),
    "es": ("Vendedor", "Precio", "Enviado desde", "Garantía"),
    "ru": ("Продавец", "Цена", "Отправка из", "Гарант"),
    "zh": ("卖家", "价格", "发货地", "托管"),
}


@pytest.mark.parametrize("language", CARDS)
@pytest.mark.parametrize("form", ["dl", "table", "colon", "divs"])
def test_labels_pair_with_values_in_every_form_and_language(language: str, form: str) -> None:
    values = ("QuietOtter", "19.99 USD", "Elbonia", "0.002 BTC")
    shapes = {
        "dl": ("<dl>", "<dt>{}</dt><dd>{}</dd>", "</dl>"),
        "table": ("<table>", "<tr><td>{}</td><td>{}</td></tr>", "</table>"),
        "colon": ("<div>", "<p><b>{}:</b> {}</p>", "</div>"),
        "divs": ("<div>", "<div class='row'><div>{}</div><div>{}</div></div>", "</div>"),
    }
    before, row, behind = shapes[form]
    labels = CARDS[language]
    filled = (*values[:3], "✔ 3")
    text = (
        before
        + "".join(row.format(*pair) for pair in zip(labels, filled, strict=True))
        + behind
        + "<p>BTC</p><p>XMR</p>"
    )
    each = only(body(text))
    assert each.grade == Grade.C2
    assert each.fields["vendor"].value == "QuietOtter"
    assert each.fields["prices"].value == ("19.99 USD",)
    assert each.fields["ships_from"].value == "Elbonia"


def test_the_length_in_the_comment_of_a_browser_is_checked() -> None:
    good = _specimens.LISTING
    bad = good.replace(b"url=(0078)", b"url=(0077)")
    assert good != bad
    assert not any("length" in each for each in only(good).caveats)
    assert any("length" in each for each in only(bad).caveats)


def test_a_page_of_singlefile_says_when_it_was_saved() -> None:
    head = f"<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: http://{HOST}/u/x \n saved date: "
    text = head + "Tue Mar 05 2024 10:11:12 GMT+0100 (CET)\n--><title>Shop</title>" + _specimens.ORDER.decode()[6:]
    each = only(text.encode())
    assert each.grade == Grade.C3
    assert [str(event.when) for event in each.events] == ["2024-03-05 09:11:12+00:00"]


def test_a_key_on_a_page_has_its_fingerprint(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--pinentry-mode", "loopback", "--passphrase", ""]
    subprocess.run(
        [*gpg, "--quick-generate-key", "QuietOtter", "ed25519", "sign", "never"], check=True, capture_output=True
    )
    key = subprocess.run([*gpg, "--armor", "--export"], check=True, capture_output=True).stdout.decode()
    told = subprocess.run([*gpg, "--with-colons", "-K"], check=True, capture_output=True).stdout.decode()
    fingerprint = re.search(r"^fpr:+([0-9A-F]{40})", told, re.MULTILINE)
    assert fingerprint
    for written in (f"<pre>{key}</pre>", "<div>" + key.replace("\n", "<br>\n") + "</div>"):
        text = f"<p>Vendor: QuietOtter</p><p>Member since: 2023-01-02</p><p>Sales: 12</p><p>Escrow</p>{written}"
        each = only(body(text))
        assert each.fields["page_kind"].value == "vendor profile"
        keys = each.fields["pgp_keys"].value
        assert isinstance(keys, tuple)
        assert [str(one).upper() for one in keys] == [fingerprint[1]]
        assert any(link.rule == "SHOWS_KEY" for link in each.links)


def test_a_page_in_another_encoding_is_read() -> None:
    text = _specimens.PROFILE.decode().replace("utf-8", "windows-1251")
    data = text.encode("cp1251")
    low = data.lower()
    assert "цена".encode("cp1251") not in low
    each = only(data + b"<!-- vendor -->".replace(b"vendor", b"x"))
    assert each.value == "ЛипаМёд"
    span = each.fields["vendor"].span
    assert span is not None
    assert data[span.offset : span.end].decode("cp1251") == "ЛипаМёд"


def test_a_page_in_a_script_of_a_page_is_not_another() -> None:
    inner = _specimens.ORDER.decode().replace("</html>", "")
    data = _specimens.LISTING.replace(b"</body>", b"<script>var x = '" + inner.encode() + b"';</script></body>")
    assert only(data).fields["page_kind"].value == "listing"


def test_a_page_ends_at_a_zero_byte_and_says_that_it_may_be_cut() -> None:
    data = _specimens.LISTING.replace(b"</body></html>", b"") + b"\0" * 100 + b"<p>Vendor: Nobody</p>"
    each = only(data)
    assert each.span.end <= data.index(b"\0")
    assert any("cut" in caveat for caveat in each.caveats)


@pytest.mark.parametrize(
    "text",
    [
        "<h1>Pricing</h1><table><tr><td>Price</td><td>$10 a month</td></tr><tr><td>Users</td><td>5</td></tr></table>",
        "<p>The vendor and the seller use escrow. Bitcoin rose by 5 USD.</p>",
        "<form><label>Password</label><input type=password></form><p>market</p>",
        "<dl><dt>vendor</dt><dd>string</dd><dt>price</dt><dd>double</dd></dl>",
    ],
)
def test_what_is_no_page_of_a_trade(text: str) -> None:
    assert found(body(text)) == []


def test_a_common_shop_is_possible_and_no_more() -> None:
    text = "<dl><dt>Seller</dt><dd>Otter Books</dd><dt>Price</dt><dd>$12.00</dd><dt>Ships from</dt><dd>Ohio</dd></dl>"
    each = only(body(text))
    assert each.grade == Grade.C1


def saved(path: str, text: str) -> bytes:
    """A page as a browser saves it: the address in a comment, with its length."""
    url = f"http://{HOST}/{path}"
    return f"<!-- saved from url=({len(url):04d}){url} -->\n<html><head><title>T</title></head><body>{text} 0.01 BTC, escrow</body></html>".encode()


def linked(each: Finding) -> set[tuple[str, str]]:
    return {(link.rule, link.target) for link in each.links}


def test_a_profile_is_of_the_trader_in_its_own_address_if_the_page_names_him() -> None:
    told = "<tr><td>Member since</td><td>2024-01-10</td></tr><tr><td>Sales</td><td>214</td></tr><tr><td>PGP</td><td>yes</td></tr>"
    each = only(saved("vendor/TealWren", f"<h1>TealWren</h1><table>{told}</table>"))
    assert each.grade == Grade.C3
    assert ("PAGE_OF", "tealwren") in linked(each)
    other = found(saved("vendor/TealWren", f"<h1>A shop</h1><table>{told}</table>"))
    assert not any(rule == "PAGE_OF" for one in other for rule, _ in linked(one))


def test_an_order_is_known_by_the_number_in_its_heading_and_names_its_buyer() -> None:
    rows = "<tr><td>Status</td><td>shipped</td></tr><tr><td>Buyer</td><td>pebble_9</td></tr>"
    data = saved("orders/HL-7", f"<h1>Order HL-7</h1><table>{rows}</table>")
    each = only(data)
    assert (each.fields["page_kind"].value, at(each, "order_id", data)) == ("order", "HL-7")
    assert ("ORDERED_BY", "pebble_9") in linked(each)
    (other,) = found(saved("orders/x", f"<h1>Order now</h1><table>{rows}</table>"))
    assert "order_id" not in other.fields
    assert not any(rule == "ORDERED_BY" for rule, _ in linked(other))


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("$76.7", [("76.7", "USD")]),
        ("฿0.000787 (€7.28)", [("0.000787", "BTC"), ("7.28", "EUR")]),
        ("1 049,50 руб.", [("1 049,50", "RUB")]),
        ("4.00USD/ 0.00042375BTC", [("4.00", "USD"), ("0.00042375", "BTC")]),
        ("BTC/USD 9257.78 BTC/EUR 8374", []),
        ("version 1.2.3 and 5 apples", []),
        ("0.0521 mBTC", [("0.0521", "mBTC")]),
    ],
)
def test_amounts(text: str, amounts: list[tuple[str, str]]) -> None:
    assert [(each.amount, each.currency) for each in _values.money(text)] == amounts


class Starts(HTMLParser):
    """The start tags as the standard library's parser sees them, with offsets from its lines and columns."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines = [0]
        for each in text.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(each))
        self.starts: list[tuple[str, int]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, column = self.getpos()
        self.starts.append((tag, self.lines[line - 1] + column))


TAGS = st.sampled_from(["<div>", "<p class='a > b'>", '<a href="x">', "</a>", "</div>", "<br/>", "<td>", "<li>", "</p>", "<!-- <b> -->", "text ", "\n", "a & b"])  # fmt: skip


@given(st.lists(TAGS, max_size=60).map("".join))
def test_tags_stand_where_the_standard_librarys_parser_sees_them(text: str) -> None:
    assert [(each.tag, each.start) for each in markup.read(text.encode()).nodes] == Starts(text).starts


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_error_and_within_their_bounds(data: bytes) -> None:
    read = markup.read(data)
    assert all(0 <= each.start <= each.end <= len(data) for each in read.pieces)
    assert all(0 <= each.start <= each.end <= len(data) for each in read.nodes)
    for each in found(b"<html><title>market</title>captcha vendor $5 " + data):
        assert each.value is not Absent.UNREADABLE


@pytest.mark.parametrize("piece", [b"<div>", b"<a href='", b"<!--", b"<dt>price<dd>5 USD", b"<tr><td>a...b</td><td>$5"])
def test_much_of_the_same_is_bounded(piece: bytes) -> None:
    data = b"<html><title>market</title>vendor captcha $5 " + piece * ((1 << 20) // len(piece))
    read = markup.read(data)
    assert len(read.nodes) <= markup.MOST_NODES + 1
    assert len(found(data)) <= 1


def test_a_page_in_quoted_printable_is_left_to_its_decoder() -> None:
    text = "<p class='a' id=\"b\">" + "Vendor: QuietOtter, price: $5, ships from Elbonia. " * 20 + "</p>"
    assert found(quopri.encodestring(_specimens.INDEX + text.encode())) == []
