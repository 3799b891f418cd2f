"""A spreadsheet that Diskominfo of the demo city has loaded and not applied yet."""

from __future__ import annotations

from sqlalchemy.orm import Session

from sipokat.demo.sources import data
from sipokat.domain import handouts, people
from sipokat.domain.imports import kept


def load(session: Session) -> None:
    """The RT heads of one kelurahan as they are, but for the rows that `city.toml` writes in their
    place or below them."""
    given = data("city")["import"]
    agus = people.find_by_phone(session, given["by"])
    assert agus is not None
    written: dict[str, list[str]] = {}
    for one in handouts.recipients(session, given["kelurahan"]):
        if one.role == "rt_head":
            number = one.region.rpartition(".")[2]
            written[number] = [one.person.name, given["called"], number, one.person.phone]
    for number, (name, phone) in given["instead"].items():
        kept_name, called, _, kept_phone = written.get(number, ["", given["called"], "", ""])
        name = kept_name + name if name.startswith(",") else name or kept_name
        written[number] = [name, called, number, phone or kept_phone]
    people_rows = [cells for _number, cells in sorted(written.items())] + given["more"]
    rows = [given["heads"], *people_rows]
    kept.keep(session, agus, given["file"], list(enumerate(rows, 1)))
