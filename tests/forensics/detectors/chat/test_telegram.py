"""Files of Telegram Desktop opened: a `tdata` that opentele 1.15.1 wrote (which the project does not need), and others.

Its `TDesktop.SaveTData` was given one account, number 4242000111, centre 2, with keys of centres 2 and 4, once without
a passcode and once with the word `kiln`. Drafts, places of files and the cache are of a writer of its own, below, with
the ciphers of pycryptodome.
"""

from __future__ import annotations

import base64
import hashlib
import struct

import pytest
from Crypto.Cipher import AES
from Crypto.Util import Counter

from forensics.detectors.base import BytesLayer
from forensics.detectors.chat import (
    _specimens_tdata,
    telegram_account,
    telegram_draft,
    telegram_file,
    telegram_key,
    telegram_map,
    telegram_sent,
)
from forensics.detectors.chat._opening import within
from forensics.detectors.chat._telegram import opened, passcode_key, peer
from forensics.detectors.wallet._opened import WrongSecretError
from forensics.errors import FormatError
from forensics.model import Locator, Secret
from forensics.primitives.sqlite.source import Bytes

FREE_KEY = base64.b85decode(
    "R76H3VAd@F0000WuF>FvnL>ftb#@MNm0;4y&<OIW-9Pl$GDYGp?Y3tY0003Xm){K1;}DTaw|i2DnN6G=qCmwShe(cj-"
    "2$8HW&52ciMv|7{$=QK*HXQcje{{fc}$6ur!>wI7V_p`M?Wz`ubMM95TSXMhi(@k&L3eN9BJ6WqV=DYlM$B$Cr&K2^K2mBL!A|E@Asoaaoj|_h"
    "WK*~>-n%K>v|s6VjY>Swkta<@+n=rvP<zY(|`ZLdJEjlguCi)qenNQHnoCCr>jg9Has9y9JEt7XMZ!7g0cnURT!37-"
    "9_p?fCczb6pnrs^f8c6r<`af?m}%kxyz|G>oe4a+lZ#{|Cb`B)-U&nG=3+@E}j#fusY=-"
    "Q=9YCW3;;JcID`V&u0E>&5E7~oi;#Sxt#&qAVyEN%Ddd;_I^&obT5%Q9n#vx0000Wxe|3S<njK+djw+>QR$mFQ7F|BtG#PIqG28W!MNaI9o$$}"
    "t$na^F+=rRA%PpV"
)
FREE_ACCOUNT = base64.b85decode(
    "R76H3VAd@F0006&G$vZF7F6lomZ8E@x0-"
    "pdaCPRmHmp<T{y<=;?w>uYtqdrIx3f%$!k#@U#Jd2G4{PYPL>gJG)&2HWGJAwtii_OG(x#dTxbkUP#4c6nr+BdVLG4Eew)ut>sWITu0EI%a6o)"
    "I3X>ha{K(`)~s3Q#N9C)z*O=%&j=C%Hb$V)~y|Db+{f<vu}+3sCs^V|%f0~!Peu-~d2p0<~J=f1%|6!CcrXAtEck-"
    "t>;Vo;sWz3>Lsh6@nr$GugmC87voEj?12iyVp!gs9eN$DXIx{FLF%gjBshaMf79wzAS1BkPPjXzL*ay1S|jQdk~ih9K(X$<5u%X=$1*1G{v6lc"
    "M}s^tsVamCYv<bO^U_-$NY~<Z00Cz@={c(JdB~sSyFd6E{ytFjmQ^5xDh6H(-_ODu1qfu&Y=oTt-"
    "75Q~9i1+U`Yi%A%W>gmC=@`Cv8rk_Tf5F<c3^py)(nqif5*MYQ@Y;Q!za69wrIrZV=@Uu18X<<(K$sl!Mzu;GNbfEbgf@BDqY*82$0Cdo;RQvE"
    "4`v9mR9vh&3LrmGR}2_xJsH4reNM(pF<Tr>=9KUs(q^WvL@dy~}6;!K$;pq>6aK9wtumc+A^nGT9!I<lfWn-"
    "T=jUOG7!85U|>if_2`K*v&?LGO-UZ?!ke=EOX7>cdEylc=C|tt7uzR1^!z#rHIbscjG5;SSgz81F3Kj;?jcNU|}k0z(Y=dyJsq&m?7c{-"
    ")Yz$;T636sSI<)!N~*=-jADbR7}4q2n0-$s%SJ"
)
FREE_MAP = base64.b85decode("R76H3VAd@F|NsC0|NsC00000W$Q3$|()3b~f?w<?ckCv_&<{*Kb(nP$3_u#dZWvVPR`oXF=fy=p?2;Vazz{Wk")
KILN_KEY = base64.b85decode(
    "R76H3VAd@F0000W3tk5B{mq4%Mve(Xkmj&<oh<>Gret=IEp6U<{MpYl0003XaKIDNrv7A_>*$br)im?aJJ#~wNk4GMO0bVO2jL8z0b}Z#`QTdR"
    "mUqsL?lMR@>GeBrtB|K0T*6Z8xns^{)?*<HYN2E?{WE&bolp$6#5Bj^C$dxV+?+F2N0%4K^=n$C4?69K8PF4{<;gAOf>lM;Orqa^=sa+ZH)|?*"
    "pVqX>O?X1>R^#$iWN{V;I2$Y>J4z(lNzCrudE-&42Fuw@{&TJ~@QkJ1*)0fpG@IPK4qa@rD}PvG{E&tU!w-"
    "AgI<4slerjRJPDNHD<3fl_2eq2|D|YcCr$i;QynjU<Q25P|<8Rmq`xv;dSB4UI@-"
    "}9Y_wrNPl8<UMl(t}pjMivG)mVmJ{#ROuqF_MFEZX6C!y)0{sBwdm0000Wxe|3S<njK+djw+>QR$mF&@;^yMMHJ6K_Jk}E=WL#kp$%xa35Ud`M"
    "A4iZ7aI~"
)
KILN_ACCOUNT = base64.b85decode(
    "R76H3VAd@F0006&G$vZF7F6lomZ8E@x0-pd<7c>bJuL&`g<qTvSro*#6bo|$X~3qo)v8yHg)}K&w$Jy!-"
    "BNEu>$EK|??|qPQX|TSQ=_{b$iu=fy$j_)8i}=M)<eE}1{i8Dr<maWevf|doe`*zj7?QSJ!ZCrR5$jVAzN)5t-"
    "HV%=2;S^G+zuP|DUv%1px;6d5&$tZvn;RCLNPCiqFPw^<o&coHnZ)KhEE1{H?;#WbY6LWxg79;iMZ_6LseU{KYd@Wgj_N`G!LH_l6ectVLnf0U"
    "ZD{xo$>lT&oi^bo)p^Qu|}y!NS-+7+dKN%=B=M&BXTetf%HDY#>r=J}%AaP4NJbtx?6`k&c2f<WnSR+i=w5qk7>H-hJjJ1v$_sbL@SN*F)4}!-"
    "xudX{x@ir8iov`Ys^u`+bTuC~V34?m-+8=Bbv?OM-BFB|Fw}+kXuOVcUMevCoHB&6lD4f)6vuRqbzHKamy;{3Wh*p+~v}NGBYg0*XujhIr1>u-"
    "WCV;GW<JL;myFh`H-"
    "a6=ZSS@E><Diz^?W<Ze9z%8&h<+JPEok{J75K&An{Rdtk8BKSemP<5D88oBw2B^S*qcQ<p`ZKLu0Vu8i+cH9CxNRx;Fj3Pog)pG=ihZFsiI3PC"
    "99X7osl-EXWnUMBiu;#nLfAtA)<Kw64m8uPHob0@&S|bqw5fl2y0hgmN=D}#U%%O)s;R77;p_9~%e*r$)erjE!G%RR%+T|#L2jd@o<64x7tS;n"
    "<Zj+_<m1}!K1XgrPg{MxO"
)
LOCAL = bytes(index * 7 % 256 for index in range(256))
_HAND = _specimens_tdata


def _ige(plain: bytes, key: bytes, start: bytes) -> bytes:
    cipher, before, last = AES.new(key, AES.MODE_ECB), start[:16], start[16:]
    out = b""
    for at in range(0, len(plain), 16):
        block = plain[at : at + 16]
        mixed = cipher.encrypt(bytes(a ^ b for a, b in zip(block, before, strict=True)))
        before = bytes(a ^ b for a, b in zip(mixed, last, strict=True))
        last = block
        out += before
    return out


def _locked(data: bytes, key: bytes) -> bytes:
    plain = struct.pack("<I", len(data) + 4) + data
    plain += bytes(-len(plain) % 16)
    mark = hashlib.sha1(plain).digest()[:16]
    digests = [
        hashlib.sha1(part).digest()
        for part in (
            mark + key[8:40],
            key[40:56] + mark + key[56:72],
            key[72:104] + mark,
            mark + key[104:136],
        )
    ]
    a, b, c, d = digests
    return mark + _ige(plain, a[:8] + b[8:20] + c[4:16], a[8:20] + b[:8] + c[16:20] + d[:8])


def _cached(data: bytes, key: bytes) -> bytes:
    salt = bytes(range(64))
    secret = hashlib.sha256(key[:128] + salt[:32]).digest()
    start = int.from_bytes(hashlib.sha256(key[128:] + salt[32:]).digest()[:16], "big")
    head = struct.pack("<IIQ", 0, 0, 5_002_001)
    plain = head + hashlib.sha256(key + salt + head).digest() + data + bytes(-len(data) % 16)
    return b"TDEF" + salt + AES.new(secret, AES.MODE_CTR, counter=Counter.new(128, initial_value=start)).encrypt(plain)


def _key_file(passcode: bytes) -> bytes:
    salt = bytes(range(32, 64))
    key = passcode_key(passcode, salt, new=True)
    return _HAND.container(salt, _locked(LOCAL, key), _locked(struct.pack(">III", 1, 0, 0), LOCAL))


def _within(data: bytes, *keys: bytes, kind: str = "chat/telegram_file") -> tuple[bytes, int]:
    found = within(kind, "/tdata/x", Bytes(data), None, keys)
    return found.plain, found.key


def test_a_folder_of_opentele_without_a_passcode() -> None:
    (key,) = telegram_key.DETECTOR.examine(BytesLayer(FREE_KEY), 0)
    assert isinstance(key.value, Secret)
    assert (key.fields["passcode"].value, key.fields["accounts"].value) == ("none set", 1)
    (locked,) = telegram_file.DETECTOR.examine(
        BytesLayer(FREE_ACCOUNT, Locator("ext4:/home/v/.local/share/TelegramDesktop/tdata/D877F783D5D3EF8Cs")), 0
    )
    assert locked.fields["store"].value == "authorisation of an account"
    plain, number = _within(FREE_ACCOUNT, KILN_KEY, FREE_KEY)
    assert number == 1
    (account,) = telegram_account.DETECTOR.examine(BytesLayer(plain), 0)
    assert account.value == "4242000111"
    assert account.fields["main_data_centre"].value == 2
    assert account.fields["keys_for_data_centres"].value == (2, 4)
    assert _within(FREE_MAP, FREE_KEY)[0].startswith(b"\0\0\0\x09")


def test_a_folder_of_opentele_with_a_passcode() -> None:
    (key,) = telegram_key.DETECTOR.examine(BytesLayer(KILN_KEY), 0)
    assert key.fields["passcode"].value == "set"
    assert not list(telegram_file.DETECTOR.examine(BytesLayer(KILN_KEY), 0))
    plain, number = _within(KILN_ACCOUNT, b"kiln\n", KILN_KEY)
    assert number == 0
    assert next(telegram_account.DETECTOR.examine(BytesLayer(plain), 0)).value == "4242000111"
    for keys in ((KILN_KEY,), (b"oven", KILN_KEY), (FREE_KEY,), (b"kiln",)):
        with pytest.raises(WrongSecretError):
            _within(KILN_ACCOUNT, *keys)


def test_drafts_and_places_of_files_are_read_when_opened() -> None:
    key = _key_file(b"")
    draft = _HAND.container(_locked(_HAND.draft(77, "the address is below"), LOCAL))
    (found,) = telegram_draft.DETECTOR.examine(BytesLayer(_within(draft, key)[0]), 0)
    assert (found.value, found.fields["to"].value) == ("the address is below", "user 77")
    plain, _ = _within(_HAND.container(_locked(_HAND.sent("/home/v/a b.jpg"), LOCAL)), key)
    (sent,) = telegram_sent.DETECTOR.examine(BytesLayer(plain), len(plain) - 21)
    assert sent.value == "/home/v/a b.jpg"
    assert [each.when.isoformat() for each in sent.events] == [
        "2024-02-29T00:00:01+00:00",
        "2024-02-29T00:00:02+00:00",
    ]
    place = sent.fields["path"].span
    assert place is not None
    assert plain[place.offset + 4 : place.end].decode("utf-16-be") == sent.value


def test_the_map_tells_the_user_and_the_files_of_stores() -> None:
    more = struct.pack(">IIQQ", 1, 1, 0x0123456789ABCDEF, 1 << 55 | 2 << 48 | 9) + struct.pack(">IQ", 4, 0xFEDC)
    (found,) = telegram_map.DETECTOR.examine(BytesLayer(_HAND.user_map(42, "V", "K", "4990000", "Kiln_V", more)), 0)
    assert found.value == "4990000"
    assert {(each.rule, each.target) for each in found.links} == {
        ("ACCOUNT", "42"),
        ("PHONE", "+4990000"),
        ("USER_NAME", "kiln_v"),
    }
    assert found.fields["drafts_with"].value == ("channel 9: FEDCBA9876543210s",)
    assert found.fields["stores"].value == {"places of files": "CDEF000000000000s"}


def test_a_file_of_the_cache_opens() -> None:
    picture = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 5 + b"end"
    data = _cached(picture, LOCAL)
    plain, _ = _within(data, _key_file(b""), kind="chat/telegram_cache")
    assert plain[: len(picture)] == picture
    assert len(plain) - len(picture) < 16
    for changed in (5, 70, 90):
        other = data[:changed] + bytes((data[changed] ^ 1,)) + data[changed + 1 :]
        with pytest.raises(WrongSecretError):
            _within(other, _key_file(b""), kind="chat/telegram_cache")


def test_damage_is_refused_and_nothing_else() -> None:
    for length in range(0, len(FREE_ACCOUNT), 13):
        with pytest.raises(FormatError):
            _within(FREE_ACCOUNT[:length], FREE_KEY)
    assert opened(bytes(64), LOCAL) == b""


def test_partners_of_both_forms() -> None:
    assert peer(1 << 55 | 5_000_000_000) == ("user", 5_000_000_000)
    assert peer(1 << 55 | 1 << 48 | 7) == ("group", 7)
    assert peer(0x2_0000_0009) == ("channel", 9)
