"""The command about figures: `flask check-figures`."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext

from sipokat.database import db
from sipokat.domain import check_figures as checking


@click.command("check-figures")
@with_appcontext
def check_figures() -> None:
    """Count every kept figure anew from the events, and name each difference."""
    found = checking.differences(db.engine.connect())
    for sentence in found:
        click.echo(sentence)
    if found:
        click.echo(f"{len(found)} figures are not what the record gives.")
        sys.exit(1)
    click.echo("Every figure is what the record gives.")


COMMANDS = (check_figures,)
