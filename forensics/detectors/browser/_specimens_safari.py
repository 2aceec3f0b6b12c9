"""Known answers: a history with the tables of Safari that sqlite3 3.40 wrote; packed with zlib."""

from __future__ import annotations

import base64
import zlib

from forensics.detectors.base import Specimen

HISTORY = zlib.decompress(
    base64.b85decode(
        "c-rk(&1(}u6rZ=7bQ7fqg%S!v2M?xeL)ze}UhKARC3KUtaRc_^vSz34;(nw%v(kEN{YU%<q$iIBE%efp2p&8LdhjTo1fdrvo6l{7"
        "Eh=IqKQc3UA2a**y?HZl@2_Y!BY4dZT$ABjNI(E+4r7E+lD8D<LF6sbM*}(=NtCZcb0L7^CN04+d`G{IWpN}kH3h58eB=<i>2TW("
        "N;X5{)lZU%g{rFPD%O>GO~ogKlb-349H-=+S&%Z>EbJDdH8*U^{9xPQ$}Wu&LTtU52v6D;E|zumo?6Ar)nZAhuHq$i6)QEpQY`a{"
        "CAF;Q!ob10`as9!3U4({!?kj8rKaXA-!*N|AX^R7qqgt0wYWy^iA`;0)cw$7-6wRW%d^5rrj!L_dluPhzo8j2KcbD8iAEttiY<4J"
        "h@-q0;01zryc^=*#tk8f7RJ*Xj5X-(>FI_U)QOWPTc+D^NZuo?&60V_Esa4(k8b#lu9hFHPy2yI0@`E?m!kOZBiM%zLkC|lOo$8c"
        "lg%Jp7njm!Y=UO~i*SJ83%uvU5El+(qF6|G4tM6ekN7{2(5r$dLx&yRB2>HrViw|;TI>8jLhu=m;N{Sp7bfbE$fO`8+&uX9Q4h@e"
        "V_{rKp|muSMrq~HeERhjLZxloO7d}Ni&9(^yvBW^QC^OTXph%t{1Vvv8@1VQz4oyF`*ZbQRNF`SkMan8YIbK~XC^6S3I*7`9CKFh"
        ")H%&b4Rl*ieoo&}W(Le)wo5QyPwV<1M?7l~yW?wl_gX^A$TB>mF_T*-Vw_42G_@r=r<wguJ{7NaFb7!6Z03-@s5`!C88oc(O-<KA"
        "2hUe3nyQq08|SXNsMIta7jgly?10pnLH&?d0KJDc*YN{;-S$oy(w#mdk4E2SZxH_t@gE@1OMgkaqZ~e5d_IRzb9~FkP8GP$Q!Z8o"
        "{s5`g2_X"
    )
)
_ORDERS, _PARCEL = "https://shop.example.org/orders", "https://parcel.example.net/"

SAFARI = (
    Specimen(
        "visits, one deleted, and a removal",
        HISTORY,
        (_ORDERS, _ORDERS, _ORDERS, _PARCEL, _PARCEL, "https://gone.example.org/", "none stored"),
        "sqlite3 3.40",
    ),
    Specimen(
        "another program's table", HISTORY.replace(b"history_visits", b"history_visitz"), None, "sqlite3, changed"
    ),
    Specimen("cut within the first page", HISTORY[:300], None, "sqlite3, cut"),
    Specimen("a name alone", b"SQLite format 3\0 and history_visits in a text", None, "by hand"),
)
