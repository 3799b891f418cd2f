"""What happens to one report of the demo city, as steps in time. Nothing here asks the database.

Officials act in office hours on working days, and sometimes in the evening; authors act at any
waking hour. The rules of the chain are not repeated here: a step that they forbid makes loading
the city fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sipokat.demo.reports import Draft, mend
from sipokat.demo.sources import data, dice
from sipokat.demo.steps import Step, office_time, waking
from sipokat.domain.categories import categories
from sipokat.domain.regions import at_desk, level_of
from sipokat.domain.roles import above, below

STEPS_MAX = 14


def pace_of(office: str) -> dict[str, Any]:
    """How fast the desk of this office is: a row of `pace` in `city.toml`."""
    demo = data("city")
    if office not in demo["pace_of"]:
        weights = [row["of"] for row in demo["pace"].values()]
        name = dice(f"pace {office}").choices(list(demo["pace"]), weights)[0]
    else:
        name = demo["pace_of"][office]
    return demo["pace"][name]  # type: ignore[no-any-return]


class Life:
    """One report and the steps that it goes through. They may reach into the future: `city.py`
    leaves out what is later than the moment of loading."""

    def __init__(self, chance: Random, story: str, draft: Draft) -> None:
        self.chance = chance
        self.story = story
        self.draft = draft
        self.author_desk = level_of(draft.office)
        self.urgent = categories()[draft.category].urgent
        self.classed = categories()[draft.category].classed
        self.klass: str | None = None
        self.returned = self.decided = False
        self.reason = ""

    def steps(self, at: datetime, written_at: datetime) -> Iterator[Step]:
        """Every step in the order of time: the report is written at `written_at`, arrives at `at`,
        and goes from desk to desk until it is final or nobody acts any more."""
        yield Step(at, self.story, "submit", self.draft.office, self.draft, written_at)
        desk = above(self.author_desk)
        for _ in range(STEPS_MAX):
            if desk is None:
                return
            made = self._author(at) if desk == self.author_desk else self._holder(at, desk)
            action = ""
            for step in made:
                at, action = step.at, step.action
                yield step
            desk = self._next(desk, action)

    def _next(self, desk: str, action: str) -> str | None:
        self.returned = action == "return"
        if action == "verify":
            return above(desk)
        if action == "return":
            return below(desk)
        return above(self.author_desk) if action == "revise" else None

    def _author(self, at: datetime) -> Iterator[Step]:
        luck = self.chance.random()
        hours = self.chance.expovariate(1 / 20)
        at = waking(at + timedelta(hours=hours, minutes=11))
        if luck < 0.8:
            self.draft = mend(self.chance, self.draft, self.reason)
            yield Step(at, self.story, "revise", self.draft.office, self.draft)
        elif luck < 0.87:
            yield Step(at, self.story, "withdraw", self.draft.office)

    def _holder(self, at: datetime, desk: str) -> Iterator[Step]:
        office = at_desk(self.draft.office, desk)
        pace, fate = pace_of(office), data("city")["fate"][desk]
        luck = self.chance.random() * 100
        if not self.decided and luck > 100 - fate.get("withdraw", 0):
            hour = waking(at + timedelta(minutes=self.chance.randint(4, 90)))
            yield Step(hour, self.story, "withdraw", self.draft.office)
            return
        read = self._opened(at, pace["minutes"])
        yield Step(read, self.story, "read", office)
        decided = read + timedelta(seconds=self.chance.randint(40, 900))
        if self.chance.random() < pace["left"] and not self.urgent:
            # Opened, then left for 15 to 35 working days of 490 office minutes each.
            decided = office_time(read, self.chance.uniform(15, 35) * 490)
        self.decided = True
        if self.returned and luck < 70:
            note = self.chance.choice(data("city")["notes"]["again"])
            yield Step(decided, self.story, "verify", office, klass=self._class(), note=note)
        elif self.returned:
            note = self.chance.choice(data("city")["notes"]["return"][self.reason])
            yield Step(decided, self.story, "return", office, reason=self.reason, note=note)
        elif self.classed and not self.urgent and luck < fate["return"]:
            yield self._said(decided, "return", office)
        elif self.classed and not self.urgent and luck < fate["return"] + fate["reject"]:
            yield self._said(decided, "reject", office)
        else:
            thanks = self.chance.choice(data("city")["notes"]["verify"])
            note = thanks if self.chance.random() < 0.35 else ""
            yield Step(decided, self.story, "verify", office, klass=self._class(), note=note)

    def _opened(self, at: datetime, minutes: float) -> datetime:
        """When the holder opens the report. An urgent one (bencana) is opened within the hour, by
        day or night."""
        if self.urgent:
            return at + timedelta(minutes=self.chance.randint(3, 50))
        if self.chance.random() < 0.07:
            evening = at.replace(hour=19, minute=self.chance.randint(0, 59))
            if evening > at:
                return evening
        return office_time(at, 2 + minutes * self.chance.lognormvariate(0, 0.6))

    def _class(self) -> str | None:
        if self.klass or not self.classed:
            return None
        self.klass = "kinerja" if self.chance.random() < self.draft.kinerja else "kegiatan"
        return self.klass

    def _said(self, at: datetime, action: str, office: str) -> Step:
        notes = dict(data("city")["notes"][action])
        if not self.draft.pictures:
            notes.pop("foto_kurang_jelas", None)
            notes.pop("perlu_bukti", None)
        if not any(letter.isdigit() for letter in self.draft.text):
            notes.pop("angka_perlu_dicek", None)
        self.reason = self.chance.choice(list(notes))
        note = self.chance.choice(notes[self.reason])
        return Step(at, self.story, action, office, reason=self.reason, note=note)
