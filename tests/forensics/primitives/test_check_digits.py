"""Check digits: Luhn, IBAN and S10."""

from __future__ import annotations

import pytest

from forensics.primitives import iban, luhn, s10


def test_luhn() -> None:
    assert luhn.holds("4111111111111111")
    assert luhn.holds("79927398713")
    assert not luhn.holds("79927398714")
    assert not luhn.holds("")
    assert not luhn.holds("4111 1111")


@pytest.mark.parametrize("text", ["GB82 WEST 1234 5698 7654 32", "DE89 3704 0044 0532 0130 00"])
def test_iban(text: str) -> None:
    number = iban.compact(text)
    assert iban.holds(number)
    assert not iban.holds(number[:-1])
    assert not iban.holds(number[:-1] + str((int(number[-1]) + 1) % 10))
    assert not iban.holds("ZZ" + number[2:])
    assert not iban.holds("GB82É")


def test_s10() -> None:
    assert s10.check_digit("47312482") == 9
    assert s10.holds("RR473124829US")
    assert not s10.holds("RR473124828US")
    assert not s10.holds("rr473124829US")
    assert not s10.holds("RR47312482")
