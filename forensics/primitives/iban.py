"""International bank account numbers: ISO 13616 (form), ISO/IEC 7064 MOD 97-10 (check digits).

Facts: SWIFT IBAN registry (lengths by country).
"""

from __future__ import annotations

_LENGTHS_TEXT = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 "
    "EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 "
    "JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 "
    "NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 "
    "TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
)
LENGTHS = {each[:2]: int(each[2:]) for each in _LENGTHS_TEXT.split()}


def compact(text: str) -> str:
    """The number without the spaces and hyphens it is printed with, in capitals."""
    return text.replace(" ", "").replace("-", "").upper()


def holds(number: str) -> bool:
    """Whether a compact number has the length of its country and right check digits."""
    if LENGTHS.get(number[:2]) != len(number) or not number.isascii() or not number.isalnum():
        return False
    if not number[2:4].isdecimal():
        return False
    return int("".join(str(int(char, 36)) for char in number[4:] + number[:4])) % 97 == 1
