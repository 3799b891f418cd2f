"""An RT is added, split, merged, moved, renamed or dissolved with effect from a day.

What was reported stays with the RT of its time: no report is given another region, and nobody reads
more of what was there by a change. Each verb writes an entry about every region that it touches.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from sipokat.domain import administration, endings, offices, regions, terms
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.domain.term_checks import BACK
from sipokat.domain.term_days import not_over_by
from sipokat.domain.texts import written
from sipokat.models import AdministrativeEntry, Region, RegionName, RegionSuccessor, Report, Term

DAY = timedelta(days=1)
NAME_MAX = 80
UNUSED = ("add_region", "withdraw_region")  # the entries of an RT that nobody has used


def add(session: Session, by: By, code: str, since: date) -> Region:
    """A new RT, there from `since` on. Raises WrongContent on `code` for what is no code of an RT
    in a known kelurahan, or one that was given before: a code is never given twice."""
    administration.take_turn(session)
    region = _new(session, code, since)
    administration.record(session, by, region, "add_region", became=_facts(region))
    return region


def withdraw(session: Session, by: By, codes: Collection[str]) -> list[str]:
    """Take back those of these RT that nobody has used, as when an import is undone that had added
    them: their rows are deleted and their numbers are free again; what they were stays in their
    entries. What holds somebody's term or a report, or was changed since, stays. Returns the codes
    of those that are gone."""
    administration.take_turn(session)
    query = select(Region).where(Region.code.in_(codes), Region.level == "rt", ~or_(*_uses()))
    gone = session.scalars(query.order_by(Region.code)).all()
    for region in gone:
        administration.record(session, by, region, "withdraw_region", _facts(region))
        session.delete(region)
    session.flush()
    regions.forget(session)
    return [region.code for region in gone]


def _uses() -> list[ColumnElement[bool]]:
    """The conditions for a region that something refers to, but the entry that it was added."""
    code, entry = Region.code, AdministrativeEntry
    columns = (
        Term.region_code,
        Report.region_code,
        RegionName.region_code,
        RegionSuccessor.region_code,
        RegionSuccessor.successor_code,
    )
    changed = exists().where(entry.region_code == code, entry.action.not_in(UNUSED))
    return [*(exists().where(column == code) for column in columns), changed]


def dissolve(session: Session, by: By, code: str, last: date) -> Region:
    """End an RT that nothing succeeds; `last` is its last day. The offices in it end with it."""
    administration.take_turn(session)
    region = _running(session, code, last + DAY)
    _end(session, by, region, last)
    return region


def split(session: Session, by: By, code: str, into: Sequence[str], since: date) -> list[Region]:
    """Split an RT into several from `since` on. If `into` names the RT itself, it goes on as one of
    the parts, with its head; else it ends the day before. Returns the new ones.

    The heads of new parts read nothing of what was reported before.
    """
    administration.take_turn(session)
    region = _running(session, code, since)
    new = [one for one in dict.fromkeys(into) if one != code]
    if len(set(into)) < 2:
        raise _wrong("into", "Tulis paling sedikit dua RT hasil pemekaran.")
    _require_rt(region)
    made = [_new(session, one, since, "into") for one in new]
    for one in made:
        _succeed(session, region, one)
        became = _facts(one) | {"from": [code]}
        administration.record(session, by, one, "add_region", became=became)
    if code not in into:
        _end(session, by, region, since - DAY)
    return made


def merge(session: Session, by: By, codes: Sequence[str], into: str, since: date) -> Region:
    """Merge several RT into one from `since` on: into one of them, which goes on with its head, or
    into a new one. The others end the day before."""
    administration.take_turn(session)
    wanted = list(dict.fromkeys(codes))
    if len(wanted) < 2:
        raise _wrong("codes", "Tulis paling sedikit dua RT yang digabung.")
    parts = [_running(session, code, since) for code in wanted]
    for part in parts:
        _require_rt(part)
    whole = next((one for one in parts if one.code == into), None)
    if whole is None:
        whole = _new(session, into, since, "into")
        became = _facts(whole) | {"from": wanted}
        administration.record(session, by, whole, "add_region", became=became)
    ending = [part for part in parts if part is not whole]
    for part in ending:
        _require_no_end(part)
    for part in ending:
        _succeed(session, part, whole)
        _end(session, by, part, since - DAY)
    return whole


def move(session: Session, by: By, code: str, to: str, since: date) -> Region:
    """Give an RT another code from `since` on, as when it comes to another kelurahan or gets
    another number. Its head goes on in the new one."""
    administration.take_turn(session)
    region = _running(session, code, since)
    new = _new(session, to, since, "into")
    _succeed(session, region, new)
    became = _facts(new) | {"from": [code]}
    administration.record(session, by, new, "add_region", became=became)
    heads = [(one.user, one.until) for one in _terms_from(session, code, since) if _is_head(one)]
    _end(session, by, region, since - DAY)
    for user, until in heads:
        terms.begin(session, by, user, "rt_head", to, since, until)
    return new


def rename(session: Session, by: By, code: str, name: str, since: date) -> None:
    """Give a region another name from `since` on. Until that day it keeps the former one. Raises
    WrongContent on `name`, and NotNow for the name that it has on that day already."""
    name = " ".join(name.split())
    if not name:
        raise _wrong("name", "Isi nama wilayahnya.")
    if len(name) > NAME_MAX:
        raise _wrong("name", f"Nama paling banyak {NAME_MAX} huruf.")
    administration.take_turn(session)
    region = _running(session, code, since)
    was = regions.names_on(session, [code], since)[code]
    if was == name:
        raise NotNow(f"Nama wilayah itu sudah {name}.")
    session.merge(RegionName(region_code=code, since=since, name=name))
    session.flush()
    regions.forget(session)
    became = {"name": name, "since": since.isoformat()}
    administration.record(session, by, region, "rename_region", {"name": was}, became)


def unmended(session: Session, code: str) -> int:
    """How many reports lie on the desk of this RT, to be mended: after its last day that is for the
    kelurahan (`domain/ended_rt.py`)."""
    lying = select(func.count()).select_from(Report).where(Report.desk_code == code)
    return session.scalar(lying) or 0


def successors(session: Session, code: str) -> list[str]:
    """The codes of what this region, or a part of it, became."""
    query = select(RegionSuccessor.successor_code).where(RegionSuccessor.region_code == code)
    return list(session.scalars(query.order_by(RegionSuccessor.successor_code)))


def _new(session: Session, code: str, since: date, field: str = "code") -> Region:
    """A new RT with this code. Raises WrongContent on `field`."""
    if (there := session.get(Region, code)) is not None:
        raise _wrong(field, f"{there.official_name} sudah pernah dipakai. Pilih nomor yang lain.")
    try:
        region = regions.rt_of(code)
    except ValueError:
        raise _wrong(field, f"{code} bukan kode RT. Contoh: 16.73.04.1009.012.") from None
    parent = session.get(Region, region.parent_code)
    if parent is None or not regions.exists_on(parent, since):
        raise _wrong(field, f"Kelurahan {region.parent_code} tidak ada.")
    region.since = since
    session.add(region)
    session.flush()
    return region


def _running(session: Session, code: str, on: date) -> Region:
    """The RT or other region that is there on this day and on the day before. Raises WrongContent
    on `code` or `since`."""
    region = session.get(Region, code, populate_existing=True)
    if region is None:
        raise _wrong("code", f"{_called(code)} tidak ada.")
    name = regions.names_of(session, [code])[code]
    if region.until is not None and region.until < on:
        raise _wrong("since", f"{name} hanya ada sampai {written(region.until)}.")
    if region.since is not None and region.since >= on:
        raise _wrong("since", f"{name} baru ada mulai {written(region.since)}.")
    if on < day_of(now()) - BACK:
        raise _wrong("since", f"Hari mulainya paling lama {BACK.days} hari yang lalu.")
    return region


def _called(code: str) -> str:
    """What is said of a code that no region has."""
    try:
        return regions.rt_of(code).name
    except ValueError:
        return f"Wilayah {code}"


def _end(session: Session, by: By, region: Region, last: date) -> None:
    """End the region, and first the offices in it. Raises WrongContent for what is no RT."""
    _require_rt(region)
    _require_no_end(region)
    for term in _terms_from(session, region.code, last + DAY):
        endings.cut_short(session, by, term, last)
    region.until = last
    session.flush()
    regions.forget(session)
    became = _facts(region) | {"into": successors(session, region.code)}
    administration.record(session, by, region, "end_region", _facts(region, until=None), became)


def _require_no_end(region: Region) -> None:
    """Raises NotNow for one that ends on a day that is set already."""
    if region.until is not None:
        raise NotNow(f"{region.name} memang berakhir pada {written(region.until)}.")


def _require_rt(region: Region) -> None:
    if region.level != "rt":
        raise _wrong("code", f"{region.name} bukan RT. Yang diubah di sini hanya RT.")


def _terms_from(session: Session, code: str, day: date) -> list[Term]:
    """The offices in this region that run on `day` or later, holders first."""
    query = select(Term).where(Term.region_code == code, not_over_by(day))
    return sorted(session.scalars(query), key=lambda term: (not _is_head(term), term.since))


def _is_head(term: Term) -> bool:
    return term.kind == offices.HOLDER and term.title is None


def _succeed(session: Session, region: Region, by: Region) -> None:
    session.add(RegionSuccessor(region_code=region.code, successor_code=by.code))
    session.flush()


_SAME = object()


def _facts(region: Region, until: object = _SAME) -> dict[str, object]:
    """The region as an entry of the administrative record keeps it."""
    last = region.until if until is _SAME else None
    found: dict[str, object] = {"region": region.code, "name": region.name}
    if region.since:
        found["since"] = region.since.isoformat()
    if last:
        found["until"] = last.isoformat()
    return found


def _wrong(field: str, sentence: str) -> WrongContent:
    return WrongContent(sentence, {field: sentence})
