"""A shelf of planned files, filled with short calls."""

from __future__ import annotations

from collections.abc import Mapping

from forensics.scenarios.chance import Chance
from forensics.scenarios.plan import Planned, Times, Whole, Wrong, seconds

GOODS = (
    ("blue tea, butterfly pea flower", "50 g"),
    ("blue tea with lemongrass", "100 g"),
    ("ceramic tile, azure, 10 x 10 cm", "set of 12"),
    ("ceramic tile, moss, 15 x 15 cm", "set of 6"),
    ("tile spacers, 2 mm", "bag of 200"),
    ("grout, pearl grey", "1 kg"),
    ("seed packet, cornflower", "120 seeds"),
    ("seed packet, flax", "300 seeds"),
    ("seed packet, sweet pea", "25 seeds"),
)


class Shelf:
    """Planned files of one volume."""

    def __init__(self, *, windows: bool) -> None:
        self.windows = windows
        self.files: list[Planned] = []

    def put(
        self,
        path: str,
        content: str | bytes,
        when: str,
        *,
        created: str = "",
        codec: str = "utf-8",
        streams: Mapping[str, bytes] | None = None,
        slack: str = "",
        deleted: bool = False,
        over: tuple[str, int] | None = None,
        cuts: tuple[int, ...] = (),
        whole: tuple[Whole, ...] = (),
        wrong: tuple[Wrong, ...] = (),
        members: Mapping[str, bytes] | None = None,
        note: str = "",
    ) -> None:
        """Plan a file; text gets the line ends of the system, UTF-16 its mark."""
        if isinstance(content, str):
            text = content.replace("\n", "\r\n") if self.windows else content
            data = (b"\xff\xfe" if codec == "utf-16-le" else b"") + text.encode(codec)
        else:
            data = content
        times = Times.at(seconds(when), created=seconds(created) if created else None)
        self.files.append(
            Planned(
                path, data, times, streams or {}, slack.encode(), deleted, over, cuts, whole, wrong, members or {}, note
            )
        )


def order_rows(chance: Chance, name: str, count: int) -> list[str]:
    """Lines of a neutral order book."""
    rows = []
    for number in range(count):
        goods, size = GOODS[chance.below(f"{name} goods {number}", len(GOODS))]
        day = 1 + number * 27 // max(count, 1)
        amount = chance.between(f"{name} price {number}", 300, 4900)
        pieces = chance.between(f"{name} pieces {number}", 1, 4)
        rows.append(f"2024-02-{day:02d};HL-{1000 + number};{pieces};{goods} ({size});{amount / 100:.2f} EUR")
    return rows


def catalogue(chance: Chance, name: str, count: int) -> str:
    """A plain price list."""
    lines = ["CATALOGUE", ""]
    for number in range(count):
        goods, size = GOODS[number % len(GOODS)]
        price = chance.between(f"{name} {number}", 250, 3200) / 100
        lines.append(f"{number + 1:4d}  {goods:36s} {size:14s} {price:8.2f} EUR")
    return "\n".join(lines) + "\n"
