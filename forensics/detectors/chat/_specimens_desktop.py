"""Known answers: databases of Signal Desktop and Session as they are within SQLCipher, of people who do not exist.

Made with sqlite3 from the statements that the programs' migrations leave behind; columns that are not read are
left out. One row of each is deleted.
"""

from __future__ import annotations

from forensics.detectors.chat._specimens_store import database, of

SIGNAL_DATABASE = database(
    r"""
        c-rk*&2Jk;6rbJoM-vf{iz-)ws3R*?8sW5E+p!x&M4jM7ZW}`rr)^rm9nX&KZN0nh?%0VHEa3uY4nP6HffI+G_y>?Uap2S&7lgQ=UO0h}5aqzkIJ
        >snMvhQbQP`jCoq2EPz5UJ1&ey*6^XGI*V8yZxL}3yHfGmU45CQ;X_8$j*DC{2?kR>o0GB}Q<An+^?$cN>cbXU3yd^}E^2!*0clM>KPjchwN>a5R
        8s7Wm$mki=Ks7joY>gK`)B@~TDr4B{qI$@;^M_d9+Yq@MO2aDOob2%tf$8-&@7uWKI75Lg(el@$c3D4#>VRn5f4zD?u35&T)#hIBvD7p~ci-2%cQ
        biKHIW2{w)6>$s6XN06GF!xU5Y;Wy84~0nGDElaMJf&vrh1DJp)g-4=2miRaY)+@vTGWL1~JOa=Wb~e8Duxxu&s(-Cxr(z%gE5{?T6@__4<I8sOi
        *h)**IF$0V=q%2nHHHauz9{2X%VGNHIew5&&VW?l|OSEu)C)S(6`sY4<k%Ln+2F~J9^vJI54*u{qrACCoT`RPamM8R`HS^zk)(-9+o37J}*IG2-W
        TH2*7EhjeVW@5Q{d1bqfw-y!(61Njpho(0G!0Jw?Ve2hK$weJse<3xmW={5yNLEfE6(`8-Tsf`HrbwnTdkW2;oGmk@mL#dl97>Oi@&6l8{$v*)K7
        9Pw5mF)&PRKzeGKN*Y{!7ZYfc<><@bN_Al%yOXW|JRQO1ica)3w-(F;9-gV=Yu~5~ds6AE?I@vCg;{|7`vDSAQQq{ttLcIWp$W4M8#f?{WROa!<;
        E+hFQ`gRT-f2qFdmK@i~|{U#4>fS{4?O*1fNq+@Xy<KIoVq?_0>bhFBJWlL*wUDdL*SVww)>eB<Ku^MuVaP@x9DBN)TukPXCvmnwv+NZI~vc{Z8V
        {VX!)udJHJ{mfOx&zCkrkfh1H3FR)(c%y}5Y@L(+YuB$nfwW>LDzhg2{(YBcjW-5_Dr8zhEq#<)Ka6UnPdy%-pLPICS0{l4YdWIkCSiXM8LIqXgO
        Xg{Ze;RVI*!&^hq4y-IVl5Bu8}<ts(O|Y+FsPM3f?2Gl)qYcJIng%>CZQOWFhzy+My(YX}F}GAS!qbbTABN={sBkZP>+2Cu`dJjANvKGJ*4KKuUG
        *&n)#GH>8l`*qvm4V>`mmKfE*byA^_TCBC=uz}hv3)RKe;_7;C)1em$y-{2?=d#U|ky=@<X133u!i7RYbihY%euGun_4$wda4+bs?m>wSqmHP<7_
        Y-o-ao2W2X$2cus4ytkL)e9$;*P;hx95|-I9ZM_tmnD!dPfr`H>w6?uhfh@{97b^1X70i9USzctQ{NMkXwhbciX!##~THsenk5ib#6re?y&6{s19
        x704ebU-Q@;xcX>gbMFL#;ppU~^xhQ_%yHvOZW<a2;kepkwzZ{eZkXf22u?q^vr)*O-^dNcbZmmOb&6=y=?8Vlc0;#`GZg4?*orl*z%^o^3&eJG=
        FC$M#!d2?7a9^vV2fzOF07`F`{AP+a<ctp^nN-;-5~ZJfhRuYyYV66bKQ#)xkY;VR|r@4y$sMQ8Qvpj{P>?A|Jx(}cbn};rhsx?{!;pm?f<9#t^0
        rW;LrU1zrX+Y_y3P*|Ih5Vp6`AC-vI3A!-tPYf$p&|pROYP>1v)2^^7;vGoyyOW!BqJH^q`ux2kNj2P??#t)ahufz_~U^zefFT~&X7{ckCQuiy
        """
)
SESSION_DATABASE = database(
    r"""
        c-rk+&5s*36!(mi*-cA@awv1CR<%Y{VWm)-O)69*1nD-EKsH;lDWwQCI5Y0XFdt#;>~2)8Xcln+B#`LG9dYCz;DE%PdoNtuTMtMTQUw=mXOrDowQ
        QvX!505y&-gvh*w4Q=ewLlAyi=o`psP_FV2+9)1xypXjt~IA6gdNS07Xvik`1swOmNaQj=+b&0(Stk;7{h4=C9z6`9AnZ@tKjHvFGND&o6S^_DMh
        (!>fdi?$%<XQf^jIvwXHzK_l%8)I%%HMzww(U1(I7%8kqD?aF0TURlhek609<X63zR9`(YQU=LO6&C2;oBag^Nm&Sy(1bt&2BOym;mzQgma(yTzt
        KAL>@Vg{tR5UwQyHU6%beIcmb!1B(#l$6ajd;l>qF(Hh@iQIF%A8}j6NtXpUgMfHAn}fp_q#i9wj-~<Ju*gO(SOz3Jr1dnuQQH=?%s+wG3#u<OW8
        T%6HdI*u;*X0EPHXz05tT-2K&SppIHm{c%<aki1b!rRGO(n%eHM}Q@Kn$9WZrCC7h*HPvoij`IKe9YCp~Z)ljRTZs|eEn6Yy?V=JdR-|YyN5X^)z
        iK@Rd3cFl*FyX+269N*nMMK+MhSdEy!~xkBJ<7U1?$?E;8eWK_tJEJ>&7UzXdnxz05hko_6%wMH%d>K(9FY?leg{O-(9rnL;R9oKkWC*0&mKK>8n
        +7zlVs!T=fC{|bYr@PIk|L6#F;~C{{IL>($LU2D0m|^$Yv&w2*dUN8z7Q~hQ_~)&`2F0EQdY0A81kUnnOM36=y6vd1np#JtB0cPP<;QG)X>La5jh
        Q{{tYBhK9z|k7wZV%s8N=)%^cc>NCUJfyI^spUVzTh*BDe9n&BSz}%83gP=GJqsR%0P98b(=tW9VkFQ2FT$MU`3?_AyBg#;lbZF=y-XVx}h?hs0A
        ?&Z?K65t39_m&VO=T~3tM>imQG7It{VbRLy;a*XO+ivRLDGwgq=hj_3;U78*CW)9HV8vqpI}B5DL1eDJQY%Iw$DwEl)aY9_FMP2W(`5Y;RFdqMM7
        arLSZ)vG<2h24+$OO`;k2OM1pz2cT8SWJlx<PPKAdX>vtz_XJq&zjFrdtv+xkS4<Nh;;2-b-yeA488X8X*ESNQdlKky%CMZHBEtqMT%>)Ix|2K`_
        fcd+){Bpp@X`ImOzh3|K`u}9>zv!a()$sh!1kluBQse)K!L`)U?5BxXkW;asG>!$O{bGTbQGJACqW<ckqQLFq^{GUG+b^f47X=b#%En7S`~?s8p>
        z
        """
)
SIGNAL = of(SIGNAL_DATABASE, ("+491700000002", b"group-of-candles".hex(), "+491700000001"))
SESSION = of(SESSION_DATABASE, ("05" + "ab12" * 16, "05" + "cd34" * 16))
