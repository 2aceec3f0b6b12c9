"""The decoder of e-mail parts, on messages that the standard library wrote."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from forensics.detectors import detectors
from forensics.detectors.base import BytesLayer
from forensics.model import Locator
from forensics.sweep.catalogue import build
from forensics.sweep.decoders import decoders
from forensics.sweep.decoders.base import Decoded
from forensics.sweep.decoders.mime import DECODER
from forensics.sweep.decoding import Budget
from forensics.sweep.segments import Segment
from forensics.sweep.space import Held, Space
from forensics.sweep.unit import _once

ADDRESS = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"
GERMAN = f"Schöne Grüße, {ADDRESS} ist die Adresse. " + "Bitte weder früher noch später überweisen! " * 4
WAKES = re.compile(
    rb"(?i:\n(?=Content-Transfer-Encoding:))|=\?[A-Za-z0-9_.:*-]{2,40}\?[BbQq]\?",
)


def _decoded(data: bytes, limit: int = 1 << 20) -> list[Decoded]:
    layer = BytesLayer(data)
    return [each for match in WAKES.finditer(data) for each in DECODER.decode(layer, match.end(), limit)]


def _swept(data: bytes, at: int = 0) -> list[Held]:
    """What a sweep finds of the address, told once."""
    stored = b"\0" * at + data
    layer = BytesLayer(stored, Locator("file"))
    chosen = tuple(each for each in detectors() if each.kind.startswith("address/bitcoin"))
    space = Space(build(chosen, "re"), layer, [Segment(0, len(stored), 0, 0)], lambda _: layer, budget=Budget())
    space.sweep(0, len(stored))
    return [each for each in _once(space.found) if str(each.finding.value) == ADDRESS]


def _message(**parts: str) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = "Ann <ann@vendor.example>"
    message["To"] = "bob@buyer.example"
    message["Date"] = "Mon, 03 Jun 2024 10:00:00 +0200"
    message["Subject"] = parts.get("subject", "parcel")
    return message


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "cp850"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_a_text_comes_out_in_utf_8_whatever_its_charset(charset: str, encoding: str) -> None:
    message = _message()
    message.set_content(GERMAN, charset=charset, cte=encoding)
    (only,) = _decoded(message.as_bytes())
    assert only.data.decode().replace("\r\n", "\n") == GERMAN + "\n"
    assert only.complete


def test_text_of_two_bytes_a_character_keeps_its_places() -> None:
    head = b"A: b\nContent-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n"
    body = base64.encodebytes(GERMAN.encode("utf-16"))
    (only,) = _decoded(head + body)
    assert only.data.decode() == GERMAN
    at = only.data.index(ADDRESS.encode())
    (first,) = [each for each in only.places if each[0] == at][:1]
    line = (head + body)[first[1] : first[1] + first[2]]
    assert "1".encode("utf-16-le") in base64.b64decode(line)


@pytest.mark.parametrize("charset", ["koi8-r", "gb2312", "big5", "shift_jis", "euc-kr", "iso-2022-jp"])
def test_an_unencoded_text_of_another_charset_is_written_in_utf_8(charset: str) -> None:
    words = {"koi8-r": "Привет", "gb2312": "你好", "big5": "你好", "euc-kr": "안녕"}.get(charset, "はい")
    head = f"From: a@b.example\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    data = head.encode() + f"plain\n{words} {ADDRESS} {words}\n".encode(charset)
    (only,) = _decoded(data)
    assert only.data.decode() == f"{words} {ADDRESS} {words}"
    (found,) = _swept(data)  # as it stands in the text already
    assert str(found.finding.locator) == "file"


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "7bit"])
@pytest.mark.parametrize("at", [0, 700])
def test_an_address_is_told_once(encoding: str, at: int) -> None:
    message = _message()
    long = "words before it, and many more of them, " * 4 if encoding == "quoted-printable" else "it is "
    message.set_content(f"{long}{ADDRESS}\n" + ("a=b " * 60 if encoding == "quoted-printable" else ""), cte=encoding)
    data = message.as_bytes()
    (found,) = _swept(data, at)
    stored = b"".join((b"\0" * at + data)[run.offset : run.end] for run in found.finding.runs)
    if encoding != "base64":
        assert stored.replace(b"=\r\n", b"").decode() == ADDRESS
    else:
        assert ADDRESS.encode() in base64.b64decode(stored)
        assert "mime@" in str(found.finding.locator)


def test_an_attachment_has_its_name_and_is_decoded_once() -> None:
    message = _message()
    message.set_content("see the file")
    inside = ("many lines of text\n" * 60 + f"pay {ADDRESS}\n").encode()
    message.add_attachment(inside, maintype="application", subtype="octet-stream", filename="Rechnung für März.txt")
    data = message.as_bytes()
    (found,) = _swept(data)
    assert found.inside == ("Rechnung für März.txt",)
    assert str(found.finding.locator).startswith("file > mime@")
    (run,) = found.finding.runs
    assert 0 < run.length < 100  # a line or two of it


def test_a_message_within_a_message_within_base64() -> None:
    inner, outer = _message(), _message()
    inner.set_content(GERMAN, cte="base64")
    outer.set_content("forwarded")
    outer.add_attachment(inner.as_bytes(), maintype="application", subtype="octet-stream", filename="old.eml")
    (found,) = _swept(outer.as_bytes())
    assert str(found.finding.locator).count("mime@") == 2
    assert found.inside == ("old.eml",)


def test_encoded_words_are_put_together() -> None:
    subject = f"Zahlung für März an {ADDRESS}, übermorgen früh, und nicht später als möglich"
    message = _message(subject=subject)
    message.set_content("x")
    data = message.as_bytes(policy=policy.SMTP)
    assert b"=?utf-8?" in data
    assert [each.data.decode() for each in _decoded(data) if b"M\xc3\xa4rz" in each.data] == [subject]


def test_flowed_lines_go_on() -> None:
    half = len(ADDRESS) // 2
    head = "From: a@b.example\nContent-Type: text/plain; format=flowed; delsp=yes\nContent-Transfer-Encoding: 7bit\n\n"
    data = f"{head}to {ADDRESS[:half]} \n{ADDRESS[half:]} now\n".encode()
    (found,) = _swept(data)
    assert "mime@" in str(found.finding.locator)


def test_a_body_ends_at_its_boundary_and_at_the_next_message() -> None:
    body = base64.encodebytes(b"first").decode()
    part = f"--b1\nContent-Transfer-Encoding: base64\n\n{body}--b1--\nAAAA\n"
    (only,) = _decoded(part.encode())
    assert only.data == b"first"
    mailbox = (
        "From a@b.example Mon Jun  3 10:00:00 2024\nContent-Transfer-Encoding: quoted-printable\n\nf=C3=BCr\n\n"
        "From a@b.example Mon Jun  3 10:00:00 2024\nSubject: x\n\n"
    )
    (only,) = _decoded(mailbox.encode())
    assert only.data.decode() == "für\n\n"


@pytest.mark.parametrize("charset", ["unicode_escape", "zip", "idna", "punycode", "rot13", "no-such"])
def test_what_is_no_charset_is_not_asked_for(charset: str) -> None:
    head = f"A: b\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n"
    (only,) = _decoded(head.encode() + base64.encodebytes(b"\\x41 plain"))
    assert only.data == b"\\x41 plain"


def test_the_base64_decoder_leaves_bodies_of_parts_alone(tmp_path: Path) -> None:
    message = _message()
    message.add_attachment(b"secret " * 400, maintype="application", subtype="x", filename="a")
    data = message.as_bytes()
    run = re.search(rb"\r\n\r\n([A-Za-z0-9+/]{60})", data)
    assert run is not None

    def by(kind: str, stored: bytes, at: int) -> Iterator[Decoded]:
        (decoder,) = (each for each in decoders() if each.kind == kind)
        return decoder.decode(BytesLayer(stored), at, 1 << 20)

    assert not list(by("base64", data, run.end()))
    bare = b"\n\n" + data[run.start(1) :]
    assert [each.data[:7] for each in by("base64", bare, 62)] == [b"secret "]


def test_a_long_part_costs_no_more_than_its_length() -> None:
    head = b"A: b\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: quoted-printable\n\n"
    (only,) = _decoded(head + b"=C1=C2 plain text\n" * 100_000, 16 << 20)
    assert len(only.data) == 100_000 * 16
