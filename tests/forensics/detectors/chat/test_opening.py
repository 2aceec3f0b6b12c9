"""Backups of WhatsApp that wa-crypt-tools 0.1 made (which the project does not need), opened.

Its classes Key14, Database12, Database14 and its program `waencrypt` were given a database of one table, the key
07 08 … 26, a salt of A1, Google's number of B2 and, for 12 and 14, a nonce of C3.
"""

from __future__ import annotations

import base64

import pytest

from forensics.detectors.chat._open_whatsapp import key_of, whatsapp
from forensics.detectors.chat._opening import ONLY_LOCKED, within
from forensics.detectors.wallet._opened import WrongSecretError
from forensics.errors import FormatError
from forensics.primitives.sqlite.source import Bytes

KEY14 = base64.b85decode(
    "tnB~=b#ed#TSBb!7x)GURNw*t0C;c!004sk0Ry3-p`oFnp`oFnp`oFnp`oFnp`oFnp`oFnp`oFnp`o&}va+(Wva+(Wva+(Wva;wb"
    "?)J$xWZ474Y!oLjlK!hJ?-wII+z5gV6VG>+67>K8000000000000000000LF2?`4g4Gs?w5fT#=6&4p585$cL9UdPbAtECrB_;"
)
KEY15 = base64.b85decode("tnB~=b#ed#TSBb!7x)GURNw*t0C;c!001Bd2nh-c3=Iws5D^j+6crX17#SKH9337XAR!_nBqb&")
CRYPT12 = base64.b85decode(
    "009G`p`oFnp`oFnp`oFnp`oFnp`oFnp`oFnp`oFnp`oF&va+(Wva+(Wva+(Wva+(n!^6YF!^6YF!^6YF!^6XR9zlE<06F(6coKxd"
    "q)$_yRFZs^>*3}XEISYR9ocsVM;j=&vt8^k+M%Vlu_+?q%)j7Z!X_tKBdeT%4MUt4FLh-;inIXD(p3aaZ;t9Z^xU+#;`{)V7xvnb"
    "7?!OEpzT|a25**q;AP(4p?Cm+?+7vO?|27^LJCps_g18s3KK8VId!$3`jAY@R^VGa(6EU7u<^ax;HOZI<P6-Jke8E0>~o^Xx21qB"
    "Eif<"
)
CRYPT14 = base64.b85decode(
    "zySyV5={yM009yKG8!PEp`oFnp`oFnp`oFnp`oFnp`oFnp`oFnp`oFnp`oE75VEqeva+(Wva+(Wva+(WvMLb6!^6YF!^6YF!^6YF"
    "!^6WOZ3+r9E;2JNF*q(UG8zIfFdzUZ0WbkL0YCvr0Z;*00bl`W0dN6$0e}GkhyekR0Rfl+0iXc^r~v`60RgxH0l)zP$N>S+0Rh+n"
    "0pI}v=m7!n0Ri{{0e}JlhynqS0sxo-0iXf_r~(1F0s(p+L3|hhIrl1f5`@B}Pg9>%l6;lx;pP`CI}iCC*>?s<8z{H4UF<O0p{2L6"
    "DI(#_zu;iPCMQ`VtDJxhL!1{cb!9$^v;fW0RRm3Mj_Nw}+_bpj`~Z{}_S%scmaPY%?OTrqZ<c-FW!~PQcmRR#2r=&Ocn66>3Q_I%"
    "R-~8;6ED&^b+w-QkW9)};9ES<u!#Jy@x9vMr%>?Qk!xqLQm7KgU0(CvXg>"
)
CRYPT15 = base64.b85decode(
    "g#icw8WIW+wMI_|<kr}7SG8TRUzI&hB5eu^GA=SRE-^SRF)|tgFfbqhC;>15H~~NbNC8j*SOH)GXaR5mcmaR`0f+$skO2Xh0Rf-^"
    "0jL21umJ(M0Rg}P0muOX&;bG10Ri9v0q6k%@Bsn%0Reyl0f+(tkOBah0s)``0jL52xB>zHy%8Z4HY<$0j@qs)jkKCAu5<1fHHd8}"
    "dJFS2yvmp38S~t)KUZG=w0E*58M1{TFFvsgye+Q@N?GaO4eaDolKJ0xd>CiRog;u?MtW3D=p-@M4hXk6Jv?=c>caXF_DqKAtJb#t"
    "Y_xnkcp$_PXN||UWZnwND?kfww*9HusYQJ$OqrLoys-g+?@o))cRgjY`g79nHk?@POCbf^$D7uuTWpK`>lug"
)
KEY = bytes(range(7, 39))
FILES = {12: (CRYPT12, KEY14), 14: (CRYPT14, KEY14), 15: (CRYPT15, KEY15)}


@pytest.mark.parametrize("version", FILES)
def test_each_version_opens_with_its_key_file_or_digits(version: int) -> None:
    data, file = FILES[version]
    for held in (file, KEY.hex().encode() + b"\n", file[27:]):
        assert key_of(held) == KEY
        plain = whatsapp(data, key_of(held), named_12=version == 12)
        assert plain.startswith(b"SQLite format 3\0")
        assert b"is it there?" in plain


@pytest.mark.parametrize("version", FILES)
def test_another_key_and_every_changed_octet_are_refused(version: int) -> None:
    data, _ = FILES[version]
    with pytest.raises(WrongSecretError):
        whatsapp(data, bytes(32), named_12=version == 12)
    for at in range(len(data) - 60, len(data) - 36):  # ciphertext and tag, before the MD5
        changed = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
        with pytest.raises(WrongSecretError):
            whatsapp(changed, KEY, named_12=version == 12)


@pytest.mark.parametrize("version", FILES)
def test_what_is_cut_off_is_refused(version: int) -> None:
    data, _ = FILES[version]
    for length in range(0, len(data) - 20, 7):
        with pytest.raises(FormatError):
            whatsapp(data[:length], KEY, named_12=version == 12)


def test_without_the_sum_of_a_single_file() -> None:
    assert whatsapp(CRYPT15[:-16], KEY, named_12=False).startswith(b"SQLite")


@pytest.mark.parametrize("held", [b"", b"xyz", KEY14[:100], b"0" * 63])
def test_what_is_no_key(held: bytes) -> None:
    assert key_of(held) == b""


def test_keys_are_tried_in_turn() -> None:
    found = within("chat/whatsapp_backup", "/a/msgstore.db.crypt14", Bytes(CRYPT14), None, [b"no", KEY15[:-1], KEY14])
    assert (found.key, found.kept) == (2, False)


def test_a_key_in_the_systems_key_store_is_said_so() -> None:
    held = b'{"encryptedKey": "763130%s"}' % (b"ab" * 40)
    with pytest.raises(WrongSecretError, match="key ring") as error:
        within("chat/locked", "/x/db.sqlite", Bytes(bytes(8_192)), None, [held])
    assert str(error.value).endswith(ONLY_LOCKED)
    with pytest.raises(WrongSecretError, match="no key was given"):
        within("chat/locked", "/x/db.sqlite", Bytes(bytes(8_192)), None, [])
    with pytest.raises(FormatError, match="not a kind"):
        within("chat/irc", "/x", Bytes(b""), None, [b"1"])
