"""What an office, and whoever holds it, is called."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from sipokat.domain import offices
from sipokat.domain.regions import names_of
from sipokat.domain.roles import ROLES
from sipokat.models import Term


def title(
    session: Session, role: str, region_code: str, kind: str | None = None, seat: str | None = None
) -> str:
    """The office in words: `Ketua RT 001 Petanang Ulu`, `Plh. Lurah Petanang Ulu`, `Diskominfo`."""
    return title_with(names_of(session, [region_code]), role, region_code, kind, seat)


def title_with(
    names: Mapping[str, str],
    role: str,
    region_code: str,
    kind: str | None = None,
    seat: str | None = None,
) -> str:
    """The same with `names` in hand, those of `regions.names_of`."""
    name, parent = names.get(region_code, region_code), region_code.rpartition(".")[0]
    label = offices.label_of(role, kind, seat)
    if role == "rt_head":
        return f"{label.removesuffix(' RT')} {name} {names.get(parent, '')}".strip()
    return label if ROLES[role].level == "kota" else f"{label} {name}"


def title_of(session: Session, term: Term) -> str:
    """What the person is called in this term, in the same words."""
    return title(session, term.role, term.region_code, term.kind, term.title)
