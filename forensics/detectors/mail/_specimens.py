"""Known answers of this family: mail between people who do not exist."""

from __future__ import annotations

from forensics.detectors.base import Specimen

_HAND = "by hand, in the form of "

PLAIN = b"""\
Received: from mail.vendor.example (mail.vendor.example [192.0.2.7])\r
\tby mx.buyer.example with ESMTPS id 4Vt;\r
\tMon, 3 Jun 2024 08:00:05 +0000 (UTC)\r
From: =?utf-8?Q?Ann_L=C3=BCtz?= <Ann@Vendor.example>\r
To: bob@buyer.example, "C, D" <cd@buyer.example>\r
Cc: eve@buyer.example\r
Date: Mon, 3 Jun 2024 10:00:00 +0200\r
Subject: =?utf-8?B?UGFrZXQg4oCTIGhldXRl?=\r
Message-ID: <1.2@vendor.example>\r
In-Reply-To: <0.1@buyer.example>\r
User-Agent: Mozilla Thunderbird\r
X-Originating-IP: [198.51.100.4]\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
f=C3=BCr dich\r
"""
MAILBOX = b"""\
From - Tue Jun  4 09:00:00 2024
X-Mozilla-Status: 0001
X-Mozilla-Status2: 00000000
Message-ID: <a@vendor.example>
From: ann@vendor.example
To: bob@buyer.example
Subject: one
Date: Mon, 3 Jun 2024 10:00:00 +0000

first

>From here on it is quoted

From - Tue Jun  4 09:00:01 2024
X-Mozilla-Status: 0009
X-Mozilla-Status2: 00000000
Message-ID: <b@vendor.example>
From: bob@buyer.example
To: ann@vendor.example
Subject: two
Date: Mon, 3 Jun 2024 11:00:00 -0000

second

"""
MIXED = b"""\
From: ann@vendor.example
Date: Mon, 3 Jun 2024 10:00:00 +0200
Message-ID: <outer@vendor.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_b1"

--=_b1
Content-Type: text/html

<p>look &amp; see</p>
--=_b1
Content-Type: application/pdf; name*0*=utf-8''M%C3%A4rz; name*1=.pdf
Content-Disposition: attachment
Content-Transfer-Encoding: base64

JVBERi0xLjQ=
--=_b1
Content-Type: message/rfc822

From: bob@buyer.example
Date: Sun, 2 Jun 2024 10:00:00 +0200
Message-ID: <inner@buyer.example>
Subject: before

old text
--=_b1--
"""
MESSAGES = (
    Specimen("one, received", PLAIN, ("1.2@vendor.example",), _HAND + "RFC 5322"),
    Specimen("mailbox", MAILBOX, ("a@vendor.example", "b@vendor.example"), _HAND + "Thunderbird"),
    Specimen("parts", MIXED, ("outer@vendor.example", "inner@buyer.example"), _HAND + "RFC 2046"),
    Specimen("cut off in its body", MIXED[:300], ("outer@vendor.example",), _HAND + "RFC 2046, cut"),
    Specimen(
        "without a number", PLAIN.replace(b"Message-ID", b"X-Else"), ("none stored",), _HAND + "RFC 5322, changed"
    ),
    Specimen("behind other text", b"a log line\n" + PLAIN, None, _HAND + "RFC 5322"),
    Specimen("quoted by a reply", b"\n\nFrom: ann@vendor.example\nTo: bob\n\nhello\n", None, "by hand"),
    Specimen("look-alike: a form", b"\n\nFrom: Berlin\nTo: Rome\nDate: 3 June\nSubject: trip\n\n", None, "by hand"),
    Specimen(
        "look-alike: a control file",
        b"\nPackage: mail\nMaintainer: a@b.example\nFrom: x\nDate: today\n\n",
        None,
        "by hand",
    ),
)
