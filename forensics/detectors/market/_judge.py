"""What a page shows and of which kind it is: signs that are independent of each other, each seen or not."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from forensics.detectors.base import BytesLayer
from forensics.detectors.market import _labels, _rows, _values
from forensics.detectors.market._origin import Origin, origin
from forensics.detectors.market._pairs import Header, Pair, headers, pairs
from forensics.detectors.openpgp import armor
from forensics.model import Grade
from forensics.primitives.markup import Page, Piece

SPECIAL = frozenset(("terms", "coin", "pgp", "onion"))  # signs that a common shop does not show
_MARKET = re.compile(r"(?i)market|markt|mercado|mercato|marché|rynek|маркет|рынок|市场|市場|bazaar|\bshop\b")
_WELCOME = re.compile(
    r"(?i)^\s*(?:welcome(?: back)?|logged in as|hello|willkommen(?: zurück)?|angemeldet als|bienvenue|connecté en tant que"
    r"|bienvenid[oa]|benvenuto|bem-vindo|witaj|добро пожаловать|вы вошли как|здравствуйте|привет|欢迎|歡迎)[ ,:!]{1,3}"
    r"([\w.+~-]{2,30})"
)
_ACCOUNT = re.compile(
    r"(?i)(?:^|/)(?:my-?)?(?:profile|account|profil|konto|compte|cuenta|perfil)(?:\.\w{2,5})?/?(?:\?|$)"
)
_COINS = frozenset(
    [
        "btc xmr ltc bch eth bitcoin (btc)",
        "bitcoin",
        "monero",
        "monero (xmr)",
        "litecoin",
        "bitcoin cash",
        "bitcoin cash (bch)",
        "ethereum",
        "btc",
        "xmr",
        "ltc",
        "bch",
        "eth",
    ]
)
_OFFER = frozenset(("price", "ships_from", "ships_to", "vendor", "escrow", "quantity", "category", "shipping", "sales"))
_PROFILE = frozenset(
    ("member_since", "last_seen", "sales", "rating", "feedback", "disputes", "username", "pgp", "escrow", "vendor")
)
_HEADINGS = frozenset(("h1", "h2", "h3"))
_NUMBERED = re.compile(r"(\D{3,25}?)[\s:#№]{1,4}([A-Za-z0-9][\w-]{2,30})")
MOST_KEYS = 10
MOST_ADDRESSES = 50


@dataclass(slots=True)
class Shown:
    """All that is read from a page."""

    page: Page
    title: str = ""
    title_at: tuple[int, int] = (0, 0)
    headers: list[Header] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    money: list[_rows.Amount] = field(default_factory=list)
    offers: list[_rows.Offer] = field(default_factory=list)
    feedback: list[tuple[int, int, str]] = field(default_factory=list)
    origin: Origin = field(default_factory=Origin)
    keys: list[tuple[int, int, str]] = field(default_factory=list)  # byte range, fingerprint or nothing
    signed: tuple[int, int] | None = None
    addresses: list[tuple[str, int, int]] = field(default_factory=list)
    account: tuple[str, int, int] | None = None
    vendor: tuple[str, int, int] | None = None
    item: tuple[str, int, int] | None = None
    category: tuple[str, int, int] | None = None
    order: tuple[str, int, int] | None = None
    password: bool = False
    captcha: bool = False
    signs: set[str] = field(default_factory=set)
    kind: str = ""

    def outside(self) -> list[Pair]:
        """The pairs that are not inside an offer of an index."""
        return [each for each in self.pairs if not any(one.start <= each.label_at[0] < one.end for one in self.offers)]

    def first(self, concept: str) -> Pair | None:
        """The first pair of a concept, outside the offers."""
        return next((each for each in self.outside() if each.concept == concept), None)


def shown(page: Page) -> Shown:
    """Read everything from a page, then say its kind and signs."""
    found = Shown(page)
    found.headers = headers(page)
    found.pairs = pairs(page, frozenset(each.row for each in found.headers))
    found.money = _rows.amounts(page)
    forms = _rows.candidates(page, found.money, found.headers)
    found.offers = _rows.best([_rows.offers(page, each, found.money, found.pairs, found.headers) for each in forms])
    if len(found.offers) < 2 or not any(each.title for each in found.offers):
        found.offers = []
    found.feedback = _rows.feedback(page, found.headers, found.offers)
    found.origin = origin(page)
    _head(found)
    _keys(found)
    _forms(found)
    _people(found)
    _named(found)
    found.signs = _signs(found)
    found.kind = _kind(found)
    return found


def _head(found: Shown) -> None:
    for piece in found.page.pieces:
        node = found.page.nodes[piece.node] if piece.node >= 0 else None
        if node is not None and node.tag == "title":
            found.title = re.sub(r"\s+", " ", piece.text).strip()[:300]
            found.title_at = (piece.start, piece.end)
            return


def _keys(found: Shown) -> None:
    """OpenPGP blocks in the text: keys with their fingerprints, and whether a signed message stands there."""
    pieces = found.page.pieces
    for number, piece in enumerate(pieces):
        if "-----BEGIN PGP" not in piece.text or len(found.keys) >= MOST_KEYS:
            continue
        if "BEGIN PGP SIGNED" in piece.text:
            found.signed = found.signed or (piece.start, piece.end)
        if "BEGIN PGP PUBLIC KEY" not in piece.text:
            continue
        text, end = "", piece.end
        for other in pieces[number : number + 500]:
            text += other.text + "\n"
            end = other.end
            if "-----END PGP" in other.text or len(text) > 200_000:
                break
        text = text[text.index("-----BEGIN PGP PUBLIC KEY") :]
        fingerprint = ""
        for each in armor.DETECTOR.examine(BytesLayer(text.encode("latin-1", "replace")), 20):
            if isinstance(each.value, str) and each.grade >= Grade.C2:
                fingerprint = each.value
                break
        found.keys.append((piece.start, end, fingerprint))


def _forms(found: Shown) -> None:
    for node in found.page.nodes:
        given = node.attributes
        if node.tag == "input" and given.get("type", "").lower() == "password":
            found.password = True
        if node.tag in ("input", "img", "div", "iframe"):
            told = (
                f"{given.get('name', '')} {given.get('id', '')} {given.get('class', '')} {given.get('src', '')[:200]}"
            )
            found.captcha = found.captcha or "captcha" in told.lower()
    for piece in found.page.pieces:
        if len(piece.text) <= 60 and "captcha" in piece.text.lower():
            found.captcha = True
        if len(piece.text) < 25 or len(found.addresses) >= MOST_ADDRESSES:
            continue
        for match in _values.ADDRESS.finditer(piece.text):
            found.addresses.append((match[0], *found.page.place(piece, match.start(), match.end())))


def _people(found: Shown) -> None:
    """The account that the page was shown to, and the trader that it is about."""
    page = found.page
    names: Counter[str] = Counter()
    shown_as: dict[str, tuple[str, int, int]] = {}
    for number, piece in enumerate(page.pieces):
        welcome = _WELCOME.match(piece.text)
        if welcome and found.account is None:
            found.account = (welcome[1], *page.place(piece, welcome.start(1), welcome.end(1)))
        link = page.inside(piece.node, frozenset("a"))
        if link is None:
            continue
        href, text = link.attributes.get("href", ""), piece.text.strip()
        if _ACCOUNT.search(href) and found.account is None and re.fullmatch(r"[\w.+~-]{2,30}", text):
            if not _labels.concept(text) and not re.fullmatch(r"(?i)profile?|account|konto|compte|cuenta", text):
                found.account = (text, piece.start, piece.end)
            continue
        if any(one.start <= piece.start < one.end for one in found.offers):
            continue
        for _, name in _values.traders(href):
            names[name] += 1
            at = text.casefold().find(name.casefold())
            if at == 0 and name not in shown_as:
                shown_as[name] = (text[: len(name)], *page.place(piece, at, at + len(name)))
        if number > 50_000:
            break
    pair = found.first("vendor") or found.first("username")
    if pair is not None:
        bare = re.sub(r"\s*[([|].*", "", pair.value)
        linked = next((each for name, each in shown_as.items() if bare.casefold().startswith(name.casefold())), None)
        if linked:
            found.vendor = linked
        elif re.fullmatch(r"[\w.+~ -]{2,40}", bare) and len(bare.split()) <= 3:
            found.vendor = (bare, *pair.value_at)
    own = found.account[0].casefold() if found.account else ""
    if found.vendor is None:
        ranked = [
            name for name, count in names.most_common() if name.casefold() != own and (count >= 2 or name in shown_as)
        ]
        for name in ranked or [name for name in names if names[name] >= 2]:
            place = shown_as.get(name) or _text_of(page, name)
            if place:
                found.vendor = place
                break
    # a trader's own page names him in its address, and need not link to itself
    for _, name in _values.traders(found.origin.address) if found.vendor is None else ():
        found.vendor = found.vendor or _text_of(page, name)


def _text_of(page: Page, name: str) -> tuple[str, int, int] | None:
    for piece in page.pieces:
        if (
            piece.text[: len(name)].casefold() == name.casefold()
            and not piece.text[len(name) : len(name) + 1].isalnum()
        ):
            return (piece.text[: len(name)], *page.place(piece, 0, len(name)))
    return None


def _named(found: Shown) -> None:
    """The item's title: the longest text of the page that its title has too; the path of its category."""
    page = found.page
    best: tuple[str, int, int] | None = None
    for piece in page.pieces:
        node = page.nodes[piece.node] if piece.node >= 0 else None
        text = re.sub(r"\s+", " ", piece.text).strip()
        if node is not None and node.tag in _HEADINGS and found.order is None:
            found.order = _order_number(page, piece)
        if node is None or node.tag in ("title", "option") or not 4 <= len(text) <= 300 or _labels.concept(text):
            continue
        if text in found.title and (best is None or len(text) > len(best[0])):
            best = (text, piece.start, piece.end)
    found.item = best
    for node in page.nodes:
        names = node.classes.lower()
        if "breadcrumb" in names or ("categor" in names and re.search(r"selected|active|current", names)):
            texts = [each for each in page.pieces if node.start <= each.start < node.end][:12]
            parts = [re.sub(r"\s+", " ", each.text).strip(" />»›") for each in texts]
            path = " / ".join(each for each in parts if each and not re.fullmatch(r"[\d,.() ]+", each))
            if path:
                found.category = (path[:300], texts[0].start, texts[-1].end)
                return


def _order_number(page: Page, piece: Piece) -> tuple[str, int, int] | None:
    """The number in a heading such as `Order AB-123`."""
    match = _NUMBERED.fullmatch(piece.text.strip())
    if match is None or _labels.concept(match[1]) != "order_id" or not re.search(r"\d", match[2]):
        return None
    at = piece.text.index(match[2], len(match[1]))
    return (match[2], *page.place(piece, at, at + len(match[2])))


def _signs(found: Shown) -> set[str]:
    signs: set[str] = set()
    concepts = Counter(each.concept for each in found.pairs)
    for each in found.headers:
        concepts.update(filter(None, each.columns))
    priced = [each for each in found.pairs if each.concept == "price" and next(_values.money(each.value), None)]
    if priced or (len(found.offers) >= 2 and sum(bool(each.prices) for each in found.offers) >= 2):
        signs.add("price")
    if concepts["vendor"] or found.vendor is not None or sum(bool(each.vendor) for each in found.offers) >= 2:
        signs.add("vendor")
    if concepts["ships_from"] or concepts["ships_to"]:
        signs.add("shipping")
    short = [each.text for each in found.page.pieces if len(each.text) <= 60]
    if concepts["escrow"] or concepts["disputes"] or any(_rows.TERMS.search(each) for each in short):
        signs.add("terms")
    if any(each.money.coin for each in found.money) or sum(each.strip(" :").lower() in _COINS for each in short) >= 2:
        signs.add("coin")
    if found.keys or concepts["pgp"] or any(_labels.concept(each) == "pgp" for each in short):
        signs.add("pgp")
    if found.feedback or len({"rating", "feedback", "sales", "member_since", "last_seen"} & set(concepts)) >= 1:
        signs.add("standing")
    if (concepts["order_id"] or found.order) and concepts["status"]:
        signs.add("order")
    if found.origin.onions:
        signs.add("onion")
    return signs


def _kind(found: Shown) -> str:
    own = {each.concept for each in found.outside()}
    own |= {"order_id"} if found.order else set()
    columns = {name for each in found.headers for name in each.columns if name}
    rows = len(found.offers)
    trades = rows >= 3 or found.feedback or len(own & (_OFFER | _PROFILE) - {"username"}) >= 2
    if not trades and (found.password or found.captcha):
        return "login" if found.password else "captcha"
    if {"order_id", "status"} <= own | columns and (own | columns) & {
        "buyer",
        "address",
        "tracking",
        "escrow",
        "vendor",
    }:
        return "order"
    priced = any(each.concept == "price" and next(_values.money(each.value), None) for each in found.outside())
    if (
        rows >= 3
        and not (priced and "vendor" in own)
        and len({each.vendor for each in found.offers if each.vendor}) >= 2
    ):
        return "listing index"
    listed = len(own & _OFFER) >= 3 and bool(own & {"price", "ships_from", "ships_to"})
    profile = len(own & _PROFILE) >= 2 and bool(own & {"member_since", "last_seen"} or found.keys)
    if profile and found.feedback and not found.keys and not rows:
        return "feedback"
    if profile and "feedback" in columns and columns & _rows.BESIDE:
        return "feedback"
    if listed and priced:
        return "listing"
    if listed and len(own & (_OFFER - {"vendor", "sales", "escrow"})) >= 3 and rows < 3:
        return "listing"
    if profile and found.vendor and found.account and found.vendor[0].casefold() == found.account[0].casefold():
        return "own profile"
    if profile:
        return "vendor profile"
    if rows >= 2:
        return "listing index"
    if found.feedback:
        return "feedback"
    if (
        {"sender", "subject"} <= own | columns
        or ({"sender", "message"} <= columns)
        or {"sender", "recipient", "message"} <= own
    ):
        return "messages"
    if found.addresses and own & {"deposit", "balance", "withdraw", "address"}:
        return "deposit"
    if found.account is None and len(found.origin.onions) >= 2 and (found.signed or _mirrored(found)):
        return "mirror list"
    return "other"


def _mirrored(found: Shown) -> bool:
    return any(_labels.concept(each.text) == "mirror" for each in found.page.pieces) or "mirror" in found.title.lower()


def graded(found: Shown) -> Grade | None:
    """How well this is known to be a page of a trade; None where it is not."""
    signs = found.signs
    served = bool(found.origin.served)
    hidden = served or bool(found.origin.linked)
    if found.kind in ("login", "captcha"):
        market = bool(_MARKET.search(found.title))
        if found.kind == "login" and found.captcha and "onion" in signs:
            return (
                Grade.C3
                if served and (market or "pgp" in signs or _mirrored(found))
                else Grade.C2
                if market or (hidden and ("pgp" in signs or _mirrored(found)))
                else Grade.C1
            )
        if hidden and (market or found.captcha):
            return Grade.C2
        return Grade.C1 if market and found.captcha else None
    if found.kind == "mirror list":
        return Grade.C2 if found.signed else Grade.C1
    if found.kind == "other":
        return Grade.C1 if hidden and (len(signs) >= 3 or "coin" in signs) else None
    trade = bool(signs & {"price", "vendor", "order"})
    if len(signs) >= 4 and trade and signs & SPECIAL:
        return Grade.C3 if served else Grade.C2
    core = signs & {"vendor", "shipping", "terms", "order", "onion"}
    if (
        len(signs) >= 3
        and trade
        and core
        and signs & (SPECIAL | {"price"})
        and signs != {"vendor", "terms", "standing"}
    ):
        return Grade.C1
    if found.kind in ("order", "messages", "deposit") and len(signs) >= 2 and signs & SPECIAL:
        return Grade.C1
    return None
