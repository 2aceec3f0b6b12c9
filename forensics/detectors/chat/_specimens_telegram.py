"""Known answers: keys of Telegram's data of people who do not exist, made by a writer of its own, in base 85."""

from __future__ import annotations

import base64
import hashlib

from forensics.detectors.base import Specimen


def _octets(digits: str) -> bytes:
    return base64.b85decode("".join(digits.split()))


_KEY = b"".join(hashlib.sha256(bytes([each])).digest() for each in range(8))
_OPEN = _octets(
    r"""
        R76H35mQV60000WV@I0Snh6Uff_LnXx^J05nlJk#iGfiDSII=o(G-rC0003XwFYKxWp^*i%uR{qow_7oWfifNU=(gg`P&uqO(mKxvF4+
        bZb~g0z*QM@L2`=UI83f7N<lKP_Z^^Wf6`W#dZ5*!utlcWw{Q3_>u1EkaX$ppdjk4awoKeb=!ec_!L35-C`ZdW<Z=OzNQTom`ABa2EPv
        >VD#7c>Jbhh6u0}2buPj}467vMYvFHDjmh!cd`sI>M9C&T7`^4ANoXsLqh-N<&wwG&3v=#5rZ%Cn&b&#IpTausfP_N$z2A4Z!1_#mu*$
        SoGDJ*4c7gNcj557Ek=fA;y6CH*#g0hJfv&(V)lwyQg+QFv?4NvoE%#5CFL|ZcD4@cpLH%=$rDJJZJ4!qH(5MI@=Rg;(2$9ISgdNd~2D
        XaYM0000m;{WZlMm91DlD_qUAfP=!{DF45oU;hu5n}^{IvuA~9O4z8yV9f|OtjHO-1#@WOuRv_L(aeXhPO1M&HuQ0
        """
)
LOCKED = _octets(
    r"""
        R76H35mQV60000WV@I0Snh6Uff_LnXx^J05nlJk#iGfiDSII=o(G-rC0003XwFYKxWp^*i%uR{qow_7o2$kz4o*$E^Gkq7%HEmw#Jglp
        ^^7#w4VPD&MZRpR`vXu%*xY8)$<T-Q$X+uX}sZ}p|t{yA4lb|_xIG?jxqSz@ez%r1JfFdGGZI_@~i$BXX;1rS5QrDDRaLEn3u;3)sIVP
        SFkkByR%M=7`($%j+!I%mIJE*NYPGiXRUmQtgZXxKOoWK4Fv%edM(<EV7=BEg&SiYV~uZbUCFyVL{94ym1g4!06Ckd=s1LtqCmD+x^&@
        sd9K*Kfd)GN$TtnZzeC;_4$w+=9TuAIk<<~|UN{<mGS%WQ|wqx@Qt_Z`Cm`eFLmwMJ0%k6Dc@EY_xnVN=F;@KJ~U9{D2YpuL;o<@Ny)n
        s{YS0000m;{WZlMm91DlD_qUAfP=!{DF45oU;hu5n}^{IvuA~9O4z8yV9f|OtjHO-1#@WzSC|px>TJ4Yn-X`ET#R4
        """
)
_OLD = _octets(
    r"""
        R76H3Xk`xo0000WV@I0Snh6Uff_LnXx^J05nlJk#iGfiDSII=o(G-rC0003XwFYKxWp^*i%uR{qow_7oB4AmVFMI_!E1?HMa0&StJUmK
        3jz%KPKWo0&&bu#YMo~e17Gj&jqMMuFZ106WYOaP0`u2i(`ke0bc*hhb$ul|0h_hEnFAqj2G}dq6a|4H9mTt)5yEVO76UaaJ_PG_sXLU
        7+JFX+#-;(6pa^LWxq?o1;-<|S+K6KARZ6DMC8@wXULi3cisZpIxyzRHFxkipzGxVZtZ{>^2NT@SiFXhn2+az0#WLd0m`K!c_806;gF;
        ^*1V(83SFz!Z{uaRO*`cyCpx%WD7vB>i~-}sY$ghMl?cSlh%Df7|V62-oflMf}|$u)7z2>Lzq&D#p%w-HcQwxeczJ#f9d8(+w#b)b=Vp
        ZaW+0000m;{WZlMm91DlD_qUAfP=!{DF45oU;hu5n}^{IvuA~9O4z8yV9f|OtjHO-1#@WNbZeRp2ia@>Lxt2m7zH=
        """
)
_HAND = "by hand, in the form of Telegram Desktop"
TELEGRAM = (
    Specimen("no passcode", _OPEN, (_KEY.hex(),), f"{_HAND} 5.2"),
    Specimen("no passcode, before 2.1.14", _OLD, (_KEY.hex(),), f"{_HAND} 1.9"),
    Specimen("a passcode", LOCKED, ("encrypted",), f"{_HAND} 5.2"),
    Specimen("an octet changed", _OPEN[:200] + bytes([_OPEN[200] ^ 1]) + _OPEN[201:], None, "by hand, changed"),
    Specimen("cut", _OPEN[:300], None, "by hand, cut"),
)
