"""How long a spreadsheet of 528 RT heads takes: read, compared, applied and undone, on SQLite.

python -m bench.import_people
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["SIPOKAT_MODE"] = "test"

from sipokat import create_app
from sipokat.database import db, writing
from sipokat.delivery import sheets
from sipokat.domain import administration
from sipokat.domain.imports import applying, kept, undoing
from tests import people_file
from tests.cast import AGUS
from tests.services import database
from tests.services.sheets import xlsx
from tests.steps import user_of


def measured(what: str, deed: Callable[[], Any]) -> Any:
    """Do it, and print how long it took: on the clock, and of this process's processor time."""
    clock, cpu = time.monotonic(), time.process_time()
    done = deed()
    clock, cpu = time.monotonic() - clock, time.process_time() - cpu
    print(f"{what:10} {clock:6.2f} s   {cpu:6.2f} s of processor time")
    return done


def in_turns(one: Any, verb: Callable[..., Any], left: Callable[[Any], Any]) -> None:
    """Do it a part at a time, as the page does, and print how long the longest one took."""
    longest, going = 0.0, True
    while going:
        began = time.monotonic()
        with writing() as session:
            going = bool(left(verb(session, administration.diskominfo(user_of(AGUS)), one)))
        longest = max(longest, time.monotonic() - began)
    print(f"{'':10} {longest:6.2f} s for the longest part")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/sipokat.sqlite3"
        database.fill(url)
        app = create_app({"DATA": Path(folder), "SQLALCHEMY_DATABASE_URI": url})
        with app.app_context():
            data = xlsx([*people_file.titles(), *people_file.rows(db.session())])
            rows = measured("read", lambda: sheets.read(data))
            with writing() as session:
                one = measured("kept", lambda: kept.keep(session, user_of(AGUS), "rt.xlsx", rows))
            measured("compared", lambda: kept.verdicts(db.session(), one))
            measured("applied", lambda: in_turns(one, applying.apply, lambda done: done.left))
            print(f"{len(kept.applied(db.session(), one))} of {len(rows)} rows")
            measured("undone", lambda: in_turns(one, undoing.undo, lambda done: done[1]))
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
