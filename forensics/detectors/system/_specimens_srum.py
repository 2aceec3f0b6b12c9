"""Known answers: a SRUDB.dat of a Windows server with the evaluation edition, of which no table of use is left out.

It is tests/_data/SRUDB.dat.gz of dissect.esedb 3.18 (Fox-IT, Apache-2.0), with zeros for the pages that no row of the
tables needs (indexes, the second catalogue), LZMA in base 85.
"""

from __future__ import annotations

import base64
import lzma

from forensics.detectors.base import Specimen

_DIGITS = r"""
    T>t<81poj4|NsC0{{ST|5rnY$kx%PBY@o*Otagpy-o(vQ;NKZL;V3L#H1;iz6zMJKq|0Fpj8$y^M+z+SGZ_5!j>TwuC{0}qtBhWa(IzCSgd@pbA!
    VU#&Rd{0rOdI_6b3;+6f2T3;erU`C&2tR0RJVo17AArNG<`jt}VjzrCV?;9(?FrZ-L-t3E$w2KKm(4-LpW_)D^9jrR%!*5Cg23V3X6PSlhJBK9qb
    Mmg5zPWmh9~)au6=Go_eFkON*PqrebK#*BB2Uwiosv-(`5R~*ffW-ndP`NxZ!n0y$(+Biv^n6gTJqJt2C7uf8&n*$0qIIqDWr|0}Q<ZKua`IF;<8
    PxNt=+wQ-Fa#khnaQUm`*cb_l?vYC*x+i~tkFumd?XL%EI=Lfa$ovEPhP*wkL6ML&g*5KQrJQps00H>)e!fuWwoqFXG)K%IG6M@Fr&faR-~xE#K4
    d1_xI`)57$j{L{SIdA(vgIYFkQj;j<Waa@MQOz9v)q^|O7v4j@D&X#wIy*xkHEi+aPq3S;f_9frI;Q^<yhfCBzP(;$&&BG&C&k3lcY1A4oaT$%^L
    PFukJ%(VRTrw4C#Slbi?S1UFvD_T=ohXk<1KqiMqOOpYrC>kpMD4N1(z!0bPkWf}fo{qYl%&$8nnW>3kSHR<oxpX)h161r_NlKg{^_0<q4b3wyjD
    wEct6{&BD0tGOM9e>Jy1TW49?J2M4}S8NV=&X<%QqDcX&!Y9FTHbTJ9?VEqO78yvG8rE_|!Lj0`7hm0<e*o(poR=+rhJnm=JYV*ARPGIr$gij4zO
    J_auHlk4{clFvGVwL^6Wb5d(KVDqs6GpFC@J+)Ccnp&a^D;Dh)Y3jQ<T)G~3=7>LNF{qh=#r6nBGl3{{V)&~CIiata%{DzwB_XF0OOqAHXALk(Rf
    II6q&BN0I9M)RE3B@FZ)X?DeoD^-HCoFP~xR-CWT)xT;*WS>}9$DYups?T#C%$I{4GLDWPIy(Jg@r#fSO7-bqsT9&B-q%?a(1f%--5NI%UPW_Zlr
    @3HOjT!?P)4R?uJN$`-Fh>sL~!Qu~dqh^pWr0Po7i=W>M0ptW>?nMJ;9&yKeXXExWgxL#cNi=v*Uy5Dv+;9SuUXunQ*7iM>lVk^eBgO#M(MNLwN#
    4?aF<m5SpE7MZoJxUHxtm#1JENP<$+ov1_+F>n%z4!XT@HkbA2-yJQXvi`Z@#@5{2UVm^KY$Lg1ojW>Px%>(h#k{%DlB)3gqHNUM?1%>-aL0ztQ%
    ?4L_mbM^hC{jp`UXB>e~JxYoNIcE&TyXkq$?vWo$m*vO_~H#$;Cv8<y5bx-xBC}=r<1pjLa}g$riHjM$pUp@XZB*IkT=@N_XK$BEBnrQJcz?rL{K
    gkC+VF9f+lit65Q%ipP*PGRM_XtQR#^pI(SRDUR5yLk8ngW}|o^L>g5JM@vL1JrmvWuetLRVv3Q@BHK`E>MCJdnnAfa&u!`*obwx#KiDvKk!`|Ai
    @XR~b_R4!H&#H2K6tp6O_(U<Zmd9m@Lr!r+G{mJ!6f*+x-&mWn35~X4Zu!!e@m=lQVWJh?3^2`av$a+38E)Hx{9qF8^c}lZh;A>719?RO)b;RB}Z
    5y1{WuVciY5F`t0aIRzBP-FuDrZrU3S8qU#iwu|&_73sf~FFSi+3)n^HGgBS;5vKZ!ayJ9wGrK;{CA*gT#)Aw~)`UQK7Tv_}lG1=0$%<Z+N(vn+S
    Egzxn4XK{T4I2v#<zI1H(nQtWQrD6!Kb5R86y+skO_A7t>sJUU_H+hW|K+hIu7&~H_|y;02PzEFV*A8ZPlPzNRHJG)Iq{DyvU@L{K_0>z42ksznP
    {J#Q$Hl$A{j5Eup)>@jGL(VdU#^_X%jgo%(!?a@^x~_rp@}d_A3vRj$nk>Q*0EN>XCnfKA|DdOTxT;NbaWd<2Z1X;1{p<!)uO;Tjx(FJP~TuHPLP
    ZkPo&Q_zyF!_?1&mFiRf~>oN8hxnq=pJ2%3Icr3?pCZl#NOC^LBH=OcN@(Nskx91^_5Xmgaa9wz*rXcx(0S*)MR>by>`(!-kxM62iwatuk*v@89=
    (cAE(NAULPrLux;u3_hLeXYx5RXItc&@U+6o$}5UJ!OKx_OG1GFWPi$Dv=a2A~u|1)2gbAcF|U7f0r+JjW1k`be~V^;s(zFkWYFIq2A4hdlgPP{=
    a)A}z34pjcz&Z|;`Y3Q_xj$SH24aRkU4Q%O6;8>Rd{u2n?6l!v^|q;o)Vou3DPKi0BmJ&XQXv=?WuF%4}$o!hLa%hF_fZ+MDVfrq4qg$Yryf7I>E
    _ic-6h*7Sq^~>r9Enzi@Coef&#ukVi8#T15w-n<*z6&{9%jDNFhgnt@vf)D*H=axvp6G(odyW5xBCwA*8>1%NEM)3QXP0?a9KCo8TY?OIzEjvWf_
    y1qmOQ@2Ep?eB<w8K#+^CFLrA9R_4=>5Ce>U<bUC+-V9?wqRBzPqIxW|<IO-2^v%lDDE`4ReeWB$cLANcPxd+~PA&od^Kv-c$9Wvgs<VCZs15ycT
    ;Z8`fli&*8Zb6l;ocH_xV3MH<rd)ogSFW&}Z?Iov(J<S5^=%*-tmqkGlZ52z*fx?`8`!#0MhWb#FN#5yV(yzWa98LADEr$<zMHir8e_bO4$!xJiv
    #!+wH+fwoAHD}vcP2Q6GWQS@T&ma%M@?bXy;g`->XX8=kd=Hr_jW2Ne74zk`u>1s*m>STk^$RRIMCle32rq{N+LvqB%YDkE|E#D_FsMBlZI&0kld
    bke&$J+MAyN0j|cR6j+Eb?K}c$sF92QKz2CR#>uwnGMA_(nt;I)00nxn!8Z~|f1|M0cRA?KW?!FnK&_P@xiS3Ah7vBjOst70(@h!&pAUM6QDEUIw
    4r;P~vD1d<<Z&N;Q)aQyfh*%ScM{y3M3+~o4-n5b>$R~Z1Y9FX+}Od(<SABzC*|t64;_&mfB`_cj#v7@LmE(=Wi{tntzpSC_~UYoapvO=F(wssyW
    jIz<xXHZLBim{9D|u<&=&1l>CbU50S`!+V1(%hA50BrhG(?(tyy{=+vtxiv~zi^pdFRV7;TwWO^xHp-QeIFxfU*9ruEREKC_7Y94a|JEe+55n!h>
    ?hq`;B{grjU|2Di#g$|&NqiUweDoq;F_g)Djuhx@^rs3deKmTdVbP=`<6QZi)<0R!=@N;tbmM>X6TIakX^i|HjID6ACO9d0o#A6-gjT$%!7I7{8U
    j(WUy@zsdcHKYx!AiCF&&qwL;G@D$>R0=KiM4WYR}K{X>LJ@G-Cc#Fc?IpW#ieGc4AsgY;H!AzQ%|!2@PBH17eUkR3_jW)$H#7j<l5^%9e;)JORH
    WX|C_+429^4e%x!2E|0F&2NwVo{aC;VAo^2(&So%oQs`6b1!HNmIImyHeG)t@f6w-}!C=dSU@-N3i0Lo>73O0n=c+%lh@gZnB^B~C#dE*Oe$zv?i
    Y@c+JD?b0uS>>E@43gLTP|=tJ4YBo8WY~bSuNDyx-zS+pKaJYTHN#FzW<Pd(qf2v<#}f^9OZ_%6Cqgb*bb~AwZCMejP=fz4oK}RU>100<Ty-?6Jg
    &>$7@Y$H&n7N$OF7E;Fn9X3PzlJ_hmki#!SP~_Hf`)1s~hqUcGBY7d$anyeX_)+-_OAKnx(-<K-^wF@_Bg@!r=$T87V8!`!(UU!ekJZ9ygtg@3XH
    MK+3C$Y!qpSOrl#*r=&qxdz1s@r^AvQzPJjPYwvq5r(HE~9@;If?@IBDilN#g_-gq2&?CSXP^-~ky^v&=mVmD@Yq^T{Q>m*CALivnuIRu>9DyM!t
    |@}Fy1Fh!0xo~R!96q=PJZz&qT$2jFPGcG6@pxOh#@eKg{YhMR3pCE8N~)>!jC$z;5$ML2J<V&itJ~<3z{@rC=DC%`aYY@<P|r6LuW`XbR<(a2Nr
    L#YFcFniITCv|HDMVxGaeJzv=gt`$<SIu?z;7yfE_!Uw>wky>lz^0zSuENAj)H$i@pUw#ukpHHx;U6G7L)X9Mo%hWLQc$U~tRLsUmqPs2ZMDO()^
    7Is{T9(~{<6z!+3PRQu+6Fr9I?)SSbbKefYpX3DpF96beZ?y(m2xlK~JZZ7^np^Z*>%^+UnMUB|2;!R5<&REaj>3e0G4<L!^~=2r1DW!kuh*_I7-
    ZfuX)&A!Vp|8?09m|%+lS$>sCdjsKi~X{)+=$0T<>%1Tq<PU7Hdu@oFKrGs?|t>lU)4^dmuS*H7$v@xCotSgpGN$q-Oyy4a!+>2V6N0doaWr+{X*
    u`0p>0!azQw>GLSszH)8-;NN_dSO=l;xGQNe%87*VzdahZMnW*FaAh7`Sv`jym@#E!#F_CBEm-$k8#>7AeZR5VTZ5B>Tl*~}n!p8c^tFTp6x87+Z
    B5_UFIf_779<jrCG#>z4Td1UDNyUatos`&({QCp9emm|4Ned59;)U;v#El~l{Wi($hY=|DoukJv0w~~5G~~YcLeXf>X}3L{y2QR1Ck+<5VPif{et
    hH{0ROr9JjavI;Iy(Sp3gH!vrU^u0USznz5pq4baL`7ji@~Tyz10*fo1Vc87ENI~iQKUl{{bXdr7bFBr)!2)*squFRD`G7mubp>vNtd=_Rmism7}
    Uc{4wl~XgA)nxJKtjM#FM1S#eZ2bJA$Z=c<3k=I-BSF88kg9olFMT1kzmWT1SIknO2Jp&)K2Z3lPa(2!Uxr3cI+-e;AN495)-E;UtR+X?57z1rG5
    Y!cinnRh<T~wH>(!CDLs^lo&%+}%Sf~7nP+O=lF2+Haq<HS7*f+uajO!D59YFaaNFWRPj*xbV$`>OW<0$O}QA_GHnm9`N`>Hnm2}joX1o?mizM9$
    g%6}Iie__BxMi_^7(CO6o>0z?jqZGky@_?^+$;z)3lAIB`Y;#v){k~=VY{s$*EusdN@Xybc46WVal7w5zHp=FeQ9TQADo$b*U+vHPq$4W~gZi(Am
    )`+z;~sA<7Er5!Ym19FnP5|i=j?OpKq<%%n7mFurr~KrI(D-AhfIC36C$x4=%Jc)59)%fRjVA;Yz2{j4546DHoYn<3-SNWWQcvn_o(1o1c-eFvj3
    QVWiFq~-qBh!Vl;)Hg=Mej9O0>$Hp19VC3InDy=s7YW}Te^5zjwyE>7vLUBpc3aTtt%>ij`_>J5%fuIyEA-h?c@n9D*{6m*)TDc08dHl@Z|JoD)N
    v^Lbx4;Z-`B{fUV&aF|N{8QF+9E4%lS(BbqN@s5rbpsA<Vtv_f47>Uk@r%3Xrdh~pNDEtd7(SZt_Q#fLM1nBkJ)tMK?va`zDz-ftRY4Eh{#!ia@t
    Dk#CpvfudM|)Xwm07-&-*k!_Rjg9nuTF2N2}FCDLKg(!qiC?eLK|rWZil9H9<clWMu&r6)?uQ-N%V=0I}{zh;5jp<rs9LEG+3V-6tB?|JU*RGu>D
    u+>M59_0B;NQ07y&{rC~jI1{3xo=sA0782Hxp)vG2EFOd?>Sz_!mVtPiBS=^!%i?h_O#*5BuZRq#;nKckM+BNIapu?_i|pg<bSM!3=el(o`VjCjB
    Z(?0MOh0=lxW0ly2?_ALiyHzYtq3wfzKdzv55&b@RmwmSWP!_@;bH?rwwj%sePs~1gQPta=H?rMo49WLcFZNrjskf>J$rc3*aP8%yylY6OL43^R8
    =+Q$Q{wCD6QabFf)!ze;6c2#0811QxpS3B_+h8{s|<>u)~b>YqMQn)(*^&wSGj&C)&27ze*!F~ev^nLl}>uRp=!r}irE)ULcHJ(;c*0S&Wp_4+rz
    C7}$y)|vGq8l{nP0>Ce%JLQRqqQ(AC1VJ&COQ2@+jK4h&&PV~OP8s(Q01|o<IfF$7v9E6AR+TqSzijf$a`f*i;3Ht;*;%i7Jdlm4HR^b{*-7MbTo
    9cz|L5^%2(7|NdA{TaLS)nwUrOm2yL-D;S{A@Y0z_NSswuYH!=z0Qq@ABxd`K^{E0*bdv!Gi4=l4K+^B+r9E8U?;YAWkk%*A$55z8%V_2^*~;A>?
    ZQ<3*0L~B46Y%%;zcGhnCdUS?~)gyF!LBRzP`qfv=K<=t(Oz4izgy}nAx}cxRz+myT=0p(iS#WcCsf4mSU%NaWxaBEd73~4j!m}eB)+@bFg9H*xg
    l<Um-Cqs`y9!nvai_^*k$k$#y;zgUl%M{$C89xcm~f@eFjuiky=?y&H6O)cJP$a&lc*wuMrn-8&^_;dZo7if82g>{s3hO_J<DA?h?bH1c<RG-MGo
    Adc~y%KHEx^Do-wPw;i-D)g1--kqvT8T&?rz_=Jwh*8BZ-ZQfi>l!ap~4bOT-%rz(||sUUkt&U}AW0(}%^1Uh_tTu;v#-c+m9^eMEW3H+iFdjZ=@
    x85)X@v<(kMHortq|~T3Z?o<&)$K8yA16G+D|BMOuf_s{0<d&DJH!(cNx7|be*yY?qWt?r4fFdibI%UGWtxz{CgBgx0JY7|V=G-Yy$g{%g8b#HSD
    I$^Y6<<tS=*4{@ld))Mo>KN0-kB+rk#3`H98gvLn?9OTzsg7n7}Qdhsk+xK58fW!^(No2QSH5B5A2F)$_L_F205p0SP;~M0(F+>lat2zj>CX!i5X
    U=L`c+$5g{+stDqZuYCFruX8b6W^lVa$)E3t6v;$x^$8VFKzc{Xs_-wha0_3g_vhJwB)et8tkZpAm2CK4pA-<I$T~!S1`I4TgDr~Ix3NyiAm5PrH
    }N-&i&fH*JMEzhO&t{rIo1F>Ygq>DdQs}zbpnx-ehv6v%k&PH)%0H*J@z(kI4iI4NCJ5A2(~I{(wM(Zc6OG011<57X7{ET9xlrrSv;P)%K#@f)cw
    jAx1=WLYc9QPiWs1K8FWq{?v(Ycgc7^5MVinW{88T^z*RhA;~8<2qD+Po93I>+QotdO&`~(3U|V>79~~(>+XX8sg0`9W5~-=M?|u15s|6KLd7$y@
    Ql-g~r7Nt$BvK?!2)nAB6v+Lz9qQAlrR%Dp8pK~ozZi#s#R!64{2&#CJ9fuaKN>L#K**=f9?!z+l6E#W(wRiFlEUY0Y1@&AFg>q0`4p%_2lW?a7P
    KjeM-6)x55SqT4e*UGm8~QxONH;stI7&%y;DTfYr$19t5h8)oV-0a1r9*uxZ)Zv*)ZS(*1xK=#7sCiT@5+_7xvS~*uf6IO=G>W*49V@kKHBqP?gy
    QXdEM>*cXt(yC0&JG`Jf^TNq~91fR;o#t<?Ej?}7T`6ZVfzU6YhPW}4zw*S(dLuarZII;C_La>y~bxYdQds*{XtwX;GfcEIZJ#x|{xT3jX9c>QPA
    6oKXC-j{Z$z#-!-Z&gL0sK{iC+@2})=JzzEtg&gsh2AGytpawFYZTX+Qss+=lzcT?sF(ifHX>2Lpcvt{jg=fm}X#HNO5n@V-c8%@=O!hGUe)`v_E
    ?}@f4%v{`%8BsJFz|S)ft<D7;u9bas`KPrM2XkSdmiL)?Y9$G?9Dxv||@i=Y?wVdh98+|~Bzx6JXce@&4MKkV67OJW?LfrG^ArO<mC9}KgKb8UeQ
    C1aKZf(;@L22^Zq5<V2`%`G_irR_VP2oHNC7(1b-$y^M>@U`%cA-QBN?v(Yh&O_x}UXcyQ9`GoJ=k&vG-s_-<6Z;GE_7QfTHwKbGY4c4W9*hA@V%
    w}vIl8)ed>V&v)3^+D2cEP~yg2Yv&i8c5WrLKN{zW~yksmy69S3x$w2jr;o?<pKtPoLV!<liOwpFsnAz%YWt>hRcqQ;1hTXX+Zy8-0o$AxVxQ5X(
    %JM7fqtIz6$tH=-&k*Z#_7G2j~D8jt8h&}i5CK>N(q|WP0mm%EsW={UV+0)G1aG2X}FU9-{a_GR-Tb7IBp!tPm0Xha(ye+x!U>^-aj};{pW>t!ow
    YTBHh($d3t}>I6sF!LMmCv=*1O;a@7|B$BT8_MqXEH3=(NtRwK)or8jUt;iVyvsOg%;gGG&HgCmvJ!9mB#C<nCVG!{xpUp!FEZBxn2|#wm+orqmG
    6g2EI0;exG2Pe^NGG=_o7XD-5pNx1g1At?5Xw5A@*XT|GDCI)0EwTBSCofh}_Ow(-CUMl@!3ril5Gfnlat5_&yFM<<IA#~hLh)rC{3HO<*tU<5X<
    NH1UT`G68366VLzC4ZT=gF!Orn_na#pktx3EsEEx6LJ7nGJ=m2q2_^(hPNNb3#a>Eb{L8L20&NrMt;x&oPuLBW%=oCKjxxOIw&{Ta?ceDU_$Xx!6
    LrIYL7r}h4;&^vSu1jX2<}n7qJ1JGbP}<+ifK?72nY6P2DtX+<h4zm0y;6GaCaN9T`6jpoGCg&z}9$M_^L2hIiERUTJ7otL6SM$Y%8y8RD_RD)y5
    yJ*CuKDS>8E>{gMh7<_9)r%i2i!}?ol=5gx!j+sD>eCQYQ4b%ZTW~;&cD<Toc3O(9tt%1*e(uwZ_j)s-^DgM8SrCVU~<t3iW9pGDVrl9V7zq$*(S
    T31Kie^7?jLP-*llMj!k#K^VU&GAlvT?)7o|2;i?sRNHyFgnNxNQj0y!QGWE40!@YtoICP=<6%JdT+)`~4V_O)xZ@^V8-t-hy6owh91t)SV*UiV%
    g$p^$=}c}lHFOO->Jgmk_Y6DA*q6;qTjZ=AgYgwf6wPi7|XB2OUr%-<_$^U6Shh@UJQ)=9Dw3T9WV^`D6A8ume!+UvV^s#(vIM9tq5g=kS!&{&bx
    {--99IV@x3u;hURh%+K@#q{DfS`x^ld&Z7gC4)DLi-FNQL3$Tc&Z_LGF$Q1AGoF+so$vEQgwdT@^@pHoDr=Lg>|R$OHQD)a&LrSW1WTxk1VQJfpR
    YZ!>>vb02TDLYHu;-^z)-Svh~621vgWA(8TdqV;c2tf*jDvMS!2te6}p_Ci<2jsn5RN*JKyH!vmY;zA%(-G0{;f!4do4cM$#DCu{``5LE@~Xj#<N
    _F&G;PGmI4ZL*0S`+u5B>2;WWWrQ&1_nj~Xn)Sz;Jh3SHYa<}B1yeu&zaE>v@W(D%%Dh@JADh2EJ?IghgUA{-fnYNASm-|vx9?HexVTOTNb8Q1|D
    DPZPOdl}CbYJ*Gqg;<w#HzBkN#$cGYWlbkn;bwTasJ9Rky`3e<qYq}m^_SMEGPRL*858-Q`Q&wlqU&DCQz3&G~9yUr#j0u{pFwS6KX*p4Y3{Nnce
    -+yiL1++AJi5ZejE(fn7G+LyW#~CykS%wC1k94g4f=Jb39@p?hjV?pO)eqD>?*rBsel4duYkSa9i+lpqYw+hHQ9>-611Gg@B&1(j(e&_*5iDrVtC
    v)cyj00f?$mro3HElBYn7H=*QdnOUJ$Jgon>$Jp;%{--d4oDVOGS7zfNY_jZtZDPk7NK$zZw}PO5koQZNZfaoi-wh_hB>+rs}h|zyw1M>C0ZW(d3
    UZoZWsw-T3FIw9nGh*m>{;0(r;y4(~a}AH~{M$D#<0mwvv%f1HOtwM^~*Hy=#Bgwu-08ut0c;(|c+k7$~7!IHCW<dB@enn-v3mchIQUWk9V^`f@D
    {r5*6TauV0AjaFqj|J=zV<m)^t9BZybqN{f|=hhwaS52&#;C>+=+wb%k^&y{l%{0sJPE0v{PWJ4rD5dGImcFE=Uhe?e_C((02_|HwnJ+H5x>l?dM
    <`gi<pKW&AbCp=6iph!D7h6N%iL|WJpQRQFHZ=Z^M%(Mm~;J{#^tDy#%!#IEbgZKoGDkz4T|h3Dn`CLRgNO!YWzsnORCsoU-Sp#m>mnsMqC*^Mi^
    x3k~e~jUzk6_`gmha2mgl}ovlF`J~l<R&)+uS_=_nOjFyU%$Nr3<Zf<VpppUhhBoGq-!4bmgI1E3cW+k!s2qF}3O0gTQ@;SMYDpJ-<7iv%Xf(!`A
    !=&Eaggd`-9*I-GR54{1AeGT)ihO|7VTJJpHh~n#GzDPu4{Rkci$m%`{V=>~6~yDJF)7X>_Vt7XotXcypD!VpGUPeaV7lc*h*e!x$%vOzw~I^8&J
    >djgnaXan>y{wL@nQx*3_B*mijJ{6{qyQjZBX*^?{6P>KBK(J7k2_6p9d4et)l`SEi|;cIrK4d#?Mqk-Vn!A)>V+DrZ;^pZoT!p^FZz2D&h^Feb$
    59$q^a*GxctPUPvY%Sg9xahOi@7S@A3_G7dxRr>EyAjgM2D6)){bz@_0R2}m1s#4!#V5`LrbEOQlDJ6WWkD>6pr@k1V3SqNBu*t9WZdgPi?rsf?#
    Ks;}H`eT$KO?@cZ;X$P@U#qgTaepz22fD0TuZwYME?F(SIg+NYL8R?TsEM|Pn7@O`ZKX%1<#iA_Pn9j=fm4)tpVMv;0u><`7K~BcU+tlvA4aPG=_
    R!6^>FM;lIFXIeUEwl5GveS7TKtAA4G&>^|{8K0ll0`BZf*)Qmpswmd1BpnjTQTA)=cU?aL=bIqYTzjKf3C2s~o1g8<_-$<4M1+i8dgLBnZYB=GX
    Bw*?NrvsoA+y0OSYxO0b(9xoiSWnZYN%2xKlSC*~rIxf%bj2*&CP8yB;VP)&lHtpI1|xwr$Z?v4#(NDXJD#eb{^qKh!#89MY{m4}3779&!1Z8rvU
    G-8;vL-Fx*tZA##m<fjnF8sS~aPQy#tx7v#Xd{Pmz>;|C5MA^TaWfwl2x|ICm1aExwo8Wp5JmFZ<v@JWCOiabh*)&11~_73g73KXWIlHpB;v_4HK
    JNX%kmm?V>R&W^G-zK2<DiwR@IydYm-?a{muy$2I6;vOOJ3AK`&MYsJ3D+2UZ*V1nP)gE{M9+0#r1>tC4gHSVJ!KeIEQHPd_ANP-%Y=kord>uv&D
    7LXWXzkR*_7BfcbTdcDF@YA5=Aklsz5kwi-6As>q<F3?1Z6*OLa9DPocGcoKsOn{{A;FH2UgOsH7)EzqvPjG@z%w3DQ(tvtj<&rRi-=!85yaBr>F
    crc#E6XOv0Utot|)LN@ET#py_kjd?#OqGQy&nAY8BaiVQ7vVn!9*)ZP(cWbq4~YAza756%<*T7(CVQPn6S<SaVm@yRw^A4@^E89EQXkN;gf(3j~1
    ba$#CHcFuZnhUsP&~5GsD>M^1Dc+)^){A}0hhGa$CD;o-D^Mv&z}KXZvdHYkW@d$<_q5WC1CK0wUC3c;49}GqdQWZYe0&2_RB5Q;KmSg8V!lG|+~
    Bj4e;Bj_m5gO`doOkljgL%=kE-bspo$1ASJmWrLp~lS=ZwPDYX<+z+1QJzvr*2Ja6E+F5PGTx!!94R5-^Rv?#ZY~#V`(bAP+@z;x|oAYOOBU1zt}
    P#jeNtUc&)=0&ocRG#L2Gl1)0HW`KUK(D9UX5KfbF;bGj;I|;o09}5SrOl6szDQJLBAK3Rh_NcXqz|R}p1M^2T^9*GpG0J#c9%ySjIBmEvXJ;N=(
    IdECBUQEhb1_l}N$0s%n^8Ig1>c(TjXxd*1fCU0)CS<3uijHu_L)buNsfg%e`V&4XzQy+P*++Sc7T@-=iU53q~!iMrjvh+G!K-md$}fE3cD)^Vwa
    VSK=FTww&=S?)b&d6Hf=Sq68_M4n?RI%*mKRUsz$S_DUwgT2Fnp-z7N<;xkb~m6YWCN%nM8C*%lCWsXl?-mU|1mwsSnoBu$B24^oW*kZh|jSd^T$
    e#GwKVA~W*tKUd6R>71@5)Kz~Qhk*DYZ(v)lm}EaBj@n--{wpMyn3)g%VQU0)ZRqUHI8<GLSKEAcYw-&j#U;X+8^eK{YGPZd1R)dj#+E@Cj<ISr2
    BXQvm8kMdD&Yzr~RU&$^46|aP8Ru@*GJdwoJK!i4`stQ>LZdPz_mY#6EP}toL*HUTZb#OdFHrpVvd#cRc7w`_P7a*lUk-X>e!s+p2c2>N&}7@-&Z
    _UOcJP!<&|x+_&jKY$h|Z+~3neK7Mg$sWwTu8Q`rlJ~-pHBYwo`+Ik(t!AbF-+`*Pg7S+d5U`X!J-6PHDJglsttzL}(S+Z@uW4Zn6jM}P*3+lX5m
    9S$wo13FclTu5N{PqFAJn%zfIQY@v8bM55NDeGI`D3ILMmwVU+I@T-XSxfX9JtwF_$<!8N8-=P$Ov#u%lE$kF~qBIS`Z?2-jhjudj8FO3UPJd6NC
    =W2;uz_FPFWzmSE66JjD;a$V;b^1u=Q@Z$>&r<P!(@U_Z{hr&Ye9Sp;+-1mg!()zf?EN#HC)=xj96wu$RK*tAGbzp1&{o*>ONFkX1Q>s<}IB+t@B
    eF#wHQ9hBCn7<qZuCU%88_)q=Y;w=<<SoWC&;iy&5ou?=Sogn}3BZi0ocZtQX4?2%n>sOFTDf0>clAPfeg(U1{W~Gb2Z%NXO6&#36B`1_6?z9Xfx
    pE%I#UqoEGd$db%%z2HkaC1eNbu3)tZz3APIbu%j`LKi|mad1!_hi!UY_YcOGE^UKGf2n>Y8-z^{K(Hlpq$Bz!iZ7AXJ(M4?60@S`=IxCX{oGOzV
    mOZ>(c5zxR>;luQDreFH!30bqTRMwN(^%v(9&>NbJ92gvTc9vSH#yKM)_xkpjTik4d=6IC4WEIg4yrpvLqG6P4Q|i#Y%t7KnpFDbfFw%-EZX%Dq{
    2TROi{rpj|3|lqcy(30-;6Zi?hEhA(El{AFj*Olb}Ot@V)25UfuOCUblbMK=Xha5cyD$IcCa30;pmeRZCPKwy?hy_sUnSByL9a!Uoqcj>9Eh!4z`
    D67=Cn(dU~tZ!a8FP8CNNPU_70~+SE4mQY|Fktp$bAU=@o!5jFy$+F1b$&K~tbFf-bLlnEus`GnTn9o6@nayL*AZM%67+q~-u9?9mxyPvkwX_eZ%
    Yc@Vag)0LGe+;iL+?@?<(uL-uhTBh}j#0rwiHSbS56F8b_Bc@NKyO=t_~>UlYkX0HGAG-H7T0`poFEwiRxZ_g@76okUmVoHPw$cEqw#LvYApPD9l
    ELbh|jy~cWk`dDbXULmZgDX(D|c)Y*OY2zZ{2R4F|MtNj=W<suIW#b2X;BfZ=~B$M$5jh=#c8ZuL6hNsV35U^CK+pYL<HLut~%t<&T%>Q`rhu2aB
    7VfYKn<!1XqQ~u2CS^BUp-e<KM8W1N8m+Un^CMK`l!T9|+h3RmtVgL=~E_HYl4*3-?#u7o3YnbwMOG(ZvQLIQ*Cd*x2q$`o-6v%szE`)4bo&p#&D
    ;Q=jfHzma^ZelpKPi|-v<HlAEhF8$p1`xY!;<9cz>{_@C{^d_MkKx1?Czy52l7}w&UG;2;yVvJn-VsT4O*A%@+2KMRPz>%a%cAnyWzx|t+dEpHIF
    6qKhi&KN9Brx!8kT5(ij>KiS0}~^DCW+*L7v}M}y;DJA||f%I__#41#fS7{0Xo@j!P*ZWu2zanN1HN`fT4_(t~;^}q!TFRBxFK_?finjW24Flj_H
    x+#dpFNTc&Cs0{+^{9dzS7mZIGA>$_Y)w}7qr00b=L3GM58j|iBc8;A1i;Z50lqzF_Laj${tX(%|29cT@+)Z%V8sw~J4vs^_w>Dkm0&2OP#`BHx<
    ygI76-?SHLr!Sbv37aLxA^}|DIak#a}LNp;wT7$5X@&>y}~1OHLnALr{$@(TwkxDm3@xP3_8RcCBOz)SoU0Nwi8)v@ht@lFvaob^N_>9F#8vCxcT
    jSMoBn$i-_=jq<{;GsB!*<HR4DOe6oMD!WBRke(5sGjKTbQFGe|X<*e7RSp0GNXb0f$@EfLf3-RP^Ftf;Ywnl`>jMyWSQ=)@DPJ3k5J3TZZ=Wd{T
    xa+}Q#R!t3_#(m=sS>s2Lz9GqhC&`5T`}Awzi$rOswFgll~u}$Grw%M>f;)Mhdfsw+02GH{mzsF%>2ufnY_cY$U8Fc+GdIzKe{ZxThU{9I;R}rx@
    @h%WwAj;1WzbsL36cbYx-sGF;-TIs+T$X@g2sjQSv28KxGqjFzVNyqs#7_%e`36|2&V;&-1K(HvWFw_b9~SBB)K`R~JmBD&Mqohu3V9j;ua&;0H!
    ng
"""
DATABASE = lzma.decompress(base64.b85decode(_DIGITS.replace("\n", "").replace(" ", "")))
_WINDOWS = r"\Device\HarddiskVolume2\Windows"
_SYSTEM = """
smss.exe csrss.exe wininit.exe winlogon.exe services.exe lsass.exe LogonUI.exe VBoxService.exe spoolsv.exe
wbem\\WmiPrvSE.exe wbem\\WmiPrvSE.exe wbem\\WmiPrvSE.exe wbem\\WMIADAP.exe fontdrvhost.exe fontdrvhost.exe msdtc.exe
sppsvc.exe SppExtComObj.Exe dwm.exe sihost.exe svchost.exe taskhostw.exe ctfmon.exe ServerManager.exe
RuntimeBroker.exe rundll32.exe smartscreen.exe VBoxTray.exe dllhost.exe WindowsPowerShell\\v1.0\\powershell.exe
conhost.exe SettingSyncHost.exe
"""
_SERVICES = """
DcomLaunch LocalSystemNetworkRestricted netsvcs utcsvc smbsvcs NetSvcs appmodel wsappx AppReadiness RPCSS NetworkService
LocalServiceNoNetwork LocalServiceNetworkRestricted LocalService LocalServiceNoNetworkFirewall localService wusvcs
"""
_PACKAGE = "host2000000000000000_1.0.0.0_neutral__1234567890abc"
VALUES = (
    *(rf"{_WINDOWS}\System32\{each}" for each in _SYSTEM.split()),
    *(rf"{_WINDOWS}\System32\svchost.exe [{each}]" for each in _SERVICES.split()),
    *(f"svc.ownproc.s0.uc0.{_PACKAGE}",) * 31,
    f"svc.ownproc.s1.uc35dc1.{_PACKAGE}",
    f"svc.ownproc.s1.uc11c2b0.{_PACKAGE}",
    "System",
    "System Interrupts",
    "Registry",
    "Microsoft.Windows.Cortana_1.11.5.17763_neutral_neutral_cw5n1h2txyewy",
    "Microsoft.Windows.ShellExperienceHost_10.0.17763.1_neutral_neutral_cw5n1h2txyewy",
    rf"{_WINDOWS}\explorer.exe",
    rf"{_WINDOWS}\servicing\TrustedInstaller.exe",
    rf"{_WINDOWS}\WinSxS\amd64_microsoft-windows-servicingstack_31bf3856ad364e35_10.0.17763.1_none_fa254b2e1f73e660"
    r"\TiWorker.exe",
    r"\Device\HarddiskVolume2\Program Files\Windows Defender\MsMpEng.exe",
    r"\Device\HarddiskVolume2\Program Files\Windows Defender\NisSrv.exe",
    r"\Device\HarddiskVolume2\Program Files\internet explorer\iexplore.exe",
    r"\Device\HarddiskVolume2\Program Files (x86)\Internet Explorer\iexplore.exe",
    r"\Device\HarddiskVolume2\Users\Administrator\AppData\Local\Temp\Temp1_esedatabaseview.zip\ESEDatabaseView.exe",
    "none stored",
)
_ORIGIN = "dissect.esedb 3.18, tests/_data/SRUDB.dat.gz, pages that no table needs zeroed"
SRUM = (
    Specimen("a server, 206 rows", DATABASE, VALUES, _ORIGIN),
    Specimen("cut behind its head", DATABASE[:8_192], None, _ORIGIN + ", cut"),
    Specimen("another signature", DATABASE[:4] + b"\xee" + DATABASE[5:8_192], None, "by hand, changed"),
    Specimen("look-alike: the signature alone", bytes(4) + b"\xef\xcd\xab\x89\x20\x06" + bytes(700), None, "by hand"),
)
