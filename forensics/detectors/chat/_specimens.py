"""Known answers of this family: conversations of people who do not exist."""

from __future__ import annotations

from forensics.detectors.base import Specimen

_HAND = "by hand, in the form of "

PIDGIN_TEXT = b"""\
Conversation with tallow@chat.invalid at Thu Feb 29 23:59:58 2024 on wick@chat.invalid/home (jabber)
(23:59:58) wick@chat.invalid/home: is it there?
(00:00:03) tallow@chat.invalid/x1: yes: it is
and a second line
(00:00:09) tallow@chat.invalid/x1 has signed off.
"""
PIDGIN_HTML = b"""\
<html><head><meta http-equiv="content-type" content="text/html; charset=UTF-8"><title>Conversation with tallow at \
2/29/2024 11:59:58 PM on wick (aim)</title></head><body><h3>Conversation with tallow at 2/29/2024 11:59:58 PM on \
wick (aim)</h3>
<font color="#16569E"><font size="2">(11:59:58 PM)</font> <b>Wick:</b></font> <span style='color: #000'>is &lt;it&gt; \
there?</span><br/>
<font color="#A82F2F"><font size="2">(2024-03-01 00:00:03)</font> <b>Tallow:</b></font> yes<br/>
<font size="2">(12:00:09 AM)</font><b> Tallow has signed off.</b><br/>
</body></html>
"""
ADIUM = b"""\
<?xml version="1.0" encoding="UTF-8" ?>
<chat xmlns="http://purl.org/net/ulf/ns/0.4-02" account="wick" service="AIM" adiumversion="1.5.10">
<event type="windowOpened" sender="wick" time="2024-02-29T23:59:50+01:00"/>
<message sender="wick" time="2024-02-29T23:59:58+01:00" alias="W"><div><span>is it there?</span></div></message>
<message sender="tallow" time="2024-03-01T00:00:03+01:00"><div>yes &amp; no</div></message>
</chat>
"""
PIDGIN = (
    Specimen("text", PIDGIN_TEXT, ("tallow@chat.invalid",), _HAND + "Finch 2.14"),
    Specimen("HTML", PIDGIN_HTML, ("tallow",), _HAND + "Pidgin 2.10 on Windows"),
    Specimen("Adium", ADIUM, ("tallow",), _HAND + "Adium 1.5"),
    Specimen("cut off in a message", PIDGIN_TEXT[:130], ("tallow@chat.invalid",), _HAND + "Finch 2.14, cut"),
    Specimen("Adium, cut off", ADIUM[:340], ("none stored",), _HAND + "Adium 1.5, cut"),
    Specimen(
        "a time that is none",
        PIDGIN_TEXT.replace(b"(23:59:58)", b"(29:59:58)").replace(b"(00:0", b"(99:0"),
        None,
        _HAND + "Finch 2.14, changed",
    ),
    Specimen("prose", b"Conversation with my landlord at noon on Monday (friendly)\nHe said no.\n", None, "by hand"),
    Specimen("another XML", b'<feed xmlns="http://purl.org/net/ulf/ns/x"><a/></feed>', None, "by hand"),
)

IRSSI = b"""\
--- Log opened Thu Feb 29 23:58:30 2024
23:58 -!- wick [~w@host.invalid] has joined #candles
23:58 -!- Irssi: #candles: Total of 2 nicks [1 ops, 0 halfops, 0 voices, 1 normal]
23:59 <@tallow> is it there?
23:59  * tallow waits
--- Day changed Fri Mar 01 2024
00:00 < wick> yes
--- Log closed Fri Mar 01 00:01:00 2024
"""
HEXCHAT = b"""\
**** BEGIN LOGGING AT Sun Dec 31 23:59:50 2023

Dec 31 23:59:50 *\tNow talking on #candles
Dec 31 23:59:58 <tallow>\tis it there?
Jan 01 00:00:03 <wick>\tyes
**** ENDING LOGGING AT Mon Jan 01 00:01:00 2024
"""
MIRC = b"""\
Session Start: Thu Feb 29 23:59:50 2024
Session Ident: #candles
[23:59:50] * Now talking in #candles
[23:59:58] <@tallow> \x0304is it\x03 there?
[00:00:03] <wick> \x02yes\x02
Session Close: Fri Mar 01 00:01:00 2024
"""
WEECHAT = b"""\
2024-02-29 23:59:50\t-->\twick (~w@host.invalid) has joined #candles
2024-02-29 23:59:58\t@tallow\tis it there?
2024-03-01 00:00:03\twick\tyes
2024-03-01 00:00:09\t *\twick leaves
2024-03-01 00:00:10\t<--\twick (~w@host.invalid) has quit (bye)
"""
IRC = (
    Specimen("irssi", IRSSI, ("#candles",), _HAND + "irssi 1.4"),
    Specimen("HexChat, over New Year", HEXCHAT, ("#candles",), _HAND + "HexChat 2.16"),
    Specimen("mIRC with colours", MIRC, ("#candles",), _HAND + "mIRC 7"),
    Specimen("WeeChat", WEECHAT, ("#candles",), _HAND + "WeeChat 3.8"),
    Specimen("irssi, cut off", IRSSI[:150], ("#candles",), _HAND + "irssi 1.4, cut"),
    Specimen("opened and nothing said", IRSSI[:40] + IRSSI[-42:], None, _HAND + "irssi 1.4, cut"),
    Specimen("times that are none", IRSSI.replace(b"\n23:", b"\n73:").replace(b"\n00:", b"\n99:"), None, "by hand"),
    Specimen(
        "a log of another kind of program",
        b"2024-02-29 23:59:50\tINFO\tstarted\n2024-02-29 23:59:51\tWARN\tno disk\n",
        None,
        "by hand",
    ),
)

_MCABBER = b"""\
MS 20240229T23:59:58Z 000 is it there?
MR 20240301T00:00:03Z 001 yes
and a second line
SO 20240301T00:00:09Z 000 back
MI 20240301T00:00:10Z 000 a remark
"""
MCABBER = (
    Specimen("a conversation", _MCABBER, ("none stored",), _HAND + "mcabber 1.1"),
    Specimen("cut off in the second message", _MCABBER[:70], ("none stored",), _HAND + "mcabber 1.1, cut"),
    Specimen("days that are none", b"MS 20240231T23:59:58Z 000 x\n", None, "by hand"),
    Specimen("letters for digits", _MCABBER.replace(b"Z 00", b"Z xx"), None, "by hand"),
)
_PROFANITY_LOG = b"""\
2024-02-29T23:59:58.123456Z - me: is it there?
2024-03-01T00:00:03.500000Z - tallow@chat.invalid: yes
and a second line
2024-03-01T01:00:09.000001+01:00 - *me waits
"""
PROFANITY_LOG = (
    Specimen("a conversation", _PROFANITY_LOG, ("tallow@chat.invalid",), _HAND + "Profanity 0.13"),
    Specimen("cut off", _PROFANITY_LOG[:60], ("none stored",), _HAND + "Profanity 0.13, cut"),
    Specimen(
        "a log of another kind of program",
        b"2024-02-29T23:59:58.123456Z - INFO: started\n2024-02-29T23:59:59.123456Z - WARN: no disk\n",
        None,
        "by hand",
    ),
    Specimen("a day that is none", b"2024-02-31T23:59:58.123456Z - me: hello\n", None, "by hand"),
)
_TOXIC = b"""\
2024/02/29 [23:59:50] * tallow has come online
2024/02/29 [23:59:58] wick: is it there?
2024/03/01 [00:00:03] tallow: yes: it is
"""
TOXIC = (
    Specimen("a conversation", _TOXIC, ("none stored",), _HAND + "Toxic 0.11"),
    Specimen(
        "twelve hours", _TOXIC.replace(b"23:59:5", b"11:59:5").replace(b"] ", b" PM] "), ("none stored",), "by hand"
    ),
    Specimen("two lines without a name of a file", _TOXIC[:90], None, _HAND + "Toxic 0.11, cut"),
    Specimen("of a server", b"2024/02/29 [23:59:50] [error] no disk\n" * 5, None, "by hand"),
)
_PSI = b"""\
|2024-02-29T23:59:58|1|to|N---|is it there?
|2024-03-01T00:00:03|1|from|N---|yes\\nand a second line\\p
|2024-03-01T00:00:09|0|from|N1--|subject|text
"""
PSI = (
    Specimen("a conversation", _PSI, ("none stored",), _HAND + "Psi 1.5"),
    Specimen("cut off", _PSI[:44], ("none stored",), _HAND + "Psi 1.5, cut"),
    Specimen("a day that is none", b"|2024-02-31T23:59:58|1|to|N---|x\n", None, "by hand"),
    Specimen("another table", b"|2024-02-29T23:59:58|1|up|N---|x\n", None, "by hand"),
)
