"""Forgets the rows of spreadsheets that nobody has applied, as the worker tidies up."""

from __future__ import annotations

from sipokat.database import db, writing
from sipokat.domain.imports import kept


class OldImports:
    """A kind without jobs of its own: nothing waits, and once a minute it looks for old rows."""

    def claim(self, worker: str) -> None:
        """There is never a job."""

    def do(self, job: int, worker: str) -> None:
        """There is never a job."""

    def tidy(self) -> None:
        """Drop the rows that were not applied in a week."""
        if kept.old_ones(db.session()):
            with writing() as session:
                kept.forget_old(session)
