"""Documents that want to load, run, unfold or mislead, shown in every tab of the window: none of it happens.

A child shows them under strace. Every document names a file that is there and a host; neither is opened or asked.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import sqlite3
import struct
import subprocess
import sys
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.end2end import showing
from tests.end2end.test_hostile_names import unseen
from tests.figures import ROOT, chance, trials

# What a document can name so that a program that draws it opens it; {} stands for the place.
NAMED = (
    '<img src="{}">', '<img srcset="{} 2x" src="{}">', '<link rel="stylesheet" href="{}">', '<script src="{}"></script>',
    '<style>@import url("{}"); p {{ background: url({}) }} @font-face {{ font-family: f; src: url({}) }}</style>',
    '<p style="background-image: url({}); list-style-image: url({})">styled</p>', '<body background="{}" onload="go()">',
    '<meta http-equiv="refresh" content="0;url={}">', '<iframe src="{}"></iframe>', '<frame src="{}"><object data="{}"></object>',
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image href="{}" xlink:href="{}"/><use href="{}#a"/></svg>',
    '<embed src="{}"><video poster="{}" src="{}"></video><audio src="{}" autoplay></audio>', '<table background="{}"><td>x</table>',
    '<input type="image" src="{}" value="go">', '<a href="{}" ping="{}">a link</a>', '<img src="x" onerror="location=\'{}\'">',
    '<script>new Image().src="{}"; document.write("written by a script")</script>', '<!--[if IE]><img src="{}"><![endif]-->',
    '<?xml-stylesheet href="{}"?><!DOCTYPE a [<!ENTITY b SYSTEM "{}">]><a>&b;</a>', '<img src="data:image/svg+xml,<svg><image href=\'{}\'/></svg>">',
    '&lt;img src="{}"&gt; &#60;img src="{}"&#62;', '<textarea><img src="{}"></textarea><p title=\'<img src="{}">\'>x</p>',
)  # fmt: skip
MISLEAD = (
    "\u202egnp.exe",
    "\u2066a\u2069",
    "\u200b",
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m",
    "\u2028",
    "\0",
    "\b\b",
    "\U000e0041",
    "\xad",
    "\r",
)
HOST = "canary.invalid"


def places(canary: Path) -> tuple[str, ...]:
    """The ways to name the file that is there, and a host."""
    return (f"file://{canary}", f"{canary}", f"file:{canary}", f"http://{HOST}/{canary.name}", f"//{HOST}/{canary.name}", f"qrc:{canary}")  # fmt: skip


def _markup(draw: random.Random, canary: Path, pieces: int = 6) -> str:
    chosen = [draw.choice(NAMED) for _ in range(pieces)]
    base = draw.choice(("", f'<base href="file://{canary.parent}/">', f'<base href="http://{HOST}/">'))
    return base + "\n".join(re.sub(r"\{\}", lambda _: draw.choice(places(canary)), each).replace("{{", "{").replace("}}", "}") for each in chosen)  # fmt: skip


def page(draw: random.Random, canary: Path) -> bytes:
    text = f"<h1>shop</h1>{_markup(draw, canary)}<p>{draw.choice(MISLEAD)} end"
    shape = draw.choice(("plain", "plain", "plain", "deep", "long", "wide", "utf-16", "attributes"))
    if shape == "deep":
        text += "<div><b>" * draw.choice((5_000, 100_000)) + _markup(draw, canary)
    elif shape == "long":
        text += (_markup(draw, canary) + "<p>word</p>") * 3_000
    elif shape == "wide":
        text += f"<p>{'x' * 2_000_000}</p>" + "<br>" * 50_000
    elif shape == "attributes":
        text += "<p " + " ".join(f'a{n}="{places(canary)[n % 6]}"' for n in range(20_000)) + ">x"
    return text.encode("utf-16" if shape == "utf-16" else "utf-8")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, *more: bytes) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    body = _chunk(b"IDAT", zlib.compress(bytes(1 << 20), 9))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + body + _chunk(b"IEND", b"")


def picture(draw: random.Random, canary: Path) -> bytes:
    """Of each format one whose sizes lie, whose bytes are changed or cut, or that names other files."""
    kind = draw.choice(("bomb", "text", "gif bomb", "tiff loop", "svg", *("changed", "cut") * 3))
    if kind == "bomb":
        return _png(*draw.choice(((2**31 - 1, 2**31 - 1), (60_000, 60_000), (0, 0), (2**31 - 1, 1))))
    if kind == "text":
        return _png(9, 9, _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(64 << 20), 9)))
    if kind == "gif bomb":
        return (
            b"GIF89a"
            + struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0)
            + bytes(6)
            + b",\0\0\0\0\xff\xff\xff\xff\0\x02\x01\0\0;"
        )
    if kind == "tiff loop":  # a directory whose next one is itself
        return b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHII", 256, 4, 1, 9) + struct.pack("<I", 8)
    if kind == "svg":
        return _markup(draw, canary).encode()
    made = io.BytesIO()
    Image.effect_noise((90, 60), 80).save(made, draw.choice(("PNG", "GIF", "JPEG", "TIFF", "WEBP", "BMP")))
    data = bytearray(made.getvalue())
    if kind == "cut":
        return bytes(data[: draw.randrange(1, len(data))])
    for _ in range(draw.choice((1, 4, 30))):
        data[draw.randrange(8, min(len(data), 400))] = draw.randrange(256)
    return bytes(data)


def mail(draw: random.Random, canary: Path) -> bytes:
    markup = _markup(draw, canary, 3)
    named = f'<img src="{draw.choice(places(canary))}">'
    kind = draw.choice(("text/html", "multipart/alternative", "text/plain"))
    head = (
        f"From: {named} <a@vendor.example>\r\nTo: b@buyer.example\r\nDate: Mon, 3 Jun 2024 10:00:00 +0200\r\n"
        f"Subject: {named}{draw.choice(MISLEAD[:4])}\r\nMessage-ID: <{named}@vendor.example>\r\nMIME-Version: 1.0\r\n"
    )
    if kind == "multipart/alternative":
        body = "".join(
            f"--b\r\nContent-Type: {each}; name='{named}'\r\n\r\n{markup}\r\n" for each in ("text/plain", "text/html")
        )
        return f"{head}Content-Type: {kind}; boundary=b\r\n\r\n{body}--b--\r\n".encode()
    return f"{head}Content-Type: {kind}\r\n\r\n{markup}\r\n".encode()


def text(draw: random.Random, canary: Path) -> bytes:
    told = "\n".join(draw.choice(MISLEAD) + _markup(draw, canary, 1) for _ in range(50))
    return told.encode(draw.choice(("utf-8", "utf-16-le", "utf-16-be")))


def database(draw: random.Random, canary: Path) -> bytes:
    with closing(sqlite3.connect(":memory:")) as base:
        named = f'<img src="{draw.choice(places(canary))}">'
        table = ("t" + draw.choice(MISLEAD[:4])).replace("\0", "")
        column = named.replace('"', '""')
        base.execute(f'CREATE TABLE "{table}" (a, "{column}")')
        for number in range(40):
            base.execute(f'INSERT INTO "{table}" VALUES (?, ?)', (f"{named}{draw.choice(MISLEAD)}", f"{number}"))
        base.commit()
        made = bytearray(base.serialize())
    for _ in range(draw.choice((0, 0, 20))):
        made[draw.randrange(100, len(made))] = draw.randrange(256)
    return bytes(made)


Maker = Callable[[random.Random, Path], bytes]
KINDS: tuple[tuple[Maker, str], ...] = (
    (page, ".html"), (picture, ".png"), (page, ".html"), (mail, ".eml"), (page, ".html"),
    (picture, ".jpg"), (text, ".txt"), (page, ".mhtml"), (picture, ".tif"), (database, ".db"),
)  # fmt: skip


def shown(folder: Path, *arguments: object) -> tuple[list[Any], list[str]]:
    """What a child tells, and the files, sockets and programs that it opened once the showing had begun."""
    log = folder / "log"
    told = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-s", "4096", "-e", "trace=%file,%network,execve", "-o", log,
         sys.executable, "-P", "-B", "-m", "tests.end2end.showing", *map(str, arguments)],
        check=True, capture_output=True, timeout=280, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    calls = log.read_text(errors="replace").splitlines()
    begun = [number for number, line in enumerate(calls) if showing.BEGUN in line]
    return [json.loads(line) for line in told.stdout.splitlines()], calls[begun[0] if begun else 1 :]


def wrong(calls: list[str]) -> list[str]:
    """Calls for what a document names, for a host, or for another program."""
    return [line for line in calls if "canary" in line or "AF_INET" in line or "execve(" in line]


def answered(said: dict[str, list[str]], name: str) -> bool:
    """Whether the viewer made for the document shows it or says why it does not."""
    tab = {"html": "Page", "mhtml": "Page", "db": "Tables", "eml": "Mail", "txt": "Text"}.get(
        name.split(".")[1], "Picture"
    )
    words = [each for each in said.get(tab, []) if each.strip()]
    if tab == "Picture":
        return any("pixels, blurred" in each for each in words) or any(
            each.endswith("The raw bytes can be read in the Hex tab.") for each in words
        )
    return len(words) >= 2 and not any(each.startswith("Reading ") for each in words)


def hidden(tab: str, words: list[str]) -> list[str]:
    """What a reader cannot see; in bytes shown as text, unassigned and private characters are boxes, which he can."""
    text = "".join(words)
    if tab == "Text":
        text = "".join(each for each in text if unicodedata.category(each) not in ("Cn", "Co"))
    return unseen(text, "\n\t")


def judged(told: list[Any]) -> Iterator[str]:
    """What is wrong with what the viewers said."""
    *documents, last = told
    yield from (f"loaded {each}" for each in last["loaded"] if re.search("Qt6?(Network|Qml|WebEngine)", each))
    for each in documents:
        name, said = each["name"], each["said"]
        if each["asked"]:
            yield f"{name}: asked for {each['asked']}"
        if not each["raw"]:
            yield f"{name}: its bytes are not shown"
        yield from (f"{name}: {tab} hides {found}" for tab, words in said.items() if (found := hidden(tab, words)))
        if not name.endswith(".eml") and not answered(said, name):
            yield f"{name}: no answer, but {said}"
    mails = {each["name"] for each in documents if each["name"].endswith(".eml")}
    read = {each["name"] for each in documents if answered(each["said"], each["name"])}
    yield from (f"{name}: no mail" for name in sorted(mails - read))


@pytest.mark.figure
def test_no_document_loads_runs_or_misleads(tmp_path: Path) -> None:
    def attempt(numbers: range) -> Iterator[str]:
        folder = tmp_path / f"{numbers.start}"
        (folder / "documents").mkdir(parents=True)
        for number in numbers:
            make, suffix = KINDS[number % len(KINDS)]
            canary = tmp_path / f"canary{number}.png"
            Image.new("RGB", (9, 9)).save(canary)
            (folder / "documents" / f"{number:03}{suffix}").write_bytes(make(chance("documents", number), canary))
        told, calls = shown(folder, folder / "documents")
        assert len({each["name"] for each in told[:-1]}) == len(numbers)
        yield from wrong(calls)
        yield from judged(told)

    trials("documents", attempt, together=50)


@pytest.mark.parametrize("number", range(2))
def test_the_judges_see_what_they_must(tmp_path: Path, number: int) -> None:
    canary = tmp_path / "canary.png"
    Image.new("RGB", (9, 9)).save(canary)
    markup = f'<img src="{places(canary)[number]}">'
    (asked,), calls = shown(tmp_path, "--control", markup)
    assert asked == [places(canary)[number]]
    assert any("open" in line and "canary.png" in line for line in wrong(calls))
    assert list(
        judged([{"name": "0.txt", "said": {"Text": ["a\u202e"]}, "raw": False, "asked": asked}, {"loaded": []}])
    )
