"""What holds for every test: properties are not timed, since a loaded machine is not a fault; cases have no ballast,
of which hundreds would lie about."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("impound", deadline=None)
settings.load_profile("impound")
os.environ.setdefault("IMPOUND_BALLAST_MIB", "0")
os.environ.setdefault("IMPOUND_LANGUAGE", "en")
