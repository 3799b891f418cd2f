"""The commands about the record: `flask verify-events`, `erase`, `rotate-record-key`."""

from __future__ import annotations

import secrets
import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from sipokat.database import db, empty_log, record_keys
from sipokat.delivery.checkpoints import Checkpoints, checkpoints_of
from sipokat.domain import audit, erasure, people
from sipokat.domain.clock import now
from sipokat.domain.refusals import Refused
from sipokat.domain.texts import read
from sipokat.models import Event, guards
from sipokat.operating import operator

NOTE_MAX = 500


def checkpoints() -> Checkpoints:
    """The checkpoints of this application."""
    return checkpoints_of(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("verify-events")
@with_appcontext
def verify_events() -> None:
    """Name every row of the record that was changed, removed, inserted or moved by hand."""
    try:
        kept = checkpoints().all()  # before the record: a later one would know too much
        verdict = audit.verify(db.engine.connect(), record_keys(), kept, now())
    except (DBAPIError, OSError) as error:
        cause = getattr(error, "orig", error)
        raise click.ClickException(f"the record cannot be read: {cause}") from None
    for note in verdict.notes:
        click.echo(f"note: {note}")
    for fault in verdict.faults:
        click.echo(_printable(fault))
    if verdict.holds:
        last = kept[-1].name.removesuffix(".json")
        click.echo(
            f"The record holds: {verdict.entries} events, {verdict.reports} reports, "
            f"{len(kept)} checkpoints, the last of {last}."
        )
        return
    click.echo(f"The record does not hold: {len(verdict.faults)} faults.")
    sys.exit(1)


def _printable(sentence: str) -> str:
    """A sentence that any terminal can show, whatever somebody has written into the database."""
    return sentence.encode("ascii", "backslashreplace").decode()


@click.command("erase")
@click.argument("number")
@click.option(
    "--by",
    "phone",
    prompt="Mobile number of who erases",
    help="Who erases, 0812…; your user name stands beside it.",
)
@click.option("--why", prompt="By which decision", help="Stands in the record for ever.")
@click.confirmation_option(prompt="Words, notes, place and photos cannot be brought back. Erase?")
@with_appcontext
def erase(number: str, phone: str, why: str) -> None:
    """Blank the words, notes, place and photos of a report, as the law may demand."""
    why = read(why)
    if not 1 <= len(why) <= NOTE_MAX:
        raise click.ClickException(f"say why in 1 to {NOTE_MAX} characters")
    user = people.find_by_phone(db.session(), phone)
    if user is None:
        raise click.ClickException(f"{phone} has no account")
    try:
        store, typed_by = current_app.extensions["photo_store"], operator().operator
        erased = erasure.erase(user, number, why, store, operator=typed_by)
    except Refused as refusal:
        raise click.ClickException(refusal.message) from None
    what = "is erased" if erased else "was erased before"
    if not empty_log():
        raise click.ClickException(
            f"Report {number} {what}, but its words may still be in the -wal file of the database, "
            "which somebody is reading. Run this once more"
        )
    click.echo(f"Report {number} {what}. Erase it in your backups too.")


@click.command("rotate-record-key")
@with_appcontext
def rotate_record_key() -> None:
    """Print the settings for a new record key. SIPOKAT must be stopped until they are in place."""
    keys = record_keys()
    last = db.session.scalar(select(func.max(Event.seq))) or 0
    former = [*keys.former]
    if last > (former[-1].last or 0 if former else 0):
        former.append(type(keys.present)(keys.present.id, keys.present.secret, last))
    written = ",".join(f"{key.secret.decode()}@{key.last}" for key in former)
    click.echo(f"RECORD_KEY={secrets.token_urlsafe(32)}")
    click.echo(f"RECORD_FORMER_KEYS={written}")


def look_before_start() -> None:
    """Put back triggers that are missing, and refuse to go on with a key that is not the record's:
    nobody could verify what is appended after that."""
    with db.engine.begin() as connection:
        for fault in guards.faults(connection):
            click.echo(f"The record was not guarded: {fault}. See flask verify-events.", err=True)
        guards.put_on(connection)
        newest = select(Event.seq, Event.key_id).order_by(Event.seq.desc()).limit(1)
        found = connection.execute(newest).first()
    if found is not None and found.key_id != record_keys().of(found.seq).id:
        raise click.ClickException(
            "RECORD_KEY is not the key that signed the record. Put the old one back, or name it in "
            "RECORD_FORMER_KEYS as flask rotate-record-key prints it"
        )


COMMANDS = (verify_events, erase, rotate_record_key)
