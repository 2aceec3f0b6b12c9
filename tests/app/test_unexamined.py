from __future__ import annotations

from sqlalchemy import create_engine, insert, select

from app.places.evidence import _told
from forensics.case import schema


def test_what_was_quarantined_says_what_was_tried() -> None:
    engine = create_engine("sqlite://")
    schema.metadata.create_all(engine)
    row = {
        "exhibit": "E1",
        "place": "volume 1, inode 12",
        "reason": "quarantined",
        "detail": "no sign of life for 60 s",
        "bytes": 0,
        "offset": 4096,
        "logical": True,
        "attempts": 3,
        "parser": "gzip@1",
        "limit": "60 s",
        "sha256": "ab" * 32,
    }
    with engine.begin() as connection:
        connection.execute(insert(schema.unexamined), [row])
        (found,) = connection.execute(select(schema.unexamined)).all()
    engine.dispose()
    told = _told(found)
    for words in ("no sign of life", "gzip@1", "limit 60 s", "3 attempts", "image offset 4,096", "ab" * 32, "searched"):
        assert words in told
