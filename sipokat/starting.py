"""What must be so before the programs start. What is not ends the start in one line."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import DBAPIError

from sipokat import assets, migrations
from sipokat.config import Unsafe
from sipokat.database import db

PRIVATE = 0o077  # the umask: what we write is nobody else's to read


def check_port(port: int) -> None:
    """Raises Unsafe when gunicorn could not listen on this port of 127.0.0.1."""
    if "-b" in os.environ.get("GUNICORN_CMD_ARGS", ""):
        return  # another address was asked for
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Unsafe(
                f"port {port} of 127.0.0.1 cannot be used ({error.strerror}): "
                "end the program that has it, or set PORT to another"
            ) from None


def check_folders(app: Flask) -> None:
    """Raises Unsafe when a folder or file that the programs write to is not theirs to write. Takes
    the right to read what an earlier version has written from everybody else."""
    data = Path(app.config["DATA"])
    places = [data, data / "photos", data / "exports"]
    url = db.engine.url
    if url.get_backend_name() == "sqlite" and url.database:
        file = Path(url.database)
        kept = [file, *(file.with_name(file.name + end) for end in ("-wal", "-shm", ".lock"))]
        places += [file.parent, *kept]
        for one in (*kept, data / "photos"):
            if one.exists() and one.stat().st_uid == os.geteuid():
                one.chmod(one.stat().st_mode & ~PRIVATE)
    for place in places:
        if place.exists() and not os.access(place, os.W_OK):
            raise _not_writable(place)
    static = Path(app.static_folder or "")
    if not assets.is_built(app) and not os.access(static, os.W_OK):
        raise Unsafe(
            f"{static} is not writable, and the bundles are old: run `flask prepare` there"
        )


def check_database(app: Flask) -> None:
    """Raises Unsafe when the database does not answer, or was migrated by a newer program. Closes
    its connections, since the programs are forked after this and must not share one."""
    url = db.engine.url
    if url.get_backend_name() == "sqlite" and not os.path.exists(url.database or ""):
        return  # looking would make an empty file
    try:
        with db.engine.connect() as connection:
            unknown = migrations.unknown(connection)
    except DBAPIError as error:
        if url.get_backend_name() == "sqlite" and not os.access(url.database or "", os.W_OK):
            raise _not_writable(url.database) from None
        raise Unsafe(f"the database does not answer: {_line(error.orig)}") from None
    finally:
        db.engine.dispose()
    if unknown:
        raise Unsafe(
            f"this database is of a newer SIPOKAT (migration {', '.join(unknown)}): install that "
            "version again, or restore the backup from before the update"
        )


def _not_writable(place: object) -> Unsafe:
    return Unsafe(f"{place} is not writable for this user (uid {os.geteuid()})")


def _line(error: object) -> str:
    return " ".join(str(error).split())[:300]
