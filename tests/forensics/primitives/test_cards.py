"""Card numbers by range, check digit and the spread of their digits."""

from __future__ import annotations

import random

import pytest

from forensics.primitives import cards, luhn


@pytest.mark.parametrize(
    ("digits", "network"),
    [
        ("4539682995824395", "Visa"),
        ("5412750918274631", "Mastercard"),
        ("2223000048400011", "Mastercard"),
        ("2720990000000007", "Mastercard"),
        ("2721000000000004", ""),
        ("378282246310005", "American Express"),
        ("3782822463100050", ""),
        ("6011000990139424", "Discover"),
        ("30569309025904", "Diners Club"),
        ("3530111333300000", "JCB"),
        ("6200000000000005", "UnionPay"),
        ("9111111111111111", ""),
    ],
)
def test_a_number_belongs_to_the_network_of_its_range(digits: str, network: str) -> None:
    assert cards.network(digits) == network


@pytest.mark.parametrize(
    "digits",
    ["4000000000000002", "4242424242424242", "4111111111111111", "6946694769486949", "4567890123456789"],
)
def test_tables_and_fillers_are_not_plausible(digits: str) -> None:
    assert not cards.plausible(digits)


def test_nearly_all_random_numbers_are_plausible() -> None:
    draw = random.Random(5)
    numbers = ["4" + "".join(draw.choice("0123456789") for _ in range(15)) for _ in range(20_000)]
    refused = [each for each in numbers if not cards.plausible(each)]
    assert len(refused) < 200
    assert sum(cards.holds(each) for each in numbers) == sum(luhn.holds(each) for each in numbers)
