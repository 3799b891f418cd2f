"""The command line: `flask …`."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect, select

from sipokat import (
    account_commands,
    activation_commands,
    assets,
    day_commands,
    figure_commands,
    migrations,
    record_commands,
    region_commands,
    serving,
    starting,
    term_commands,
)
from sipokat.database import db, writing
from sipokat.delivery import tls
from sipokat.delivery import worker as job_worker
from sipokat.delivery.photo_store import PhotoStore
from sipokat.demo import accounts as demo_accounts
from sipokat.domain import regions
from sipokat.domain.clock import now
from sipokat.models import Setting


def register(app: Flask) -> None:
    """Add every command."""
    own = (
        load_regions,
        load_demo,
        build_assets,
        check_tls,
        worker,
        prepare,
        start,
        *account_commands.COMMANDS,
        *activation_commands.COMMANDS,
        *day_commands.COMMANDS,
        *figure_commands.COMMANDS,
        *record_commands.COMMANDS,
        *region_commands.COMMANDS,
        *term_commands.COMMANDS,
        *migrations.COMMANDS,
    )
    for command in own:
        app.cli.add_command(command)


def without_settings() -> Flask:
    """An application for the one command that needs no settings and no database, so that it runs
    on any computer that has the program."""
    app = Flask("sipokat")
    app.cli.add_command(check_tls)
    return app


@click.command("load-regions")
@with_appcontext
def load_regions() -> None:
    """Add the 81 official regions that are missing."""
    with writing() as session:
        added = regions.ensure_official(session)
    click.echo(f"{added} regions added.")


@click.command("load-demo")
@with_appcontext
def load_demo() -> None:
    """Fill an empty database with the demo city."""
    if current_app.config["MODE"] == "production":
        raise click.ClickException("production never holds the demo city")
    if is_filled():
        raise click.ClickException("the database is not empty: nothing was loaded")
    _load_city(current_app.extensions["photo_store"])


def _load_city(store: PhotoStore) -> None:
    from sipokat.demo import city

    gc.disable()  # all that is made is kept until the end
    try:
        click.echo(city.load(store, _progress(sys.stdout.isatty())))
    finally:
        gc.enable()
    record_commands.checkpoints().write(now())


def _progress(terminal: bool) -> Callable[[int, int], None]:
    """Says how far the filling of the demo city is: on a terminal in one line that is rewritten,
    elsewhere in a line for each quarter."""
    said = -1

    def say(done: int, of: int) -> None:
        nonlocal said
        part = done * (100 if terminal else 4) // max(of, 1)
        if part != said:
            said = part
            line = f"Filling the demo city: {done:,} of {of:,} steps"
            click.echo(f"\r{line}" if terminal else line, nl=not terminal or done == of)

    return say


@click.command("build-assets")
@with_appcontext
def build_assets() -> None:
    """Build the bundles of styles and scripts, and their compressed forms."""
    for name in assets.build(current_app._get_current_object()):  # type: ignore[attr-defined]
        click.echo(name)


@click.command("check-tls")
@click.argument("address")
@click.option(
    "--today-roots", type=click.Path(exists=True, path_type=Path), help="PEM, or a folder"
)
@click.option("--android-roots", type=click.Path(exists=True, path_type=Path), help="the same")
def check_tls(address: str, today_roots: Path | None, android_roots: Path | None) -> None:
    """Print the certificates that https://ADDRESS offers, and whether phones of today and phones
    with Android 6 accept them. Ends with 1 where either would not."""
    url = urlsplit(address)
    if url.scheme != "https" or not url.hostname:
        raise click.ClickException(f"{address} is not an address that begins with https://")
    try:
        found = tls.look(url.hostname, url.port or 443, today_roots, android_roots)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise click.ClickException(f"{address}: {error}") from None
    for number, one in enumerate(found.chain, 1):
        click.echo(f"{number}  {one.subject}\n   signed by {one.issuer}, until {one.until}")
    for who, verdict in (("today", found.today), ("Android 6", found.old)):
        click.echo(
            f"{who}: " + (f"accepted, ends in {verdict.root}" if verdict.root else "REFUSED")
        )
    for line in found.warnings():
        click.secho(f"WARNING: {line}", fg="yellow")
    sys.exit(1 if found.warnings() else 0)


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Do the jobs that wait, such as making received photos ready, until told to stop."""
    _work()


def _work() -> None:
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    starting.check_folders(app)
    starting.check_database(app)
    job_worker.work(job_worker.kinds(app), stop)


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Build the bundles, migrate the database and add the official regions and, in an empty demo,
    the city. What is up to date is left alone."""
    _prepare()


def _prepare() -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    starting.check_folders(app)
    starting.check_database(app)
    if not assets.is_built(app):
        assets.build(app)
    migrations.upgrade()
    record_commands.look_before_start()
    with writing() as session:
        regions.ensure_official(session)
        if app.config["MODE"] == "production" and session.get(Setting, "production") is None:
            session.add(Setting(key="production", value="1"))
    if app.config["MODE"] == "demo" and not is_filled():
        _load_city(app.extensions["photo_store"])


@click.command("start")
@with_appcontext
def start() -> None:
    """Prepare, then run gunicorn and the worker together until told to stop."""
    starting.check_port(current_app.config["PORT"])
    _prepare()
    db.session.remove()
    db.engine.dispose()
    click.echo(f"SIPOKAT: http://127.0.0.1:{os.environ.get('PORT', '5000')}  (Ctrl-C ends it)")
    if current_app.config["MODE"] == "demo":
        for account in demo_accounts.accounts():
            click.echo(f"  {account['phone']}  {account['label']}")
        click.echo(f"  password of all: {demo_accounts.PASSWORD}")
    programs = {"gunicorn": serving.gunicorn, "worker": _work}
    sys.exit(serving.together(programs, again=("worker",)))


def is_filled() -> bool:
    """Whether the database has an account."""
    from sipokat.models import User

    found = db.session.scalar(select(User.id).limit(1)) is not None
    db.session.rollback()
    return found


def mark() -> str:
    """Whose database this is: `demo`, `production`, or empty when nobody has prepared it yet.

    Closes its connections, since gunicorn forks after this and processes must not share one.
    """
    url = db.engine.url
    if url.get_backend_name() == "sqlite" and not os.path.exists(url.database or ""):
        return ""  # looking would make an empty file
    try:
        if not inspect(db.engine).has_table("setting"):
            return ""
        keys = select(Setting.key).where(Setting.key.in_(("demo", "production")))
        return db.session.scalars(keys).first() or ""
    finally:
        db.session.remove()
        db.engine.dispose()
