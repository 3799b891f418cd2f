"""Applies rows of an import, by the same verbs as the pages of one person."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.domain import accounts, administration, people, term_checks, terms
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.imports import kept
from sipokat.domain.imports.cells import Wanted
from sipokat.domain.imports.verdicts import Change, Verdict, digest
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.models import AdministrativeEntry, ImportRow, PeopleImport, Region, User

NOT_AS_SEEN = (
    "Data di SIPOKAT berubah sejak halaman ini dibuka. Periksa sekali lagi, lalu terapkan."
)
ROWS_A_TURN = 40  # in one transaction: half a second on an idle machine, where they are undone
UNDONE = "Impor ini sudah dibatalkan. Pilih berkasnya sekali lagi."


@dataclass(frozen=True)
class Applied:
    """How many rows were applied, those that were refused after all, as (line, why), and the lines
    whose turn has not come; `seen` is the digest of their verdicts."""

    count: int
    refused: list[tuple[int, str]]
    left: list[int]
    seen: str


def apply(
    session: Session,
    by: By,
    one: PeopleImport,
    lines: Collection[int] | None = None,
    seen: str | None = None,
    most: int = ROWS_A_TURN,
    also: Collection[int] = (),
) -> Applied:
    """Apply the rows of these lines, or all that change something, `most` of them: whoever sends a
    report meanwhile must not wait for all. Done twice it changes nothing. Of all rows those that
    ask are left out, but for the lines in `also`.

    `seen` is the digest of the verdicts that the person has seen, of all rows or of the chosen ones
    alone. Raises NotNow when they are others by now or the import was undone, WrongContent where no
    row is chosen.
    """
    administration.take_turn(session)
    session.refresh(one)
    if one.undone_at is not None:
        raise NotNow(UNDONE)
    found = kept.verdicts(session, one)
    if lines is not None and not lines:
        raise WrongContent("Pilih barisnya dulu.", {"rows": "Pilih barisnya dulu."})
    if lines is None:
        lines = {row.line for row in found if not row.asks} | set(also)
    chosen = [row for row in found if row.applies and row.line in lines]
    if chosen and seen and seen not in (digest(found), digest(chosen)):
        raise NotNow(NOT_AS_SEEN)
    # The session forgets what nobody holds, and would ask for the kelurahan of each row anew.
    held = session.scalars(select(Region)).all() if chosen else ()
    codes = {region.code for region in held}
    chosen, left = chosen[:most], chosen[most:]
    done: list[tuple[int, User, Sequence[Change]]] = []
    refused: list[tuple[int, str]] = []
    for verdict in chosen:
        try:
            with session.begin_nested():
                user, changes = _apply(session, by, verdict)
            done.append((verdict.line, user, [*_added(verdict, codes), *changes]))
        except (NotNow, WrongContent) as refusal:
            refused.append((verdict.line, refusal.message))
    del held
    if done:
        one.applied_at = now()
        _note(session, one, done)
    return Applied(len(done), refused, [row.line for row in left], digest(left))


def _added(verdict: Verdict, codes: Collection[str]) -> list[Change]:
    """That the row has brought its RT along, where none of these codes is its own."""
    wanted = verdict.wanted
    assert wanted is not None
    return [] if wanted.region in codes else [Change("region", "", wanted.region)]


def _apply(session: Session, by: By, verdict: Verdict) -> tuple[User, Sequence[Change]]:
    """Whose account was changed, and what in it."""
    wanted = verdict.wanted
    assert wanted is not None
    if verdict.user_id is None:
        user = accounts.create(
            session,
            by,
            wanted.phone,
            wanted.name,
            wanted.role,
            wanted.region,
            people.NO_PASSWORD,
            wanted.since,
            wanted.title,
        )
        return user, (Change("account", "", verdict.office),)
    user = session.get_one(User, verdict.user_id)
    for change in verdict.changes:
        _change(session, by, user, change, wanted)
    return user, verdict.changes


def _change(session: Session, by: By, user: User, change: Change, wanted: Wanted) -> None:
    if change.field == "name":
        accounts.change_name(session, by, user, wanted.name)
    elif change.field == "phone":
        accounts.change_phone(session, by, user, wanted.phone)
    elif change.field == "account":
        accounts.enable(session, by, user)
    else:
        term_checks.require_another(by, user)
        since = wanted.since or day_of(now())
        terms.begin(session, by, user, wanted.role, wanted.region, since, seat=wanted.title)


def _note(
    session: Session, one: PeopleImport, done: Sequence[tuple[int, User, Sequence[Change]]]
) -> None:
    """Write what was changed to the rows, and drop their cells."""
    last = dict(
        session.execute(
            select(AdministrativeEntry.subject_id, func.max(AdministrativeEntry.id))
            .where(AdministrativeEntry.subject_id.in_([user.id for _line, user, _ in done]))
            .group_by(AdministrativeEntry.subject_id)
        ).all()
    )
    rows = table(ImportRow)
    session.execute(
        update(rows)
        .where(rows.c.import_id == one.id, rows.c.line == bindparam("its_line"))
        .values(cells=None),
        [
            {
                "its_line": line,
                "user_id": user.id,
                "changes": json.dumps([asdict(change) for change in changes], ensure_ascii=False),
                "entry_id": last[user.id],
            }
            for line, user, changes in done
        ],
    )
