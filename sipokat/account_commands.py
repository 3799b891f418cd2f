"""The commands about accounts: `flask create-user`, `disable-user`, `change-user` …

Each writes an entry of the administrative record, which names the operator: whoever is signed in to
the server's system. `--by` adds on whose behalf.
"""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from sipokat.activation_commands import say_activation
from sipokat.database import db
from sipokat.domain import (
    accounts,
    activations,
    administration,
    passwords,
    people,
    sessions,
    titles,
)
from sipokat.models import AdministrativeEntry
from sipokat.operating import BY, PHONE, REGION, ROLE, account, change, in_words, moment


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
    change_user,
    show_user,
)
