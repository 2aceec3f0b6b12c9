"""Jobs: what runs, how far it is, what was found so far, and what was quarantined."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.jobs import STAGES, Job
from app.places.base import PlaceWidget
from app.reading import Exhibit, exhibits
from app.session import Session
from resources.languages import tr
from viewers import kinds
from viewers.look import Look
from viewers.parts import Bar, Button, Card, EmptyState, Hairline, IconView, KindTile, clear, label, set_tone
from viewers.tips import tip
from viewers.words import duration_text, left_text, plural, sentence, size_text

NOTHING = (
    tr("No job has run in this window"),
    tr("What is examined, added or checked while the window is open appears here with its progress."),
)
HALTED = (
    tr("The examination of {} was interrupted"),
    tr("What was found until then is kept. Go on, and it works on from where it stopped; nothing is searched twice."),
)


class StageRow(QWidget):
    """State shape, name, item now, bar, percent, time used, time left."""

    def __init__(self, look: Look, name: str, what: str) -> None:
        super().__init__()
        self.look = look
        self._what = what
        self.setFixedHeight(look.px(56))
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(16), 0, look.px(16), 0)
        row.setSpacing(look.px(16))
        self._icon = IconView(look, "clock", 18, "text2")
        row.addWidget(self._icon)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(label(look, name, "body", weight=600))
        self._now = label(look, "", "dense", "text2")
        self._now.setMinimumWidth(look.px(120))
        words.addWidget(self._now)
        words.addStretch(1)
        row.addLayout(words, 4)
        self._bar = Bar(look, 7)
        row.addWidget(self._bar, 4)
        self._percent = label(look, "", "body", weight=600)
        self._percent.setFixedWidth(look.px(58))
        row.addWidget(self._percent)
        self._used = label(look, "", "body", "text2")
        self._used.setFixedWidth(look.px(90))
        row.addWidget(self._used)
        self._left = label(look, "", "body")
        self._left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._left.setFixedWidth(look.px(140))
        row.addWidget(self._left)

    def show_stage(self, key: str, job: Job) -> None:
        """Show the stage of a job."""
        stage = job.stages[key]
        icons = {"finished": ("okc", "ok"), "running": ("play", "accent"), "waiting": ("clock", "text2")}
        state = stage.state
        if state == "running" and not job.active:
            state = "waiting" if job.state == "cancelled" else state
        self._icon.set_icon(*icons[state])
        if stage.state == "waiting":
            self._now.setText(self._what)
            self._bar.set_share(0)
            self._percent.setText(tr("not yet") if job.active else tr("not run"))
            self._used.setText("")
            self._left.setText(tr("cannot say yet") if job.active else "")
            set_tone(self._left, "text2")
            return
        idle = tr("counting") if stage.state == "running" and job.active else tr("nothing to do")
        count = tr("{done:,} of {total:,}", done=stage.done, total=stage.total) if stage.total else idle
        parts = [count]
        if stage.label and stage.state == "running":
            parts.append(stage.label)
        if key == job.stage and job.bytes_total:
            parts.append(
                tr(
                    "{bytes_done} of {bytes_total}",
                    bytes_done=size_text(job.bytes_done),
                    bytes_total=size_text(job.bytes_total),
                )
            )
        text = ", ".join(parts)
        self._now.setText(
            self._now.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, max(160, self._now.width()))
        )
        self._now.setToolTip(tip(text))
        done = stage.state == "finished"
        self._bar.set_share(stage.share, "ok" if done else "accent")
        self._percent.setText(f"{int(stage.share * 100)}%")
        self._used.setText(duration_text(stage.elapsed))
        if done:
            self._left.setText(tr("finished"))
        else:
            self._left.setText(left_text(stage.left) if job.active else tr("stopped"))
        set_tone(self._left, "text2" if done else "text")


class JobsPlace(PlaceWidget):
    """The page."""

    cancel_wanted = Signal()
    examine_wanted = Signal(str)  # the exhibit; empty for the next one

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__()
        self.look = look
        self.session = session
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget()
        outer.addWidget(self._stack)
        self._halted = ""  # the exhibit whose examination was interrupted
        self.begin = Button(look, tr("Examine"), "play", "primary", lambda: self.examine_wanted.emit(self._halted))
        self._empty = EmptyState(look, "jobs", *NOTHING, [self.begin])
        self._stack.addWidget(self._empty)
        scroll = QScrollArea()
        scroll.setProperty("ground", "window")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(tr("Jobs"))
        body = QWidget()
        body.setProperty("ground", "window")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(look.px(24), look.px(20), look.px(24), look.px(20))
        self._column.setSpacing(look.px(16))
        scroll.setWidget(body)
        self._stack.addWidget(scroll)
        self._page = scroll
        self._build()
        session.jobs.changed.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        look = self.look
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = label(look, "", "page_title")
        self._sub = label(look, "", "body", "text2", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._sub)
        head.addLayout(words, 1)
        self.stop = Button(look, tr("Stop and keep"), "x", "normal", self.cancel_wanted.emit)
        head.addWidget(self.stop)
        self.go_on = Button(look, tr("Go on"), "play", "primary", self._go_on)
        head.addWidget(self.go_on)
        self._column.addLayout(head)
        self._estimate = QWidget()
        self._estimate.setProperty("ground", "accentsoft")
        self._estimate.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._estimate.setFixedHeight(look.px(52))
        row = QHBoxLayout(self._estimate)
        row.setContentsMargins(look.px(16), 0, look.px(16), 0)
        row.setSpacing(look.px(12))
        self._estimate_icon = IconView(look, "clock", 18, "accent")
        row.addWidget(self._estimate_icon)
        self._left = label(look, "", "item_title")
        row.addWidget(self._left)
        self._why = label(look, "", "body", "text2")
        row.addWidget(self._why, 1)
        self._column.addWidget(self._estimate)
        self._stages = Card(look, tr("Stages"), " ")
        self._stages.content.setContentsMargins(0, 0, 0, 0)
        self._stages.content.setSpacing(0)
        self._rows: dict[str, StageRow] = {}
        for at, (key, name, what) in enumerate(STAGES):
            if at:
                self._stages.content.addWidget(Hairline(look, token="grid"))
            self._rows[key] = StageRow(look, name, what)
            self._stages.content.addWidget(self._rows[key])
        self._column.addWidget(self._stages)
        self._found = Card(
            look, tr("Found so far"), " ", Button(look, tr("Open"), "", "quiet", lambda: self.filter_wanted.emit(""))
        )
        self._counts = QHBoxLayout()
        self._counts.setSpacing(look.px(24))
        self._found.content.addLayout(self._counts)
        self._column.addWidget(self._found)
        lower = QHBoxLayout()
        lower.setSpacing(look.px(16))
        self._now = Card(look, tr("Now"), " ")
        self._workers = QGridLayout()
        self._workers.setHorizontalSpacing(look.px(18))
        self._now.content.addLayout(self._workers)
        self._now.content.addStretch(1)
        self._held = Card(look, tr("Quarantined"), " ")
        self._items = QVBoxLayout()
        self._held.content.addLayout(self._items)
        self._held.content.addStretch(1)
        lower.addWidget(self._now, 1)
        lower.addWidget(self._held, 1)
        self._column.addLayout(lower)
        self._column.addStretch(1)

    def focus_first(self) -> None:
        """The stop button, or the page."""
        first = next((one for one in (self.stop, self.go_on, self.begin) if one.isVisible()), self._page)
        first.setFocus()

    def _go_on(self) -> None:
        job = self.session.jobs.current
        self.examine_wanted.emit(job.exhibit if job is not None else "")

    def reload(self) -> None:
        """Whether an examination was interrupted; all else is in the messages of the child."""
        self.session.reader.submit(exhibits, self._offer)
        self.refresh()

    def _offer(self, found: list[Exhibit]) -> None:
        halted = [one.number for one in found if one.state not in ("", "ended")]
        self._halted = halted[0] if halted else ""
        self.begin.setText(tr("Go on") if halted else tr("Examine"))
        self._empty.say(*(HALTED[0].format(", ".join(halted)), HALTED[1]) if halted else NOTHING)

    def refresh(self) -> None:
        """Show the job as it is now."""
        job = self.session.jobs.current
        self._stack.setCurrentWidget(self._empty if job is None else self._page)
        if job is None:
            return
        self._title.setText(job.title if job.active else job.past_title)
        self.go_on.setVisible(job.name == "examine" and job.state in ("cancelled", "failed"))
        self.stop.setVisible(job.active and job.name == "examine")
        words = {
            "started": tr(
                "You can work on what is already found. Stopping keeps everything; the work goes on from here."
            ),
            "ended": tr("Finished. Everything that was found is recorded."),
            "cancelled": tr("Stopped. What was found is kept, and the work can go on from here."),
            "failed": tr("It did not finish: {detail}", detail=job.detail),
        }
        self._sub.setText(words.get(job.state, job.state))
        set_tone(self._sub, "danger" if job.state == "failed" else "text2")
        self._estimate.setVisible(job.active)
        left = job.now.left
        self._left.setText(
            sentence(tr("{left} for this stage", left=left_text(left)))
            if left
            else tr("How long it takes cannot be said yet.")
        )
        self._why.setText(
            tr("The range is from the real speed of the last minutes.")
            if left
            else tr("A first range comes when enough has been read.")
        )
        done = sum(1 for stage in job.stages.values() if stage.state == "finished")
        running = sum(1 for stage in job.stages.values() if stage.state == "running")
        self._stages.set_note(
            tr(
                "{done} done, {running} running, {stages} waiting",
                done=done,
                running=running,
                stages=max(0, len(STAGES) - done - running),
            )
            if job.active
            else ""
        )
        self._stages.setVisible(job.name == "examine")
        for key, row in self._rows.items():
            row.show_stage(key, job)
        self._found.setVisible(job.name == "examine")
        self._now.setVisible(job.active)
        self._show_counts(job)
        self._show_workers(job)
        self._show_held(job)

    def _show_counts(self, job: Job) -> None:
        clear(self._counts)
        look = self.look
        tiles: dict[str, int] = {}
        for kind, count in job.findings.items():
            tiles[kinds.tile(kind)] = tiles.get(kinds.tile(kind), 0) + int(count)
        self._found.title_label.setText(tr("Found so far") if job.active else tr("Found"))
        self._found.set_note(plural(sum(tiles.values()), "finding", "findings"))
        for tile, count in sorted(tiles.items(), key=lambda item: -item[1]):
            box = QVBoxLayout()
            box.setSpacing(look.px(4))
            row = QHBoxLayout()
            row.setSpacing(look.px(8))
            row.addWidget(KindTile(look, tile, 24))
            row.addWidget(label(look, f"{count:,}", "panel_title"))
            row.addStretch(1)
            box.addLayout(row)
            box.addWidget(label(look, kinds.PLURALS[tile], "dense", "text2"))
            self._counts.addLayout(box, 1)
        if not tiles:
            words = tr("Nothing yet.") if job.active else tr("Nothing of the known kinds.")
            if job.state in ("cancelled", "failed"):
                words = tr("Nothing in what was searched before it stopped.")
            self._counts.addWidget(label(look, words, "body", "text2"))

    def _show_workers(self, job: Job) -> None:
        clear(self._workers)
        look = self.look
        busy = sum(1 for worker in job.workers if worker.get("label"))
        self._now.set_note(
            tr("{busy} of {workers} busy", busy=busy, workers=plural(len(job.workers), "worker", "workers"))
            if job.workers
            else ""
        )
        for at, worker in enumerate(job.workers):
            self._workers.addWidget(
                label(look, tr("Worker {number}", number=worker.get("number", at + 1)), "dense", "text2", weight=600),
                at,
                0,
            )
            text = str(worker.get("label") or tr("waits for work"))
            line = label(
                look, text, "digest" if worker.get("label") else "dense", "text" if worker.get("label") else "text2"
            )
            line.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            line.setMinimumWidth(look.px(60))
            line.setToolTip(tip(text))
            self._workers.addWidget(line, at, 1)
        self._workers.setColumnStretch(1, 1)
        if not job.workers:
            self._workers.addWidget(label(look, job.now.label or tr("Starting."), "dense", "text2"), 0, 0)

    def _show_held(self, job: Job) -> None:
        clear(self._items)
        look = self.look
        if job.active:
            goes = tr("The examination goes on without them; they are listed in every report.")
        else:
            goes = tr("The examination went on without them; they are listed in every report.")
        self._held.set_note(f"{plural(len(job.quarantined), 'item', 'items')}. {goes}" if job.quarantined else "")
        for item in job.quarantined[:50]:
            row = QHBoxLayout()
            row.setSpacing(look.px(12))
            row.addWidget(IconView(look, "warn", 18, "warn"), 0, Qt.AlignmentFlag.AlignTop)
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(label(look, str(item.get("place", "")), "body", weight=500, wrap=True))
            words.addWidget(label(look, str(item.get("reason", "")), "dense", "text2", wrap=True))
            row.addLayout(words, 1)
            self._items.addLayout(row)
        if not job.quarantined:
            self._items.addWidget(label(look, _none_held(job), "body", "text2"))


def _none_held(job: Job) -> str:
    return tr("Nothing. Every piece was read.") if job.state == "ended" else tr("Nothing so far.")
