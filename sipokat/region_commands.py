"""The commands about RT that change, and names of regions: `flask add-rt`, `split-rt` …

Each writes entries of the administrative record, as those about accounts do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from sipokat.domain import region_changes
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.operating import BY, DAY, change

CODE = click.argument("code")
SINCE = click.option("--since", type=DAY, help="First day of the change; today when not given.")
LAST = click.option("--on", "since", type=DAY, help="Last day; today when not given.")


def _command(
    name: str, *options: Callable[..., Any]
) -> Callable[[Callable[..., str]], click.Command]:
    """Makes a command of a change from a day on. The function makes the change and returns what is
    printed once it is written."""

    def make(changed: Callable[..., str]) -> click.Command:
        def run(since: date | None, by: str | None, **given: Any) -> None:
            with change(by) as (session, who):
                said = changed(session, who, since=since or day_of(now()), **given)
            click.echo(said)

        run.__doc__ = changed.__doc__
        command = with_appcontext(run)
        for option in reversed((*options, BY)):
            command = option(command)
        return click.command(name)(command)

    return make


@_command("add-rt", CODE, SINCE)
def add_rt(session: Session, who: By, code: str, since: date) -> str:
    """Add an RT."""
    region = region_changes.add(session, who, code, since)
    return f"{region.code} is there from {region.since} on."


@_command("split-rt", CODE, click.argument("into", nargs=-1, required=True), SINCE)
def split_rt(session: Session, who: By, code: str, into: tuple[str, ...], since: date) -> str:
    """Split an RT into several. If it is one of them itself, it goes on with its head."""
    made = region_changes.split(session, who, code, into, since)
    return f"{code} is split, and new are {', '.join(one.code for one in made)}."


@_command(
    "merge-rt",
    click.argument("codes", nargs=-1, required=True),
    click.option("--into", required=True, help="One of them, or a new code."),
    SINCE,
)
def merge_rt(session: Session, who: By, codes: tuple[str, ...], into: str, since: date) -> str:
    """Merge several RT into one."""
    region_changes.merge(session, who, codes, into, since)
    return f"{', '.join(codes)} are merged into {into}."


@_command("move-rt", CODE, click.argument("to"), SINCE)
def move_rt(session: Session, who: By, code: str, to: str, since: date) -> str:
    """Give an RT another code, in another kelurahan or with another number. Its head goes on."""
    region_changes.move(session, who, code, to, since)
    return f"{code} goes on as {to}."


@_command("end-rt", CODE, LAST)
def end_rt(session: Session, who: By, code: str, since: date) -> str:
    """End an RT that nothing succeeds. Its head's office ends with it."""
    region = region_changes.dissolve(session, who, code, since)
    return f"{region.code} is there until {region.until}."


@_command("rename-region", CODE, click.argument("name"), SINCE)
def rename_region(session: Session, who: By, code: str, name: str, since: date) -> str:
    """Give a region another name."""
    region_changes.rename(session, who, code, name, since)
    return f"{code} is called {name}."


COMMANDS = (add_rt, split_rt, merge_rt, move_rt, end_rt, rename_region)
