"""A case as linked data: JSON-LD in the terms of CASE 1.5 and UCO 1.5.

Written one object a line, so that neither this program nor a reader by lines needs the whole in memory: people and
tool, exhibits, what the ledger records as actions, then each finding with the file and the bytes it lies in.
Identifiers are made from the case's key of names, so that the same case gives the same file. A time whose zone is
not known is left out: `xsd:dateTime` with a Z would claim one.

Sources: the CASE ontology (ontology.caseontology.org) and the Unified Cyber Ontology
(ontology.unifiedcyberontology.org), release 1.5.0 of CASE.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Container, Iterable, Iterator, Mapping
from importlib import metadata
from typing import IO, Any

from sqlalchemy import select

from forensics.case import objects, schema
from forensics.case.projection import entry_item
from forensics.case.store import Case
from forensics.custody.entry import time_text
from forensics.custody.item import GROUPS
from forensics.custody.store import LedgerReader
from forensics.visible import visible

Node = dict[str, Any]

CONTEXT = {
    "kb": "urn:impound:",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_HASHES = {"md5": "MD5", "sha1": "SHA1", "sha256": "SHA256"}
_TIMES = {
    "accessed": "uco-observable:accessedTime",
    "modified": "uco-observable:modifiedTime",
    "changed": "uco-observable:metadataChangeTime",
    "created": "uco-observable:observableCreatedTime",
}
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "urn:impound:case-uco")


def write_case(file: IO[str], case: Case) -> None:
    """The whole case; values of secrets are masked, as everywhere."""
    write_graph(file, nodes(case))


def write_graph(file: IO[str], graph: Iterable[Node]) -> None:
    """A document of these objects."""
    file.write('{"@context": ' + json.dumps(CONTEXT) + ',\n"@graph": [\n')
    for number, node in enumerate(graph):
        file.write((",\n" if number else "") + json.dumps(node, ensure_ascii=False))
    file.write("\n]}\n")


def nodes(case: Case) -> Iterator[Node]:
    """The objects of the graph, each once."""
    maker = Maker(str(case.fact("number")))
    yield from maker.people(case)
    for row in case.exhibits():
        yield from maker.exhibit(row)
    yield from maker.actions(case)
    yield from maker.findings(case)


class Maker:
    """Makes the objects of one case, of files and findings out of what is shown of their groups in the ledger."""

    def __init__(self, number: str) -> None:
        self._number = number

    def _id(self, kind: str, *parts: object) -> str:
        name = "\n".join((self._number, kind, *map(str, parts)))
        return f"kb:{kind}-{uuid.uuid5(_NAMES, name)}"

    def _ref(self, kind: str, *parts: object) -> Node:
        return {"@id": self._id(kind, *parts)}

    def _hashes(self, digests: Mapping[str, Any], *parts: object) -> list[Node]:
        return [
            {
                "@id": self._id("hash", name, digests[name], *parts),
                "@type": "uco-types:Hash",
                "uco-types:hashMethod": method,
                "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": str(digests[name]).upper()},
            }
            for name, method in _HASHES.items()
            if digests.get(name)
        ]

    def _content(self, size: int, digests: Mapping[str, Any], *parts: object) -> Node:
        node: Node = {
            "@id": self._id("content-data-facet", *parts),
            "@type": "uco-observable:ContentDataFacet",
            "uco-observable:sizeInBytes": size,
        }
        if hashes := self._hashes(digests, *parts):
            node["uco-observable:hash"] = hashes
        return node

    def _within(self, source: Node, target: Node, facets: list[Node], *parts: object) -> Node:
        return {
            "@id": self._id("relationship", *parts),
            "@type": "uco-observable:ObservableRelationship",
            "uco-core:source": source,
            "uco-core:target": target,
            "uco-core:kindOfRelationship": "Contained_Within",
            "uco-core:isDirectional": True,
            **({"uco-core:hasFacet": facets} if facets else {}),
        }

    def people(self, case: Case) -> Iterator[Node]:
        """Who works with what under which authority."""
        yield {
            **self._ref("tool"),
            "@type": "uco-tool:AnalyticTool",
            "uco-core:name": "Impound",
            "uco-tool:version": metadata.version("impound"),
        }
        everything = [self._ref("image", row["number"]) for row in case.exhibits()]
        investigation: Node = {
            **self._ref("investigation"),
            "@type": "case-investigation:Investigation",
            "uco-core:name": visible(self._number),
            "uco-core:object": [self._ref("tool"), *everything],
        }
        if title := case.fact("title"):
            investigation["uco-core:description"] = visible(title)
        if authority := case.fact("authority"):
            investigation["case-investigation:relevantAuthorization"] = [self._ref("authorization")]
            yield {
                **self._ref("authorization"),
                "@type": "case-investigation:Authorization",
                "case-investigation:authorizationIdentifier": visible(authority),
            }
        yield investigation

    def exhibit(self, row: Mapping[str, Any]) -> Iterator[Node]:
        """An image with its computed digests, under its exhibit number."""
        number = row["number"]
        yield {
            **self._ref("image", number),
            "@type": "uco-observable:Image",
            "uco-core:name": visible(row["description"] or number),
            "uco-core:hasFacet": [
                {
                    "@id": self._id("image-facet", number),
                    "@type": "uco-observable:ImageFacet",
                    "uco-observable:imageType": row["format"],
                },
                self._content(row["size"], json.loads(row["computed_json"]), "image", number),
            ],
        }
        yield {
            **self._ref("provenance", number),
            "@type": "case-investigation:ProvenanceRecord",
            "case-investigation:exhibitNumber": visible(number),
            "uco-core:object": [self._ref("image", number)],
        }

    def actions(self, case: Case) -> Iterator[Node]:
        """The entries of the ledger, in order, each informed by the one before; with those who made them."""
        known: set[str] = set()
        exhibits = {row["number"] for row in case.exhibits()}
        with LedgerReader.open(case.folder) as reader:
            for entry in reader.entries():
                if entry.actor not in known:
                    known.add(entry.actor)
                    yield {
                        **self._ref("identity", entry.actor),
                        "@type": "uco-identity:Identity",
                        "uco-core:name": visible(entry.actor),
                    }
                node: Node = {
                    **self._ref("action", entry.seq),
                    "@type": "case-investigation:InvestigativeAction",
                    "uco-core:name": entry.type,
                    "uco-core:description": f"entry {entry.seq} of the ledger; the time is the one it claims",
                    "uco-action:startTime": _moment(entry.time),
                    "uco-action:performer": self._ref("identity", entry.actor),
                    "uco-action:instrument": [self._ref("tool")],
                }
                if entry.seq:
                    node["case-investigation:wasInformedBy"] = [self._ref("action", entry.seq - 1)]
                if entry.exhibit in exhibits:
                    node["uco-action:object"] = [self._ref("image", entry.exhibit)]
                    node["uco-action:result"] = [self._ref("provenance", entry.exhibit)]
                yield node

    def findings(self, case: Case) -> Iterator[Node]:
        """Each finding, the file it lies in, and the bytes of the image."""
        files: set[int] = set()
        for row in case.rows(select(schema.finding).order_by(schema.finding.c.id)):
            entry = row["entry"]
            if entry is not None and entry not in files:
                files.add(entry)
                held = case.one(select(schema.entry).where(schema.entry.c.id == entry))
                if held is not None:
                    groups = dict(zip(GROUPS["item"], entry_item(held), strict=True))
                    yield from self.file(entry, held["exhibit"], groups)
            told = objects.finding_object(row)
            groups = {"claim": {**told, "grade": row["grade"]}, "fields": told, "locus": {**told, "entry": entry}}
            yield from self.finding(told["id"], row["exhibit"], groups, files)

    def finding(
        self, name: str, exhibit: str, groups: Mapping[str, Any], files: Container[object] = ()
    ) -> Iterator[Node]:
        """A finding, `F17`; it is placed in its bytes of the image, and in its file where that is among `files`."""
        claim, fields, locus = (groups.get(each, {}) for each in ("claim", "fields", "locus"))
        finding, runs = self._ref("finding", name), locus.get("runs", ())
        node: Node = {
            **finding,
            "@type": "uco-observable:ObservableObject",
            "uco-core:name": claim.get("kind", "a finding whose kind is withheld"),
            "uco-core:tag": [
                *([f"C{claim['grade']}"] if claim else ()),
                name,
                *([locus["allocation"]] if locus else ()),
            ],
        }
        if locus:
            size = sum(length for _, length in runs)
            node["uco-core:hasFacet"] = [self._content(size, {"sha256": locus.get("sha256")}, "finding", name)]
        if value := claim.get("value"):
            node["uco-core:description"] = [visible(str(value)), *map(visible, fields.get("caveats", ()))]
            if claim["kind"] == "contact/email":
                node.setdefault("uco-core:hasFacet", []).append(
                    {
                        "@id": self._id("email-address-facet", name),
                        "@type": "uco-observable:EmailAddressFacet",
                        "uco-observable:addressValue": visible(value),
                    }
                )
        yield node
        for number, (offset, length) in enumerate(runs):
            facet = {
                "@id": self._id("data-range-facet", name, number),
                "@type": "uco-observable:DataRangeFacet",
                "uco-observable:rangeOffset": offset,
                "uco-observable:rangeOffsetType": "image",
                "uco-observable:rangeSize": length,
            }
            yield self._within(finding, self._ref("image", exhibit), [facet], "range", name, number)
        if locus.get("entry") in files:
            yield self._within(finding, self._ref("file", locus["entry"]), [], "file of", name)

    def file(self, number: object, exhibit: str, groups: Mapping[str, Any]) -> Iterator[Node]:
        """An entry of a file system, under its number in the case, within its image."""
        content, name, meta = (groups.get(each, {}) for each in ("content", "name", "meta"))
        facet: Node = {"@id": self._id("file-facet", number), "@type": "uco-observable:FileFacet"}
        node: Node = {**self._ref("file", number), "@type": "uco-observable:File", "uco-core:hasFacet": [facet]}
        if name:
            path = name["path"] if name.get("stream") is None else f"{name['path']}:{name['stream']}"
            last = visible(str(path).rpartition("/")[2] or path)
            node["uco-core:name"] = facet["uco-observable:fileName"] = last
            facet["uco-observable:filePath"] = visible(path)
        if meta:
            facet["uco-observable:isDirectory"] = meta.get("kind") == "directory"
            facet["uco-observable:allocationStatus"] = "allocated" if meta.get("alloc") else "deleted"
            for each in meta.get("times", ()):
                term = _TIMES.get(each["field"])
                if term and each["zone"] == "utc" and each["when_us"] is not None and term not in facet:
                    facet[term] = _moment(time_text(each["when_us"]))
        if content:
            facet["uco-observable:sizeInBytes"] = content["size"]
            node["uco-core:hasFacet"].append(self._content(content["size"], content, "file", number))
        yield node
        yield self._within(self._ref("file", number), self._ref("image", exhibit), [], "image of", number)


def _moment(text: str) -> Node:
    return {"@type": "xsd:dateTime", "@value": text}
