"""Every image of a corpus: opened? digests, entries and digests of files as its truth says? does accounting close?

    .venv/bin/python tests/benchmarks/images.py CORPUS [GLOB] > table.md

CORPUS holds `truth/images.json` (path -> facts) and `made/truth/images.json` (a list of facts). Packed images
are unpacked into a temporary folder. Each is registered and examined as the commands do.
"""

from __future__ import annotations

import fnmatch
import gzip
import json
import lzma
import shutil
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from forensics.case import objects, schema
from forensics.case.accounting import unexamined_by_exhibit
from forensics.commands.examination import Examination, Options
from forensics.commands.founding import new_case
from forensics.commands.opening import writing
from forensics.commands.register import register
from forensics.errors import ImpoundError


@dataclass(slots=True)
class Subject:
    """An image and what is known of it."""

    name: str
    path: Path
    sha256: str = ""
    decrypted: str = ""
    secret: bytes = b""
    entries: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)  # path without its first slash -> SHA-256


def _unpacked(path: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """The images in a file: itself, or the members of what it is packed in."""
    name, target = path.name, folder / path.stem
    if name.endswith((".tar.xz",)):
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
        yield from ((each.relative_to(folder).as_posix(), each) for each in sorted(folder.rglob("*")) if each.is_file())
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        yield from ((each.relative_to(folder).as_posix(), each) for each in sorted(folder.rglob("*")) if each.is_file())
    elif path.suffix in (".xz", ".gz"):
        opener = lzma.open if path.suffix == ".xz" else gzip.open
        with opener(path) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
        yield target.name, target
    else:
        yield "", path


def _entries(facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for each in facts.get("filesystems", ()) for entry in each.get("entries", ())]


def _subjects(corpus: Path, folder: Path, wanted: str) -> Iterator[Subject]:
    for key, facts in json.loads((corpus / "truth/images.json").read_text()).items():
        if not fnmatch.fnmatch(key, wanted) or not (corpus / key).exists():
            continue
        inside = folder / key.replace("/", "_")
        inside.mkdir()
        members = facts.get("members") or facts.get("images") or {}
        for member, path in _unpacked(corpus / key, inside):
            about = members.get(member, {} if members else facts)
            if members and not (about.get("filesystems") or about.get("image_sha256") or "luksDump_ok" in about):
                continue
            conf = about.get("upstream_images_conf", {})
            secret = str(about.get("passphrase") or conf.get("PW") or conf.get("RP") or "").encode()
            yield Subject(
                f"{key} {member if members else ''}".strip(),
                path,
                about.get("raw_sha256") or about.get("image_sha256") or "",
                about.get("dislocker_decrypted_sha256", ""),
                secret,
                _entries(about),
            )
        shutil.rmtree(inside)
    made = corpus / "made"
    for facts in json.loads((made / "truth/images.json").read_text()):
        key = facts["path"]
        path = made / facts.get("stored_as", key)
        if not fnmatch.fnmatch(f"made/{key}", wanted) or not path.is_file():
            continue
        inside = folder / key.replace("/", "_")
        inside.mkdir()
        for each in path.parent.glob(f"{Path(key).stem.split('.')[0]}-f*.xz"):  # extents that are packed
            list(_unpacked(each, inside))
        if any(inside.iterdir()):
            path = Path(shutil.copy(path, inside))
        for _, opened in _unpacked(path, inside):
            yield Subject(
                f"made/{key}",
                opened,
                facts.get("raw_sha256", ""),
                "",
                str(facts["password"]).encode() if facts.get("secret") else b"",
                [],
                facts.get("files", {}),
            )
        shutil.rmtree(inside)


def _judge(subject: Subject, folder: Path) -> list[str]:
    """The cells of a row behind its name."""
    began = time.monotonic()
    try:
        with writing(folder) as (case, ledger):
            secrets = {1: subject.secret} if subject.secret else {}
            row = register(case, ledger, [subject.path], secrets=secrets)
            summary = Examination(case, ledger, row["number"], options=Options(workers=2)).run()
            tree = list(objects.entries(case, None, None))
            with case.engine.connect() as connection:
                lost = unexamined_by_exhibit(connection)[row["number"]]
            units = list(case.rows(select(schema.region.c.bytes)))
            reasons = {str(each["reason"]) for each in case.rows(select(schema.unexamined.c.reason))}
            systems = [str(each["file_system"]) for each in case.rows(select(schema.volume.c.file_system))]
    except ImpoundError as error:
        return [f"no: {str(error)[-110:]}", "", "", "", "", f"{time.monotonic() - began:.1f}"]
    computed = json.loads(row["computed_json"])
    digest = row["verdict"]
    if subject.sha256:
        digest = "equal" if computed["sha256"] == subject.sha256 else f"DIFFERS ({digest})"
    ours: dict[str, set[str]] = {}
    for each in tree:
        path = each["path"][1:] + (f":{each['stream']}" if each["stream"] else "")
        ours.setdefault(path, set()).add(each.get("sha256") or "")
    entries = digests = "-"
    if subject.entries:
        lacking = [each["path"] for each in subject.entries if each["path"].lstrip("/") not in ours]
        entries = f"{len(subject.entries) - len(lacking)}/{len(subject.entries)}"
        if lacking:
            entries += f" lacks {lacking[0]!r}"
        hashed = [each for each in subject.entries if each.get("sha256")]
        wrong = [each["path"] for each in hashed if each["sha256"] not in ours.get(each["path"].lstrip("/"), ())]
        digests = f"{len(hashed) - len(wrong)}/{len(hashed)}" + (f" not {wrong[0]!r}" if wrong else "")
    if subject.files:
        wrong = [path for path, sha256 in subject.files.items() if sha256 not in ours.get(path, ())]
        digests = f"{len(subject.files) - len(wrong)}/{len(subject.files)}" + (f" not {wrong[0]!r}" if wrong else "")
    closes = "yes" if 0 <= lost <= row["size"] and (units or row["size"]) else "NO"
    words = f"{row['format']} {'+'.join(dict.fromkeys(s for s in systems if s)) or '-'}"
    left = f"{closes}; {lost:,} left" + (f" ({', '.join(sorted(reasons))})" if reasons else "")
    return [words, digest, entries, digests, left, f"{time.monotonic() - began:.1f}", f"{summary.entries:,}"][:6]


def main(corpus: Path, wanted: str = "*") -> None:
    """Print the table."""
    print("| image | opened as | media digest | entries of fls | digests of files | accounting | s |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="images-") as name:
        folder = Path(name)
        (folder / "unpacked").mkdir()
        for number, subject in enumerate(_subjects(corpus, folder / "unpacked", wanted)):
            case = folder / f"case{number}"
            new_case(case, number="1", examiner="Table", agency="", title="", authority="")
            print("|", " | ".join((subject.name, *_judge(subject, case))), "|", flush=True)
            shutil.rmtree(case)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:3])
