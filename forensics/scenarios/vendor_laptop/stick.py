"""The third volume: FAT32, as on a stick, with photographs and copies."""

from __future__ import annotations

from forensics.scenarios.content import pictures
from forensics.scenarios.plan import Planned, Whole, seconds
from forensics.scenarios.vendor_laptop.cast import NOTICE, Cast
from forensics.scenarios.vendor_laptop.shelf import Shelf, order_rows


def files(cast: Cast) -> list[Planned]:
    """Every file of the volume."""
    shelf = Shelf(windows=True)
    shelf.put("/README.TXT", NOTICE, "2024-01-08 09:00:04")
    label = ["TO", "O. MUSTER", "7 SAMPLE LANE", "1111 EXAMPLEHAM", "SAMPLELAND", "HL-2240"]
    for name, when in (("DSC00017.JPG", "2024-04-27 14:11:36"), ("DSC00018.JPG", "2024-04-27 14:12:09")):
        chance = cast.chance.within(f"photo {name}")
        spot = (55 + chance.below("north", 10_000) / 10_000, 4 + chance.below("east", 10_000) / 10_000)
        picture = pictures.label_photo(chance, label, seconds(when), spot)
        note = f"GPS {spot[0]:.4f} N {spot[1]:.4f} E (open sea)"
        shelf.put(f"/DCIM/100EXMPL/{name}", picture, when, whole=(Whole("media/exif", note=note),))
    text = f"copy of the till\n{cast.bitcoin('p2wpkh', 0)}\n{cast.bitcoin('p2pkh', 0)}\n{cast.ethereum(0)}\n{cast.monero(0)}\n"
    shelf.put("/BACKUP/till copy.txt", text, "2024-04-28 08:00:31")
    shelf.put("/BACKUP/PHRASE.TXT", f"stick\n\n{cast.listed('stick', 12)}\n\n-\n", "2024-04-28 08:02:10")
    shelf.put("/BACKUP/azulleaf key.asc", cast.certificate(cast.vendor_key) + "\n", "2024-04-28 08:03:00")
    shelf.put(
        "/BACKUP/orders.csv", "\n".join(order_rows(cast.chance, "stick", 60)) + "\n", "2024-04-28 08:04:00", cuts=(2,)
    )
    text = f"burn after reading\n{cast.stranger('p2pkh', 'burn')}\n{cast.wif(33)}\n{cast.mail('fair.office@tilework.example.net')}\n"
    shelf.put("/BACKUP/burn this.txt", text, "2024-04-28 08:06:00", deleted=True)
    wrong = cast.broken("address/bitcoin", cast.stranger("p2wpkh", "stick"), "stick")
    shelf.put(
        "/BACKUP/typo.txt",
        f"mistyped: {wrong}\n{cast.broken('address/ethereum', cast.ethereum(44), 'stick')}\n",
        "2024-04-28 08:07:00",
    )
    return shelf.files
