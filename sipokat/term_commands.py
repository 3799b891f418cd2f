"""The commands about who holds an office: `flask begin-term`, `end-term`, `appoint-deputy` …

Each writes entries of the administrative record, as those about accounts do.
"""

from __future__ import annotations

from datetime import date

import click
from flask.cli import with_appcontext

from sipokat.domain import deputies, endings, terms
from sipokat.domain.clock import day_of, now
from sipokat.domain.letters import Letter
from sipokat.domain.offices import DEPUTIES
from sipokat.domain.titles import title_of
from sipokat.operating import BY, DAY, PHONE, REGION, ROLE, account, change


@click.command("begin-term")
@PHONE
@ROLE
@REGION
@click.option("--since", type=DAY, help="First day; today when not given.")
@click.option("--until", type=DAY, help="Last day, if it is known.")
@click.option("--title", help="Not as its head: sekretaris, kasi, staf.")
@BY
@with_appcontext
def begin_term(
    phone: str,
    role: str,
    region: str,
    since: date | None,
    until: date | None,
    title: str | None,
    by: str | None,
) -> None:
    """Give somebody an office from a day on."""
    with change(by) as (session, who):
        user, first = account(session, phone), since or day_of(now())
        term = terms.begin(session, who, user, role, region, first, until, title)
        office = title_of(session, term)
    click.echo(f"{user.name}: {office} from {term.since} on.")


@click.command("end-term")
@PHONE
@ROLE
@REGION
@click.option("--on", "last", type=DAY, help="Last day; today when not given.")
@BY
@with_appcontext
def end_term(phone: str, role: str, region: str, last: date | None, by: str | None) -> None:
    """End an office; the day named is its last one."""
    with change(by) as (session, who):
        user, today = account(session, phone), day_of(now())
        term = terms.find(user, role, region, today)
        endings.end(session, who, user, term, last or today)
        office = title_of(session, term)
    click.echo(f"{user.name}: {office} until {term.until}.")


@click.command("withdraw-term")
@PHONE
@ROLE
@REGION
@click.option("--since", type=DAY, prompt=True, help="The day on which it would begin.")
@BY
@with_appcontext
def withdraw_term(phone: str, role: str, region: str, since: date, by: str | None) -> None:
    """Take back an office that has not begun, such as one with a wrong day."""
    with change(by) as (session, who):
        user = account(session, phone)
        term = terms.find_from(user, role, region, since)
        office = title_of(session, term)
        endings.withdraw(session, who, user, term)
    click.echo(f"{user.name}: {office} does not begin on {since}.")


@click.command("appoint-deputy")
@PHONE
@ROLE
@REGION
@click.option("--kind", type=click.Choice(DEPUTIES), prompt=True)
@click.option("--letter", prompt=True, help="Number of the surat perintah.")
@click.option("--dated", type=DAY, prompt=True, help="Day of the surat perintah.")
@click.option("--since", type=DAY, help="First day; today when not given.")
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
        given = Letter(role, region, kind, first, until, letter, dated)
        user = account(session, phone)
        term = deputies.appoint(session, who, user, given)
        office = title_of(session, term)
    click.echo(f"{user.name}: {office} from {term.since} to {term.until}.")


COMMANDS = (begin_term, end_term, withdraw_term, appoint_deputy)
