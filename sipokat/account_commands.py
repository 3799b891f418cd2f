"""The commands about accounts and offices: `flask create-user`, `disable-user`, `end-term` …

Each writes an entry of the administrative record, which names the operator: whoever is signed in to
the server's system. `--by` adds on whose behalf.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click
from flask.cli import with_appcontext

from sipokat.activation_commands import say_activation
from sipokat.database import db
from sipokat.domain import (
    accounts,
    activations,
    administration,
    endings,
    passwords,
    people,
    sessions,
    terms,
    titles,
)
from sipokat.domain.clock import day_of, now
from sipokat.domain.roles import ROLES
from sipokat.models import AdministrativeEntry
from sipokat.operating import PHONE, account, change, in_words, moment

BY = click.option("--by", help="Mobile number of whoever of Diskominfo it is done for.")
ROLE = click.option("--role", type=click.Choice(list(ROLES)), prompt=True)
REGION = click.option("--region", prompt=True, help="The office's region, 16.73.04.1009.001")


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            self.fail(f"{value} is not a day such as 2026-11-30")


DAY = Day()


@click.command("create-user")
@click.option("--phone", prompt=True, help="Mobile number, 0812… or +62812…")
@click.option("--name", prompt=True)
@ROLE
@REGION
@click.option("--password", help="The first password; it is asked for, or a code is printed.")
@click.option("--activation", is_flag=True, help="Print a code; for Diskominfo that is the usual.")
@BY
@with_appcontext
def create_user(
    phone: str,
    name: str,
    role: str,
    region: str,
    password: str | None,
    activation: bool,
    by: str | None,
) -> None:
    """Add an account with its first term of office. With a code to activate a phone it has no
    password; without, the password is asked for."""
    activation = activation or (role == "diskominfo" and password is None)
    if activation:
        password = None
    elif password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with change(by) as (session, who):
        hashed = people.NO_PASSWORD
        if password is not None:
            passwords.require_new(password, phone, name)
            hashed = people.hash_password(password)
        user = accounts.create(session, who, phone, name, role, region, hashed)
        made = activations.make(session, who, user) if activation else None
    if made:
        click.echo(f"{user.name} has an account with {user.phone}, and gets in by this code:")
        say_activation(made)
    else:
        click.echo(f"{user.name} may sign in with {user.phone}.")


@click.command("set-password")
@PHONE
@click.password_option()
@BY
@with_appcontext
def set_password(phone: str, password: str, by: str | None) -> None:
    """Give an account a new password, and sign it out of every phone."""
    with change(by) as (session, who):
        user = account(session, phone)
        passwords.require_new(password, user.phone, user.name)
        accounts.set_password(session, who, user, people.hash_password(password))
    click.echo(f"{user.name} may sign in with the new password.")


@click.command("disable-user")
@PHONE
@BY
@with_appcontext
def disable_user(phone: str, by: str | None) -> None:
    """Close an account: its sessions end at once, and nobody signs in with it."""
    with change(by) as (session, who):
        user = account(session, phone)
        accounts.disable(session, who, user)
    click.echo(f"The account of {user.name} is closed.")


@click.command("enable-user")
@PHONE
@BY
@with_appcontext
def enable_user(phone: str, by: str | None) -> None:
    """Open a closed account again."""
    with change(by) as (session, who):
        user = account(session, phone)
        accounts.enable(session, who, user)
    click.echo(f"The account of {user.name} is open again.")


@click.command("end-sessions")
@PHONE
@BY
@with_appcontext
def end_sessions(phone: str, by: str | None) -> None:
    """Sign somebody out of every phone."""
    with change(by) as (session, who):
        user = account(session, phone)
        ended = accounts.end_sessions(session, who, user)
    click.echo(f"{ended} sessions of {user.name} were ended.")


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
        office = titles.title_of(session, term)
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
        office = titles.title_of(session, term)
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
        office = titles.title_of(session, term)
        endings.withdraw(session, who, user, term)
    click.echo(f"{user.name}: {office} does not begin on {since}.")


@click.command("change-user")
@PHONE
@click.option("--name", help="The new name.")
@click.option("--new-phone", help="The new mobile number.")
@BY
@with_appcontext
def change_user(phone: str, name: str | None, new_phone: str | None, by: str | None) -> None:
    """Give an account another name, another number, or both."""
    with change(by) as (session, who):
        user = account(session, phone)
        if name is not None:
            accounts.change_name(session, who, user, name)
        if new_phone is not None:
            accounts.change_phone(session, who, user, new_phone)
    click.echo(f"{user.name} signs in with {user.phone}.")


@click.command("show-user")
@PHONE
@with_appcontext
def show_user(phone: str) -> None:
    """Print an account: its offices, its sessions, and what was changed about it."""
    session = db.session()
    with in_words():
        user = account(session, phone)
    click.echo(f"{user.name}, {user.phone}, {'open' if user.active else 'CLOSED'}")
    for term in user.terms:
        office = titles.title_of(session, term)
        click.echo(f"  {office}, {term.since} to {term.until or 'now'}")
    for one in sessions.sessions_of(session, user):
        click.echo(f"  signed in: {one.device}, last used {moment(one.last_used_at)}")
    for entry in administration.entries_about(session, user):
        click.echo(f"  {moment(entry.at)} {_entry(entry)}")


def _entry(entry: AdministrativeEntry) -> str:
    who = [f"operator {entry.operator}"] if entry.operator else []
    if entry.actor:
        who.append(entry.actor.name + (f" ({entry.actor_role})" if entry.actor_role else ""))
    change = " → ".join(one for one in (entry.was, entry.became) if one)
    return f"{entry.action} by {' for '.join(who)}: {change}"


COMMANDS = (
    create_user,
    set_password,
    disable_user,
    enable_user,
    end_sessions,
    begin_term,
    end_term,
    withdraw_term,
    change_user,
    show_user,
)
