"""A shop's database in SQLite, with invented people and harmless goods; one order is deleted. And a library's."""

from __future__ import annotations

import base64
import zlib

from forensics.detectors.base import Specimen


def _database(digits: str) -> bytes:
    return zlib.decompress(base64.b85decode("".join(digits.split())))


SHOP = _database(
    r"""
        c-rlkK~EDw6vt<F7t0<R6C-Ij5XJ-o7~1T1AtH&9f(t=`K-mbyLo@6Qu(91OJF{RfhWb7D8eTkk_2w5aUW{MEx7)2+lz1^l&HU1xY2Vv7@4u72Y2
        WV7Mj$ykisBZP#6bqa7%dTk5HjH!Lf<g*s}DxM#zYk#7t=ue7U>tdsqMlW#qXng(<qe2#&Gvk(!(ZiaUtk27yWr?rS8@|mw2`14VUz-(*YyvTb{e
        -*2#8#eX~|SAWz(bSt5AIc-;8ro+UB&gLc3}Ibc1ESciD-zL&+w27GyP-%Quh3#HLf{Hm5Iiegw%^hRSqP0x0%mUbMm#J`d@>0FU_28yFWlaN#<B
        3H+SA4lg6%2*5!pBw#{Q_0!)suQiZjSn)>d2Z34^#S31>$TElAe%hT)s6$76A0h<iP)K!xKJvUaQ9i3HW9EP*`N(1%uLs2OT8g&eN9M(IETIMe>`
        qCp7YL+Po5fP(%RJYF4Et?pin6OEDPEVH0dCx6$#OSLX~iGOjJ7)wlzV+NS^Sxaze#P)v7vWt6H{gV&7l1tVPRS!4SD#bhd+#*Fxr<!<<J3A)GW&
        =2>VZI;w<GdSLe!vCGyxu@)8`Sj6hp|9hl=f<d8B{M+0b9zv7Y^f-n8K{16hAvQ+~U@Mq=v>7Inh;|f(OXc3}Mg29@|0UAj>6b7m6pFuv(w$*w$I
        bDgF|7GC^m((%8N18V?))}5Mp8%GezEBf7jxs;%_BQTL2J{1*~@3ko4f9Tkb7L7daL1lEtzZ0t*sv4d-0fVJ>9CZslAWs??2W*BX}tkivRQ^fnEW
        dlZF-u5=fG^75pKa+JE!~eSa1-
        """
)
LIBRARY = _database(
    r"""
        c-rlj!Aiq07{|Y~9iBXhLJ=?DZVKI~8y>t_CCG5f?0RrsMz%&QwvDvu1MES3DIY`d9c)r$R2ZJT%=}2c&@bfw&*fh-y&or%<C7>dCUFQ35CRv70M
        MzY18eLb-voZA1N|l0Rfny2u;1*UUJQmmB(ry1*CnfS$rdS31<OlaoU4!q5ydFD98=V-<0Qt>T|}>Gh?8)18-z2wp)(H`LcGk^n;uprFItVb;uz6
        ~=;YCA?Dn;tI#}vrx9oIlqn%7-+Q@mxD)}smMw^jFyQ{U;9ZFrSmbPwf)K<GW%f9881!t1S^E&L>LS>WKA5ag2!LYR)5C;ysb^K#q4E({c=b!fcv
        nKzaP!EH_u+8kLU%=7yRfxO{`Z!5)uJYe{)f)_kf5R8$D{@K
        """
)
VALUE = "messages, orders, products, users"
SHOPS = (
    Specimen("a shop", SHOP, (VALUE,), "sqlite3 3.40, one row deleted"),
    Specimen("cut in the first page", SHOP[:400], None, "sqlite3 3.40, cut"),
    Specimen("a header alone", SHOP[:100] + bytes(412), None, "sqlite3 3.40, cut"),
    Specimen("look-alike: a library that lends", LIBRARY, None, "sqlite3 3.40"),
)
