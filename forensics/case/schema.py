"""Tables of the case database. A projection: everything here can be rebuilt from the ledger.

Times are integer microseconds since 1970-01-01 UTC; sizes and offsets are bytes; columns ending in
`_json` hold JSON text. `unit` is the exception to the rule: it is the work list of a scan and its
results that wait for their turn to be recorded, and is empty once a scan has ended.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    literal_column,
)

VERSION = 5  # 3: parser, limit and digest of what was not examined; 4: what is outside the authority; 5: privilege
APPLICATION_ID = 0x494D5043  # "IMPC"

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

exhibit = Table(
    "exhibit",
    metadata,
    Column("number", Text, primary_key=True),  # E1
    Column("description", Text, nullable=False),
    Column("format", Text, nullable=False),  # raw, split raw, E01
    Column("size", BigInteger, nullable=False),  # of the media
    Column("segments_json", Text, nullable=False),  # [{"path","size","sha256"}]
    Column("identity_json", Text, nullable=False),  # stat of each segment at registration
    Column("stored_json", Text, nullable=False),  # {"md5": …} as the container states
    Column("computed_json", Text, nullable=False),  # {"md5","sha1","sha256"} of the media
    Column("verdict", Text, nullable=False),  # verified | differs | damaged | incomplete | no digest stored
    Column("acquisition_json", Text, nullable=False),
    Column("bad_runs_json", Text, nullable=False),  # [[offset, length]] that the container does not give up
    Column("caveats_json", Text, nullable=False),
    Column("seq", Integer, nullable=False),  # its ledger entry
    Column("added_us", BigInteger, nullable=False),
)

volume = Table(
    "volume",
    metadata,
    Column("exhibit", Text, nullable=False),
    Column("number", Integer, nullable=False),  # 1 … in order of offset
    Column("offset", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("table_kind", Text, nullable=False),  # mbr | gpt | none
    Column("type_text", Text, nullable=False),
    Column("file_system", Text, nullable=False),  # ntfs, ext4 … or empty
    Column("block_size", Integer, nullable=False),
    Column("state", Text, nullable=False),  # read | encrypted | unknown | damaged
    Column("reason", Text, nullable=False),
    # {"covers": image ranges that it answers for, "extents": those of its content, "steps": locator steps to it};
    # each is left out where the volume is all of offset and size, and plain
    Column("layout_json", Text, nullable=False, server_default="{}"),
    PrimaryKeyConstraint("exhibit", "number"),
)

region = Table(
    "region",
    metadata,
    Column("exhibit", Text, nullable=False),
    Column("volume", Integer, nullable=False),  # 0: outside any volume
    Column("kind", Text, nullable=False),  # gap | unallocated | slack | metadata | outside
    Column("bytes", BigInteger, nullable=False),
    Column("runs_json", Text, nullable=False),  # [[image_offset, length]]
    PrimaryKeyConstraint("exhibit", "volume", "kind"),
)

scan = Table(
    "scan",
    metadata,
    Column("id", Text, primary_key=True),  # the ledger's scan id of the entries
    Column("findings_scan", Text, nullable=False),  # … and of the findings
    Column("exhibit", Text, nullable=False),
    Column("state", Text, nullable=False),  # open | ended | interrupted
    Column("profile", Text, nullable=False),
    Column("parsers_json", Text, nullable=False),
    Column("started_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger, nullable=True),
)

unit = Table(
    "unit",
    metadata,
    Column("scan", Text, nullable=False),
    Column("number", Integer, nullable=False),  # results are recorded in this order
    Column("kind", Text, nullable=False),  # walk | sweep | logical
    Column("label", Text, nullable=False),  # for people
    Column("bytes", BigInteger, nullable=False),
    Column("spec", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),  # waiting | done | slow | quarantined | recorded
    Column("attempts", Integer, nullable=False),
    Column("result", LargeBinary, nullable=True),
    PrimaryKeyConstraint("scan", "number"),
)

entry = Table(
    "entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("exhibit", Text, nullable=False),
    Column("volume", Integer, nullable=False),
    Column("parent", Text, nullable=False),  # path of its folder, "/" at the root
    Column("name", Text, nullable=False),  # last part, with :stream where there is one
    Column("path", Text, nullable=False),
    Column("stream", Text, nullable=True),
    Column("kind", Text, nullable=False),
    Column("address", BigInteger, nullable=False),
    Column("allocated", Boolean, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("storage", Text, nullable=False),
    Column("times_json", Text, nullable=False),
    Column("runs_json", Text, nullable=False),
    Column("slack_json", Text, nullable=False),
    Column("raw_name", LargeBinary, nullable=True),
    Column("caveats_json", Text, nullable=False),
    Column("sha256", Text, nullable=True),
    Column("md5", Text, nullable=True),
    Column("sha1", Text, nullable=True),
    Column("created_us", BigInteger, nullable=True),
    Column("modified_us", BigInteger, nullable=True),
    Column("item", Integer, nullable=False),  # its index in the scan's item tree
)

finding = Table(
    "finding",
    metadata,
    Column("id", Integer, primary_key=True),  # shown as F17
    Column("exhibit", Text, nullable=False),
    Column("kind", Text, nullable=False),  # address/bitcoin
    Column("detector", Text, nullable=False),  # address/bitcoin@1
    Column("grade", Integer, nullable=False),
    Column("value", Text, nullable=True),  # masked where secret
    Column("summary", Text, nullable=False),  # one line for the table
    Column("path", Text, nullable=True),  # of the entry that holds it
    Column("entry", Integer, nullable=True),
    Column("volume", Integer, nullable=False),
    Column("allocation", Text, nullable=False),
    Column("locator", Text, nullable=False),
    Column("image_offset", BigInteger, nullable=False),  # of the first run
    Column("span_offset", BigInteger, nullable=False),  # in the entry or layer
    Column("span_length", BigInteger, nullable=False),
    Column("runs_json", Text, nullable=False),
    Column("sha256", Text, nullable=False),  # of the bytes of the runs as read
    Column("fields_json", Text, nullable=False),  # {name: {"value": …, "span": [offset, length] | null}}
    Column("checks_json", Text, nullable=False),
    Column("events_json", Text, nullable=False),
    Column("links_json", Text, nullable=False),
    Column("caveats_json", Text, nullable=False),
    Column("sensitivity", Text, nullable=False),
    Column("fingerprint", Text, nullable=True),  # equal secrets match, within this case only
    Column("first_us", BigInteger, nullable=True),  # earliest event
    Column("item", Integer, nullable=False),
    UniqueConstraint("exhibit", "kind", "locator", "span_offset", "span_length", "value", name="finding_once"),
)

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("when_us", BigInteger, nullable=False),
    Column("precision_us", BigInteger, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("as_stored", Text, nullable=False),
    Column("clock", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("lane", Text, nullable=False),  # family of the finding, or "file system"
    Column("exhibit", Text, nullable=False),
    Column("finding", Integer, nullable=True),
    Column("entry", Integer, nullable=True),
    Column("path", Text, nullable=True),
)

# What the authority of the case leaves outside: the same columns, and the rule; see `forensics.case.authority`.
outside_finding = finding.to_metadata(metadata, name="outside_finding")
outside_finding.append_column(Column("rule", Text, nullable=False))
outside_event = event.to_metadata(metadata, name="outside_event")
outside_event.append_column(Column("rule", Text, nullable=False))

privileged = Table(  # findings that the authority's lists mark, and how they were to be handled without it
    "privileged",
    metadata,
    Column("finding", Integer, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("before", Text, nullable=False),
)

unexamined = Table(
    "unexamined",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("exhibit", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("reason", Text, nullable=False),  # encrypted | unreadable | unknown file system | quarantined …
    Column("detail", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("offset", BigInteger, nullable=True),
    Column("logical", Boolean, nullable=False),  # True: raw bytes were swept, only the parser failed
    Column("attempts", Integer, nullable=False),
    Column("parser", Text, nullable=False, server_default=""),  # who failed, with its version
    Column("limit", Text, nullable=False, server_default=""),  # that was reached: 60 s, 1,024 MiB
    Column("sha256", Text, nullable=False, server_default=""),  # of the entry concerned, where it was read
    Column("path", Text, nullable=False, server_default=""),  # of that entry
)

tag = Table(
    "tag",
    metadata,
    Column("finding", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("added_us", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    PrimaryKeyConstraint("finding", "name"),
)

hash_set = Table(
    "hash_set",
    metadata,
    Column("number", Integer, primary_key=True),  # kept in hashsets/<number>.<algorithm>
    Column("name", Text, nullable=False, unique=True),
    Column("purpose", Text, nullable=False),  # notable | known
    Column("algorithm", Text, nullable=False),  # sha256 | sha1 | md5
    Column("count", BigInteger, nullable=False),  # of different digests
    Column("source", Text, nullable=False),  # the file that it was read from
    Column("source_sha256", Text, nullable=False),
    Column("sha256", Text, nullable=False),  # of the kept set
    Column("seq", Integer, nullable=False),
    Column("added_us", BigInteger, nullable=False),
)

hash_match = Table(
    "hash_match",
    metadata,
    Column("entry", Integer, nullable=False),
    Column("hash_set", Integer, nullable=False),
    PrimaryKeyConstraint("entry", "hash_set"),
)

# Live: asked for each finding that reaches over the edge of a unit, and cheap as findings come in this order.
Index("finding_image_offset", finding.c.image_offset)

ANY_CASE = "NOCASE"  # the collation of what a filter compares without regard to case
SHOWN_NAME = func.lower(entry.c.name)
NOT_FOLDER = entry.c.kind != literal_column("'directory'")  # folders first

# Made after a bulk load: live secondary indexes cost the load a factor of eight. Those of a field and the grade give
# the findings list its first rows in its usual order, best first, without a look at the findings themselves.
LATE_INDEXES = (
    Index("entry_parent", entry.c.exhibit, entry.c.volume, entry.c.parent, entry.c.name),
    Index("entry_shown", entry.c.exhibit, entry.c.volume, entry.c.parent, NOT_FOLDER, SHOWN_NAME),
    Index("entry_sha256", entry.c.sha256),
    Index("finding_kind", finding.c.kind, finding.c.grade),
    Index("finding_grade", finding.c.grade.desc()),
    Index("finding_allocation", finding.c.allocation.collate(ANY_CASE), finding.c.grade.desc()),
    Index("finding_care", finding.c.sensitivity.collate(ANY_CASE), finding.c.grade.desc()),
    Index("finding_exhibit", finding.c.exhibit.collate(ANY_CASE), finding.c.grade.desc()),
    Index("finding_time", finding.c.first_us, finding.c.grade.desc()),
    Index("finding_entry", finding.c.entry),
    Index("finding_value", finding.c.value),
    Index("finding_value_any_case", finding.c.value.collate(ANY_CASE), finding.c.grade.desc()),
    Index("event_when", event.c.when_us, event.c.lane),
)
