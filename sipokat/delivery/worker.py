"""The worker: one loop over the kinds of jobs that wait in the database.

Several workers may run, and any of them may be killed at any time. That is safe because a job is a
row that one worker claims before it works on it, and that another may claim later.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import structlog
from flask import Flask

from sipokat.database import db
from sipokat.delivery.checkpoints import CheckpointJob, checkpoints_of
from sipokat.delivery.export_job import ExportJob
from sipokat.delivery.month_job import Closings
from sipokat.delivery.notice_jobs import Digests, LateReports, OldNotices, Reminders, TermNews
from sipokat.delivery.nudge_job import Nudges
from sipokat.delivery.old_imports import OldImports
from sipokat.delivery.photo_job import PhotoJob

IDLE_SECONDS = 1
PAUSE_SECONDS = 5
TIDY_SECONDS = 60
log = structlog.get_logger()


class Kind(Protocol):
    """A kind of job: how the loop claims one and does it. `worker` is the name of the worker that
    asks; no two workers have the same."""

    def claim(self, worker: str) -> int | None:
        """Claim one waiting row for this worker by a filtered UPDATE. Returns the row's id, or
        None when nothing waits."""

    def do(self, job: int, worker: str) -> None:
        """Do the claimed job and record the outcome in its row. What goes wrong without being the
        job's own fault is raised, after the claim was given back."""

    def tidy(self) -> None:
        """Remove what finished jobs have left behind. Called when the last job that waited is done,
        and once a minute while nothing waits."""


@runtime_checkable
class Lasting(Protocol):
    """A kind of which a claim lasts over several jobs."""

    def leave(self, worker: str) -> None:
        """Give back what this worker has claimed: it ends."""


def kinds(app: Flask) -> tuple[Kind, ...]:
    """Every kind of job, made from what the application holds. A new kind is a line here."""
    return (
        PhotoJob(app.extensions["photo_store"]),
        Digests(),
        Reminders(),
        Nudges(app.config["NUDGE_DAYS"]),
        LateReports(),
        Closings(),
        TermNews(),
        CheckpointJob(checkpoints_of(app)),
        OldImports(),
        OldNotices(),
        ExportJob(app.extensions["export_files"]),
    )


def work(jobs: Sequence[Kind], stop: threading.Event) -> None:
    """Work until `stop` is set: one job of each kind in turn, so that no kind waits for another to
    be finished.

    A job that has begun is finished first, and what is claimed for longer is given back. An
    exception is logged and never ends the loop: its kind rests for five seconds, and the others go
    on. When no kind had a job, the worker looks again after a second; all that a kind costs then is
    its `claim`.
    """
    worker = str(uuid.uuid4())
    try:
        _loop(jobs, stop, worker)
    finally:
        for kind in jobs:
            if isinstance(kind, Lasting):
                kind.leave(worker)


def _loop(jobs: Sequence[Kind], stop: threading.Event, worker: str) -> None:
    tidy_at, rests_until = dict.fromkeys(jobs, 0.0), dict.fromkeys(jobs, 0.0)
    while not stop.is_set():
        worked = False
        for kind in jobs:
            if stop.is_set():
                return
            if time.monotonic() < rests_until[kind]:
                continue
            try:
                due = time.monotonic() >= tidy_at[kind]
                if work_once(kind, worker, tidy=due):
                    worked, tidy_at[kind] = True, 0.0
                elif due:
                    tidy_at[kind] = time.monotonic() + TIDY_SECONDS
            except Exception:
                log.exception("worker_stumbled", kind=type(kind).__name__)
                rests_until[kind] = time.monotonic() + PAUSE_SECONDS
        if not worked:
            stop.wait(IDLE_SECONDS)


def work_once(kind: Kind, worker: str, tidy: bool = True) -> bool:
    """Do one job of this kind as the worker of this name. Returns False when none waits, after
    tidying up if `tidy` says so. Raises what the job raises. The database session is closed in
    every case."""
    try:
        job = kind.claim(worker)
        if job is None:
            if tidy:
                kind.tidy()
            return False
        kind.do(job, worker)
        return True
    finally:
        db.session.remove()
