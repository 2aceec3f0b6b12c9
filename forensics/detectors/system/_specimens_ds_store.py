"""Known answers: a file that ds_store 1.3 wrote; packed with zlib."""

from __future__ import annotations

import base64
import zlib

from forensics.detectors.base import Specimen

FILE = zlib.decompress(
    base64.b85decode(
        "c-rmQO-jR16o%n*W09a$iYv%OoLTA$LJ2q#C&dM5Qh%^9AwN3J%zf$xT!JUf5!>3LQ|bFa`X%?C+#J$EN<_qs>trP2%l9_u>&L4|"
        "urD3YvYm7~F8~1G-`lard;7dU*602Kw*=Tat`|+BarY;GbCGVLWz(gzanG{1P&-)I4=tN6osD~zJxkwmU>R73mQ9z|r1QR-xAZOT"
        "$}X@B`GNre00000u(jH^W_>ASD!F8ul>~Aor+SpgZC>46)MZsj`#$eVO06pNb12WcMS4`qqn?pz_3)Q<E^VDd9Vz5NVyz5hrhBE<"
        "TAj}CEv@mhkE1nxWV%`{sg6GBIpw^UP3wI1v36d^cjZN{wXd1ZR&knER`2UIG968{>rAgRU9FwnjV5uH=JUJi-on-SG>f97u40k*"
        "^OI&?wKSjKFP{IwFB1R&0000000000@F$-Vfmx0"
    )
)

DS_STORE = (
    Specimen(
        "of a Trash",
        FILE,
        ("/Users/v/Documents/report.pdf", "/Users/v/Desktop/price list.pdf", "wallet"),
        "ds_store 1.3",
    ),
    Specimen("cut before the tree", FILE[:1_000], None, "ds_store, cut"),
    Specimen("another head", FILE.replace(b"Bud1", b"Bud2"), None, "ds_store, changed"),
    Specimen("a head alone", FILE[:36] + bytes(200), None, "ds_store, cut"),
)
