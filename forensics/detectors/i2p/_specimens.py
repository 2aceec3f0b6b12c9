"""Known answers: keys that i2pd 2.45.1 made without a network, in base 85; books and tunnels by hand."""

from __future__ import annotations

import base64

from forensics.detectors.base import Specimen


def _octets(digits: str) -> bytes:
    return base64.b85decode("".join(digits.split()))


SERVICE = _octets(
    r"""
    yeanHBk0Y=2mk7?PRA0mIxM|+@qB{8={Zyr15j=oyeanHBk0Y=2mk7?PRA0mIxM|+@qB{8={Zyr15j=oyeanHBk0Y=2mk7?PRA0mIxM|+@qB{8={
    Zyr15j=oyeanHBk0Y=2mk7?PRA0mIxM|+@qB{8={Zyr15j=oyeanHBk0Y=2mk7?PRA0mIxM|+@qB{8={Zyr15j=oyeanHBk0Y=2mk7?PRA0mIxM|
    +@qB{8={Zyr15j=oyeanHBk0Y=2mk7?PRA0mIxM|+@qB{8={Zyr15j=oyeanHBk0Y=2mk7?PRA0mIxM|+@qB{8={Zyr15j=oyeanHBk0Y=2mk7?P
    RA0mIxM|+@qB{8={Zyr15j=oyeanHBk0Y=2mk7?PRA0mIxM|+@qB{8={Zyr15j=oyeanHBk0Y=2mk7?PRA0mIxM|+@qB{8={Zyr15j=ouj=x|E7}
    StyX~xL+p&nX0^BtSu4Awq_&PzCJ#7;_1pov92LJ$NN>>^5p+CLzfB=_I>_k6L{MNFlt1m{DLoNuX(_IBYVnf_B3fngC)+)yBDKPey%#Ta)MJHh}
    fZ2ZZwXZ4#a+Eoi=aoM5F7YPVs<dFIMU71r!tWB0^RS6k#<I!Zw$?52Q^v^O9={9*1pPhJKPN6m{QgGkreCI)E`?WK(oQD8ixEuXN5Y)McCh^@Sn
    al};*C0+QtM0Sm{V_~K?WPE&Rw#schrUTLOL4#qRVZBrZSMg4|v1u8_ny|yWH<V3_w(iSFLba0QCAlyXq9Rl;(VEKDK1VxHcG`Lqt>@UvYi{0aRt
    D+OV4#*gux`4OU3}mPtsJF0yX*5LH0?V5u{%L;yMq>*Bibn0NzwOogSRgE$WBo+dv
    """
)
_RED = _octets(
    r"""
    USQQ4GwY)L=h(^N4r6(j%c(V=zwvhy?(TCt!~-Q>USQQ4GwY)L=h(^N4r6(j%c(V=zwvhy?(TCt!~-Q>USQQ4GwY)L=h(^N4r6(j%c(V=zwvhy?(
    TCt!~-Q>USQQ4GwY)L=h(^N4r6(j%c(V=zwvhy?(TCt!~-Q>USQQ4GwY)L=h(^N4r6(j%c(V=zwvhy?(TCt!~-Q>USQQ4GwY)L=h(^N4r6(j%c(V
    =zwvhy?(TCt!~-Q>USQQ4GwY)L=h(^N4r6(j%c(V=zwvhy?(TCt!~-Q>USQQ4GwY)L=h(^N4r6(j%c(V=zwvhy?(TCt!~-Q>USQQ4GwY)L=h(^N4
    r6(j%c(V=zwvhy?(TCt!~-Q>USQQ4GwY)L=h(^N4r6(j%c(V=zwvhy?(TCt!~-Q>USQQ4GwY)L=h(^N4r6(j%c(V=zwvhy?(TCt!~-Q>+f#9O9JC
    j3vrj~w3EcUfD13IzXy1hGWa}9SngX=Y1pov93jhE~3BM**WQ_c7dx{jxf|#i1&YtlaNX<>sv*!@H#4Z0KipPNE^=vxP)ZyPamUGvI_)CYu@#Fz(
    bcC1pjtw7g5-729omTL3%09Ul)oRAH&`-CL!XY^_I27!uDvt5X>?U?IxU>rAdw}r%uhyZ7cRN6TY(IWF|H&fs1_ano0e+6oY>+HFV{0|rdhab%nt
    g}1A7IDP?d%LuBPe$GA^mDpu52k(+DQ#RO{m>^h)`QZ>OuONT!>RIb2Te4Uikz-?^|UoUB~P9`;?4R&$-!ZVv4P7Cj=}fVVd|9Va-a|RJK+sK^2+
    VpMxQsO`|g?QxQE=(5J1u#~*Gx9ve8KKcrI?IZN-gHuoN&|AAd)bk{x|XfCwO?w|<
    """
)
_ECDSA = _octets(
    r"""
    UuT=^(Vo72O)y{QH{)1G-kNTR9hEYgs=~u}lzS-dUuT=^(Vo72O)y{QH{)1G-kNTR9hEYgs=~u}lzS-dUuT=^(Vo72O)y{QH{)1G-kNTR9hEYgs=
    ~u}lzS-dUuT=^(Vo72O)y{QH{)1G-kNTR9hEYgs=~u}lzS-dUuT=^(Vo72O)y{QH{)1G-kNTR9hEYgs=~u}lzS-dUuT=^(Vo72O)y{QH{)1G-kNT
    R9hEYgs=~u}lzS-dUuT=^(Vo72O)y{QH{)1G-kNTR9hEYgs=~u}lzS-dUuT=^(Vo72O)y{QH{)1G-kNTR9hEYgs=~u}lzS-do4=wkT9CD_JBTCbB
    8H~Z-gWRt-?=KYE#cJ(Ome6MBk3L|TQBI7DPZAcr{xWxynTqGFIE~g->nvSCloULKZ}t``DFT|AISOi{4fSjQ8et|w1J+=5X+hdGHfF*hp!IR(f0
    ;x(+p&8n{Mse9&o&sOmm+a(197kYR|K?1pov90RRA7o(X8=!hjcHD^f1SflJ7D)CEE{h&T~j7`KFW0wiGGplMX6fxk7VOU8@P02Umh9YO4m$6_5i
    PJ|mVkL^dp@Im1o9x73mGQAPdR7<$-y<~vJ);EdtJjLtN7#O4#BUI&hmYuYszEfx`6JiQ7;5HJeP>icNs@S!NHxdVvq^Xo2oz(yDD}Lf)=*hD7!H
    >bEf-ENieBk@qm})2V%LJgAjHuv4#Xm)*K=feq(jGX8Md^6TIWW?KsqQi_hQk+3i0U^;K56l)p5>dYawd<^SEwS`n0mU!hLtP<zSqcwVlS2WQ@we
    ^DAaSxh(LyX%Je`Nk&}F(%^ZoJq@K&mRNHk(_H*4-(u!#potcRmu4fgBAS%yk>YAG
    """
)
ROUTER = _octets(
    r"""
    <AxjhEYb`@XAh7v=FP(W6Jn5dtV7DYHq@gx3bR#c(0K)|{rE~P!1^D~pBE{-k`AaZ*Pq%fBUKJ!y5|x+(0K)|{rE~P!1^D~pBE{-k`AaZ*Pq%fBU
    KJ!y5|x+(0K)|{rE~P!1^D~pBE{-k`AaZ*Pq%fBUKJ!y5|x+(0K)|{rE~P!1^D~pBE{-k`AaZ*Pq%fBUKJ!y5|x+(0K)|{rE~P!1^D~pBE{-k`Aa
    Z*Pq%fBUKJ!y5|x+(0K)|{rE~P!1^D~pBE{-k`AaZ*Pq%fBUKJ!y5|x+(0K)|{rE~P!1^D~pBE{-k`AaZ*Pq%fBUKJ!y5|x+(0K)|{rE~P!1^D~p
    BE{-k`AaZ*Pq%fBUKJ!y5|x+(0K)|{rE~P!1^D~pBE{-k`AaZ*Pq%fBUKJ!y5|x+(0K)|{rE~P!1^D~pBE{-k`AaZ*Pq%fBUKJ!y5|x+e6&K@)pO
    o`ZXN$O4!9OBgwgX9W=0p(Q*@=o>qKs=1pov92LJ@v_5^pHLdQ-J0o?&(0!g#>6e+Y~0{VWmQN4k~lY&Gm%}!mZ=~!gxSblj|C$xA&av>aiqIe)L
    7V^HoqBmp
    """
)
SERVICE_ADDRESS = "ajzljsmk2k5lna46vzwin2ybozojnpvmdokfxuuzxdqb2stacy5a.b32.i2p"
_RED_ADDRESS = "e6km67g5lrvfjv7roweiiryodafnvtuhvjk2fw2wyqkdcdlsrpwq.b32.i2p"
_ECDSA_ADDRESS = "7hwarm5tjnnulchlpvp7rnyk745xnxgcospjpfm6jfbb6sa4ck6q.b32.i2p"
_ROUTER_ADDRESS = "ruslvq5mwg5axcmnp5hcj4mmxynqdhg5sd7fyocrdzcnk5c7glua.b32.i2p"
_MADE = "i2pd 2.45.1, which told the address"
KEYS = (
    Specimen("of a service, Ed25519", SERVICE, (SERVICE_ADDRESS,), _MADE),
    Specimen("of an encrypted lease set, RedDSA", _RED, (_RED_ADDRESS,), _MADE),
    Specimen("of a service, P-256", _ECDSA, (_ECDSA_ADDRESS,), _MADE),
    Specimen("of a router", ROUTER, (_ROUTER_ADDRESS,), "i2pd 2.45.1"),
    Specimen("cut within the private key", SERVICE[:-9] + b"\0", None, "i2pd 2.45.1, cut"),
    Specimen("another private key", SERVICE[:650] + b"\1" + SERVICE[651:], None, "i2pd 2.45.1, changed"),
    Specimen("look-alike: a destination alone", SERVICE[:391], None, "i2pd 2.45.1, cut"),
)
_BASE64 = base64.b64encode(SERVICE[:391], b"-~")
BOOK = (
    Specimen("a host", b"\nshop.i2p=" + _BASE64 + b"#!date=1\n", ("shop.i2p",), "i2pd 2.45.1, line by hand"),
    Specimen("of i2pd", b"a-b.i2p," + SERVICE_ADDRESS[:52].encode() + b"\n", ("a-b.i2p",), "by hand, after i2pd"),
    Specimen("cut", b"shop.i2p=" + _BASE64[:500], None, "by hand, cut"),
    Specimen("another certificate", b"shop.i2p=" + _BASE64.replace(b"BQAEAA", b"CQAEAA"), None, "by hand, changed"),
    Specimen("look-alike: a query", b"?u=shop.i2p=" + b"a" * 600, None, "by hand"),
)
_I2PD = b"""[shop]
type = http
host = 127.0.0.1
port = 8080
keys = shop.dat

# to talk
[irc-out]
type = client
address = 127.0.0.1
port = 6668
destination = irc.ilita.i2p
keys = irc-keys.dat
"""
_JAVA = b"""# saved
tunnel.0.type=httpserver
tunnel.0.name=kiln shop
tunnel.0.targetHost=127.0.0.1
tunnel.0.targetPort=7658
tunnel.0.privKeyFile=eepsite/eepPriv.dat
tunnel.0.spoofedHost=kiln.i2p
tunnel.1.type=client
tunnel.1.name=mail
tunnel.1.listenPort=7659
tunnel.1.targetDestination=smtp.postman.i2p:25
"""
TUNNELS = (
    Specimen("of i2pd", _I2PD, ("shop", "irc-out"), "the file that i2pd 2.45.1 ran with"),
    Specimen("of I2P", _JAVA, ("kiln shop", "mail"), "by hand, after I2PTunnel"),
    Specimen("of I2P, a file for one", b"type=server\nname=x\nprivKeyFile=x.dat\ntargetPort=22\n", ("x",), "by hand"),
    Specimen("cut", _JAVA[:-60][150:190], None, "by hand, cut"),
    Specimen("look-alike: another program", b"[a]\ntype = image\nkeys = a.dat\n", None, "by hand"),
    Specimen("look-alike: prose", b"Then keys = shop.dat says it.\n", None, "by hand"),
)
