"""Plays the demo city's plan in memory, by the domain's own rules. Nothing here asks the database:
`city.py` inserts what has come of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sipokat.demo import pictures
from sipokat.demo.reports import Draft
from sipokat.demo.scenery import SIZE
from sipokat.demo.steps import Step
from sipokat.domain import (
    chain,
    erasure,
    events,
    first_opened,
    intake,
    photo_intake,
    photos,
    revisions,
    standing,
    tallies,
    verification,
)
from sipokat.domain.content import PhotoClaim
from sipokat.models import FirstOpened, Photo, Report, Revision, User


@dataclass
class Story:
    """A report as far as it has come. `moves` are the versions and actions of its moves, `opened`
    its first openings by desk."""

    report: Report
    state: chain.State
    moves: list[tuple[int, str]]
    opened: dict[str, FirstOpened] = field(default_factory=dict)


class Play:
    """Does the steps of the plan, each as the person who holds its office.

    All lists are in the order in which the rows would have been inserted one by one. `last` is the
    number of the record's last entry before the first step.
    """

    def __init__(
        self, offices: Mapping[str, User], overridden: Mapping[date, bool], last: int
    ) -> None:
        self.offices = offices
        self.overridden = overridden
        self.last = last
        self.stories: dict[str, Story] = {}
        self.photos: list[Photo] = []
        self.revisions: list[Revision] = []
        self.entries: list[tuple[Report, events.NewEvent | events.Remark]] = []
        self.tally: Counter[tuple[str, str]] = Counter()
        self.erased: list[Report] = []
        self.drawn: dict[str, tuple[bytes, bytes]] = {}
        self.claims: dict[str, PhotoClaim] = {}

    def step(self, step: Step) -> None:
        """Do one step. Raises the domain's refusal if the rules forbid it."""
        person = self.offices[step.office]
        if step.action == "submit":
            self._submit(person, step)
            return
        story = self.stories[step.story]
        if step.action == "read":
            self._read(person, story, step.at)
        elif step.action == "revise":
            self._revise(person, story, step)
        elif step.action == "arrive":
            self._arrive(person, story, step.at)
        elif step.action == "erase":
            self._erase(person, story, step)
        else:
            number, seen = story.report.number, story.report.version
            other = self.stories[step.other].report.number if step.other else ""
            asked = chain.Request(step.action, seen, step.klass, step.reason, step.note, other)
            self._move(
                story, verification.attempt_of(person, number, asked, step.at, step.action_id)
            )

    def _submit(self, person: User, step: Step) -> None:
        assert step.draft is not None
        self._draw(step.draft)
        written = step.written_at or step.at
        sent = intake.Submission(
            category=step.draft.category,
            raw=step.draft.raw(self.claims),
            client_id=step.story,
            region=step.for_rt,
            written_at=written,
            written_at_raw=written.isoformat(),
            sent_at=step.at,
            form_version="demo",
        )
        judged = intake.with_limit(intake.judge(person, sent, step.at), self.overridden)
        number = intake.number_of(self.last + len(self.entries) + 1)
        report = Report(**judged.report, number=number)
        state = judged.state
        self.stories[step.story] = Story(report, state, [(state.version, "submit")])
        report.photos = [Photo(**row) for row in judged.photos]
        self.photos += report.photos
        content = json.loads(judged.revision["content"])  # an erasure looks into it
        self._keep_revision(report, judged.revision | {"content": content})
        self.entries.append((report, judged.event))
        self._receive(report, step.draft, step.at)

    def _read(self, person: User, story: Story, at: datetime) -> None:
        desk = first_opened.opened_at(person, story.report)
        if desk and first_opened.is_first(story.report, story.opened.get(desk)):
            story.opened[desk] = FirstOpened(desk=desk, user_id=person.id, at=at)

    def _revise(self, person: User, story: Story, step: Step) -> None:
        assert step.draft is not None
        report = story.report
        self._draw(step.draft)
        raw = step.draft.raw(self.claims)
        content, seal = revisions.content_of(report, raw)
        seen, action_id = report.version, step.action_id
        attempt = revisions.attempt_of(person, report.number, seen, raw, step.at, action_id)
        fresh = photos.rows_of(person, photos.choose(report, content.photos))
        added = [Photo(**row, added_at=step.at) for row in fresh]
        report.photos += added
        self.photos += added
        revisions.rewrite(report, content, seal)
        self._move(story, attempt)
        row = revisions.revision_row(person, step.at, report.version, content.as_json(), seal)
        self._keep_revision(report, row)
        self._receive(report, step.draft, step.at)

    def _move(self, story: Story, attempt: verification.Attempt) -> None:
        report, before = story.report, story.state
        actor = verification.actor_before(attempt.user, report)
        move = chain.decide(before, actor, attempt.request)
        story.state = chain.advance(before, move)
        for status, by in tallies.changes(before.status, story.state.status):
            self.tally[report.region_code, status] += by
        left = standing.leaving(report, attempt.at, self.overridden)
        standing.stand(report, story.state, attempt.at, self.overridden)
        story.moves.append((report.version, move.action))
        self.entries.append((report, verification.event_of(attempt, report, move, left)))

    def _arrive(self, person: User, story: Story, at: datetime) -> None:
        """The photos that were missing arrive, and are made ready."""
        for photo in story.report.photos:
            if photo.state != "missing":
                continue
            _show(photo, at)
            late = photo_intake.late_remark(person, story.report, photo.client_id, at, story.moves)
            if late:
                self.entries.append((story.report, late))

    def _erase(self, person: User, story: Story, step: Step) -> None:
        report, office = story.report, erasure.office_of_eraser(person)
        blanking = erasure.prepare(person, office, report, step.note, step.at)
        self.entries.append((report, blanking.entry))
        erasure.blank(report, blanking)
        self.erased.append(report)

    def _keep_revision(self, report: Report, row: Mapping[str, object]) -> None:
        revision = Revision(**row)
        report.revisions.append(revision)
        self.revisions.append(revision)

    def _draw(self, draft: Draft) -> None:
        for one in draft.pictures:
            if one.id not in self.claims:
                self.drawn[one.id] = pictures.draw(one.scene, one.seed)
                digest = hashlib.sha256(self.drawn[one.id][0]).hexdigest()
                self.claims[one.id] = PhotoClaim(one.id, digest)

    def _receive(self, report: Report, draft: Draft, at: datetime) -> None:
        """The report's photos arrive soon after it and are made ready, but for missing ones."""
        missing = {one.id for one in draft.pictures if one.missing}
        for place, photo in enumerate(report.photos, 1):
            if photo.state == "missing" and photo.client_id not in missing:
                _show(photo, at + timedelta(seconds=9 * place))


def _show(photo: Photo, at: datetime) -> None:
    """What intake and the worker write of a photo that arrived."""
    photo.received_at = at
    photo.state, (photo.width, photo.height) = "ready", SIZE
