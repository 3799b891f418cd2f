"""The reports of `staged.toml`: those that the demo city always has, whatever chance makes of the
rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sipokat.demo.blanks import spot
from sipokat.demo.reports import Draft, new_id, picture
from sipokat.demo.sources import data, dice
from sipokat.demo.steps import Step
from sipokat.domain.clock import WIB
from sipokat.domain.office_hours import is_working
from sipokat.domain.regions import at_desk


def offices() -> set[str]:
    """The codes of the regions that these reports come from."""
    return {row["office"] for row in data("staged")["reports"]}


def steps(today: date) -> Iterator[Step]:
    """Every step of these reports; their days are counted back from `today`."""
    for place, row in enumerate(data("staged")["reports"]):
        yield from _life(dice(f"staged {place}"), row, today)


def _story_of(name: str) -> str:
    """The story of the report that is called so."""
    rows = data("staged")["reports"]
    place = next(place for place, row in enumerate(rows) if row.get("called") == name)
    return new_id(dice(f"staged {place}"))


def _life(chance: Random, row: dict[str, Any], today: date) -> Iterator[Step]:
    story, office, at = new_id(chance), row["office"], _moment(today, row)
    draft = _draft(chance, row, at)
    by, for_rt = (at_desk(office, row["by"]), office) if "by" in row else (office, None)
    yield Step(at, story, "submit", by, draft, at - timedelta(seconds=90), for_rt=for_rt)
    for step in row.get("steps", ()):
        if step["action"] == "revise":
            fresh = tuple(picture(chance, scene) for scene in step.get("scenes", ()))
            draft = replace(
                draft,
                text=step["text"],
                fields=step["fields"],
                place_text=step.get("place_text", draft.place_text),
                pictures=fresh or draft.pictures,
            )
        yield Step(
            at=_moment(today, step),
            story=story,
            action=step["action"],
            office=at_desk(office, step["desk"]) if "desk" in step else office,
            draft=draft if step["action"] == "revise" else None,
            klass=step.get("class"),
            reason=step.get("reason"),
            note=step.get("note", ""),
            other=_story_of(step["same"]) if "same" in step else "",
        )


def _draft(chance: Random, row: dict[str, Any], at: datetime) -> Draft:
    scenes = row.get("scenes", [])
    here = len(scenes) - row.get("missing", 0)
    pictures = [picture(chance, scene, place >= here) for place, scene in enumerate(scenes)]
    point = None
    if "accuracy_m" in row:
        lat, lon, _ = spot(chance, row["office"])
        point = lat, lon, float(row["accuracy_m"])
    return Draft(
        office=row["office"],
        category=row["category"],
        happened_on=at.date(),
        text=row["text"],
        fields=row["fields"],
        place_text=row.get("place_text", ""),
        point=point,
        pictures=tuple(pictures),
    )


def _moment(today: date, row: dict[str, Any]) -> datetime:
    """The moment that a row names: `days` working days before `today`, at the time `at`."""
    day, left = today, row["days"]
    while left:
        day -= timedelta(days=1)
        left -= is_working(day, {})
    hour: time = row["at"]
    return datetime.combine(day, hour, WIB)
