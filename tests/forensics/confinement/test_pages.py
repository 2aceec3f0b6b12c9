"""Saved pages for people: texts in order with their bytes, what is hidden, what would have been asked."""

from __future__ import annotations

import random

from forensics.confinement.pages import MOST, look

PAGE = """<!DOCTYPE html><html><head><title>Invented shop</title><script>alert("no")</script></head><body>
<h1>The invented shop</h1><!-- left by the maker -->
<ul><li>First <b>thing</b></li><li style="display: none">a secret offer</li></ul>
<table><tr><th>Name</th><th>Price</th></tr><tr><td><a href="/listing/7">Tea &amp; cups</a></td><td>0.5</td></tr></table>
<img src="https://pictures.example/1.png" alt="a cup"><img src="data:image/png;base64,AAAA">
<form><input type="hidden" name="order" value="77"></form><p>für alle</p></body></html>""".encode()


def test_texts_come_in_order_with_kind_links_and_bytes() -> None:
    told = look(PAGE)
    shown = [(each["kind"], each["text"], each["hidden"]) for each in told["texts"]]
    assert shown == [
        ("heading", "The invented shop", False),
        ("item", "First thing", False),
        ("item", "a secret offer", True),
        ("row", "Name | Price", False),
        ("row", "Tea & cups | 0.5", False),
        ("picture", "a cup", False),
        ("picture", "", False),
        ("field", "order = 77", True),
        ("text", "für alle", False),
    ]
    by_text = {each["text"]: each for each in told["texts"]}
    assert by_text["Tea & cups | 0.5"]["links"] == ["/listing/7"]
    assert by_text["a cup"]["links"] == ["https://pictures.example/1.png"]
    assert by_text[""]["links"] == ["data:image/png;base64, 4 characters within the page"]
    for text in ("The invented shop", "a secret offer", "für alle"):
        each = by_text[text]
        assert PAGE[each["start"] : each["end"]].decode() == text
    assert told["hidden"] == 2
    assert told["asked"] == ["pictures.example"]
    assert [each["text"] for each in told["comments"]] == ["left by the maker"]
    assert told["scripts"] == 1
    assert "alert" not in str(told["texts"])
    assert not told["cut"]


def test_hostile_pages_are_cut_and_end() -> None:
    assert look(b"") == {**look(b""), "texts": [], "cut": False}
    long = look(b"<p>x</p>" * (MOST + 10))
    assert len(long["texts"]) == MOST
    assert long["cut"]
    look(b"<div>" * 50_000)
    look(b"<table><tr><td>" * 20_000)
    chance = random.Random(5)
    for _ in range(200):
        broken = bytearray(PAGE)
        for _ in range(8):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        for each in look(bytes(broken))["texts"]:
            assert 0 <= each["start"] < each["end"] <= len(broken)
            assert len(each["text"]) <= 4_000
