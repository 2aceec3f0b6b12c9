"""Makes the places of the rail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.places.base import PlaceWidget
from app.places.custody import CustodyPlace
from app.places.evidence import EvidencePlace
from app.places.findings import FindingsPlace
from app.places.gallery import GalleryPlace
from app.places.graph import GraphPlace
from app.places.jobs import JobsPlace
from app.places.overview import OverviewPlace
from app.places.present import PresentPlace
from app.places.search import SearchPlace
from app.places.timeline import TimelinePlace

if TYPE_CHECKING:
    from app.main_window import MainWindow


def make(key: str, window: MainWindow) -> PlaceWidget:
    """The place of a key."""
    session = window.session
    assert session is not None
    look, settings = window.look, window.settings
    if key == "findings":
        return FindingsPlace(look, session, settings, window.tree)
    if key == "evidence":
        place = EvidencePlace(look, session, settings, window.tree)
        place.add_wanted.connect(window.actions_.add_image)
        place.examine_wanted.connect(window.actions_.examine)
        return place
    if key == "search":
        search = SearchPlace(look, session)
        search.lists.set_wanted.connect(window.actions_.show_set)
        return search
    if key == "overview":
        overview = OverviewPlace(look, session)
        overview.accounting_wanted.connect(window.actions_.accounting)
        return overview
    if key == "timeline":
        timeline = TimelinePlace(look, session)
        timeline.prove_wanted.connect(window.record.prove_finding)
        return timeline
    if key == "graph":
        graph = GraphPlace(look, session)
        graph.prove_wanted.connect(window.record.prove_finding)
        return graph
    if key == "gallery":
        return GalleryPlace(look, session)
    if key == "custody":
        custody = CustodyPlace(look, session)
        custody.verify_wanted.connect(window.record.verify)
        custody.hand_over_wanted.connect(window.record.hand_over)
        custody.label_wanted.connect(window.record.print_label)
        custody.prove_wanted.connect(window.record.prove_entry)
        return custody
    if key == "present":
        return PresentPlace(look, session)
    assert key == "jobs", key
    jobs = JobsPlace(look, session)
    jobs.cancel_wanted.connect(window.actions_.cancel)
    jobs.examine_wanted.connect(window.actions_.examine)
    return jobs
