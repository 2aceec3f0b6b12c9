"""Discovery: every module of this package that has a `DECODER` is one encoding."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import cast

from forensics.sweep.decoders.base import Decoder


@functools.cache
def decoders() -> tuple[Decoder, ...]:
    """All decoders, ordered by kind.

    Raises:
        RuntimeError: a module has no `DECODER`, or two have one kind.
    """
    found: dict[str, Decoder] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name == "base" or module.name.startswith("_"):
            continue
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        decoder = cast("Decoder | None", getattr(loaded, "DECODER", None))
        if decoder is None:
            raise RuntimeError(f"{loaded.__name__} has no DECODER")
        if decoder.kind in found:
            raise RuntimeError(f"two decoders of kind {decoder.kind}")
        found[decoder.kind] = decoder
    return tuple(found[kind] for kind in sorted(found))
