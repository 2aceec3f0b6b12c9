"""Known answers of this family, as other programs wrote them; packed with zlib."""

from __future__ import annotations

import base64
import zlib


def _packed(text: str) -> bytes:
    return zlib.decompress(base64.b85decode(text))


# Pillow 13.0.0: 8 by 8 grey points
JPEG = _packed(
    "c-"
    "s4a<NpH&0WUXCHwH#V1_nkTWcYuZ!I>ez+{VquD8S9pEh;o1zT!kvMP6RT*Y!Imp7>83IKaTo!2pDejDigRk1)ss4QFKp0|qEyWM"
    "XDvWn<^y<l+V@*ebxl#K_Fd#KO$V%EAJatp&<6un4jWDH=Mm2?r*!D;0_uHBMZ}q3pErplHy=4=Tn<MNOPsV&W2#QmSg|8k$-"
    "rre@|AmR8O#u5Rugo?gKrp<&?>kx|JhscGpMnOVgprDf$6l~v6xt!?ccon4bAPnkMx`iz;g7A;<~blLJ1D_3pWyk+aQ?K^hvI&}E"
    "R(PPI?oIG{u@|COCuHU$M>*1rvPo6$|{^I4UkDoq&`TFhqkDtH(-varMfx(_Z`~OV<K<1L`"
)
# Pillow 13.0.0: noise in several scans
PROGRESSIVE = _packed(
    "c-s4a<NpH&0WUXCHwH#V1_nkTWcYuZ!I?orMow8yQbSo$Syx-bz$V4f#@yVdIwICHWn#n3Y5fg7T?@86JG@}kt+ib}C;p$l_3rEc"
    "|Nmzn1QNggKl}Ut$NxhN+#C!73<8Xdf(-wUFo=T9M+S^c|8FsHfJGTK>VZnc1Q?i6l`sexLe(&`G8F)ohzOt=!k_?Ez-"
    "G@R4^$v4z`(@B$ckc*prWB;U}57zm{InM*%9ZHmqvWZ+!3PXcYZS583N~lCddP=U}Qly0_Xvt359`)jTb+{%@8nqqE)Q1?^pGTqu"
    "i6q-k*EH8qKwE<@2s7st0o>9<%wg{{Kw?Fp_2c"
)
# Pillow 13.0.0
PNG = _packed("c-rd>@N?(olHy`uVBq!ia0vp^93TuL7#^lP3<pvIo-U3d6?2kv5*irP*t#Sb)HoO>#2PG>1F7+J^>bP0l+XkK=Wh=-")
# Pillow 13.0.0
GIF = _packed("c-nLKbh9u|<Y3@nXk=h$XlP)70UZzl5@+DxXJF)z@z}87U^9oXmXCx0gEauxF9-k")
# sqlite3: two tables on pages of 512, one dropped
SQLITE = _packed(
    "c-"
    "jjN^vNtqRY=P(%1ta$FlJz4U}R))P*7lCU|<DeHXvq!VrD1}1B?uW0V{)EG9xcYG2?Cq#@&n)8Abs?phcWAXGS)0QBlV1lEkE()V"
    "%x>FlKTNa&-"
    ")GRS0o(@^MuFiD+b|C}if9q^749DHIfC<|Y<ZDrBct>L`??R+MN$;^r#@5RHP70yr6&86?XSbMi_{MgwCMK+ASmdCxo=9HU?qjDk"
    "@x`~d(n-y^&"
)
# Info-ZIP zip 3.0: two members
ZIP = _packed(
    "c-"
    "jl_W@Zs#U|`^2nB!d$%V>LeCJ&Hj55%lMoTyh)QQ{qP;<Uc!Q!katObh`)<y;IP08;+*{k}p*Ae#}YJPD*cDZrbNNsbw}p$t$ROB"
    "xwqRzS4iHW;BrA7)K}H!B-Rm<b5efOIfe5dff$B%c"
)
