"""Recall of the main job on a corpus of files with ground truth: one disk holds them all, one case examines it.

    .venv/bin/python tests/benchmarks/corpus_recall.py CORPUS [--list KIND] [--keep FOLDER]

The files named in `truth/{indicators,wallets,pgp,exif}.json` are put on an ext4 volume by mkfs, registered and
examined as the commands do. Then each value of the truth is looked up among the findings of its own file, and
what is reported beyond the truth is counted by kind, grade and whether it came out of an encoding (the truth
of indicators was read from plain text only, by expressions of its own).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forensics.case import objects
from forensics.case.store import Case
from forensics.commands.examination import Examination, Options
from forensics.commands.founding import new_case
from forensics.commands.opening import writing
from forensics.commands.register import register
from forensics.model import Secret

Truth = Mapping[str, Mapping[str, Any]]
Finding = Mapping[str, Any]

INDICATORS = {
    "btc_base58": ("address/bitcoin",),
    "btc_bech32": ("address/bitcoin",),
    "eth_shape": ("address/ethereum",),
    "ext_keys": ("key/extended",),
    "wif": ("key/wif",),
    "onion_v3": ("onion/v3",),
    "onion_v2_shape": ("onion/v2",),
    "emails": ("contact/email",),
}
EXIF = {  # exiftool merges what Exif and XMP say; here they are fields of their own
    "Make": ("make",),
    "Model": ("model",),
    "Software": ("software", "xmp_creator_tool"),
    "DateTimeOriginal": ("taken", "xmp_taken"),
    "CreateDate": ("digitised", "xmp_created"),
    "ModifyDate": ("changed", "xmp_modified"),
    "GPSLatitude": ("latitude",),
    "GPSLongitude": ("longitude",),
    "Orientation": ("orientation",),
    "SerialNumber": ("serial", "xmp_serial"),
    "Artist": ("artist",),
    "ImageWidth": ("width",),
    "ImageHeight": ("height",),
}


@dataclass(slots=True)
class Tally:
    """What the truth asks, what was found, and what was missed: (file, value)."""

    asked: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    missed: defaultdict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def ask(self, what: str, path: str, value: object, here: bool) -> None:
        """Count one question."""
        self.asked[what] += 1
        self.found[what] += here
        if not here:
            self.missed[what].append((path, str(value)))


def volume_of(corpus: Path, names: Iterable[str], folder: Path) -> Path:
    """A raw ext4 image that holds these files of the corpus under their own paths."""
    tree = folder / "tree"
    size = 0
    for name in names:
        source = corpus / name
        if source.is_file():
            target = tree / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            size += source.stat().st_size + 8192
    image = folder / "corpus.raw"
    with image.open("wb") as out:
        out.truncate((size + (64 << 20)) & ~4095)
    subprocess.run(
        ["mkfs.ext4", "-q", "-F", "-N", "8192", "-E", "root_owner=0:0", "-d", str(tree), str(image)], check=True
    )
    return image


def found_in(image: Path, folder: Path) -> dict[str, list[Finding]]:
    """Every finding of the examined image, by path."""
    new_case(folder, number="1", examiner="Recall", agency="", title="", authority="")
    with writing(folder) as (case, ledger):
        row = register(case, ledger, [image])
        Examination(case, ledger, row["number"], options=Options(workers=2)).run()
    out: defaultdict[str, list[Finding]] = defaultdict(list)
    with Case.open(folder) as case:
        for each in objects.findings(case, None, 0):
            out[str(each["path"] or "").lstrip("/")].append(each)
    return out


def _values(rows: Iterable[Finding], kinds: Iterable[str]) -> set[str]:
    return {str(row["value"]).lower() for row in rows if row["kind"] in kinds}


def leaves(value: Any) -> Iterator[str]:
    """Each text and number in nested values, in small letters."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from leaves(each)
    else:
        yield str(value).lower()


def _fields(rows: Iterable[Finding], family: str) -> set[str]:
    return {
        leaf
        for row in rows
        if row["kind"].startswith(family)
        for leaf in (*leaves(row["fields"]), str(row["value"]).lower())
    }


def indicators(truth: Truth, found: Mapping[str, list[Finding]], tally: Tally) -> None:
    """Addresses, keys, names of hidden services and of mail boxes."""
    for path, kinds in truth.items():
        for name, values in kinds.items():
            if name not in INDICATORS:
                continue
            have = _values(found.get(path, ()), INDICATORS[name])
            for value in values:
                shown = {"onion_v3": f"{value}.onion", "onion_v2_shape": f"{value}.onion"}.get(name, value).lower()
                masked = Secret(value).masked.lower()
                tally.ask(f"indicator {name}", path, value, bool(have & {shown, value.lower(), masked}))


def openpgp(truth: Truth, found: Mapping[str, list[Finding]], tally: Tally) -> None:
    """Fingerprints and user identities, as gpg lists them."""
    for path, facts in truth.items():
        have = _fields(found.get(path, ()), "openpgp/")
        for name in ("primary_fingerprints", "subkey_fingerprints", "sq_fingerprints", "uids"):
            for value in facts.get(name) or ():
                tally.ask(f"openpgp {name}", path, value, str(value).lower() in have)


def wallets(truth: Truth, found: Mapping[str, list[Finding]], tally: Tally) -> None:
    """Addresses and public keys of wallet files, and whether each file is known as a wallet at all."""
    for path, facts in truth.items():
        rows = found.get(path, ())
        have = _fields(rows, "wallet/") | _values(rows, ("key/extended", "address/bitcoin", "address/ethereum"))
        tally.ask("wallet file", path, facts.get("magic"), any(row["kind"].startswith("wallet/") for row in rows))
        for name in ("extended_pubkeys", "address", "primary_address", "spend_pub", "view_pub"):
            values = facts.get(name) or ()
            for value in [values] if isinstance(values, str) else values:
                tally.ask(f"wallet {name}", path, value, str(value).lower() in have or f"0x{value}".lower() in have)
        counts = facts.get("key_types") or facts.get("bdb_key_types") or {}
        for row in rows:
            if row["kind"] == "wallet/bitcoin_core" and counts:
                ours = row["fields"]["record_types"]["value"]
                tally.ask("wallet records", path, counts, all(ours.get(key, 0) == n for key, n in counts.items()))


def photographs(truth: Truth, found: Mapping[str, list[Finding]], tally: Tally) -> None:
    """Fields of Exif, as exiftool reads them."""
    for path, facts in truth.items():
        rows = [row for row in found.get(path, ()) if row["kind"] == "media/exif"]
        if not rows and any(name in facts for name in EXIF if name not in ("ImageWidth", "ImageHeight")):
            tally.ask("exif file", path, sorted(facts), False)
            continue
        for name, ours in EXIF.items():
            if name in facts and rows:
                values = [rows[0]["fields"].get(each, {}).get("value") for each in ours]
                here = any(_same(facts[name], value) for value in values)
                tally.ask(f"exif {name}", path, f"{facts[name]!r}, not {values!r}", here)


def _same(wanted: object, value: object) -> bool:
    if isinstance(wanted, float):
        try:
            return abs(float(str(value)) - wanted) < 1e-5
        except ValueError:
            return False
    text = str(value or "").strip()
    if len(text) > 10 and text[4:5] == text[7:8] == "-" and text[10] == "T":  # a date of XMP
        text = f"{text[:10].replace('-', ':')} {text[11:]}"
    return str(wanted).strip() == text


def beyond(truth: Truth, found: Mapping[str, list[Finding]]) -> Counter[tuple[str, str, str]]:
    """Findings whose value the truth of indicators does not list: (kind, grade, plain or decoded) -> number."""
    back: defaultdict[str, set[str]] = defaultdict(set)
    for name, kinds in INDICATORS.items():
        for kind in kinds:
            back[kind].add(name)
    out: Counter[tuple[str, str, str]] = Counter()
    for path, rows in found.items():
        for row in rows:
            if row["kind"] not in back:
                continue
            names = [v for name in back[row["kind"]] for v in truth.get(path, {}).get(name, ())]
            known = {form.lower() for v in names for form in (v, f"{v}.onion", Secret(v).masked)}
            if str(row["value"]).lower() not in known:
                where = "decoded" if row["locator"].rsplit(" > ", 1)[-1].split(":")[0] not in ("ext4",) else "plain"
                out[row["kind"], row["grade"], where] += 1
    return out


def main() -> None:
    """Examine and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--list", default="", metavar="WHAT", help="print what was missed of rows that begin so")
    parser.add_argument("--keep", type=Path, help="put image and case here, and leave them")
    options = parser.parse_args()
    parts: list[tuple[str, Callable[[Truth, Mapping[str, list[Finding]], Tally], None]]] = [
        ("indicators", indicators),
        ("wallets", wallets),
        ("pgp", openpgp),
        ("exif", photographs),
    ]
    truths = {name: json.loads((options.corpus / "truth" / f"{name}.json").read_text()) for name, _ in parts}
    names = sorted({path for truth in truths.values() for path in truth})
    with tempfile.TemporaryDirectory(prefix="recall-") as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        found = found_in(volume_of(options.corpus, names, folder), folder / "case")
    tally = Tally()
    for name, judge in parts:
        judge(truths[name], found, tally)
    print("| truth | found | of |\n|---|---|---|")
    for what in sorted(tally.asked):
        print(f"| {what} | {tally.found[what]} | {tally.asked[what]} |")
        for path, value in tally.missed[what]:
            if options.list and what.startswith(options.list):
                print(f"    {path}: {value[:160]}")
    print("\n| beyond the truth | grade | where | number |\n|---|---|---|---|")
    for (kind, grade, where), number in sorted(beyond(truths["indicators"], found).items()):
        print(f"| {kind} | {grade} | {where} | {number} |")


if __name__ == "__main__":
    main()
