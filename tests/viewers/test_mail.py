"""The viewer of mails: header as claimed, text without its subject, attachments, words of deletion."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QLabel

from app.docks.deck import VIEWERS
from app.main import application_of
from viewers.base import ByteSource, FieldRow, Subject, best
from viewers.look import Look
from viewers.mail import CLAIMED, MailViewer
from viewers.sheet import Grid


@pytest.fixture(scope="module")
def look() -> Look:
    application_of(["test"])
    return Look()


def _mail(*more: FieldRow) -> Subject:
    fields = (
        FieldRow("from", "Heron <heron@example.org>", (0, 20)),
        FieldRow("subject", "cups", (20, 10)),
        FieldRow("messages", ({"sender": "heron@example.org", "text": "cups\nTwo of the usual.\u202e"},)),
        *more,
    )
    return Subject("mail", "E1", kind="mail/message", finding=3, fields=fields, caveats=("Its date has no zone.",))


def test_a_mail_is_shown_as_one_and_not_as_a_conversation() -> None:
    assert best(list(VIEWERS), _mail())[0] is MailViewer
    assert MailViewer.priority(Subject("x", "E1", kind="chat/pidgin")) < 0


def test_text_attachments_and_limits(look: Look) -> None:
    attached = ({"name": "price list.pdf", "type": "application/pdf", "size": 2048}, {"size": "?"})
    viewer = MailViewer(look)
    viewer.show_finding(_mail(FieldRow("attachments", attached), FieldRow("deleted", value=True)), ByteSource())
    words = [each.text() for each in viewer.findChildren(QLabel)]
    assert "Two of the usual.\\u202e" in words or any("Two of the usual." in each for each in words)
    assert not any("\u202e" in each for each in words)
    assert not any(each.startswith("cups\n") for each in words)
    assert "Deleted, and recovered from its bytes." in words
    assert CLAIMED in words
    assert "Its date has no zone." in words
    (grid,) = viewer.findChildren(Grid)
    names = [part.name for part in grid.accessible_parts()]
    assert names == ["price list.pdf", "no name"]
    viewer.deleteLater()


def test_a_mail_without_text_says_so(look: Look) -> None:
    viewer = MailViewer(look)
    viewer.show_finding(Subject("m", "E1", kind="mail/pst", fields=(FieldRow("messages", ({},)),)), ByteSource())
    assert "none that could be read" in [each.text() for each in viewer.findChildren(QLabel)]
    viewer.deleteLater()
