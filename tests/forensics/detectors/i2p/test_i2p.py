"""I2P: keys that other programs made, names, books and tunnels that lead to one another."""

from __future__ import annotations

import base64

import pytest

from forensics.detectors.base import BytesLayer
from forensics.detectors.i2p import _specimens, address_book, name, private_key, tunnels
from forensics.detectors.i2p._destination import destination, octets
from forensics.model import Grade, Locator, Secret

# examples/ of i2plib (github.com/l-n-s/i2plib): a key of Java's router, and the address that goes with it.
PUBLISHED = (
    b"5pJLIgm7KCqk-d0As66OdeMRj4moqtD97wOluQh5SXWCbeMfp7cr8cgHU~5rrcN6V~QcIJuqjDpYWojBdjYrc7fAA3iwWpN4fzI05yvE48oOOOLqBq7S"
    b"vkpyzIhjc0hv81XQIu0LWzXXS~-B61wurJhte-LisF571BzefV5xoaRN8y3A0RidaJyuzVufPP4cKY5NeSsmTY36QRl54PG7iWJSXnLROROlg6qsjoeI"
    b"V9lyNFY6ZsQKTQzEIInCZaARmNfoJP-MAsOMoj-CRDU2MXhYT~DKdI-rWH579A3wuoEjmlHtHyms7xvwUkb6kIx5UJHZmzF2Hyv3xVrpu0HSkZfUIbzz"
    b"1lAc4IZ-8jnBjt2RIRpYMNnwZW09HjJXQDd7K-QvpxpK-cqNJcmWehGP7OxLt9Jj6h~8aUFHIJtFI77Zmp~YGf7cO9vCZexeLn7iByqDtfhzTP62IPu0"
    b"~MJafA4efU83A-DXo8PJhOhl7rYRzH7bWRzB1rhBI~w~TsVOBQAEAAcAAL0me7gfS2H-OZ3FAsPtbUFCFpTcvfLAzBmNxxYU5TflB4KcxNe2isp2UjM7"
    b"YLCuZg6OCaBSEnoag-ABpJPkY0WIjkqbFzOlowH2oVwevFHrZCFwvf1XVXsyWdupACHmmRHFCHKHMKzolO3Cye0RMH0wIEyMRyIszSThft~keXWyuEwB"
    b"M4Vros-OKrKN-mBrHNbzQzTiGLS0dVMzdPvG6Pq4t1~wCWqAXrO8n7xU-xQECEpl053Ml5AJyUaCoVj3xqCd4nbrH2~kLmvd9r2nnd-Ig19BFHNALadS"
    b"YbcH9JEdJZPY~7c505W1xhsrM2PcNnE4hm8DF4R~AddaILD7b2d1l~kehRZpUKdCL~THPTM20kTyN2PFqghIA4Ng-tVmXw=="
)
ADDRESS = "bxwnysaa2nwykldz4ekz6u243x5ctqlcot5acmzj2huylvwr7eyq.b32.i2p"


def test_a_published_key_is_proved() -> None:
    (found,) = private_key.DETECTOR.examine(BytesLayer(octets(PUBLISHED.rstrip(b"="))), 0)
    assert (found.value, found.grade) == (ADDRESS, Grade.C4)
    assert found.fields["signature"].value == "EdDSA-SHA512-Ed25519"
    secret = found.fields["private_key"].value
    assert isinstance(secret, Secret)
    assert len(secret.text) == 64
    assert [each.target for each in found.links] == [ADDRESS]


def test_a_router_is_no_service() -> None:
    layer = BytesLayer(_specimens.ROUTER, Locator("ext4:/var/lib/i2pd/router.keys"))
    (found,) = private_key.DETECTOR.examine(layer, 0)
    assert found.fields["of"].value == "a router"
    assert found.fields["encryption"].value == "X25519"
    assert found.links == ()


@pytest.mark.parametrize("at", [0, 100, 352, 385, 390, 647, 678])
def test_a_changed_octet_of_a_key_is_another_key_or_none(at: int) -> None:
    data = bytearray(_specimens.SERVICE)
    data[at] ^= 4
    found = list(private_key.DETECTOR.examine(BytesLayer(bytes(data)), 0))
    assert [each.value for each in found] != [_specimens.SERVICE_ADDRESS]
    assert bool(found) == (at in (0, 100, 390))  # the address is of all octets, the pair of some


def test_a_book_gives_the_address_of_a_name() -> None:
    text = base64.b64encode(octets(PUBLISHED.rstrip(b"="))[:391], b"-~")
    data = b"# mine\nkiln.i2p=" + text + b"\n"
    layer = BytesLayer(data, Locator("ext4:/home/v/.i2p/privatehosts.txt"))
    (found,) = address_book.DETECTOR.examine(layer, data.index(b"=") + 25)
    assert found.value == "kiln.i2p"
    assert found.fields["address"].value == ADDRESS
    assert found.fields["book"].value == "the user's own"
    span = found.fields["address"].span
    assert span is not None
    assert data[span.offset : span.end] == text


def test_tunnels_lead_to_key_files_and_services() -> None:
    data = _specimens.TUNNELS[0].data
    shop, out = tunnels.DETECTOR.examine(BytesLayer(data), data.index(b"shop.dat") + 8)
    assert {name: field.value for name, field in shop.fields.items()} == {
        "type": "http",
        "host": "127.0.0.1",
        "port": "8080",
        "key_file": "shop.dat",
        "what": "offers a service",
    }
    for field in shop.fields.values():
        assert field.span is None or data[field.span.offset : field.span.end].decode() == field.value
    assert out.fields["what"].value == "goes to a service"
    assert ("GOES_TO", "irc.ilita.i2p") in {(each.rule, each.target) for each in out.links}


def test_every_changed_letter_of_a_long_address_is_refused() -> None:
    word = b"2n6urw2tof3rznaxoczu6re5bhopthripr3my2g7qtwwj2yzbcnafngq.b32.i2p"
    for at in range(56):
        changed = word[:at] + (b"a" if word[at : at + 1] != b"a" else b"b") + word[at + 1 :]
        assert not list(name.DETECTOR.examine(BytesLayer(changed), len(changed)))
    assert [each.value for each in name.DETECTOR.examine(BytesLayer(word), len(word))] == [word.decode()]


def test_damage_never_raises() -> None:
    data = _specimens.SERVICE
    for length in range(0, len(data), 9):
        destination(data[:length])
        list(private_key.DETECTOR.examine(BytesLayer(data[:length]), 0))
