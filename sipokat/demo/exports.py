"""What people of the demo city have asked for as files: the worker makes them once it starts."""

from __future__ import annotations

from sqlalchemy.orm import Session

from sipokat.demo.sources import data
from sipokat.domain import people
from sipokat.domain.exports import asking


def ask(session: Session) -> None:
    """Everything that `city.toml` lists."""
    for one in data("city")["exports"]:
        user = people.find_by_phone(session, one["by"])
        assert user is not None
        asking.ask(session, user, one["what"], one["format"], one["filters"], one["said"], 3)
