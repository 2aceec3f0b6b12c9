"""USB devices in the kernel's messages: a text log, and a journal that systemd-journald 252 wrote."""

from __future__ import annotations

import base64
import bz2
import random

from forensics.detectors.base import BytesLayer
from forensics.detectors.system import usb_kernel
from forensics.model import Finding, Grade, Locator

# Nine messages, sent to a journald of its own; all but the objects of the connections, and its identifiers, made zero.
# `journalctl --file … -o export` told the times of their entries that the test expects.
JOURNAL = bz2.decompress(
    base64.b85decode(
        "LRx4!F+o`-Q(39tdX)fov;Y79|NsC0|Nj2||Nra%@88A#%lmsjK+oU*f6DmYdUyNK1e3rUF`<)Y!3`7|MoMX?=}%GRHlrp$8Xl3L"
        "2AMP(28N!aKn8)PgVZzt4U<u(ngGx=0MpcZjDXN+2dT9(Xx^02N+lT-cuD%2Pe}DYNvY`#4FC^GkOqJNXaE2J15E*-05kv^8Xlkk"
        "001-q03c+^kPMjs2ACnB4FCXWVj5@$KmZy6pky=yKn#G;G|`AOXaE4v02&Z7WXJ|gfCEer&<212G%*b{10Vnm0MIfT0iXszXc}n5"
        "8Z-a^XaEfYDG)@PLQhGWG>xcwjRPizgF`?8i1h}5dW@MGY3ejG0j4I5K+tFn4H^SL03M(ijWi83ZA;w>Ta=W_2}?rp>qEr>DO7em"
        "0){rR3S?zfKASy3M(%;o8&DdYlJ>u%YCGAP)hr4I)nimnq%jBM5S~~Mh^wo3*;s{>!>2n=(|Knlxtp!J$6u>wGm8sb{D7cmG$~H5"
        "GMt2j|Ai3{UMEkLsZ|TuRBvL@3P}h>K~P%|KtKZ!fUqG73;}9RMqslN(iBaiOps`l;R&puNQ5SYNSu_E#EB%(fC<8rAe0JBQ4s~q"
        "a8?<%a3`b5-_%twWCQXc%poI$fJ+2qkcL22Aw$b;(1DUG?LxG|cAcz=+74cH0UBjCw^@IxS{jg)3)}Kj@AcBBy@mLo2773dXTZLK"
        "diZRKl&B51mRr8=y><OReN@qr=BP@tKvD)BxzK?FSOW`EibSi+_jzPYf(n8U*>?mMZBRpRL61Qe(9fC@t4^HE+%QrPvXxa_6+n30"
        "Hi+U6boVR0akXEwFQ6!;)S?hu4<*@sXkb}L;C!ueSv@JF33K%VswP6E#E__-dG=coBR3&4nke)4?S`&_r<AWBk2l^h)mXwz6tRI4"
        "YPhCcZFWXe7y?RRN?M_jlg@!*wrZ|+Xp8izmMWo?F)%6s(%o6r(`;4-#?9_CN6<-s-QpS@<T#L-^dfWpYse%#HpZf%MR^dQs-*Th"
        "3e$%Py8*y^O9im00sCoaY%<CulTAgHLy{@j656V1yOh#AD-`EY>_EpMT>@Kyt+<SB&>GBPkcfzjOLnz^td1EARiOmTgcm?s0;Dv>"
        "?I>L1t%n*pP%j=J4#V(z=pg<Mu*~XtX(k=3?&Ai<cpyZL!X8NGGuc~W2+(>1P#usIQA6$RHXv(oH62jU2Eat%fS^E|q!S2%yX&Ao"
        "nBTxanE>tk-P=I}5AD(pD67W+Xa<nzkiepSIVfNgU{t@aER4NS62QE)Gj>z~elFh0eOMHMZUxO7Fe-KXE-MQ1?!|lFY5<+>yw*~l"
        "@4?(&Ze?CF%btWcSAbFk0d7#at%8v`W5X`&6RqJoo#eIw8Azqli$H+EAk?ZY(g05Z5-reX4)!m_5-8+2v73dmo3^wAD*b*V(4!c|"
        "aPEX5kYDacO1Fc6>yhKWAU%MN!IKhcf4Zt@VB985DM?0{n1D%w_(`aa1&L--XpmgoX9rV@3z#;jOMtpUSRc0QLATS?En-HOH|ZfU"
        "%R;`?w$1ie#5}XI{}2-kgmbO)FQ|wLA_yQSg!(|pEVX<8ON(6`3`@HQk)s>?W_JVuf*SLZ$)rXMh(Nd#x=76s4VC~s1^}u`KPrUK"
        ">ayXW7pJ8D#~?eg)bq+(U{@d<fDB2%JD0zUSryXF$1=cxpR4E(;?f!MFM|iybE)zvjn4GtA6Z8atmYR0T}`H1eJ3N2l@~V5F<Bsh"
        "aWvE^l~q9i^4x%_JyR1#K<H8gWCXfr4-4w9o+`kiA`A7QqC*pBiHW4AE{0m?AEf`q+>uTcBr13wr9c"
    )
)


def told(data: bytes, step: str = "x") -> list[Finding]:
    layer = BytesLayer(data, Locator(step))
    ends, at = [], 0
    while (at := data.find(b", idProduct=", at + 1)) >= 0:
        ends.append(at + 16)
    return [each for end in ends for each in usb_kernel.DETECTOR.examine(layer, end)]


def test_a_journal_gives_each_connection_of_a_wallet() -> None:
    (one,) = told(JOURNAL, "ext4:/var/log/journal/0/system.journal")
    assert (one.value, one.grade) == ("2C97:1011 0001", Grade.C3)
    said = {name: field.value for name, field in one.fields.items()}
    assert (said["product"], said["maker"], said["device_class"]) == ("Nano X", "Ledger", "hardware wallet")
    assert [each.as_stored for each in one.events] == ["1795559308450558", "1795559309453677"]
    assert {each.zone for each in one.events} == {"utc"}
    place = one.fields["serial"].span
    assert place is not None
    assert JOURNAL[place.offset : place.end] == b"0001"


def test_damage_in_a_journal_never_raises() -> None:
    draw = random.Random(4)
    start = JOURNAL.find(b"MESSAGE=usb") - 72
    for _ in range(400):
        damaged = bytearray(JOURNAL)
        for _ in range(6):
            damaged[draw.randrange(start, len(damaged))] = draw.randrange(256)
        assert all(each.span.end <= len(damaged) for each in told(bytes(damaged)))


def test_lines_of_a_text_log() -> None:
    line = "%s kiln kernel: [ 1.0] usb %s: %s\n"
    found = "New USB device found, idVendor=%s, idProduct=%s, bcdDevice= 1.0"
    stamp, later = "2024-02-29T23:30:00+01:00", "2024-03-01T08:00:00+01:00"
    data = "".join(
        (
            line % (stamp, "1-1", found % ("1d6b", "0002")),  # a hub
            line % (stamp, "1-2", found % ("0781", "5567")),
            line % (stamp, "1-3", "SerialNumber: of another port"),
            line % (stamp, "1-2", "SerialNumber: AA11"),
            line % (later, "1-2", found % ("534c", "0001")),
            line % ("Mar  1 09:00:00", "1-4.1", found % ("0a5f", "0001")),
        )
    ).encode()
    stick, wallet, printer = told(data, "ext4:/var/log/kern.log")
    assert (stick.value, stick.grade) == ("0781:5567 AA11", Grade.C3)
    assert stick.events[0].when.isoformat() == "2024-02-29T22:30:00+00:00"
    assert data[stick.span.offset :].startswith(stamp.encode())
    assert (wallet.value, wallet.fields["device"].value) == ("534C:0001", "Trezor One")
    assert (printer.events, printer.fields["time"].value) == ((), "Mar  1 09:00:00")
    assert "neither year nor zone" in printer.caveats[-1]
