"""Blocks of one form that follow each other: the offers of an index, the rows of a feedback list.

Elements are of one form when their tag and class and those of their two parents are the same. The offers are the form
with the most elements that hold an amount of money and a link with a text; of several that hold the same ones, the
outermost. Rows of feedback hold an amount, a time or a masked name, and no link to an offer.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections import Counter
from dataclasses import dataclass, field

from forensics.detectors.market import _labels, _values
from forensics.detectors.market._pairs import Header, Pair
from forensics.primitives.markup import Node, Page

MOST_ROWS = 500
MOST_FORMS = 4
LONGEST_TITLE = 300
PROSE = 300  # letters: an amount in a longer line is part of a text
MASKED = re.compile(r"(?<!\w)\w{1,3} ?(?:[*.•_] ?){2,12} ?\w{0,2}(?!\w)")
TERMS = re.compile(
    r"(?i)(?<!\w)(?:no |full |with |without )?(?:escrow|finali[sz]e early|multi-?sig|treuhand|séquestre|эскроу|гарант)(?!\w)"
)
_TITLES = frozenset(("a", "h1", "h2", "h3", "h4", "h5", "h6"))
_ACTIONS = frozenset(
    [
        "order",
        "buy",
        "buy now",
        "purchase",
        "add to cart",
        "add to basket",
        "view",
        "details",
        "more",
        "more info",
        "read more",
        "kaufen",
        "bestellen",
        "in den warenkorb",
        "ansehen",
        "acheter",
        "commander",
        "ajouter au panier",
        "voir",
        "comprar",
        "añadir al carrito",
        "ver",
        "pedir",
        "ordina",
        "acquista",
        "kup",
        "купить",
        "заказать",
        "в корзину",
        "подробнее",
        "购买",
        "下单",
        "查看",
        "購入",
        "구매",
        "report",
        "contact",
        "contact seller",
        "contact vendor",
        "message",
    ]
)


@dataclass(slots=True)
class Offer:
    """One offer of an index: what its block says, and the block's byte range."""

    start: int
    end: int
    title: str = ""
    vendor: str = ""
    prices: list[_values.Money] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    href: str = ""


@dataclass(slots=True)
class Amount:
    """An amount on the page: its line of text, its byte range, its element."""

    money: _values.Money
    start: int
    end: int
    node: int
    prose: bool = False


def amounts(page: Page) -> list[Amount]:
    """All amounts that are not zero, also where number and currency stand in different tags of one line."""
    found: list[Amount] = []
    at = 0
    while at < len(page.pieces) and len(found) < 20_000:
        until = at + 1
        while until < len(page.pieces) and page.pieces[until].block == page.pieces[at].block and until - at < 60:
            until += 1
        line = page.pieces[at:until]
        at = until
        starts, text = [], ""
        for piece in line:
            starts.append(len(text))
            text += piece.text + " "
        if not any(each.isdigit() for each in text):
            continue
        for each in _values.money(text):
            if each.nothing:
                continue
            first = line[bisect.bisect_right(starts, each.start) - 1]
            last = line[bisect.bisect_right(starts, each.end - 1) - 1]
            if first is last:
                base = starts[bisect.bisect_right(starts, each.start) - 1]
                start, end = page.place(first, each.start - base, each.end - base)
            else:
                low = starts[bisect.bisect_right(starts, each.start) - 1]
                high = starts[bisect.bisect_right(starts, each.end - 1) - 1]
                start = page.place(first, each.start - low, len(first.text))[0]
                end = page.place(last, 0, each.end - high)[1]
            linked = len(text) > each.end - each.start + 12 and page.inside(first.node, _TITLES) is not None
            found.append(Amount(each, start, end, first.node, linked or len(text) > PROSE))
    return found


def candidates(page: Page, money: list[Amount], headers: list[Header]) -> list[list[Node]]:
    """The forms whose blocks may be offers, those with the most blocks first and the outermost of them."""
    linked = _linked(page)
    judged = _judged_tables(headers)
    counts: Counter[int] = Counter()
    for each in money:
        for node in page.ancestors(-1 if each.prose else each.node):
            counts[node.number] += 1
    forms: dict[tuple[str, ...], list[Node]] = {}
    for number in counts:
        node = page.nodes[number]
        if node.tag in ("a", "html", "body") or not linked.get(number):
            continue
        table = page.inside(number, frozenset(("table",))) if node.tag == "tr" else None
        if table is None or table.number not in judged:
            forms.setdefault(_form(page, node), []).append(node)
    found = []
    for members in forms.values():
        members.sort(key=lambda each: each.start)
        if len(members) >= 2 and all(one.end <= two.start for one, two in itertools.pairwise(members)):
            found.append(members[:MOST_ROWS])
    found.sort(key=lambda each: (-len(each), -sum(one.end - one.start for one in each)))
    return found[:MOST_FORMS]


def best(found: list[list[Offer]]) -> list[Offer]:
    """Of the offers of several forms those that say the most: titles with prices, and who sells."""
    return max(
        found, key=lambda each: sum(bool(one.title and one.prices) + bool(one.vendor) for one in each), default=[]
    )


def _linked(page: Page) -> dict[int, int]:
    """How many links with a text each element holds."""
    found: dict[int, int] = {}
    for piece in page.pieces:
        link = page.inside(piece.node, frozenset("a")) if piece.node >= 0 else None
        if link is None or "href" not in link.attributes or len(piece.text) < 3:
            continue
        for node in page.ancestors(link.number):
            found[node.number] = found.get(node.number, 0) + 1
    return found


def _form(page: Page, node: Node) -> tuple[str, ...]:
    found: list[str] = []
    for depth, each in enumerate(page.ancestors(node.number)):
        if depth >= 3:
            break
        found += (each.tag, each.attributes.get("class", ""))
    return tuple(found)


def offers(
    page: Page, blocks: list[Node], money: list[Amount], pairs: list[Pair], headers: list[Header]
) -> list[Offer]:
    """What each block says: title, vendor, prices, and the pairs inside."""
    columns = _columns(page, headers)
    starts = [piece.start for piece in page.pieces]
    priced = [each.start for each in money]
    labelled = [each.label_at[0] for each in pairs]
    found = []
    for block in blocks:
        offer = Offer(block.start, block.end)
        low, high = bisect.bisect_left(priced, block.start), bisect.bisect_left(priced, block.end)
        prices = [each for each in money[low:high] if not each.prose][:20]
        low, high = bisect.bisect_left(labelled, block.start), bisect.bisect_left(labelled, block.end)
        for pair in pairs[low:high]:
            offer.told.setdefault(pair.concept, pair.value)
        low, high = bisect.bisect_left(starts, block.start), bisect.bisect_left(starts, block.end)
        named = _named(page, offer, range(low, high))
        offer.prices = [each.money for each in prices if not named[0] <= each.start < named[1]]
        _terms(page, offer, range(low, high))
        if block.tag == "tr":
            _from_columns(page, offer, block, columns, range(low, high))
        if offer.title or offer.vendor:
            found.append(offer)
    return found


def _terms(page: Page, offer: Offer, pieces: range) -> None:
    """A mark of the terms alone in its place: "Escrow", "No escrow"."""
    for number in pieces:
        text = page.pieces[number].text.strip()
        if len(text) <= 40 and TERMS.fullmatch(text):
            offer.told.setdefault("escrow", text)


def _named(page: Page, offer: Offer, pieces: range) -> tuple[int, int]:
    """Title and vendor from the links of a block; the byte range of the title."""
    links: dict[int, list[str]] = {}
    heads: list[str] = []
    for number in pieces:
        piece = page.pieces[number]
        link = page.inside(piece.node, frozenset("a"))
        if link is not None and link.attributes.get("href"):
            links.setdefault(link.number, []).append(piece.text)
        elif page.nodes[piece.node].tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            heads.append(piece.text)
    targets: Counter[str] = Counter()
    titles: list[tuple[str, str, int]] = []
    for number, texts in links.items():
        text = re.sub(r"\s+", " ", " ".join(texts)).strip()
        href = page.nodes[number].attributes["href"]
        trader = vendor_of(href, text)
        if trader:
            offer.vendor = offer.vendor or trader
        elif "vendor" in page.nodes[number].classes.lower() or "seller" in page.nodes[number].classes.lower():
            offer.vendor = offer.vendor or text[:60]
        else:
            targets[href] += 1
            if len(text) >= 3 and _labels.normal(text) not in _ACTIONS and not _values.PRICE.fullmatch(text):
                titles.append((text, href, number))
    told = offer.told.get("vendor", "")
    if told and not offer.vendor:
        offer.vendor = re.sub(r"\s*[([].*", "", told)[:60]
    if offer.told.get("item") and not titles:
        titles.append((offer.told["item"], "", -1))
    number = -1
    if titles:
        most = max(targets.get(href, 0) for _, href, _ in titles)
        offer.title, offer.href, number = next(each for each in titles if targets.get(each[1], 0) == most)
    if heads and (not offer.title or targets.get(offer.href, 0) < 2):
        offer.title, number = heads[0], -1
    offer.title = offer.title[:LONGEST_TITLE]
    return (page.nodes[number].start, page.nodes[number].end) if number >= 0 else (0, 0)


def vendor_of(href: str, text: str) -> str:
    """The member that a link is to: its address has the name that its text begins with."""
    bare = text.strip(" @\u00a0")
    for _, name in _values.traders(href):
        if bare.casefold().startswith(name.casefold()):
            return bare[: len(name)]
    return ""


def _columns(page: Page, headers: list[Header]) -> dict[int, tuple[str, ...]]:
    return {each.table: each.columns for each in headers if each.table >= 0}


def _from_columns(page: Page, offer: Offer, block: Node, columns: dict[int, tuple[str, ...]], pieces: range) -> None:
    """Values of a row below a header of labels."""
    table = page.inside(block.number, frozenset(("table",)))
    names = columns.get(table.number) if table else None
    if not names:
        return
    cells: dict[int, str] = {}
    for number in pieces:
        cell = page.inside(page.pieces[number].node, frozenset(("td", "th")))
        if cell is not None and cell.parent == block.number:
            cells[cell.number] = f"{cells.get(cell.number, '')} {page.pieces[number].text}".strip()
    members = [
        each.number for each in page.nodes[block.number + 1 : block.number + 2_000] if each.parent == block.number
    ]
    for name, member in zip(names, members, strict=False):
        text = re.sub(r"\s+", " ", cells.get(member, ""))[:LONGEST_TITLE]
        if name == "item" and text:
            offer.title = text
        elif name == "vendor" and text:
            offer.vendor = re.sub(r"\s*[([].*", "", text)[:60]
        elif name and text:
            offer.told.setdefault(name, text)


def feedback(page: Page, headers: list[Header], taken: list[Offer]) -> list[tuple[int, int, str]]:
    """Rows of feedback: byte range and text; under a header that says so, or with a masked name and a time or amount."""
    spans = [(each.start, each.end) for each in taken]
    told = _judged_tables(headers)
    heads = {each.row for each in headers}
    lines: dict[int, list[str]] = {}
    for piece in page.pieces:
        row = page.inside(piece.node, frozenset(("tr", "li"))) if piece.node >= 0 else None
        if row is not None and row.number not in heads and len(lines.get(row.number, ())) < 12:
            lines.setdefault(row.number, []).append(piece.text.strip())
    found = []
    for number, texts in lines.items():
        node = page.nodes[number]
        if any(start <= node.start < end for start, end in spans):
            continue
        text = re.sub(r"\s+", " ", " | ".join(texts))[:4_000]
        table = page.inside(number, frozenset(("table",)))
        below = table is not None and table.number in told and len(texts) >= 2
        masked = MASKED.search(text) and (_values.DATE.search(text) or _values.PRICE.search(text))
        if below or (masked and len(texts) >= 2):
            found.append((node.start, node.end, text[:LONGEST_TITLE]))
    return found[:MOST_ROWS] if len(found) >= 1 else []


def _judged_tables(headers: list[Header]) -> set[int]:
    """Tables whose columns are those of a feedback list."""
    return {
        each.table
        for each in headers
        if each.table >= 0 and {"feedback", "rating"} & set(each.columns) and {"buyer", "date"} & set(each.columns)
    }


BESIDE = frozenset(("buyer", "price", "date", "rating", "item", "message"))
