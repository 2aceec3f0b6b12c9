"""Pages, letters and logs of the story as text."""

from __future__ import annotations

from forensics.scenarios.vendor_laptop.cast import MARKET, PARTNER, VENDOR, Cast


def listing_page(cast: Cast, number: int, title: str, price: str, form: str) -> str:
    """A listing of the invented market as a browser saved it."""
    host = cast.onion("market")
    url = f"http://{host}/listing/{number}"
    return f"""<!DOCTYPE html>
<!-- saved from url=({len(url):04d}){url} -->
<html lang="en"><head><meta charset="utf-8"><title>{title} - {MARKET}</title>
<link rel="canonical" href="{url}"></head>
<body><header><a href="http://{host}/">{MARKET}</a> Welcome, {VENDOR} | Balance: 0.0142 BTC
| <a href="http://{host}/logout">Log out</a></header>
<h1>{title}</h1>
<dl>
<dt>Vendor</dt><dd><a href="http://{host}/vendor/{VENDOR}">{VENDOR}</a></dd>
<dt>Price</dt><dd>{price}</dd>
<dt>Category</dt><dd>Home and garden</dd>
<dt>Ships from</dt><dd>Sampleland</dd>
<dt>Ships to</dt><dd>Worldwide</dd>
<dt>Payment</dt><dd>Escrow</dd>
</dl>
<p>Deposit address: <code>{cast.bitcoin(form, 30 + number)}</code></p>
<p>Questions: {cast.mail("azulleaf@onionpost.example.com")}</p>
</body></html>
"""


def profile_page(cast: Cast) -> str:
    """The vendor's own profile page, with the key."""
    host = cast.onion("market")
    url = f"http://{host}/vendor/{VENDOR}"
    return f"""<!DOCTYPE html>
<!-- saved from url=({len(url):04d}){url} -->
<html lang="en"><head><meta charset="utf-8"><title>{VENDOR} - {MARKET}</title></head>
<body><h1>{VENDOR}</h1>
<table><tr><td>Member since</td><td>2024-01-10</td></tr>
<tr><td>Sales</td><td>214</td></tr><tr><td>Positive feedback</td><td>98.6 %</td></tr>
<tr><td>Last seen</td><td>2024-06-02</td></tr></table>
<p>Blue tea and tiles since forever. Monero preferred: {cast.monero(1)}</p>
<p>Mirror: http://{cast.onion("mirror")}/vendor/{VENDOR}</p>
<pre>
{cast.certificate(cast.vendor_key, "key of " + VENDOR)}
</pre></body></html>
"""


def order_page(cast: Cast) -> str:
    """An order in the vendor's view."""
    host = cast.onion("market")
    url = f"http://{host}/orders/HL-2291"
    message = cast.message(
        "order",
        cast.vendor_key,
        "Please send to: R. Sample, 12 Example Crescent, 0000 Sampleton\n",
        "2024-05-11 09:12:40",
    )
    return f"""<!DOCTYPE html>
<!-- saved from url=({len(url):04d}){url} -->
<html lang="en"><head><meta charset="utf-8"><title>Order HL-2291 - {MARKET}</title></head>
<body><h1>Order HL-2291</h1>
<table><tr><td>Status</td><td>accepted, mark shipped before 2024-05-14</td></tr>
<tr><td>Buyer</td><td>pebble_44</td></tr>
<tr><td>Quantity</td><td>2 x blue tea, 100 g</td></tr>
<tr><td>Escrow address</td><td>{cast.stranger("p2wsh", "escrow 2291")}</td></tr>
<tr><td>Refund address</td><td>{cast.stranger("p2sh", "refund 2291")}</td></tr></table>
<h2>Message</h2><pre>
{message}
</pre></body></html>
"""


def pidgin_html(cast: Cast) -> str:
    """A Pidgin conversation as HTML."""
    own, peer = cast.jid("azulleaf@jabber.example.org"), cast.jid("grout_fox@jabber.example.org")
    title = f"Conversation with {peer} at Tue 12 Mar 2024 18:02:11 CET on {own}/laptop (jabber)"
    rows = [
        (PARTNER, "18:02:11", "evening. the tile crates are here"),
        (VENDOR, "18:02:40", "good. half now, half when the labels are printed"),
        (PARTNER, "18:03:05", f"send it to {cast.stranger('p2wpkh', 'partner')}"),
        (VENDOR, "18:04:19", f"sent. put the mirror in your bookmarks: http://{cast.onion('mirror')}/"),
        (PARTNER, "18:05:00", f"monero next time: {cast.monero(2)}"),
        (VENDOR, "18:05:31", f"write to {cast.mail('azulleaf@onionpost.example.com')} if I am away"),
    ]
    out = [f"<html><head><title>{title}</title></head><body><h3>{title}</h3>"]
    for name, time, text in rows:
        colour = "#16569E" if name == VENDOR else "#A82F2F"
        stamp = f'<font size="2">({time})</font>'
        out.append(f'<font color="{colour}">{stamp} <b>{name}:</b></font> {text}<br/>')
    return "\n".join(out) + "\n</body></html>\n"


def pidgin_text(cast: Cast) -> str:
    """A Pidgin conversation as plain text."""
    own, peer = cast.jid("azulleaf@jabber.example.org"), cast.jid("pebble44@jabber.example.net")
    return (
        f"Conversation with {peer} at Mon 13 May 2024 20:41:00 CEST on {own}/laptop (jabber)\n"
        f"(20:41:00) {peer}: has HL-2291 left already?\n"
        f"(20:41:52) {VENDOR}: tomorrow. tracking follows\n"
        f"(20:42:10) {peer}: can I pay the rest in eth?\n"
        f"(20:43:27) {VENDOR}: {cast.ethereum(1)}\n"
        f"(20:44:02) {peer}: done\n"
    )


def irssi(cast: Cast) -> str:
    """An irssi channel log."""
    return (
        "--- Log opened Wed Apr 03 19:10:22 2024\n"
        f"19:10 -!- {PARTNER} [~fox@gateway/tor-sasl/{PARTNER}] has joined #tiles\n"
        f"19:11 <{PARTNER}> anyone with the new {MARKET} address?\n"
        f"19:12 <{VENDOR}> {cast.onion('market')}\n"
        f"19:12 < quarry> mirror {cast.onion('second mirror')} works too\n"
        f"19:14 <{VENDOR}> tips for the map of kilns: {cast.bitcoin('p2tr', 3)}\n"
        f"19:15 <{PARTNER}> signed list please\n"
        f"19:15 -!- quarry [~q@gateway/tor-sasl/quarry] has quit [Ping timeout]\n"
        "--- Log closed Wed Apr 03 23:59:41 2024\n"
    )


def weechat(cast: Cast) -> str:
    """A WeeChat channel log."""
    rows = [
        ("2024-04-18 20:01:07", "-->", "grout_fox (~fox@gateway/tor-sasl/fox) has joined #tea"),
        ("2024-04-18 20:01:30", "grout_fox", "second harvest is dry"),
        ("2024-04-18 20:02:12", "@AzulLeaf", "how many bags"),
        ("2024-04-18 20:02:44", "grout_fox", f"forty. {cast.monero(3)}"),
        ("2024-04-18 20:03:58", "@AzulLeaf", f"or btc: {cast.stranger('p2pkh', 'weechat')}"),
        ("2024-04-18 20:09:00", "<--", "grout_fox (~fox@gateway/tor-sasl/fox) has quit (Quit: leaving)"),
    ]
    return "".join("\t".join(row) + "\n" for row in rows)


def hexchat(cast: Cast) -> str:
    """A HexChat channel log."""
    return (
        "**** BEGIN LOGGING AT Fri May 24 21:15:03 2024\n\n"
        "May 24 21:15:03 *\tNow talking on #harbour\n"
        f"May 24 21:16:20 <quarry>\tdeposit address changed again?\n"
        f"May 24 21:16:41 <{VENDOR}>\tuse {cast.stranger('p2wpkh', 'hexchat')}\n"
        f"May 24 21:17:02 <quarry>\tand write to {cast.mail('desk@northquay.example.net')}\n"
        "May 24 21:30:55 *\tDisconnected ()\n"
        "**** ENDING LOGGING AT Fri May 24 21:30:55 2024\n\n"
    )


def mailbox(cast: Cast) -> str:
    """An mbox with three letters."""
    own = cast.mail("azulleaf@onionpost.example.com")
    desk = cast.mail("desk@northquay.example.net")
    staff = cast.mail("staff@harbourlane.invalid")
    sample = cast.mail("r.sample@mail.example.com")
    reply = cast.message("reply", cast.partner_key, "two crates, friday\n", "2024-04-20 06:30:00")
    return f"""From {sample} Sat Apr 13 08:15:20 2024
From: R. Sample <{sample}>
To: {own}
Subject: tiles
Date: Sat, 13 Apr 2024 10:15:20 +0200
Content-Type: text/plain; charset=us-ascii

Hello, do the azure tiles come in sets of twenty? I would pay to
{cast.bitcoin("p2sh", 4)} like last time.

From {staff} Tue Apr 16 12:00:00 2024
From: {MARKET} <{staff}>
To: {own}
Subject: new address
Date: Tue, 16 Apr 2024 12:00:00 +0000
Content-Type: text/plain; charset=us-ascii

We have moved to http://{cast.onion("market")}/
Our key has not changed:

{cast.certificate(cast.market_key)}

From {own} Sat Apr 20 06:31:10 2024
From: {VENDOR} <{own}>
To: {desk}
Subject: crates
Date: Sat, 20 Apr 2024 08:31:10 +0200
Content-Type: text/plain; charset=us-ascii

{reply}

"""
