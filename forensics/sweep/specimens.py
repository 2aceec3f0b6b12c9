"""Specimens run as the pass runs evidence: to prove an installation, and to warm a worker before it is confined."""

from __future__ import annotations

from forensics.detectors.base import BytesLayer, Detector, Specimen
from forensics.model import Layer, Locator
from forensics.sweep.catalogue import Catalogue
from forensics.sweep.decoders.base import Decoder, EncodedSpecimen
from forensics.sweep.patterns import engine_for, patterns_of
from forensics.sweep.segments import Segment
from forensics.sweep.space import Held, Space

LARGEST = 1 << 24  # decoded bytes
BESIDE = 1 << 30  # from one companion's place to the next


def found_in(catalogue: Catalogue, detector: Detector, specimen: Specimen) -> list[Held]:
    """What the sweep finds in a specimen of `detector`, in a place where it looks (carvers want free space)."""
    places: tuple[str, ...] = getattr(detector, "places", ())
    step = places[0] if places else "specimen"
    beside: dict[str, Layer] = {
        suffix: BytesLayer(data, Locator(f"{step}{suffix}"), number * BESIDE)
        for number, (suffix, data) in enumerate(specimen.companions, 1)
    }
    layer = BytesLayer(specimen.data, Locator(step), companions=beside)
    space = Space(catalogue, layer, [Segment(0, layer.size, 0, 0)], {0: layer}.get)
    space.sweep(0, layer.size)
    if any(trigger.name for trigger in detector.triggers):
        space.wake([each.kind for each in catalogue.detectors].index(detector.kind), 0)
    return space.found


def streams_in(decoder: Decoder, specimen: EncodedSpecimen) -> tuple[bytes, ...]:
    """Streams that a decoder makes of a specimen, woken by its own triggers, in order."""
    patterns = patterns_of((decoder,))
    layer = BytesLayer(specimen.data)
    places: set[int] = set()
    for number, ends in engine_for([each.expression for each in patterns]).ends(specimen.data).items():
        places.update(end - (patterns[number].back or 0) for end in ends)
    made = [each for at in sorted(places) if at >= 0 for each in decoder.decode(layer, at, LARGEST)]
    return tuple(each.data for each in made if each.data)
