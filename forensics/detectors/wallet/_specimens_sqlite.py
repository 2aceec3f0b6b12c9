"""Wallets in SQLite of people who do not exist, made with sqlite3, compressed and in base 85 here.

The password of both is `Juniper-lantern-12`.
"""

from __future__ import annotations

import base64
import zlib

from forensics.detectors.base import Specimen


def _database(digits: str) -> bytes:
    return zlib.decompress(base64.b85decode("".join(digits.split())))


def _of(data: bytes, value: str) -> tuple[Specimen, ...]:
    return (
        Specimen("a wallet", data, (value,), "sqlite3 3.40"),
        Specimen("cut in the first page", data[:400], None, "sqlite3 3.40, cut"),
        Specimen("a header alone", data[:100] + bytes(412), None, "sqlite3 3.40, cut"),
        Specimen("statements that name no columns", data.replace(b"(", b"["), None, "sqlite3 3.40, changed"),
    )


MSIGNA = _of(
    _database(
        r"""
        c-jjN^vNtqRY=P(%1ta$FlJz3U}R))P*7lCU|<4bRt5xM24WT@J|hERz{H@J%*YGYxQv0hiP?a07LY+QXe?x57nhc1Y_=>(Ov*`h
        Ois=(%`1UYtj<BMjv=lJA&yQyt_n&}Q6&WprOXs11y8>aS9jMS1wa1~1;0=qABBJ*PhZENNCj`#NCn5x5PwfUpnhLhzYrY-rM$%4
        R3(KF*N70fdZ1`-W?pe-dNHP1K)KSq(&E&V_=5cWocQ9*s#L6sN-}d(<CBY06H8K4uqwz%EY46;aPskYf{SW43p2Be%gQpgR)YQP
        om!ckk(ikWqghaW4HKrKw^LFJN;0rIw;-`7HLoN-tpKZRaz<uON_<{vE_S`8N!h8DXr2Y@0=hmvIX@*8Q?8&Wvka&yJ~^`>Bekd`
        wW0*Kn&QNq5<HGZlENAEAkoZ}l+-*-b2I~(*u=H986&}QQe2n=%slbMsfDGfdCBNpW|SC0lhgo(xek!0S;GiU+Kv8TBmGiK%JYk|
        p%fEpBtu2Xi({BxlxWrj<xNKBFAP953P!;w7y*Ebk(og{DYGOwKQj-M|CyO@1M@%gb09SeM!_f;CfS^sS(+2t8s=tVmgR)C5rO$%
        niJZVfYkpn3_vsrM!_hcB4|_uc73HeI5_-#a@ZJ5IEoX?GV{`lnWs&3S~uxe;4x7@zLiGJM~ZhjHzrid#ZG>BC3{syn&OcuA|2Us
        `<Y@lq%S#r(TbD#_swFf;G*3Nw{~CG5u3Sv#>&QRRSM@^jk~YgfA`w4keQv~hU(TCnl1}Y%t_&xRIlI2*0jxw>5SR_{kIS5oxR|9
        WU;`D#eEjyj9369|6gYSqERpkM#1m^>Wu6R(wvMeCdr9;DLJXdlA&r_=Q3dd0BTiY76
        """
    ),
    "xpub661MyMwAqRbcG1wepzSKy7hDbc5tDuzAzSSZ9qufJNWb97QUgGsDk6XVxyKL7DP45cveuKLggvVbYPqTqQfhsouDkmeFkm3pdq5mP3TzwoR",
)
BITHER = _of(
    _database(
        r"""
        c-rlk%}(1u5P)~%kPuLgRSq233kpcI?E2s8rS{q`LP2UukO~*e#D<t8POuG4dP_NQ>NE5O`Wlsb=?nBNdh4+!KNOcD+MY_;PrLHY
        &e$5ydOW*3^;(el=&%=c-2@3B4<H235CQ<?(q05V;L@JICPQ#HIq;+j%iK3mfEOV5iTjvCxp(jaeg%x{wC0MHr6oA3ChkGUcRPU_
        `|<Qrpf4@GVWEa@)GRceM60gnMSdKk#2+Lm?4|v*(?R_x=(^Dmwf*7x#5QZN_P9`}=t~d;q2~|clTNz&j(eK)#<DYgx<jUeVw)>g
        s#Q38G<K}-#_{W3<T<hLdl@00aWbPqt6A|@hu5@xp|V}Q&9}@`9Fh^|MsHxTvb+q>=_G=a;G{8}4RYBi&Zd7Wj(*sThW*4zC(qo}
        r*v{`zK;5*2UpV7&Fd(Lok8S=UayOSF!7K4D632&H*Wn}6%WH^8l;=LxECc(5_J6=x;2t3RIKG&*L3!->8j3#m$^KD`Qeo>6PYUm
        uFR5<@xU4NVX6L>9L>*{<_N!U@X?E1<797etSVcc)ZXt(n{~m~j(4>7-XNidr5Lus%LWmNpo^+tDVj(zwM|RZ2rmnYZBnZ6rbum7
        G%SoQNtH}h!~)S(B5E2hT0~Q1#a2~b!xqm=x+WP^7c_ylH!#Ko^H{(lmavQ!tYQu8*uWH<*upmrc(LC)J`8pSN#oU-yS438t8K`e
        hUfOFRdZXm(%3x<lD+4uA|Jrodnx>|FwXxkAZ-i=<G*2rtC#NniB0PNQ;;?WgYgHu1p{*Di)jfa*h~w&Z4#MERJLS`V2ui@Y1*PB
        tCDR9#1KVg;~&^Cke^K!SpG8@f0h3<f4*3{=lMUW|DQqH7!1aJhCr^qa`&FU>4sj%N8MiN583&j!Fagm|L>Cbtv3
        """
    ),
    "12ZB2rPUBqYxj87Jd5kZm5HQ3F9jS9kYxt",
)
