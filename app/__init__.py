"""The window: frame, docks, dialogs and jobs.

Its language is chosen here, before a module of it is imported, since titles and tables are made at import:
IMPOUND_LANGUAGE, what was chosen in the menu, or the system's.
"""

import os

from PySide6.QtCore import QLocale, QSettings

from resources import languages

if not languages.chosen():
    _kept = QSettings("Impound", "Impound").value("look/language", "")
    languages.choose(os.environ.get("IMPOUND_LANGUAGE") or str(_kept or "") or QLocale.system().name())
