"""What workers do. The only code of the program that touches evidence bytes.

A worker is handed open files and specifications, and answers with plain data. `preload` runs once,
before any evidence is seen; `handle` runs each job.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

import PIL.Image

from forensics.confinement import archives, databases, lazy, pages, pictures, signed, stores
from forensics.confinement.handles import OpenEvidence
from forensics.confinement.sealing import seal
from forensics.confinement.streams import key_of, open_stream
from forensics.detectors.wallet._opening import opened
from forensics.errors import EvidenceError, FormatError
from forensics.evidence.base import Image
from forensics.evidence.companions import missing
from forensics.evidence.container import open_image
from forensics.evidence.handles import SegmentFile
from forensics.evidence.integrity import verify
from forensics.evidence.ranges import merged
from forensics.filesystems.base import LEFT_OUT, Listing
from forensics.filesystems.btrfs import BtrfsFileSystem, is_btrfs
from forensics.filesystems.entry_layer import EntryLayer
from forensics.filesystems.iso9660 import is_iso9660, open_iso9660
from forensics.filesystems.libyal import LibraryFileSystem, library_kind
from forensics.filesystems.logical import LogicalFileSystem, is_logical
from forensics.filesystems.tsk import open_filesystem
from forensics.filesystems.udf_bridge import is_udf, open_udf
from forensics.filesystems.unallocated import holding, unallocated
from forensics.guard import UNGUARDED, Guard, Step, Stopped
from forensics.model import ByteRun, Entry, EntryKind, Layer, Storage
from forensics.sweep.catalogue import Catalogue, catalogue
from forensics.sweep.decoders import decoders
from forensics.sweep.guarded import guarded, paths_of
from forensics.sweep.layers import RunsLayer, area
from forensics.sweep.names import globs_of
from forensics.sweep.specimens import found_in, streams_in
from forensics.sweep.unit import Context, locate, read_logically, sweep_range
from forensics.sweep.watching import watching
from forensics.sweep.wire import clean, microseconds, plain
from forensics.volumes import apfs
from forensics.volumes.joined import JoinedImage, content_of
from forensics.volumes.keyed import KeyedImage, unlock
from forensics.volumes.rehearsal import rehearse
from forensics.volumes.shadow import is_shadow, layer_of
from forensics.volumes.signatures import Holds
from forensics.volumes.table import unexamined_reason, volumes

BATCH = 500  # entries in one message
MERGE_AT = 1 << 18  # runs of entries that are held before neighbours among them are joined
LARGEST_READ = 4 << 20
TOLD = 1 << 26  # bytes of a medium that are digested between two signs of life

Part = Mapping[str, object]


class WorkerContext(Protocol):
    """What the worker's loop gives to a task."""

    @property
    def evidence(self) -> tuple[OpenEvidence, ...]:
        """Name, descriptor and size of each open evidence file."""
        ...

    @property
    def setup(self) -> Mapping[str, Any]:
        """`exhibits` (number -> names of segments), `secret_key`, `digests`."""
        ...

    @property
    def cache(self) -> dict[Any, Any]:
        """Open images and file systems of this process."""
        ...

    def tell(self, step: Step) -> None:
        """Say at once what is about to be done, for the case that it never ends."""
        ...


def preload(setup: Mapping[str, Any] | None = None) -> None:
    """Import and prepare everything that opens files, while files may still be opened, and what takes long once.

    Workers with ``reads_only`` in their setup are never asked to search or to open a wallet: they start in a third
    of the time.
    """
    lazy.load()
    PIL.Image.init()
    rehearse()
    for decoder in decoders():
        for encoded in decoder.specimens:
            streams_in(decoder, encoded)
    if setup is not None and setup.get("reads_only"):
        return
    everything = catalogue()
    for detector in everything.detectors:
        for specimen in detector.specimens:  # what a detector loads lazily, it loads now
            found_in(everything, detector, specimen)
    if setup is not None:
        _chosen(setup)


def _chosen(setup: Mapping[str, Any]) -> Catalogue:
    return watching(setup.get("engine"), setup.get("watch", ()))


def handle(verb: str, spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    """Do one job; yields parts of the answer."""
    yield from _VERBS[verb](spec, context)


def _segments(number: str, context: WorkerContext) -> list[SegmentFile]:
    files = {each.name: (each.fd, each.size) for each in context.evidence}
    return [SegmentFile(name.rsplit("/", 1)[-1], *files[name]) for name in context.setup["exhibits"][number]]


def _image(number: str, context: WorkerContext) -> Image:
    key = f"image {number}"
    if key not in context.cache:
        plain = open_image(_segments(number, context))
        keys = context.setup.get("keys", {}).get(number)
        context.cache[key] = KeyedImage(plain, keys) if keys else plain
    image: Image = context.cache[key]
    return image


def _file_system(number: str, volume: Mapping[str, Any], context: WorkerContext) -> Listing:
    key = f"file system {number} {volume['number']}"
    if key not in context.cache:
        image = _image(number, context)
        extents = [ByteRun(*run) for run in volume.get("extents", ())]
        layer = layer_of(image, volume["number"], volume["offset"], volume["size"], extents, volume.get("steps", ()))
        kind = library_kind(layer)
        inner = apfs.inner(volume.get("steps", ()))
        if is_logical(layer):
            context.cache[key] = LogicalFileSystem(layer)
        elif is_btrfs(layer):
            context.cache[key] = BtrfsFileSystem(layer)
        elif is_udf(layer):
            context.cache[key] = open_udf(layer)
        elif is_iso9660(layer):
            context.cache[key] = open_iso9660(layer)
        else:
            words = image.words(layer.offset, inner) if isinstance(image, KeyedImage) else None
            context.cache[key] = LibraryFileSystem(layer, kind, inner, words or b"") if kind else open_filesystem(layer)
    found: Listing = context.cache[key]
    return found


def _runs(runs: tuple[ByteRun, ...] | list[ByteRun]) -> list[list[int]]:
    return [[run.offset, run.length] for run in runs]


def _about(_: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    everything = catalogue(context.setup.get("engine"))
    chosen = everything.detectors
    yield {
        "detectors": [f"{each.kind}@{each.version}" for each in chosen],
        "decoders": sorted(f"{each.kind}@{each.version}" for each in everything.decoders),
        "names": [list(each) for each in globs_of(chosen)],
    }


def _needs(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    yield {"names": [clean(name) for name in missing(_segments(spec["exhibit"], context))]}


def _measure(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    yield {"size": _image(spec["exhibit"], context).size}


def _check(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    image = _image(spec["exhibit"], context)
    told = 0

    def progress(done: int, total: int) -> None:
        nonlocal told
        if done - told >= TOLD:
            told = done
            context.tell(Step(f"digests, {done:,} of {total:,} bytes", offset=done))

    result = verify(image, progress=progress)
    yield {
        "format": image.format,
        "size": image.size,
        "stored": dict(image.stored_digests),
        "computed": dict(result.computed),
        "verdict": result.verdict,
        "acquisition": {clean(k): clean(v) for k, v in image.acquisition.items()},
        "bad_runs": _runs(image.bad_runs),
        "caveats": [clean(each) for each in (*image.caveats, *result.disagreements)],
    }


def _divide(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    table = volumes(_image(spec["exhibit"], context))
    yield {
        "kind": table.kind,
        "caveats": list(table.caveats),
        "volumes": [
            {
                "number": volume.index,
                "offset": volume.offset,
                "size": volume.length,
                "type": clean(volume.type),
                "content": volume.content.name if volume.content else "",
                "reason": unexamined_reason(volume.content),
                "container": volume.content is not None and volume.content.holds is Holds.CONTAINER,
                "layout": volume.layout(),
                "caveats": [clean(each) for each in volume.caveats],
            }
            for volume in table.volumes
        ],
    }


def _unlock(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    image = _image(spec["exhibit"], context)
    table = {each.index: each for each in volumes(image).volumes}
    volume = table.get(spec["volume"])
    if volume is None and not table and spec["volume"] == 1:  # an encrypted medium without any mark
        yield unlock(content_of(image, 1, 0, image.size, (), ()), "", spec["secret"])
        return
    if volume is None:
        raise EvidenceError(f"volume {spec['volume']}", "there is none of that number")
    if len(volume.extents) > 1:
        raise EvidenceError(f"volume {volume.index}", "an encrypted volume in several pieces is not supported")
    layer = content_of(image, volume.index, volume.offset, volume.length, volume.extents, volume.steps)
    yield unlock(layer, volume.content.name if volume.content else "", spec["secret"], apfs.inner(volume.steps))


def _entry_part(entry: Entry) -> dict[str, Any]:
    return {
        "volume": entry.volume,
        "address": entry.address,
        "path": clean(entry.path),
        "stream": clean(entry.stream) if entry.stream is not None else None,
        "kind": entry.kind.value,
        "allocated": entry.allocated,
        "size": entry.size,
        "storage": entry.storage.value,
        "times": [
            {
                "field": each.field,
                "when_us": microseconds(each.when) if each.when is not None else None,
                "precision_us": int(each.precision.total_seconds() * 1_000_000),
                "as_stored": clean(each.as_stored),
                "zone": each.zone,
            }
            for each in entry.times
        ],
        "runs": _runs(entry.runs),
        "slack": _runs(entry.slack),
        "raw_name": entry.raw_name,
        "caveats": [clean(each) for each in entry.caveats],
    }


def _guard(spec: Mapping[str, Any], context: WorkerContext) -> Guard:
    """What a careful job leaves out and tells; see `forensics.commands.careful`."""
    careful = spec.get("careful")
    return UNGUARDED if careful is None else Guard(context.tell, careful["left_out"], careful["until"])


def _walk(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    """Entries, sealed by the batch, then what is known of the whole volume, or why it holds no file system."""
    guard = _guard(spec, context)
    guard.passes(Step("opening the file system"))
    try:
        file_system = _file_system(spec["exhibit"], spec["volume"], context)
    except FormatError as error:  # an answer: no further attempt would find more
        yield {"unopened": clean(str(error))}
        return
    held: list[ByteRun] = []  # of allocated entries
    most = MERGE_AT
    batch: list[dict[str, Any]] = []
    image = file_system.volume.image
    joined = image if isinstance(image, JoinedImage) else None
    with contextlib.suppress(Stopped):
        for entry in file_system.walk(guard):
            held += holding(entry)
            if len(held) > most:
                held = list(merged(held))
                most = max(2 * len(held), MERGE_AT)
            if joined is not None:
                entry = replace(entry, runs=joined.placed(entry.runs), slack=joined.placed(entry.slack))  # noqa: PLW2901
            batch.append(_entry_part(entry))
            if len(batch) >= BATCH:
                yield {"sealed": seal(batch)}
                batch = []
    yield {"sealed": seal(batch)}
    by_books = False
    with contextlib.suppress(Stopped):
        by_books = guard.passes(Step("the map of free space"))
    within = is_shadow(spec["volume"].get("steps", ())) or apfs.inner(spec["volume"].get("steps", ()))
    free = () if within else unallocated(file_system, held, by_books=by_books)
    yield {
        "file_system": file_system.kind,
        "block_size": file_system.block_size,
        "unallocated": _runs(joined.placed(free) if joined is not None else free),
        "caveats": list(file_system.caveats),
        "refused": list(file_system.refused),
    }


def _sweep_context(spec: Mapping[str, Any], context: WorkerContext) -> Context:
    number = spec["exhibit"]
    image = _image(number, context)
    chosen = _chosen(context.setup)
    guard = _guard(spec, context)
    if guard.careful:
        owners = spec["owners"] if "owners" in spec else spec["entries"]
        chosen = guarded(chosen, guard, paths_of(image.locator, owners))
    return Context(
        image,
        image.locator,
        chosen,
        context.setup["secret_key"],
        tuple(context.setup.get("digests", ("sha256",))),
        tuple(ByteRun(*run) for run in context.setup.get("bad_runs", {}).get(number, ())),
        tuple((start, end) for start, end in spec.get("blank", ())),
    )


def _sweep(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    places = {place["number"]: place for place in spec.get("places", ())}

    def opened(owner: Mapping[str, Any]) -> Layer:
        return _open_entry(spec["exhibit"], places[owner["volume"]], context)(owner)

    yield from sweep_range(_sweep_context(spec, context), spec, opened)


def _open_entry(number: str, volume: Mapping[str, Any], context: WorkerContext) -> Callable[[Mapping[str, Any]], Layer]:
    def opened(owner: Mapping[str, Any]) -> Layer:
        image = _image(number, context)
        runs = tuple(ByteRun(*run) for run in owner["runs"])
        if owner["storage"] in (Storage.PLAIN.value, Storage.ENCRYPTED.value):
            return RunsLayer(image, locate(image.locator, owner["steps"]), runs, owner["size"])
        entry = Entry(
            volume=owner["volume"],
            address=owner["address"],
            path=owner["path"],
            stream=owner["stream"],
            kind=EntryKind.FILE,
            allocated=True,
            size=owner["size"],
            storage=Storage(owner["storage"]),
            runs=runs,
        )
        file_system = _file_system(number, volume, context)
        joined = isinstance(file_system.volume.image, JoinedImage)
        if joined and runs and entry.storage is Storage.RESIDENT and file_system.kind != "ntfs":  # see EntryLayer
            return RunsLayer(image, locate(image.locator, owner["steps"]), runs, owner["size"])
        return EntryLayer(file_system, entry)

    return opened


def _logical(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    opened = _open_entry(spec["exhibit"], spec["place"], context)
    setting, guard = _sweep_context(spec, context), _guard(spec, context)
    for owner in spec["entries"]:
        stream = f":{owner['stream']}" if owner["stream"] is not None else ""
        path = clean(owner["path"] + stream)
        if guard.passes(Step(f"reading entry {owner['entry']}", "", path)):
            yield from read_logically(setting, {**spec, "entries": [owner]}, opened)
        else:
            yield {"failed": {"entry": owner["entry"], "path": path, "reason": LEFT_OUT}}


def _bytes(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    image = _image(spec["exhibit"], context)
    if spec.get("sealed") and isinstance(image, KeyedImage):
        image = image.sealed
    runs = tuple(ByteRun(*run) for run in spec["runs"])
    size = sum(run.length for run in runs)
    layer = RunsLayer(image, image.locator, runs, size)
    length = min(spec["length"], LARGEST_READ)
    yield {"data": layer.read(spec["offset"], min(length, max(0, size - spec["offset"]))), "size": size}


def _entry(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    layer = _open_entry(spec["exhibit"], spec["place"], context)(spec["owner"])
    length = min(spec["length"], LARGEST_READ, max(0, layer.size - spec["offset"]))
    yield {"data": layer.read(spec["offset"], length), "size": layer.size}


def _stream_layer(spec: Mapping[str, Any], context: WorkerContext) -> Layer:
    """A finding's layer: `owner` in `place`, or the image from `area` [start, end) on, and `steps` above it."""
    number = spec["exhibit"]
    if "area" in spec:
        image = _image(number, context)
        start, end = spec["area"]
        below: Layer = area(image, locate(image.locator, [f"area@{start}"]), start, min(end, image.size))
    else:
        below = _open_entry(number, spec["place"], context)(spec["owner"])
    wanted = key_of(number, below, spec["steps"])
    known, layer = context.cache.get("stream", (None, None))
    if known != wanted:
        context.cache.pop("stream", None)  # one at a time: a stream may have 128 MiB
        layer = open_stream(below, spec["steps"], spec["span"], spec["runs"])
        context.cache["stream"] = (wanted, layer)
    opened: Layer = layer
    return opened


def _stream(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    layer = _stream_layer(spec, context)
    length = min(spec["length"], LARGEST_READ, max(0, layer.size - spec["offset"]))
    yield {"data": layer.read(spec["offset"], length), "size": layer.size}


def _picture(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    if spec.get("steps"):
        layer = _stream_layer(spec, context)
    else:
        layer = _open_entry(spec["exhibit"], spec["place"], context)(spec["owner"])
    if layer.size > pictures.LARGEST:
        raise EvidenceError(str(layer.locator), f"more than {pictures.LARGEST:,} bytes: not decoded")
    offset = spec.get("offset", 0)
    data = layer.read(offset, layer.size - offset)
    yield pictures.decode(data, spec["width"], spec["height"], blur=spec["blur"])


def _database(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    opened = _open_entry(spec["exhibit"], spec["place"], context)
    layer = _stream_layer(spec, context) if spec.get("steps") else opened(spec["owner"])
    log = opened(spec["log"]) if spec.get("log") else None
    try:
        yield databases.look(layer, log, spec["table"], spec["first"])
    except ValueError as error:
        raise EvidenceError(str(layer.locator), str(error)) from error


def _archive(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    if spec.get("steps"):
        layer = _stream_layer(spec, context)
    else:
        layer = _open_entry(spec["exhibit"], spec["place"], context)(spec["owner"])
    try:
        yield archives.look(layer)
    except FormatError as error:
        raise EvidenceError(str(layer.locator), str(error)) from error


def _page(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    opened = _open_entry(spec["exhibit"], spec["place"], context) if "place" in spec else None
    layer = _stream_layer(spec, context) if spec.get("steps") or opened is None else opened(spec["owner"])
    start, length = spec["span"] if spec.get("span") and spec.get("steps") else (0, layer.size)
    yield {**pages.look(layer.read(start, min(length, pages.LARGEST + 1))), "at": start}


def _open_wallet(spec: Mapping[str, Any], _: WorkerContext) -> Iterator[Part]:
    found = opened(spec["kind"], spec["data"], spec["secret"], spec.get("more", b""))
    yield {
        "check": found.check,
        "fields": plain(found.fields),
        "addresses": [[kind, clean(address)] for kind, address in found.addresses],
        "keys": [clean(each) for each in found.keys],
        "secrets": [[clean(name), clean(text)] for name, text in found.secrets],
        "links": [[rule, kind, clean(target)] for rule, kind, target in found.links],
    }


def _open_store(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    opened_by = _open_entry(spec["exhibit"], spec["place"], context)
    yield from stores.search(_sweep_context(spec, context), spec, opened_by)


def _signatures(spec: Mapping[str, Any], context: WorkerContext) -> Iterator[Part]:
    document = _open_entry(spec["exhibit"], spec["place"], context)(spec["owner"]) if "owner" in spec else None
    yield {"held": signed.look(spec, document)}


_VERBS: Mapping[str, Callable[[Mapping[str, Any], WorkerContext], Iterator[Part]]] = {
    "about": _about,
    "needs": _needs,
    "measure": _measure,
    "check": _check,
    "divide": _divide,
    "unlock": _unlock,
    "walk": _walk,
    "sweep": _sweep,
    "logical": _logical,
    "bytes": _bytes,
    "entry": _entry,
    "stream": _stream,
    "picture": _picture,
    "database": _database,
    "archive": _archive,
    "page": _page,
    "open_wallet": _open_wallet,
    "open_store": _open_store,
    "signatures": _signatures,
}
