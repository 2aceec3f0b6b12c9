"""Known answers: databases that sqlite3 3.40 wrote with the tables of browsers; packed with zlib."""

from __future__ import annotations

import base64
import zlib

from forensics.detectors.base import Specimen


def _packed(text: str) -> bytes:
    return zlib.decompress(base64.b85decode(text))


PLACES = _packed(
    "c-rk)-A)rh6rR~B+cu{0Cm{_np$lF}V_|6vA|wQgRwM#yDJEPs!|t>l=<bxA;jidL`vhKT;-$v-"
    "@WzC9AkoCcc*!d`TVP9R(Hk$&?3YaU%=u1dzB${oJJXdHi&PM;$Q%m`Ee!$yLNKdo0DzEeDrlicw!pbQ1b;>dj2JM|{PH0{tI9|C"
    "6H;mZb=3QNg3(wEHm(W0ULh8%6|ikH?iuRCTsD)>YWd9EVpj9qL)6q3mh;*9Y)*TgTUg5E*0iVDwM4ao4N_>42{*ccg>dNlwrFDv"
    "W(#5qZSmRi{L4)4;gd`*VPZitrb)c0_^UuLnoh%dtW95QMBc^K(^d1ifXmd|*dp4gmZ5Yi9<NWLVD#=?*hqTQuQRr3VP})Kbpjnz"
    "demi;iTx_^l2P3B%qn)=w48MX6&3RPBqb`CizQ~#B0ZP6x~>GHx(*u=PkWhi!JPda%BkQT4%D%RHu|!46dh(2njx(vT>KR@>4Gc#"
    "g6n(|;`JdIj1COI#%)h=b0prfln#w2{>#K|JC(NFb!PKKhrza6IoBR#A7@q<^V(=LvxQFe@d&a3Lc;*PM@wi}8a{mZ=#Kt?3Z^3="
    "P!^)fr*xg{VXImpBQ_Db`-qGo70h(unN!m7NR3wI7>ViLu-Yx4#B4Gz8&GdGYTu7$O&A3AdwnOtGS=KSHr-"
    "ZYrP5exZ-W^Vsl7Dcz?|(e>=f5ahP6|q7A^{LU+m%%->n%nY>qISGFzY7n&v{z##ab-jB<09w{L*^ZieU>pkwsazrj9y{AaishH6"
    "+jd#GH8DhP#Dcvk+3TmJ}s0_X?&A}>CC__%WW4io}m2zymEpt$>tv+6y)hWnL}JdKB=s;clZtMUsx=z}gFib(z<<<`G~<k|ciI`k"
    "9m!^gjgUIl@q$#(4u!zR})BJd+Da10`lZMjXt1+}q|2ZG16LRNDNC-wghpd<O=!-"
    "tQnfH_445N@eRIT)13c0mTGl8HfLn|W%v_QdF9YBV|aU{oS8Sd_KALTi#3Po`eGul9o*AHW^C*N5S86}j}3uIpuH5q;<Mp9nVy7C"
    "!$1h{3U@"
)
PLACES_WAL_MODE = _packed(
    "c-"
    "rk)TTc@~6rR~B+ipzbB_Rzlp$k4hV`XWJ7f6T{C`be^rI_&447<~Ipu1CchKofX+F#(4CO&HXAHJCIA4oJYF+TbioGq}WwCIZuYW"
    "7Q}d**znGvA!;*`4X?(`71%USh6|g`NQ+peSHQ*8u>UY$|A@PqxsRJ_Nsq2F6SnZGHI=pf%+^{0^x!|2P_hec@O<4x5(*-"
    "l!6r)r;71821fzE}zR5a(W><yPVT~_b9dWrALL_VlJ;g$uF&B^XvM<+<LNB#U?4X$)p!u#6q}qV@Gr_CUXRFgueXv(c-"
    "gge(pgwpR}+bS<51RRN_S_9Lr>2Bi^B}JtFVn>g%cbOu$9z9c&Z*M9XL<ok%n$Q8+d-0-"
    "Gs+`VGdmZ0v6Fj!vj+N}sxDGV#1d{A852e6xmKFD<8CK}D7PI!VbY=3<3ev_#Kju3;$Qm|?(X)Yo32Trl_fF6C74E(hvbLkE4)I!"
    "Z3Hi>;9M63+h$T6ED9e$I6^35mui49A9sVDq}KxHS@QTS}M4WB*0scHC-"
    "5?z*#itixnG?VRiLxrOZ7azP(&WwzL@J`qI@K<E}gZ_x_6C5-?90`$gUNCnf;2&f2A<5Pw~_OV^7k}-"
    "z}!+S)=kqYkj;F()C@K~MJ<QU26eogHaP-YHUlntoYn)R<oGZqYk#?67_U>R%em|I>evvPSNy}!xKyXpN5-"
    "^85lG3=H$%BH<rqBbrGaYyXoGT*D4b!?3>hcd^wzdg-"
    "`oQ<y%?3$I<EU#Yy@7)a14}gB4&%q525a2(<RSl||a{5rY3{?=(RCrqcidX*#eE{ei`Xny_0tEQ$_8lk!Gzj}uHKcg^jMM5pxoU$"
    "-M4raAn5rtg!fN~+4+fyeN1~EHPkHsPAbB?bf)0a32MF+QqF+HEWwAY{%CN-"
    "^n+QCQ1&%`ma&5OoxS$Re@<6aat7I*|bX@;$06LN%0Rja08!)S=0K#n*DF?&y*e=NMR4O@49IHTW&%Qf8nI2C~+#8oj4wqytuhP0"
    "CZl}^Oy;u9em3QEV-0MT_wu(G@$}o%yvx%{L@=t^p1dAVk0_Y;Kss"
)
PLACES_LOG = _packed(
    "c-k|sXKP~6eI&uaz`_6m<q2j=fr}?T|IV7+HLd7g15k(wS$q?-"
    ";_jCQvGu$_F&1WB2Ig7JzRbGJc?_dq6pRAwK#qlt!IqbUA)}<Epx8=ZKeZw;w;(4~FE6!3KR2-"
    "`Tb`MX!5)izeo?x9qFz;Iffg&!08vghbOp)zx%xSYC8<6@%)lnpRHr4*kiy8$(5Nj5Q4Ca@Qkt9%!s+?x=_W=MS^3H4Mis`zS&7B"
    "@<@t$4X-VnHxn*gYxru2dC1xe%iRs1VRmoL}DSG*NnfZD8_Jy{^B|zJXgHscWk~2WIR85-"
    "z@)a`>v%$)R=HJIomj0Dm04f)lnC~$#zXuYdU=)mkVFdU&*%&w(**IBYg$+L=8v_R?8zZb(U;+TBZ)XA"
)
FORMS = _packed(
    "c-"
    "jjN^vNtqRY=P(%1ta$FlJz3U}R))P*7lCU|<GfCI$px1Y#C6J|V!&pqI?Z3sTH%%m75AU=$2>(CEd;F0QT3*yLT3n3R*6n_m?V%0"
    "3yH#U=Sgm1tZh=O9<d5Lbl|M<*Xw1vE*G%oGJrzYte<*C2&}AWvV%phyL8*GQeT%+#Eeyu{p8g%H<>5CuPfAP)8M(J4#JDMc46$;"
    "?eH4lPcFn*`KdR9u20l9PxgkX{P38Dx$oC~q<`FK1xB0whMkC>RBU5oj}UFo>#ivat!~CT8Z8Iiyx3<`(3n>g5-"
    "uGq4FYRZW|~0Hf25v=})UWThE_ic5=Ai$LW_c4~1+QECn|irS@@9MTN|pvq<*"
)
COOKIES = _packed(
    "c-rlg%TB^T6ozLIa6!<-"
    "jSCYq2@5nSm{6lztB!_PQEN$LMTTKoMren0hKqHDynt?e0^iD|FJh5mh#Pk%CjD~$%s=OxxopnujmZ^5jtD%WkPgxSLU4o-"
    "03a1>0gROXvHy(}C{vi9HLq-gC=wF>5tAld-7FN~G^0qX$2<`>sSsVx<dRLDSlF;JvW;UCqou+QZ=-6>#^=~V*H-"
    "n?uo~zBH#8A&m-~iN0dEZylgP$*HmY4ks+%S{#b-"
    "v{v{A9B`NU&iRc%OmgV=V2RCCuSsxx<N+~>i=;x(;Dq%tUFQnK$aXf$9%apBuMx-"
    "?Gi&S!H9qDV+c_<J5<4&=A=Np3xp&B|zIqZySt4Rlo!PKlJ_RJlE%-I-"
    "kBy8D&!y`YDcu`ch46eB?br{z*_=x~oXN*$;XapfqaA!(O|A06L=Z)-2_A0WH&6uv&gcm<#1?0sM"
)
OTHER = _packed(
    "c-"
    "jjN^vNtqRY=P(%1ta$FlJz3U}R))P*7lCU|@n`7+?fq7BoH~z{H@J%*YE;%)FQZh(^IE7zLz(XhwE%MMcI&#*)OOoYdU>s`!GO#N"
    "^as1dGWz$kj2#RUyRD$;VXzA+C{`qTuNl;_B`iq!19~>FXF2so?DzsZ*X`lv1n^;u;a63CWw!8GvXMjDk@xJb^ePGlOYHNl8JmmA"
    "-yzMPhD2PO4shQMx_=$B8b$"
)
HISTORY = _packed(
    "c-rk+Pj4GV6rb7Mti6dM^%9I#P?kefTQS~}Vvs-"
    ")HN}{yu2UQb5%sW|?2heC_m8tPj+0!FTO_^#s>Fc<7bN%s+#*%tjQ9v}skkDLsz`|0*}Adgbwd##n$Ax<qn-EOzL|MD@9o>2-"
    "T1KPP^`Ct&_h(e0u%rtxT@;_fD5e5ffJ~#C?jnM&c+2$wBSr6EFVX0O+JPj;2ZE2cq*i$YOpku%9KiQ;8C>g;@kM3AB46^Fbb`XN"
    "pa|rB$|4yQ7Jbodb9j)t)eGM<c37Y*4OIIO109^>+4OuzFDgkdZC+0kFL~f>-"
    "FkK<;JxS$|sz>ucR_dOK`Brhq>nvhnghlh1S^l%-FC-Ik}PUZZ_6#lp9<6^~zQu=1z<xKWNFROg0PeUOMTJ#I-"
    "Wn37Mi^FK;&2*Xrzo8<l!9n)c+J<55z_n;b=<6$YNk1%|u=4Ux~<PT)Tlf3Na>d9&8kFP~Ow_d;}rWd5e4W|o)X7M~{Bb=ksY_i?"
    "v}ed}~n9-H_nX3j?*F0fX9@Ci(178c-L#C5Vslc-"
    "2zS4Wh;ZnTjlQJ@ZW@fanZtQGWp`XrmsgD$qu7IP7y=96wp$FXfZ&8CrGDf8Sn?*aLqyaNOT1pYk~R~NLjn(k2AC2tu9-"
    "bY^7#l;|O8|}cyRaStp`{I4);?)+^z+gG6X|XtywtLp?sI-"
    "H2`}LLmoxpl?W&aA<K_uu0C~R%FEpM;oc&J6`8?=wwq<?4~BD)y)EUp^w?5+~Z`Xd|s$;bP7=?4(`za;+x<lk8(ARur~F)PVg7^i"
    "?z8p;chXFBoo{{fI6$Uh1j2?(46yZ}{ANlU|A;xZ?t0Lvv5dHCRGMEL6WNAr)~&EwZ|0Re&M1TvICI`;ox0XqZ)1kOL^paQk56n_"
    "nf{r?NV4gmpy{|_uU2QI0Sq^YISve5}VZ0s4Rc<6L_4*%JgM-q?#KmYtEkn~Y8iH5pe*Rl9si@{Vy{;$9dApIeI3-"
    "A9|dvkx+BwvgDKe7KO_W%Bw{XcHgc}W5acnIW=rCIP0e)rr&*THIvN31(9^ILBRecug`P0YyQtqyX0l0=&wTN+6cxuj^pS*GLLct"
    "0`3Bu0|L$Vy{cN0sFB)wG(qRf2#wA1!dyqXBQ5Ndq%qOQOyVL-"
    "?KRYAUn12tUQ+26=pvN}l?(a79tr#?<U0+DV=rOF+YE3pd0TcJ`PLY#&fe5~6QFkvoma6w?Hq*te(l*1}<kLw#b5%oLHWCK(=6WJ"
    "Yc}WaU;$rTj=xenx&)iTD4Gfc!J71Ox=0DZC;nnpPbq`j+h%hsnN=Y5cZu5h_~x?ZlrBFrDT8{~M5xStTGKaQ-"
    "pFVg{5H78bNW0V^fQtp"
)
WEB_DATA = _packed(
    "c-"
    "jjN^vNtqRY=P(%1ta$FlJz3U}R))P*7lCU|<4bW(EXc1Y#C6J|V!wpqI?Z%lw0ZiRlvq(<kQR45MHa3@B&}Vq_PWm1S%yFG)<wNl"
    "h#*$xqA7$$`;K&Oxq@A+8D`j!r(V3NTTPyu{p8g)qk;XAj39owCH7QZ!zCPJVf65nL=Ku_QG<xhNG#r6_p%g}A!A1}V6>x;cjWge"
    "Vw5q;nFBOX5q5u_{Q;FU>2#5I58b2=erG42o3nc8vr(31YdXralv!xU(!HLuOt|YDIBj4lqy0gWL}0$HROPZwO<7@-"
    "+u2G<ZQ7nfV3-5RHOSFbakVP-A45m6m2<VFVU1MWB)*JGHo^C^ZL4r9Oyo0OA-XE^z*T!vI91U=)mkVGM*>WTiRL$^!scuy<A"
)
CHROME_COOKIES = _packed(
    "c-"
    "jjN^vNtqRY=P(%1ta$FlJz3U}R))P*7lCU|@n`7+?fq7BoH~z{H@J%*YE;%*@2V%)~GXM!_Hhjn$0o;?mNL&AugxNja&>`T5zIsl"
    "`x=$vMc?F~n6N#L>yeRRJofkzACTSdy8a7hhVEtl;Sv;_B`iq~PZtqTm<m<D-+2UtAKOom#07;u;Zx5Y9`?O+^zbOUx-"
    "n7fa1cE~+djNll4|$U6D>J0WBX5=%1BHB=O27Nr(rcS}wp&@G9{$*INI6=*{8W)cGsje=1y3aDScNHcP=HF8Sx7V)#OG3Xac9G1D"
    "jkW!kQ4Z`X9>FFj$6<PVo=0+99#aW5P`Q`bEMQKUt$+=}|nYoE+B_(Dh<%#LV<yFa5i79&ddBAd~7?_=bRGFcHfS{1Dh^Uyjgrt<"
    "TjI5lzf})bLimIBrhNhObj;@}*fuWJHiK&^ng{76Xjjf%%KF|R=555>MKpnye06^e|U;"
)
LOGINS = _packed(
    "c-rk&-"
    "EPw`6t<J8R7gRC0bSVuOK`EOrDYvr8dpn4fQqagB}M90<tA>H)k)geY0K^^Bp!tq;RO)S!YvX`+XdPpxZwgsKE=mA=Q}?>QEcV)E"
    "8XD)b^XA_9PNQM03kR;2mm0@#|5AmYfJj?AcLX_6|s=uS0L4eNbvXIL`r4ydD!B(LkSyD@g=kw8HB_$msR<wp{a(347H+bXo=kMu"
    "uBR;%e^bYOPOpIzTcnbq`vKVY$m0J3^Ut~A2?!ehXF-"
    "z)W*>ZwSj7N1J#<kUce@I`~|KMG7?0!+Jq99czl%@Vj7az+{cWK{J>iAkBOOoMXy&1%&|RDFCdt@tGltVXxJ1aCl;#K4DGr01KXk"
    "4>`{javfX*xj<&Pv#2uHgh>H^xobS0#8r5U9(Lyh^7E+r=y;>75>{zQAv(gkZz7QMdMNhS7YEw7R!<lE?o9kOn*ZE~cZhAJQ&p^%"
    "zks!f8kEV3xKv6c7{6Q)WK{|cPd7nKgmHHGrUXhHk+oz=DQ|mPJI0?!R=JU_}Kxwe~ar+aHCI(!e+*6b-r98<-"
    "nNz7KLIhZ$*^7ql+xDaK_{=x=%i}$EhM7O|anSA9raSC9F79&vn2)f{M(5@^wu-(d?zhtPChQT$144(pyX#l4ZCt-"
    "`Gqah!wY7cw&fPy#ByMB6_;CO5!VsN*D1QOsNsu7He}KzS&cgXm**B$$9T)"
)

_ONION = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion"
_SEARCH = f"http://{_ONION}/?q=stamps"
_GONE = "https://example.org/gone"
_PLACES_TOLD = (_SEARCH, _GONE, "https://example.net/mark", "https://example.org/a.zip", "none stored")
_MADE = "sqlite3, tables of Firefox"
_MADE_TOO = "sqlite3, tables of Chromium"

FIREFOX = (
    Specimen("visits, one deleted, a bookmark, a download", PLACES, _PLACES_TOLD, _MADE),
    Specimen(
        "a visit in the write-ahead log",
        PLACES_WAL_MODE,
        (*_PLACES_TOLD, "https://example.com/late"),
        _MADE,
        (("-wal", PLACES_LOG),),
    ),
    Specimen("entries of forms", FORMS, ("kestrel", "v@example.org", "none stored"), _MADE),
    Specimen("a cookie", COOKIES, (_ONION, "none stored"), _MADE),
    Specimen("truncated within the schema", PLACES[:500], None, "sqlite3, cut"),
    Specimen("look-alike: a table of that name with other columns", OTHER, None, "sqlite3"),
)
CHROMIUM = (
    Specimen(
        "visits, one deleted, a search, a download",
        HISTORY,
        (_SEARCH, _GONE, "stamps", "https://cdn.example.net/a.zip", "none stored"),
        _MADE_TOO,
    ),
    Specimen("entries of forms", WEB_DATA, ("kestrel", "none stored"), _MADE_TOO),
    Specimen("an encrypted cookie", CHROME_COOKIES, (_ONION, "none stored"), _MADE_TOO),
    Specimen(
        "saved passwords, encrypted and plain", LOGINS, ("encrypted", "hunter2-hunter2", "none stored"), _MADE_TOO
    ),
    Specimen("truncated within the schema", HISTORY[:500], None, "sqlite3, cut"),
    Specimen("look-alike: Firefox", PLACES, None, _MADE),
)
