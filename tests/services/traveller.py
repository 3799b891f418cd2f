"""Runs one of Flask's commands in a process for which it is another time.

    python -m tests.services.traveller 2026-11-24T07:31:00+07:00 [pipe] worker

With a pipe the process stops whenever it has inserted notices and not committed them: until another
process has opened the pipe for writing and closed it again.
"""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

import time_machine
from flask.cli import FlaskGroup

from sipokat.domain.notices import rows


def stop_at(pipe: str) -> None:
    add = rows.add

    def add_and_stop(*given: Any) -> None:
        add(*given)
        with open(pipe) as end:
            end.read()

    rows.add = add_and_stop


def main(at: str, pipe: str, *command: str) -> None:
    if pipe:
        stop_at(pipe)
    with time_machine.travel(datetime.fromisoformat(at)):
        FlaskGroup().main(["--app", "wsgi", *command])


if __name__ == "__main__":
    main(*sys.argv[1:])
