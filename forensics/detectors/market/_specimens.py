"""Pages of invented shops with invented people and harmless goods, in several languages."""

from __future__ import annotations

from forensics.detectors.base import Specimen
from forensics.primitives import onion

HOST = onion.encode(bytes(range(32)))
_URL = f"http://{HOST}/item/481"
MADE = "made by hand, invented names"

LISTING = f"""<!DOCTYPE html>
<!-- saved from url=({len(_URL):04})http://{HOST}/item/481 -->
<html lang="en"><head><meta charset="utf-8"><title>Walnut spoon, hand carved - Larkspur Bazaar</title></head><body>
<nav><a href="/">Home</a> <a href="/inbox">Messages</a> <a href="/account">mossy_kettle</a></nav>
<ol class="breadcrumb"><li><a href="/c/1">Kitchen</a></li><li><a href="/c/1/4">Spoons</a></li></ol>
<h1>Walnut spoon, hand carved</h1>
<dl><dt>Vendor</dt><dd><a href="/user/PineAndTwine">PineAndTwine</a> (312)</dd>
<dt>Price</dt><dd>14.50 EUR / 0.09210000 XMR</dd>
<dt>Ships from</dt><dd>Finland</dd><dt>Ships to</dt><dd>Europe</dd>
<dt>Payment</dt><dd>Escrow</dd><dt>Quantity</dt><dd>25 in stock</dd></dl>
<p>Oiled with linseed. Caf&eacute; style.</p></body></html>
""".encode()

INDEX = (
    """<!doctype html><html><head><meta charset="utf-8"><title>Angebote - Krämerladen</title></head><body>
<p>Willkommen, teichrose77</p><table class="angebote"><tr><th>Artikel</th><th>Verkäufer</th><th>Preis</th>
<th>Versand aus</th></tr>"""
    + "".join(
        f'<tr><td><a href="/angebot/{number}">{title}</a></td><td><a href="/verkaeufer/{who}">{who}</a></td>'
        f"<td>{price} €<br>{coin} BTC</td><td>Deutschland</td></tr>\n"
        for number, title, who, price, coin in (
            (11, "Leinenbeutel, groß", "Stoffkiste", "9,90", "0.00021"),
            (12, "Holzkamm", "Waldrand", "12,00", "0.00026"),
            (13, "Teesieb aus Stahl", "Stoffkiste", "1.049,00", "0.0231"),
        )
    )
    + "</table><p>Treuhand bei jeder Bestellung.</p></body></html>"
).encode()

PROFILE = """<html><head><meta charset="utf-8"><title>Продавец ЛипаМёд</title></head><body>
<div class="card"><div><label>Продавец:</label> <span>ЛипаМёд</span></div>
<div><label>Рейтинг:</label> <span>4.9 / 5</span></div><div><label>Продажи:</label> <span>128</span></div>
<div><label>Регистрация:</label> <span>12.03.2021</span></div>
<div><label>Последний визит:</label> <span>02.11.2021</span></div>
<div><label>Отправка из:</label> <span>Казань</span></div>
<div><label>Гарант:</label> <span>да</span></div></div>
<div class="item"><a href="/t/1">Мёд липовый 1 кг</a> <b>850 руб.</b></div>
<div class="item"><a href="/t/2">Мёд гречишный 1 кг</a> <b>790 руб.</b></div></body></html>
""".encode()

LOGIN = f"""<html><head><title>Larkspur Bazaar market - login</title></head><body>
<form action="http://{HOST}/login" method="post"><label>Username</label><input name="u">
<label>Password</label><input type="password" name="p"><img src="http://{HOST}/captcha.png" alt="Captcha">
<input name="captcha"></form><a href="http://{HOST}/mirrors">Mirrors</a></body></html>
""".encode()

MIRRORS = (
    "<html><head><title>Official mirrors</title></head><body><h2>Mirrors</h2><ul>"
    + "".join(f"<li>{onion.encode(bytes([number]) * 32)}</li>" for number in (3, 4, 5))
    + "</ul></body></html>"
).encode()

ORDER = b"""<html><head><title>Order 7QX-1185</title></head><body><table>
<tr><td>Order ID:</td><td>7QX-1185</td></tr><tr><td>Status:</td><td>Shipped</td></tr>
<tr><td>Vendor:</td><td>PineAndTwine</td></tr><tr><td>Buyer:</td><td>mossy_kettle</td></tr>
<tr><td>Price:</td><td>0.0921 XMR</td></tr><tr><td>Escrow:</td><td>held, auto finalize in 6 days</td></tr>
</table></body></html>"""

_ARTICLE = b"""<html><head><title>How escrow works</title></head><body><h1>Escrow</h1>
<p>A vendor and a buyer agree that a third person holds $100 until the goods arrive. The seller ships, the buyer
confirms. See also <a href="/wiki/Price">Price</a>.</p></body></html>"""

_MANUAL = b"""<html><head><title>struct item</title></head><body><table><tr><th>Field</th><th>Type</th></tr>
<tr><td>price</td><td>double</td></tr><tr><td>quantity</td><td>int</td></tr><tr><td>vendor</td><td>char *</td></tr>
</table><pre>printf("$5");</pre></body></html>"""

PAGES = (
    Specimen("an offer, saved by a browser, English", LISTING, ("Walnut spoon, hand carved",), MADE),
    Specimen("an index as a table, German", INDEX, ("Angebote - Krämerladen",), MADE),
    Specimen("a trader's profile, Russian", PROFILE, ("ЛипаМёд",), MADE),
    Specimen("a login with a captcha", LOGIN, ("Larkspur Bazaar market - login",), MADE),
    Specimen("a list of mirrors", MIRRORS, ("Official mirrors",), MADE),
    Specimen("an order, as the buyer sees it", ORDER, ("Order 7QX-1185",), MADE),
    Specimen("truncated in its head", LISTING[:260], None, MADE),
    Specimen("look-alike: an article about escrow", _ARTICLE, None, MADE),
    Specimen("look-alike: a manual with words of trade", _MANUAL, None, MADE),
)
