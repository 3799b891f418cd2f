"""The command about codes to activate a phone: `flask new-activation`."""

from __future__ import annotations

import sys
from dataclasses import replace

import click
import segno
from flask import current_app
from flask.cli import with_appcontext

from sipokat.domain import activations, codes
from sipokat.operating import PHONE, account, change, moment


@click.command("new-activation")
@PHONE
@click.option("--printed", is_flag=True, help="For paper: good for 30 days instead of 72 hours.")
@click.option("--by", help="Mobile number of whom it is made for: lurah, camat, Diskominfo.")
@with_appcontext
def new_activation(phone: str, printed: bool, by: str | None) -> None:
    """Print a code with which somebody activates a phone. The last one that was made for them ends
    with it."""
    with change(None) as (session, who):
        user = account(session, phone)
        if by is not None:
            maker = activations.activator(account(session, by), user)
            who = replace(maker, operator=who.operator)
        made = activations.make(session, who, user, printed)
    before = ". The code made before is no longer good" if made.replaces else ""
    click.echo(f"{user.name}, {user.phone}{before}.")
    say_activation(made)


def say_activation(made: activations.Made) -> None:
    """Print the code, the link that carries it, and on a terminal the link as a QR code."""
    origin = current_app.config["ORIGIN"] or f"http://localhost:{current_app.config['PORT']}"
    code = codes.shown(made.code)
    link = f"{origin}/aktivasi#{code}"
    click.echo(f"  code   {code}\n  until  {moment(made.until)}\n  link   {link}")
    if sys.stdout.isatty():
        segno.make(link, micro=False).terminal(compact=True)


COMMANDS = (new_activation,)
