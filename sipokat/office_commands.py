"""The commands about deputies and regions: `flask appoint-deputy`, `add-rt`, `split-rt` …

Each writes entries of the administrative record, as those about accounts do.
"""

from __future__ import annotations

from datetime import date

import click
from flask.cli import with_appcontext

from sipokat.account_commands import BY, DAY, REGION, ROLE
from sipokat.domain import deputies, region_changes, titles
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import DEPUTIES
from sipokat.operating import PHONE, account, change

CODE = click.argument("code")
SINCE = click.option("--since", type=DAY, help="First day of the change; today when not given.")


@click.command("appoint-deputy")
@PHONE
@ROLE
@REGION
@click.option("--kind", type=click.Choice(DEPUTIES), prompt=True)
@click.option("--letter", prompt=True, help="Number of the surat perintah.")
@click.option("--dated", type=DAY, prompt=True, help="Day of the surat perintah.")
@SINCE
@click.option("--until", type=DAY, prompt=True, help="Last day.")
@BY
@with_appcontext
def appoint_deputy(
    phone: str,
    role: str,
    region: str,
    kind: str,
    letter: str,
    dated: date,
    since: date | None,
    until: date,
    by: str | None,
) -> None:
    """Have somebody act in an office: a Plh. while its holder is away, a Plt. while it is
    vacant."""
    with change(by) as (session, who):
        first = since or day_of(now())
        given = deputies.Letter(role, region, kind, first, until, letter, dated)
        user = account(session, phone)
        term = deputies.appoint(session, who, user, given)
        office = titles.title_of(session, term)
    click.echo(f"{user.name}: {office} from {term.since} to {term.until}.")


@click.command("add-rt")
@CODE
@SINCE
@BY
@with_appcontext
def add_rt(code: str, since: date | None, by: str | None) -> None:
    """Add an RT."""
    with change(by) as (session, who):
        region = region_changes.add(session, who, code, since or day_of(now()))
    click.echo(f"{region.code} is there from {region.since} on.")


@click.command("split-rt")
@CODE
@click.argument("into", nargs=-1, required=True)
@SINCE
@BY
@with_appcontext
def split_rt(code: str, into: tuple[str, ...], since: date | None, by: str | None) -> None:
    """Split an RT into several. If it is one of them itself, it goes on with its head."""
    with change(by) as (session, who):
        made = region_changes.split(session, who, code, into, since or day_of(now()))
    click.echo(f"{code} is split, and new are {', '.join(one.code for one in made)}.")


@click.command("merge-rt")
@click.argument("codes", nargs=-1, required=True)
@click.option("--into", required=True, help="One of them, or a new code.")
@SINCE
@BY
@with_appcontext
def merge_rt(codes: tuple[str, ...], into: str, since: date | None, by: str | None) -> None:
    """Merge several RT into one."""
    with change(by) as (session, who):
        region_changes.merge(session, who, codes, into, since or day_of(now()))
    click.echo(f"{', '.join(codes)} are merged into {into}.")


@click.command("move-rt")
@CODE
@click.argument("to")
@SINCE
@BY
@with_appcontext
def move_rt(code: str, to: str, since: date | None, by: str | None) -> None:
    """Give an RT another code, in another kelurahan or with another number. Its head goes on."""
    with change(by) as (session, who):
        region_changes.move(session, who, code, to, since or day_of(now()))
    click.echo(f"{code} goes on as {to}.")


@click.command("end-rt")
@CODE
@click.option("--on", "last", type=DAY, help="Last day; today when not given.")
@BY
@with_appcontext
def end_rt(code: str, last: date | None, by: str | None) -> None:
    """End an RT that nothing succeeds. Its head's office ends with it."""
    with change(by) as (session, who):
        region = region_changes.dissolve(session, who, code, last or day_of(now()))
    click.echo(f"{region.code} is there until {region.until}.")


@click.command("rename-region")
@CODE
@click.argument("name")
@SINCE
@BY
@with_appcontext
def rename_region(code: str, name: str, since: date | None, by: str | None) -> None:
    """Give a region another name."""
    with change(by) as (session, who):
        region_changes.rename(session, who, code, name, since or day_of(now()))
    click.echo(f"{code} is called {name}.")


COMMANDS = (appoint_deputy, add_rt, split_rt, merge_rt, move_rt, end_rt, rename_region)
