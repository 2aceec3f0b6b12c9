"""What holds for every test: properties are not timed, since a loaded machine is not a fault."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("impound", deadline=None)
settings.load_profile("impound")
