"""A case as large as the window is meant for: 1,000,000 findings, 5,000,000 events, 10,000,000 entries.

Written into the case database by SQL alone, the same at each time; about 6 GB and two minutes. The ledger of such a
case is not needed: the window reads the database, and the session beside it is a stand-in.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from pathlib import Path

from forensics.case import schema
from forensics.case.store import Case
from tests.app.made_case import KINDS, START, make_case

FINDINGS, EVENTS, ENTRIES = 1_000_000, 5_000_000, 10_000_000
FOLDER = "/store"  # which holds all entries that are counted
PART = 500_000  # rows in one transaction
YEAR_US = 365 * 86_400_000_000

_FINDING = """
WITH RECURSIVE n(i) AS (SELECT :low UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :high)
INSERT INTO finding (id, exhibit, kind, detector, grade, value, summary, path, entry, volume, allocation, locator,
    image_offset, span_offset, span_length, runs_json, sha256, fields_json, checks_json, events_json, links_json,
    caveats_json, sensitivity, fingerprint, first_us, item)
SELECT i, 'E1', k.kind, k.kind || '@1', k.grade,
    CASE k.care WHEN 'secret' THEN 'zpub •••••• ks' ELSE printf('value%06d', (i * 7919) % 400000) END,
    CASE k.care WHEN 'secret' THEN 'Wallet number ' || i ELSE printf('value%06d', (i * 7919) % 400000) END,
    CASE i % 11 WHEN 5 THEN NULL ELSE printf('/home/nl/dir%03d/file%07d.txt', i % 701, i / 3) END,
    CASE i % 11 WHEN 5 THEN NULL ELSE 100 + (i * 9) % :entries END,
    1, CASE i % 11 WHEN 5 THEN 'unallocated' ELSE 'allocated' END,
    'ewf:a.E01 > partition:1 > ' || CASE i % 11 WHEN 5 THEN 'unallocated@' || (i * 512)
        ELSE printf('ext4:/home/nl/dir%03d/file%07d.txt', i % 701, i / 3) END,
    i * 512, 0, 92, '[[' || (i * 512) || ',92]]', printf('%064x', i),
    '{"value":{"value":"invented","span":[15,40]},"coins":{"value":12,"span":null}}',
    '[{"name":"checksum","outcome":"pass","bits":32}]',
    CASE i % 3 WHEN 0 THEN '[]' ELSE '[{"when_us":' || (:start + (i * 104729) % 3000000 * 31536000)
        || ',"precision_us":1000000,"meaning":"made","as_stored":"1","clock":"device","zone":"utc"}]' END,
    '[{"rule":"SAME_FILE","target_kind":"address/bitcoin","target":"value000001"}]',
    '["It does not show who held it."]', k.care, NULL,
    CASE i % 3 WHEN 0 THEN NULL ELSE :start + (i * 104729) % 3000000 * 31536000 END, i
FROM n JOIN made_kind k ON k.number = i % :kinds
"""

_EVENT = """
WITH RECURSIVE n(i) AS (SELECT :low UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :high)
INSERT INTO event (id, when_us, precision_us, meaning, as_stored, clock, zone, lane, exhibit, finding, entry, path)
SELECT i, :start + (i * 15485863) % 50000000 * 1892160 + i % 997, CASE i % 4 WHEN 0 THEN 2000000 ELSE 1000000 END,
    CASE i % 2 WHEN 0 THEN 'modified' ELSE 'made' END, '1', 'device', 'utc',
    CASE WHEN i % 5 < 3 THEN 'file system' ELSE k.lane END, 'E1',
    CASE WHEN i % 5 < 3 THEN NULL ELSE 1 + i % :findings END,
    CASE WHEN i % 5 < 3 THEN 100 + i % :entries ELSE NULL END,
    CASE WHEN i % 5 < 3 THEN printf('/store/item%08d.eml', i % :entries) ELSE NULL END
FROM n JOIN made_kind k ON k.number = (1 + i % :findings) % :kinds
"""

_ENTRY = """
WITH RECURSIVE n(i) AS (SELECT :low UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :high)
INSERT INTO entry (id, exhibit, volume, parent, name, path, kind, address, allocated, size, storage, times_json,
    runs_json, slack_json, caveats_json, sha256, created_us, modified_us, item)
SELECT 99 + i, 'E1', 1, '/store', printf('item%08d.eml', (i * 7919) % :entries),
    printf('/store/item%08d.eml', (i * 7919) % :entries), 'file', i, i % 17 > 0, (i * 104729) % 5000000, 'plain',
    '[{"field":"modified","when_us":' || (:start + i * 1000000) || ',"precision_us":1000000,"zone":"utc"}]',
    '[[' || (i * 4096) || ',4096]]', '[]', '[]', printf('%064x', i * 2654435761), NULL, :start + i * 1000000, i
FROM n
"""


def window_case(folder: Path, findings: int = FINDINGS, events: int = EVENTS, entries: int = ENTRIES) -> Path:
    """The case in a folder, made where it is not there or was made by other code or of another size."""
    made_by = f"{schema.VERSION} {findings} {events} {entries}\n{_FINDING}{_EVENT}{_ENTRY}{KINDS}"
    mark = folder.with_suffix(".made-by")
    if not (mark.exists() and mark.read_text(encoding="utf-8") == made_by):
        mark.unlink(missing_ok=True)
        for stale in ("case.db", "case.db-wal", "case.db-shm"):
            (folder / stale).unlink(missing_ok=True)
        began = time.monotonic()
        make_case(folder, 0)
        _fill(folder / "case.db", findings, events, entries)
        mark.write_text(made_by, encoding="utf-8")
        print(f"made {folder} in {time.monotonic() - began:.0f} s", file=sys.stderr)
    with Case.open(folder) as case:
        case.make_indexes()
    return folder


def _fill(path: Path, findings: int, events: int, entries: int) -> None:
    base = sqlite3.connect(path, isolation_level=None)
    try:
        base.execute("PRAGMA journal_mode=OFF")
        base.execute("PRAGMA synchronous=OFF")
        for (name,) in base.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall():
            base.execute(f'DROP INDEX "{name}"')
        base.execute("CREATE TEMP TABLE made_kind (number INTEGER PRIMARY KEY, kind, care, grade, lane)")
        base.executemany(
            "INSERT INTO made_kind VALUES (?, ?, ?, ?, ?)",
            [(at, kind, care, grade, kind.partition("/")[0]) for at, (kind, care, grade) in enumerate(KINDS)],
        )
        base.execute("INSERT INTO entry SELECT 90, exhibit, volume, '/', 'store', '/store', stream, kind, address, "
                     "allocated, size, storage, times_json, runs_json, slack_json, raw_name, caveats_json, sha256, md5, "
                     "sha1, created_us, modified_us, item FROM entry WHERE path = '/home'")  # fmt: skip
        facts = {"start": START, "findings": findings, "entries": max(1, entries), "kinds": len(KINDS)}
        for statement, count in ((_FINDING, findings), (_EVENT, events), (_ENTRY, entries)):
            for low in range(1, count + 1, PART):
                base.execute("BEGIN")
                base.execute(statement, {**facts, "low": low, "high": min(count, low + PART - 1) + 1})
                base.execute("COMMIT")
        base.execute("CREATE INDEX IF NOT EXISTS finding_image_offset ON finding (image_offset)")
    finally:
        base.close()
