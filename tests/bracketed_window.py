"""Open the window in a language made up of brackets; print each text that has none. Run by test_languages."""

from __future__ import annotations

import sys
from gettext import NullTranslations

from resources import languages


class Bracketed(NullTranslations):
    """Every text in brackets, longer by half, as German and French are beside English."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}{'~' * (len(message) // 2)}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


languages.use("en", Bracketed())

from PySide6.QtCore import Qt  # noqa: E402 - the language is chosen first
from PySide6.QtGui import QAction  # noqa: E402
from PySide6.QtWidgets import QAbstractButton, QLabel  # noqa: E402

from app import main, mirrored, theme  # noqa: E402
from app.main_window import VERSION, MainWindow  # noqa: E402
from app.places.findings import TAG_NAMES  # noqa: E402
from app.settings import Settings  # noqa: E402
from viewers.look import Look  # noqa: E402

KEPT = {"Impound", VERSION, *languages.LANGUAGES.values()}
TAGS = tuple(TAG_NAMES)  # recorded as they are

application = main.application_of(["test"])
mirrored.install(application)
look = Look("light", 1.0)
theme.apply(application, look)
window = MainWindow(look, Settings(remember=False))
window.resize(1366, 768)
window.show()
main.settle(window, 10)
texts = {action.text() for action in window.findChildren(QAction) if not action.isSeparator()}
shown: list[QLabel | QAbstractButton] = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
texts |= {each.text() for each in shown if each.isVisible()}
texts |= {each.accessibleName() for each in shown if each.isVisible()}
for text in sorted(texts):
    plain = text.replace("&", "").partition("\t")[0]
    if plain and "⟦" not in plain and plain not in KEPT and not plain.startswith(TAGS):
        print(plain)
if window.layoutDirection() != Qt.LayoutDirection.RightToLeft:
    print("the window is not turned")
window.grab().save(f"{sys.argv[1]}/window.png")
window.close()
