"""Numbers of carriers that say by themselves too little: form, check digit, and the names that explain them.

Facts: the carriers' own pages and labels, as jkeen/tracking_number_data has them with published numbers; forms
without a check are general knowledge. A further carrier is a further row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from forensics.primitives import luhn, parcel_digits


@dataclass(frozen=True, slots=True)
class Form:
    """One form of numbers of one carrier.

    `names` fits the carrier's name in small text. `own` says that the beginning is the carrier's own, so that
    a word of the post is enough. Without `check` the form alone is no evidence.
    """

    carrier: str
    service: str
    form: re.Pattern[str]
    names: re.Pattern[bytes]
    check: Callable[[str], bool] | None = None
    rule: str = ""
    bits: int = 3
    own: bool = False


def _form(
    carrier: str,
    service: str,
    form: str,
    names: str,
    check: Callable[[str], bool] | None = None,
    rule: str = "",
    *,
    bits: int = 3,
    own: bool = False,
) -> Form:
    named = re.compile(rb"(?<![a-z0-9])(?:" + names.encode() + rb")(?![a-z])")
    return Form(carrier, service, re.compile(form), named, check, rule, bits, own)


_FEDEX = "fed ?ex|federal express|fedextrack|smartpost"
_DHL = "dhl(?:\\.[a-z]{2,3}|express)?|deutsche ?post|packstation|paketmarke|identcode|leitcode"
_GS1 = "GS1, modulo 10"

FORMS: tuple[Form, ...] = (
    _form("FedEx", "Express", r"\d{12}", _FEDEX, parcel_digits.fedex_12, "3 1 7, modulo 11"),
    _form("FedEx", "Ground", r"\d{15}", _FEDEX, parcel_digits.gs1, _GS1),
    _form("FedEx", "SmartPost", r"61\d{18}", _FEDEX, lambda each: parcel_digits.gs1("92" + each), _GS1),
    _form("FedEx", "Ground 96", r"96\d{20}", _FEDEX, lambda each: parcel_digits.gs1(each[-15:]), _GS1),
    _form("FedEx", "bar code", r"(?:10|96)\d{32}", _FEDEX, parcel_digits.fedex_14, "1 7 3, modulo 11"),
    _form(
        "USPS",
        "legacy",
        r"(?:7[0137]|2[13]|0[134]|81)\d{18}",
        "usps|united states postal service|certified mail",
        lambda each: parcel_digits.gs1(each) or parcel_digits.gs1("91" + each),
        _GS1,
        bits=2,
    ),
    _form("DHL", "Express", r"\d{10,11}", "dhl(?:express)?", parcel_digits.dhl_express, "modulo 7", bits=2),
    _form("DHL", "piece", r"JJD\d{10,18}|JVGL\d{10,16}", _DHL, own=True),
    _form("DHL", "eCommerce", r"(?:GM|LX|RX|UV)\d{10,20}", "dhl"),
    _form("DHL", "Paket", r"00340434\d{12}", _DHL, parcel_digits.gs1, _GS1, bits=20, own=True),
    _form("Deutsche Post, DHL", "Identcode", r"\d{12}", _DHL, parcel_digits.identcode, "4 9, modulo 10"),
    _form("Deutsche Post, DHL", "Leitcode", r"\d{14}", "leitcode", parcel_digits.identcode, "4 9, modulo 10"),
    _form("DPD", "parcel", r"\d{14}[0-9A-Z]", "dpd", parcel_digits.mod_37_36, "ISO 7064 mod 37,36", bits=5),
    _form("DPD", "label", r"\d{27}[0-9A-Z]", "dpd", parcel_digits.mod_37_36, "ISO 7064 mod 37,36", bits=5),
    _form("DPD", "parcel", r"0[1-9]\d{12}", "dpd"),
    _form("Canada Post", "", r"\d{16}", "canada ?post|postescanada", parcel_digits.gs1, _GS1),
    _form("Purolator", "", r"\d{12}", "purolator", luhn.holds, "Luhn"),
    _form("OnTrac", "", r"[CD]\d{14}", "ontrac", parcel_digits.ontrac, "1 2, modulo 10", own=True),
    _form("Yodel", "", r"J?JD\d{16}", "yodel", own=True),
    _form("LaserShip", "", r"L[A-Z]\d{8}", "laser ?ship"),
    _form("Landmark", "", r"LTN\d{8}N1", "landmark", own=True),
    _form("GOFO", "", r"GFUS\d{14}", "gofo", own=True),
    _form("YunExpress", "", r"YT\d{16}", "yun ?express", own=True),
    _form("Amazon", "", r"TB[ACM]\d{12}", "amazon", own=True),
    _form("any, SSCC", "", r"(?:00)?\d{18}", "sscc|nve", parcel_digits.gs1, _GS1),
    _form("GLS", "", r"\d{11,12}|\d{14}", "gls"),
    _form("Evri (Hermes)", "", r"[HT]\d{2}[0-9A-Z]{13}|\d{16}", "evri|hermes"),
    _form("PostNL", "", r"3S[A-Z]{2,4}\d{7,11}", "post ?nl", own=True),
    _form("bpost", "", r"3232\d{20}", "bpost", own=True),
    _form("InPost", "", r"\d{24}", "inpost"),
    _form("Nova Poshta", "", r"(?:20|59)\d{12}", "nova ?poshta|новая? ?почта|нова пошта"),
    _form("Russian Post", "", r"\d{14}", "russian ?post|почт[аеоуы](?: россии)?"),
    _form("CDEK", "", r"\d{10}", "cdek|сдэк"),
)
