"""The commands about working days: `flask set-day` and `flask move-deadlines`."""

from __future__ import annotations

from datetime import date

import click
from flask.cli import with_appcontext

from sipokat.domain import day_changes
from sipokat.operating import DAY, actor, change, in_words

KINDS = {"free": False, "working": True, "usual": None}
BY = click.option(
    "--by",
    prompt="Mobile number of whoever of Diskominfo it is done for",
    help="Whoever of Diskominfo it is done for, 0812…; your user name stands beside it.",
)


@click.command("set-day")
@click.argument("day", type=DAY)
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.option("--name", default="", help="What day it is; reports whose limit moves show it.")
@BY
@with_appcontext
def set_day(day: date, kind: str, name: str, by: str) -> None:
    """Declare a day free or working, or as the calendar has it (usual). Limits of reports that are
    running move with it."""
    with in_words():
        done = day_changes.set_day(lambda session: actor(session, by), day, KINDS[kind], name)
    is_so = "is" if done.changed else "was already"
    click.echo(f"{day} {is_so} {kind}; the limits of {done.moved} reports have moved.")


@click.command("move-deadlines")
@click.option("--why", default="", help="Stands on the time lines of the reports.")
@BY
@with_appcontext
def move_deadlines(why: str, by: str) -> None:
    """Reckon the limits that are running anew, after the calendar or the office hours changed with
    a new version."""
    with change(by) as (session, who):
        moved = day_changes.move_limits(session, who, why)
    click.echo(f"The limits of {moved} reports have moved.")


COMMANDS = (set_day, move_deadlines)
