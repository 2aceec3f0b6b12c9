"""Known answers: databases of people who do not exist, made with sqlite3, compressed and in base 85 here."""

from __future__ import annotations

import base64
import zlib

from forensics.detectors.base import Specimen


def database(digits: str) -> bytes:
    return zlib.decompress(base64.b85decode("".join(digits.split())))


def of(data: bytes, values: tuple[str, ...], cut: int = 400) -> tuple[Specimen, ...]:
    """The whole store, and what no store is."""
    changed = data.replace(b"(", b"[")
    return (
        Specimen("a store", data, values, "sqlite3 3.40, one row deleted"),
        Specimen("cut in the first page", data[:cut], None, "sqlite3 3.40, cut"),
        Specimen("statements that name no columns", changed, None, "sqlite3 3.40, changed"),
        Specimen("a header alone", data[:100] + bytes(412), None, "sqlite3 3.40, cut"),
    )


PROFANITY = of(
    database(
        r"""
        c-rk&Pj3=I6rW)$G{&_W({Lh;2a`6X6j+JUi%{GcBBd=ZM%u$>x;rgvcX#N{LW_w9jaNT|-@vcpq2I)-7vGLu`bQGe#Kc5+%rNu*%=_)
        *y&c}Gou(5qa=-(RhD1XNgfXfTf)Gl=OrZ-(z?{3pWAtZAqP&G~MaK9?#HZwvRFYD=ok*rvR&Y0@`z{m5E<A}T*zth*)^%2?xAmH#6Qj
        1#)X6pFl21LB18(_a9;eco4F0qxeb#$4Z1O`9uZb&OVkud2Y|>~M`U|~Hw%d)(TDwbL>RnRn7+Z}NoY~Y{Mvfc=+%w;Tt)ag$NNWpbr`
        gPrkWZ3I>wpP92rMR*((;<bV?xlwvEBhbq+UPfNBvj@V*edA&v9~u23F4*vI{}L`YyFD3E-CrM*Yy?evCzfBWA-BP#JEN2(01)B=!v9F
        YtAS{s-Dq?xM9P3u?Cf;J&IZ&Yw8eQPqN6=N*4YUB|YlZ$rIR1I|4W3r~B@bvdD~TPl<uuNJh`LeVG`)}v9`^#+#EeC{*w&$YD$wOn5W
        =jr(n4)BvJ?tjA@jhM)heb#e)n}j_^M332*QHl~p%a>Q=HaaUx++!X$F~p)RsE;a(lVh2Hf9eS0gb`4{p8bL;t(GcANn0;h*2_=x<z0z
        TjN(z{yZIf#n9)?w9js(<eDx`6e6!DJD(Utt|5Hu!{zu;sjQ3~*J~!^o!1lAA#R&e~*y*{34ni(@^ZEX376|A;%;I<(^@F>!{_kJ+e^I
        #0QT`Qt58<!44$IV2aW0v@VKqBSDxJ;Z4-aL@jpgIb+?Apmi^-BbG$$8cjttLjVr8e**y-rYfB%K~3C5$`o&
        """
    ),
    ("tallow@chat.invalid", "candles@rooms.invalid", "wick@chat.invalid"),
)
DINO = of(
    database(
        r"""
        c-rk)&u<$=6rQ)cv3HY(9E|G*tIBYwk|=IVWK~fQ6)|XqB3!pkH-en3@$RJFcD?KFjO&I2QVJ5He?q0+_(wQ$p-038#Eq&~gpj!KX1#X
        p#I!k3q+0uFe(!rTqkZ$ud%L%9)qTn7K@@kGq*bC30J2RfA!Gsb8S)Zyn2oVMkk?~@TyjAvYVfD(pMk%z@#GYm<icF8bhQA)4?X@++z)
        V@P1ci9(r@1Nz2+tsxtn^fw6OvElC=V!iV1$d$3ypc*Z6qXt~oY!Y9G~YdhFp^$U3}&z4fCi<V)o;Ji3<5$y_(;g)*(Qi8<22HQ%E<4a
        fe(-laEpcdplV_vxqhKCSIJH+CARaouh>720AkR~x5}{kcQ;8auc4Y}&Zt(8gZ9UZF7;Q7?9Rm&Gy>sn9MHq94Ux+GT;yMB3(|+T3W}^
        ^01rR4f16>q<A;+#EFU^;$VB^2VYvB>Y4$WtbhTLY`bMzQ1JkefQqB+h+2TA3nhI<9U7<g^}F6&E1&G&*l^RzaW@0%r@TDFP}UPivK$N
        Lf{X0fmMc?!h)`sp~Hn>cetL{^a7y!(dI!fTd7A_Onmc?1b)XN!&{DXnohP{7J3*8ZO2j65ksDz1)WqS3xcRW!T<Th{?7<JgXh`%d+V{
        RZ^2aiYiISUHO2mm7>pa_0|Ev3fqajRC-B#+7HAv!QlS7xTS;t;w+W`XiI^A%{)>2c9rv-C#s6<6{+BwM(p2_bgzu35eT@I1k5z{M2OI
        i3WXXbJ$pph#F-=!fk(mg42L~Ge?Y(bRZgXTS+B`t{>XKy@mrTnru7KH6F?<(AzQX*?As2YGcpD8(Wt&sc=AO0+YJRIoEL6E*noOyn^p
        `68g8EX)#{9#?|C7fAe#T;zteo7cnbz+4^Kev5C=qiOsDnJL=O;)p99>HTkLGlCR7QfyiC%wH&n2|`I!e|^mD9?cSRoxeCGCV{;TNpwk
        64s)VNCla36n=WRverzfD~;GnVL>Gu5;{>=f~WYeiTlbNgj6ja2R`jXRH@QF20+|u~y_Aj>zxEhu!gcE40Jndt>*(DSw{~zW<+-%=^zc
        in>lVlMCj=_aDHo1XG6D!wSq<)k1Mf;ODTQ70LGC`>#siDHa({gSMG3Eic2-#=sXw0`LAoxiIMmld-jv?xsTTj+~K-I@6};wS*h{gKIr
        ;i7cNly<xBW4`T0jvj
        """
    ),
    ("tallow@chat.invalid", "candles@rooms.invalid", "wick@chat.invalid"),
)
GAJIM = of(
    database(
        r"""
        c-rk%%}(1u5Z-lwkOSg^iV&B%Ac_=zB*eKGWDp{0Ay}fEtj&68wsCCBo{*Sh)d%1W;Kr@56ZO_3;we}=h9qhWR|NUAyW{zGW_IK`d?&{
        hMF{6X)Di@n%wU|eZ2-ntQSV7MKtb<`A)m9CQDke9XGM(6pX8_PonSgWs>am(!UFG*sCyV;E1>)=?A9#Pw!k)bDi-v)k6{xIKHJv5RfD
        72LDj6C!J&0lhVRM++xlv+9Pz37#YLWE<%E<$+o#+ZBL#Ev<%%=uAo)GhYm7IIIbLAv9VMIFvLR?q`4_@dZh!uFOs_HCFh1z%Z<6r5p!
        1LU_ZaW-+wos|&DbcFW=o|apJiLxOU&Qhy_-K;SL+GJWvF9A`7TfcA#R|%ti#fHp2jcf_^y#ATwmz~p<+;!hDP{lCKL8m#(!}~o9FRky
        --Z`=jT=?KrM`8@$Jz}j0jLp{#Ss`n@+A#&LAYC`&u}{Mi>X}NMa^gWuPR)!KJGrl%xWGK#|hVlW2voSNUS<4DHZRN-lmG?_Ub%$tUbm
        {@IQ(a$NL8;!ylpN4FP9*$&0uZKE%vBux7lx><Sk`u_kkJNE4
        """
    ),
    ("tallow@chat.invalid", "wick@chat.invalid"),
)
PSI_PLUS = of(
    database(
        r"""
        c-rk&&2G~`5T3Quq@jv9^bm50v=^jANlJ(bqPesIStue+OK>G}iZ=GP*~mYwy(z5_hr)C465KiR1bqTdJOD=yuxrODsUjf|AXNNmz2o_
        IXSAN#_0F@WUB)Rs@O+1Gtbqau!8XPKkQPq{E}@Di^_`C3$4JA5iB{xf^hN3!A>PAp#H#G})O5a5K?6=kHVuw#@kPUc9#5%jUR6_%`g+
        ^YvC)3m)$x_Vl1m&~6<YcHmXgUAi|Dl)`ZPV46O#wAR2RI&Y>8R8(=+tPdLQ?84cy!BcJW@nv(xSm@DqK2+xy0DrzdQ8^qx`0#59M(#L
        %A$g`XYK*t&`*bKYhLlrv{OR_>y-T$vLtOt|o-E)Qa<EG#T$OG~}U^r$%*KLrx}r^tn8^CO6s;5wp+(y+d&p_k+pC${aq*fz(6Z!q_S*
        v$GW^RJ*!fIf>Z!F9zAMJ*tDLgf{)hSXv<zO$n9e*x$My-mXO@8N#-rj|v}1UPNf8~18;tyaHl)axzTH06v2RXn0&=31DKDGtWes-QKH
        R#~_`w`$ZHo4BF1nwzcW0~TP$<#eBJ<-)@51E6;(FT`J{&Hg};lKSsg>c7xibpF>tv;+~(C#g)nP(W|)gdvXpno+;95Z;LU*{siY%W#Q
        V75g;sroKsM>9Po?OZSJxd}?y$xtCNh9Zdu`o9+xbJ&hHcxQDY>LHcAU{F0C;e*>vrP@@
        """
    ),
    ("tallow@chat.invalid", "none stored"),
)
SKYPE = of(
    database(
        r"""
        c-rk(OK;Oa5T4DWDQXd_LS>3DTB%aoNFf|hPkqo(S*Ri{5Q3m^u-5iAUe%AtyJ^S;k@jDK`d{F}feUBEg|%JRPE{08k&vQ%TJL1WJMm}
        F&W!!yd4max5B$I-0zZHpAOu?&1Hg<trXfX99)*mKU^Hf+W}?s$p`W2%ip5nC(HgAeN{XtY<3&LXhi?0xAg17n%x^cfdP~Et`lE)16YC
        1I@XlUKd#p9_-qRM|d)a8<XU(16dUGE?(e|sDAND)cBQC`)?RBe)J6w2P*EMKxW;p0NPUgJDc*i0AtcUG;RCj%YIkBlSP*6-2MO5pi>3
        2QB6PX*Lnpppy>IG)hCCuSxio=d5vvik+cM>fMLz=%H#pW}}F~Jz(E}DXc`3m%yd06Ycl5=k>+!i(F9TA6Fas0o6921N!Ze1&Z3JYZr#
        BuyyO|&8@=Q#e~L5>N=A2*5xP|KNJ5XL_btAGyRlN9&<tn=pcC1rUT4YZ{59?^gk!F-PoDTRwYI6XDGyD^J;f{Ffb`fO#=|F72nBW7{_
        p8`5XA13MXU$BAZ)UsNTuhXl=MKhC|$xr&__Q^({@+vl{%{&VWn__NLt3EReXl`LXa^9BCX_wFVzTaRRFF9h3iKVt!!|TST{DXk5-#0c
        NhVjqA8-O3-^e-{EQ!FWpf{v9qJtZL?P1D1P8Jb3Kb%VB<rwis%E{NMnR#&m@bD>`>72O~zGU+N)mLA<Q(#uqi3xy~pPu@oKb}8qiO?e
        `xhDavX(LBQo`FgrcT5KXRNlCiG_RmX6;JbQQK!)lGas0O4A%XDDYtAJ%E@bYf8nxtSoTVGdBRJD9@iTm@ufKDhZ2o@(IVKou+?<<&f{
        Ku=2p^N`FkAcukOtV5
        """
    ),
    ("tallow.t", "wick.w"),
)
IMESSAGE = of(
    database(
        r"""
        c-rk(&2Jk;6rZ=VUVH627F5w<1xq85(iq!Kt@gwvS*HuK;@I_<AQ!BScj9bouc>#PHYen2;SS<I;9d#-3+^CsKpZ$Bii89zLM;MjKkWE
        J5&gR0?9V%X^WJ>y)4ZMco2gezx<$!hf6!Acat(0^0BsY35Q?#~f=&@)g`d&^{WoIhN*kPk9Q@(v7vPCkc?R5n1H#hU8rUgIJ?PRNHBG
        fM7TiuvksAtW$c2(ZeB(x~@?P-<DV7_`yGo7RtQGg<+CJG;_KDnVRElLbXiq6OvZOQAHPTStZ;)oWSZyk#TxpPUvsB6wi{7)`rYt#94X
        sOCtm}Bn8_GL!v(zA0vqZJ5fqpQws8;A}C!|oS6tcvmgJZo-{qbtM-5(m`*))|cxIdAnwFXqx=1dyx>c@0Ir|i1fIvn(StsY(UBc0;}N
        nQh_8ydZ5-s!Taw$!23clDOPFs-~-VXGPuoRH$U8ykw?8=xSg0MCK-L`p=d1RsfrJM2p#M*r@XzUQqt&3sx5_qaGpAaS&jN(hliq`=2a
        i-o*roqR~O(NEZhZQHhAE!XAAw^U~pql0WaQm$7HZqc@dKK{&hRj&y?w;_X1sQJm{RnhftzxvYt0KEklP~wv35--ZSNpy=?N9<#ocB}d
        ~EB{2@_&-8yUp|6ggIF#<gdH5h2`F$pPKdIz|9SWtvFJa9A6O;8{}UH^oD&&oP?kK#>E4WCyav94BOG3Z_K|AwBH*Oxky;%7L>N^O`hv
        y2iq_e00j$eMTgkJi#V5zSC&M?fAZ0SJ?{c-@*`#-d)M(GE{0w)`HEtMck7k*c4*372^FPJT3BZZ1v;P5pMC=K$lz5$;zc0U%%3QyGb&
        P!HV0;jWy7B)Du_wSe1ID5lhX*YGYY1LL51B~1KR4+=K)cP&v+{{UBa@_Ziy2$_1yhVo;pUhTFNCGlRT$lN6S&jSDdJ4(b}Y}4x3lg*m
        YS(y>4!QU%%<E{x8KnX*OtzN1nH@1Y;=(iOUWeM2iIrM>ir8detWj3_1vc!mdkzGIprJI-@%FR|1^P2I;GiS)?O~Tdino5#GU|4gg5yR
        N?g9ynMwP~+jsT$?d_hbcdzKivD(!&C;k|ILGT!UXClB7BZM&kk3*azI36&FeAJEq&rbY*V<N!PBFuvmee6k&3-KU|d>m4UN4p4);1Uz
        xzrYJdD`Hs6<zQ5C>1qBhI<LoP2x`9dnF;muCO2Wrt*9W?b7v9${2N>OdCSW9k|ak2=>^Y1qt$R&+T4WE{^Sfa(_z67T{s=hG;jFFp3~
        dmxOLh#y=>zV(>>EZ|37B?KiDDX3oQSm#7=PkJKy)ee*q~dx>5
        """
    ),
    ("+440000000001", "none stored"),
)
ANDROID_SMS = of(
    database(
        r"""
        c-rliPm9w)6u{q0`Y(teEZCz1BD<wQDqSh)Va@6&#cp?vS+EyFHZw~DZQ5qCLcvS%;7Ppf=kV<J*e|gsuO9T^OwwwjEqYLqH9uY^yf^d
        SB)pmTo<8XWF(=2PXz0bH2^t{6JwgDWJbxDG@+mCo2tTI`H+?Ls#rP@F)7M%mYM52Da<$pSSu6IA2Hf|;Q5g8%!1Wl5xDZ^dFzNSgYB`
        iR)^3NA6$`f9fRT3Bp^vCd4(#@xW%tNq+9TGXv)}GY_dVKmOfq*M4t?g-X3w!)-Ppia*ON~XLm@@WY$XlrLYpM+N8Dpe)7khY8S_Yt!f
        &(8liA2<uHa$(HTnbk&^qimq+t>jd6hk$j+a6ljo5U)m*CNhz~`<n1M*0vxTsxDa&rcFhNqD8udrimLa}HVx2yH-?Z$#z_~zsO+xKdGe
        Lm$vW|#MakjZ1liRg1C7q?n<yadX<V&Dz<!Tn`J3j_&b<rDFpH2)t!O3sDn3hJ<#ITC69&p}Gg1?DR1O=Cq@RQcE76!4lHcHz#i_vVE~
        V%O`~OB>{55F{;Ya>7IZd$o{loY~2(&>M17YPG!o|CRoq{9t<jKZBH<{|pT^NbWyQ0N=?W=g)JuP*MfOP3p;*ok%HV>WMV0t0%Psy;S|
        Zwe|~a`D$J
        """
    ),
    ("+440000000001", "none stored"),
)
CALLS = of(
    database(
        r"""
        c-jjN^vNtqRY=P(%1ta$FlJz4U}R))P*7lCU|@z~7+?fq7BoH~z|5eR%*YF5Ffn{!U~~c!0}KL~*u=H986!&)lX6mv3v+;;k1tLwEKSW
        zM&~j+2e~?ixGID=I{CONph;@vCFZ8;0C}2?){N}p;^K@=p<pwU6LWHk!2}bEez1^6d}fM*r(cMxyK9g_K#-@eV^E}mw`-(=V`zxKryo
        #*ud82(jzV5(Zc=KILWpYwkdu-Kj3B5cAg{D2u_QA;4<S-gS%4%Dau-x1#1vHN<owdSlA_AY;(V|oO;Fr0GTvrjyv?|sVH6A@prX#o!6
        ?irsBL0m00V}Mz2E)&cQA(}=A<VnGjcMhvoc~;Q)9rx1Xcuz|E~-{Gzvxv;ACVLXM~hd023~DbN
        """
    ),
    ("+440000000001", "none stored"),
)
WHATSAPP = of(
    database(
        r"""
        c-rk)&2Q646n}4QH+DZ%MJ41=70m^fh%{<wxxj&z%0d+-g={KO3CVKfp><0>YEN1!!J!C_Xb*cv@E34IT)1)N!e79N)2{Zki?q8Eym1_
        wrY%$ykc#q4JRk3kXI|`izj-geUZ3@);J0c)#g%*<7$CwV=Kx^Q)eGCu<EsUPFT;Xd84YSM{73bB@xNx{t6{3*{$)(0hllZjknZAbQ4w
        M2F10E)U9_i4HZM(GnzeZ>Jni@%pDC2=%XX1pE6!Y<DlYIV_5z=pFU`#q=$5N?p_Jw2Wmh^uZKHj7VXnjr^Ru&Aek-U|oQl{(vnn>#Eh
        YO#sZAP+swV<x#rHbq%yQ|IWzwzGw?%;{3x8dB&VIVObV3oV(~NtJh<~UfH|wHp8F5ECo-5tRG_pv#K_KW6_Ncd_vjKbz8a@R43t!_yY
        IO1Aaa`{QG?U6vEHK&Xgocma&po+8sxiw<T807UIdgSfNq>8x%HN-EiZII;#j;=ZxLg)IToxW@{a{&1pn1%b*6LX`^6r=)a$l-3fw(w`
        (Ms{UA4c;7Y8T)e!1wqkzNJPNM;!gSHi9u3gse}~hFd+|WLgRp!?6TvLrAowsrS#o19(ow%|kBT!ObnnHP(|pa|Rb8t`663(}6=gw$>2
        Ua%WfD!QCCo(^a=3vee6T`TubI|H+PwdjA>*fUocwRb6~{oYxFEnVFuL7;9lX%x%!N3*CA>R~52dGr3cBj2SSL8p)5IUCK2=swP!^9y@
        2u?>l3@W5xkI0UF!`JVnLdc!Ih=4(oa%ol4=>T;#>d_0*Nv;lE09Q0Lw4XMDaebA8^XecxDI5oH;9LFN~uCw(D>Kxe186O)YFkhQ4qL=
        =!$rHRj)47O!xiS*DAZmmU@(mM1tcGyXRgPPeOC*I8z%C9@6fxF>^GVrTQO~c8Q;<shei2v~qz<;Ue;^&SGm<~A1rroMXyGKWzqRrkoH
        ^cuAnU{5OgkWfhjA@!>HU0l3Q1t(@`&^C~a;y)g%|S2*DboJTA-|>)!3A?HiG7fy>`x_t=4f7h2BJT5-hul5yttq4Nu)<c@By~x3t_9a
        _R1K-gC6H9^bbU(M(69w?i4_2JJN>zvW2!Veb4yb^Id1dZ3g(wVNIDj%ws`pM<BvlBPef6_e(4?9|1bfMH>
        """
    ),
    ("440000000001@s.whatsapp.net", "1-2@g.us", "none stored"),
)
HANGOUTS = of(
    database(
        r"""
        c-rk%Pm9w)6n~TMCMvk@3Z=rbFd(%GMK<n96tqf^Vim0s-BXyR(`M-851FaDf?)grd-UR$@#-holV3r+dvPXhNdmfhS&=0_X5P$u^Co$
        j`MtbnPX|m=Jc-kgNW2FIAOv?Y1^`QS6ACm`Un}Vd{tOGQ`)FM|qaRu~7sD|)qeXVfuv+al%7i2%P7{(!=Cg!EQk3V7`$MPaI@s;q8#u
        VUa@AvF+<)vk51b)>GVDL<4fpXwXTOX6fJnXQIxpQWPJ%e1g*usY?nNY|E1hsYBL1wfUCRc@YVGWx53@Y9kP1PjRIEm$64J{0`*4;XMF
        @Tzy`rfglEqPBC36|XsaFkN(l>H7W$Hnago%EOQV$ZknDN*r+?%I->6p?mmNYl0b6z*j=XY}i=m>p+8vhw?UuZV_rb@KY^XXgL-rc=%K
        t&giXuzT|zH)i*<}De}e8eK4V=ylsZhV=1Hah4WsJ(6TEC5;VwVA+7VznWqcXH2n+wb-L8|W*b?@H7-UDz^AXu>vV;<$w4LHv3HX;V|1
        >=(?RE%N^xs8-|DV^h^)MF{;vSn?syfA|Q<R^ssFYxCd5S=ax6Q2+DKS>%5Rs?|7YWSb4E)#;$j%ehm&YEe<vDlDoj9mDKjGN;7mDUE1
        KBpsLN{1d^9YEA
        """
    ),
    ("ugz1", "none stored"),
)
BURNER = of(
    database(
        r"""
        c-rlk%We}f6o${qWRj+($^u0Z3X!}3wN+ARL_>vGK&iSwD&kfatVW)RX)F>?JNBSff<=K13&aEPBD?`h)Fr$CV!;jsQa5;RxwWN5ut4q
        n8t3?OJRaLK=X37gUEzw6N3PeUid=#WAi{M*03feZ0s1m@$_|tf4p$y7IA{jWxEqwmBD0U4U&Va6TE&+)6}3C8%cP`hOeQw7bZ>cab(y
        R#-dI^CN$s@7TZ9Y6)|f}uJ>I3>7J1CJ2=$fAh2!b_2vtw~18>DP6%npZey2lx!8d%?a~N)|6UP;bI?7sayMkH5@7j8t5uYb6cbMgSov
        @)!T2wJhkE~7q+4}Cb?+NDZc@o{v_o(8oNc!j+?lEVuYQURH$y9IDnTwfRd8vxPMT>39jgH<^D_R3xwvy$t8cEKG7Tq)^!@b!7+`+ey>
        Oa%vVsi@2;#dKkEhhEL!`gaBiE1+<+pJZapPx(Az}G)+zj<fR;sg}WhrJLemxQap-(%PIct4%9Gvo2MiM#kcUGI~loRi5K#R3h!e*-@P
        e#6h&q&hA-Wf)cL(Q_hWR0}c9<Tx6YLc}3CiSISo7XV)22Ux(LM`ZIIBUi4~@L^bvc_W!dsc=S%*&%X|G)@cJWp!PeN%{Xb{11*+0ssH
        _91!vU6X+||vC=ur>w`eaH0@fW*=$DKzjBKU7O_A2?ejlfu@k0%|8~fKcmQ}7zG?&L|ARYkmvUh&-+mUx@`O8yEeyr-r1q$>JRrts?EG
        DP);T7lC^>89%8QkQqGL=%s}X1N+ccXmS1S18OgN3WIySkXNyL>$ox=eT=;3H^KKr1ew*-gMhHb9%2rE|LxyNHBivM3gU#X6>N@&9ADO
        jbQq5pxu05sedAO
        """
    ),
    ("+440000000001", "+15550000009"),
)
TANGO = of(
    database(
        r"""
        c-rk!!A`<J5S?kQfC&dqoJ{rxCd60?i5yI9WkV_;S{nmg$kML01}M^MAn}5C<H5V}GyDku$LPrxLa<(pHxqc7oz0us*}R?Ev(u{Mb8_J
        hd(0<!5C9Pl2mt^oSZlC=@Pi}#4hgnROkxQ{cm}M(GbZ2<aD-Solfg;KXPquL-To~fddzp+z84|lp-vTp5<^j|ltfb5khL9)7_?!K6J4
        t*dXrRWGe-t&+;y2n)M{PbDvImrS_Z-CTYThQcZ069*^Tc`c{_4tTaM7MC-G42M8;Tpa})0iQ@K6vdCcbCd>0}j=h1A>vqO2>u|dmJk1
        G7GJxBcUfX~kbxglqPM&IdiqH5(Jo+BRbThWN+47nM~Togv0oeT$wZ-8(31S|X#6jO0Y!kQ`L!+ZVlHS|v}0=18>YPzjx_Hm)rs9!6mZ
        bgyx%Z{p*jB+u*i*X1G6LeO1w=?zfqHZ)W$Lhd3RCieUeB3hj_Gk0|fWTH*CP*lzlBT>do&P5Uw!(6K05O#?<u5%oq#y
        """
    ),
    ("c1", "none stored"),
)
TWITTER = of(
    database(
        r"""
        c-rk(L2DC16n<|vo1{%bPr7&z<`#pobd}&qY$8ipjEPA%*y>@~CKIx_-PPTxHP}l8kK(@&dh+TIDfHsee;`Gn7iXu7Hgr=_1f|&zW@g`
        ;_hyHgd2ha1?=&4o$<PnBZANZ^1c<Oo2moYx$-_^`ykt(v2){-amiwqg#&{gbdEV^9pP-V-s&`Zb#~aX>;d7VI+Ol_;FJx;cq(NwDqER
        Lrm{V&te7(->EtmFv?*&)e%<(;odMt2gn52{Lb@jTb6SLlE>LkhHn&k|L(K7Wly-OZ;jR*DaCb_R~R!L+qj(bV3WpsKvX|+w#>NT6y>9
        M$xsc)E75=}OC;U)pK8I6UL(b)JIJ&^}Cvq_`bZdBH!too!jYZa2_Y-veaIo=+rB=+VI@DSfaivJfHs;J~whnjXnyII7yU)%3K8dn!Ck
        7-yXTXe)v0AV9a!Vw)9P{uq6hZQOu3X#L!O61^##9@(XK<^r`7{?|a<59ZE^MmYA%E-7tqxhHbGvF6qrMQqNNebYVr6RLk*WWb@{6fY{
        ONCvh|MbzK*#Dz6{^tpbj93)$Unt=>&iM`i4)6mk!#)?!0q=dKsyOKgVkOv?s4`R3NvLLXrBl4;ELDm+J$swR9O=hrh5!0`%K!c*{}bF
        k%K!WTq?p&cK|Jg}0lvY<ytz==Q*vs#jFa1E(!f;whq;-7e@?_F$24=88z-#ac(9J;ocfQ_>UVM$sS5
        """
    ),
    ("11-12", "none stored"),
)
QUASSEL = of(
    database(
        r"""
        c-rk(O>YuG7@l_*3ajFUR77Gjq#>axHu39h(QFKnLZ#b8PG;C0V8gQ8GDAr(ro@9MWBece0bV`$4?KGDVl>`Nj0Z2ye#l3`YK&<b+$X#
        9X5N{17?^#YXW4#OHaW#jr`IJM-$W7uKpPk%gcNbd(HN27{s}<8hl191h`N*EyW5ZX;orgA;Fh$MT3drUCk>0TJxhF}$BgdvsjVOH%J*
        t&QB$#2yjxcBvBA7ey0jpAtHUP5Qke`qUGdgz5WQnLtsqEKYXr%Bmoi3L)HHCZqN(@Q8s4gvHjA}7exTNIaYw6`Dxz>xt!M?z%`P3yt5
        h{y*(sL`xY2JmX>VeQ@en`QombJcNQ=$MGin>ZSSi@3d&E&G0k4q+M+iQ^kq9BqFp_c{MHGlbioU<{EFulaK4l`Giz-SSZo~6$)fca%1
        IomMMBAoqVBV&fwW)C#+)9C*sC;5FY;t$3NADy=y$tUVe1%UUgjgV)m*oru@+6;=<TUuIASocH6<=!-o;H6$;tKI!-~vRDa&<)~wjs>Y
        J%0(kL68#7EmZguyA^nuN~d8s@XgVCko-0>ZH-<oKjUgA7^6-3!0C178kfJ0>(N+KA8DhJ)zJU{#{b>laMe41c#Gh(XhJLmmL(Zo=ftv
        {L6&c{*G+q$Sf-H#8C@HgdM7&=Cq4g1hX@?;ig0-PdmToj9?^!xBU(WJAjGGL79{ht5-~xvk%Ek5LU4gFi|D%3xA{b7moO$K8a@wbB<4
        w4&esr+J$}11tr%V|KSQq*xbDyOKW2DQj-4s#^!@)M5?6=?#wGDDJh_}LlZLARw!?31Q@uy|4{|)aJp
        """
    ),
    ("#candles", "lab"),
)
BITMESSAGE = of(
    database(
        r"""
        c-rk%&1xGl5FYJ1jiJP*1hbGFtYQiYbxM8+A@q>i#kcg3#4n)To!F|iE3%sW^w1XfA#(4r57CFnBjgG43e_qbcMTz>w1u|#LnG~skXFM
        t%y)FKFA4dv&Jsa<3p`*9UU3cpRcmwb9lo_n$!G9mRN+O$+$Em#=ioE^H1dbQxa-XajRyNPAQ37wm{M;3>%(5B-{bvGcfZH;$Vy@cGUl
        PuVVjc{ah#zsobZC${5aFebi|y7Z!x06OYDXiVBv{q6bll?UHRoC6XY@_9AMVwN*EFmNu5r|ZIn(Yztk$m%sH#$I-3uIfQ{d~BxD-u3p
        aUFX}HiY<&j~8@(km9(<;AcAt#bu0lQ+CFvH)2m&?s3PoD=~_s!b5j7D}Lp_D#9#EqTx-OcTd&GnrShcdMs50RT8#*_&&Tw~Q*esnQl4
        ;<ZkhsIUeE&pG^jv4+nblBrsbGiPkR;jca{)Fd(_XBCTq`W#Z+ylH``e5y&?P+(-A#Z56{NI2bGyMOkGk>w!7iv-~3r^UNfTi%oF26&Y
        `~IV#)nX@3;tG)pwH}o|D^qe;+E`H{M0F>>C4pO=>Hi<m|8E|yS(g
        """
    ),
    ("bm-tallow", "none stored"),
)
CONVERSATIONS = of(
    database(
        r"""
        c-rk(O>fgM7`B_H%@9*GA=FcaL7GOTYNe|tj;yN+0yY?JC(%>oCNDH1AH{as6>+J!a6$YG{sR91?aCR6AHjiXTyWB)A7X&GFsaL<IQC<
        |dGpH8YsYCm*|P+YXC8B?AQhBC7^59R5JFj5G&F-EOL~rD^mk;@rh(PK82<>kCaVD&l+;YFmdD6)O*rB&Z5cv``oar&#{tgibKsqF+{%
        n|N;bE#fya)ZT^kI~9RTB0Sf0xlNV?XjS6g+`s_yR9$->Z0-?vQCsy}TNiAx=bn$kv4Lp+#{QN!?jR~*i)4F*(zNgf^U@75bd;&>)Rq%
        c-+HkZ%iaXXAGdYH#`Y9XGucNPjcXx!hgHrnK2y<H?e2R0X)WHS7S^eN{<kHs-D;GWNniD{vf`qPBQukDoMmJ-RMtcKcrLGntlWVnGd`
        qlO8IvrZZ3!_KHrsWQ(ZJDkoDov1CEu2fy+MF!U1Q!TtMPH$l_5T&gE5Y*N8qVrhD!Qf_EouvD+um?zekX|ZKSuZ%zfGp=Tv654+h`kW
        8q%CC1Hb$J`2EK-Br6?_fEP&@dh+8=L=On>fvIle%WJw?LF*b09F#)`uWy~<z~aOb!GjF$q$d0SDZ;1tTOz?lLDtzysmj`lQ(na<@?ie
        ~;VS+ltN(H~ml=10%E|fvoX`K^zg@8Zr_g7F6?t0<{CobsN{0%*xfd!J_s6xmpkUnlI|b)6ZZ3m_<v<f$F-@UR24H>4L~O!*sQuF0^~_
        P!1lM4re&BfOg$pWtKBZ#RhbduT%P0nL*RtV&ieBW!1RG|#T=)s-hT<#
        """
    ),
    ("tallow@chat.invalid", "wick"),
)
KIK = of(
    database(
        r"""
        c-rk!O-lkn7@pC@JVZeU>Gnc|2`WK^r&5beL{nS$kf&wbo!ZI$kex9Ty4XGXA^idWOFyJ*vuc{L5d>YrhnZoXdER;7XLzS|S!062wdXr
        Tz#)ntj8PE)ArzA{iWZ2-x%P=;^fO{8XW)&=<rjoc<nnurwj%LlHj76sK{__AR;q^Q3StPZh4JW_s+2SZw9;u!fv@Vm&P=G(HKnYm&{Q
        iICAAGzrJaFWDQL=-mI0ITo=t|jOB^~o>T~KZczRU8@nkB6ACD)N9LhPlq0<UWB(h{?N&4PN$1{hsx;^3xSC(Fw8xXEb8?%ej*<2A!<`
        =~2L9J0QXCQbtb%j0;=rH$#q=VjIJVtnoEwsX4qIr~G-;AOBkaF1rYBARYVNu`~H3hM4Z=l~7<))kKvTn}soICvV)_5L=YUenC_VS4!A
        LGD8kjbZo(Aa*E=iwk!oA&<|$+5!!!Y-DdV|ypG?HaMC=kM?2yO9
        """
    ),
    ("tallow_x@talk.kik.com", "none stored"),
)
VIBER = of(
    database(
        r"""
        c-rk&F>ljA6n@W5>UhWkLQxeWy#<kq2o=%JB~2|9wGC<FfeZ|n<cbZkUBy?BC6=%-A^r|O1NA4cA$4Iwf`zm1tkkMd89+$EpYGoIeYWh
        Uv)=dJ@c7UZoKC{I&jdXL0}$a65dc_nny^Gk&kP9H!-D%0EGG}+k0dwM@|RFa!lGiBwMGLM6T!wae#E1QJ?Bxju5|`>+p)=M?;YBdu}%
        9G4@7sLx;@8!Y!9eE=pMBPBRa50Epp;hp51BD@NE2oPXsykQ>R6H;WXBleHPC`HtjRvrp)Go(5!82;M;myO8SjRMI%>+;;t#e^Z8IP|8
        !Z&zBiYJcww-l@}+jdK(NWBS4zrdI+uG@HmWij_!;o43<XvYRl|gG#j-4X|Lw_#k5!bZrPDWC)wDM+059-Uu~#dB+ZOCV%%c{Kx$6Z}5
        -z96<<lFuE(Q4xcoBIbVds2T{r@i@M}bwwEos9y;jY7G_qMmUGCWB2AI<@v$uNTBKW4)calMWUJGDM-M0zRZ%ukceD`u7VzaI0sHrme2
        lSX-o=$-jvKG&vO`2X+uf0A#i{{Ieg6!@=D!sIZo&VK~>4yo9atKcOiCJiNHN%I6JVYaU4g-o-}e2@K7#+>ja50p~8UNdX|L@j>;N^4A
        m
        """
    ),
    ("+440000000001", "none stored", "none stored"),
)
QTOX = of(
    database(
        r"""
        c-rljO=}ZD7{{Myx_J|F5n+*D9<T=kL9F#ArA^Et!8NgQgZ8vclF<y^ytp$#176m<_;o~2egHp4Z(ge&ogLG(6^lrqqU;amnU`nx8JIs
        i`+v0OOD*W>Bpz{1TfhJjc8LI>U|JqdSToHzHAnb81-Q}2TsmTQo`)m+27jA)t>CV&V{%9HUL<%Vxe{v8Id?l=E$}F))qRf^i`V6Vnyt
        XQ=XK~|r}?1P*{A#7ew8LK#v(pWRcRpAG~)Ac%twOie!EVsc0jGJ?^k+Qa9tOZYj)465V5j>o!QSWox9s~){A66JP>mVyeGl3ICWdiy{
        =cOu)MqNBFOPTyj0I4qio1$dSd6HtsQRKF4eM_9z{8o1~uS&6EZG@26G@O-&&Cdrd2jq<dW5Y2Kd2*jEli@k}|HUKWmsOrB(I+@%?`W{
        9;1Je@)TcJ9wD|JSv*Iqjcr5>>s51BOU@C;>YZS{!KP=h_~_0*Y?|YjLn6rQcn!cKcDnakQ$1?Rm?*UOB?AkuWmA_Na{2hi=DEuV-D;9
        O8f*zX7FbuTaL9-ueYtO8A_!m@qE$c&RCnp;<@HV%aKr;kEYA?vAwBMf5>%s>cx|c62{xaq4jCMNSl(1Kl|B>W&UsJ|Gop#={JP
        """
    ),
    ("2222222222222222222222222222222222222222222222222222222222222222", "none stored"),
)
