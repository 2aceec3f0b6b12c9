"""The findings table and the entries table: their columns over the windowed model."""

from __future__ import annotations

from sqlalchemy import func

from app import reading
from app.models.windowed import Column, WindowedModel
from app.reader import Reader
from app.reading import E, EntryLine, F, FindingLine
from forensics.case import schema
from forensics.case.schema import ANY_CASE
from resources.languages import tr
from viewers import kinds
from viewers.look import Look


def _care(line: FindingLine) -> str:
    return line.care


def findings_model(reader: Reader, look: Look) -> WindowedModel:
    """All findings of the case."""

    def kind_name(line: FindingLine) -> str:
        return kinds.FAMILY_NAMES.get(kinds.family(line.kind)) or kinds.TILE_NAMES[line.tile]

    tag = schema.tag.c
    tagged = func.coalesce(
        schema.tag.select().with_only_columns(func.min(tag.name)).where(tag.finding == F.id).scalar_subquery(), "~"
    )
    columns = [
        Column("check", "", width=34),
        Column("kind", tr("Kind"), (F.kind,), kind_name, 128),
        Column("what", tr("What"), (func.lower(F.summary),), lambda line: line.what, 400),
        Column("where", tr("Where"), (func.coalesce(F.path, "~"), F.image_offset), lambda line: line.where, 250),
        Column("grade", tr("Grade"), (F.grade,), lambda line: f"C{line.grade} {kinds.grade_word(line.grade)}", 124),
        Column(
            "allocation",
            tr("Allocation"),
            (F.allocation.collate(ANY_CASE),),
            lambda line: kinds.allocation_name(line.allocation),
            122,
        ),
        Column("how", tr("How found"), (F.locator,), lambda line: line.how, 124),
        Column("time", tr("First time, UTC"), (F.first_us,), lambda line: line.time, 190, gaps=True),
        Column("care", tr("Care"), (F.sensitivity.collate(ANY_CASE),), _care, 96),
        Column("tags", tr("Tags"), (tagged,), lambda line: ", ".join(line.tags), 96),
    ]
    model = WindowedModel(reader, columns, reading.finding_ids, reading.finding_lines)
    model.sorted_by, model.descending = 4, True
    return model


def entries_model(reader: Reader) -> WindowedModel:
    """The entries of one place."""

    def name(line: EntryLine) -> str:
        return line.name

    columns = [
        Column("name", tr("Name"), (schema.NOT_FOLDER, schema.SHOWN_NAME), name, 320),
        Column("size", tr("Size, bytes"), (E.size,), lambda line: f"{line.size:,}", 110, right=True),
        Column(
            "modified", tr("Modified, UTC"), (func.coalesce(E.modified_us, 1 << 62),), lambda line: line.modified, 190
        ),
        Column("created", tr("Created, UTC"), (func.coalesce(E.created_us, 1 << 62),), lambda line: line.created, 190),
        Column(
            "allocation", tr("Allocation"), (E.allocated,), lambda line: kinds.allocation_name(line.allocation), 122
        ),
        Column(
            "findings", tr("Findings"), (), lambda line: f"{line.findings:,}" if line.findings else "", 80, right=True
        ),
        Column("address", tr("Number"), (E.address,), lambda line: f"{line.address:,}", 90, right=True),
        Column("sha256", "SHA-256", (E.sha256,), lambda line: line.sha256, 240, mono=True),
    ]

    model = WindowedModel(reader, columns, reading.entry_ids, reading.entry_lines)
    model.sorted_by = 0
    return model
