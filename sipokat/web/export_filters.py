"""What a table to be taken out is narrowed to, by the names of its page's address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

from sipokat.database import db
from sipokat.domain import appointers, directory
from sipokat.domain.clock import day_of, now
from sipokat.domain.exports.kinds import KINDS
from sipokat.domain.nudges.rules import asked_month
from sipokat.domain.participation.lists import WHICH
from sipokat.domain.participation.names import TITLES
from sipokat.domain.people_list import Filter, regions_of
from sipokat.domain.refusals import UNKNOWN_CHOICE, Malformed, NotFound
from sipokat.domain.regions import level_of, names_of
from sipokat.domain.visibility import NO_REGION, require_reader
from sipokat.web import decisions, list_filters
from sipokat.web.access import me
from sipokat.web.administration import people_list
from sipokat.web.monitoring import chosen_month, find_region
from sipokat.web.nudges import LISTS
from sipokat.web.present import decisions as present
from sipokat.web.present import times
from sipokat.web.present.regions import region_words

Typed = Mapping[str, str]
Read = tuple[dict[str, str], str]  # the filters, and the same in words


def read(what: str, typed: Typed) -> Read:
    """The filters of this kind of table. Raises Malformed for what no page of ours asks, NotFound
    for a region out of sight, NeverAllowed for who never reads reports."""
    if what not in KINDS:
        raise Malformed(UNKNOWN_CHOICE)
    filters, said = _READERS[what](typed)
    return {name: value for name, value in filters.items() if value}, said


def _reports(typed: Typed) -> Read:
    require_reader(me())
    wanted = list_filters.read(typed)
    return asdict(wanted), list_filters.said(wanted, list_filters.choices())


def _place(typed: Typed, usual: str = "") -> tuple[str, str, str]:
    """The region, the month, by default the `usual` one of its page, and both in words."""
    require_reader(me())
    code = typed.get("code", "")
    names = find_region(code)
    _, month = chosen_month(day_of(now()), usual, said=typed.get("periode", ""))
    return code, month, f"{region_words(code, names)}, {times.month(month)}"


def _monitoring(typed: Typed) -> Read:
    code, month, said = _place(typed)
    if level_of(code) == "rt":
        raise Malformed(UNKNOWN_CHOICE)
    return {"code": code, "month": month}, said


def _rt(typed: Typed) -> Read:
    code, month, said = _place(typed)
    which = typed.get("keadaan", "semua")
    if which not in WHICH:
        raise Malformed(UNKNOWN_CHOICE)
    return {"code": code, "month": month, "which": which}, f"{said}: {TITLES[which]}"


def _decisions(typed: Typed) -> Read:
    code, month, said = _place(typed)
    asked = decisions.read_asked(code, month, typed)
    filters = {"code": code, "month": month, "desk": asked.desk, "which": asked.which}
    filters |= {"reason": asked.reason, "span": str(asked.span)}
    return filters, f"{present.span(asked)}{said}: {present.said(asked)}"


def _silent(typed: Typed) -> Read:
    code, month, said = _place(typed, asked_month(day_of(now())))
    which = typed.get("keadaan", "belum")
    if which not in LISTS:
        raise Malformed(UNKNOWN_CHOICE)
    return {"code": code, "month": month, "which": which}, f"{said}: {TITLES[which]}"


def _reported(typed: Typed) -> Read:
    code, month, said = _place(typed)
    return {"code": code, "month": month}, f"{said} dan sebelas bulan sebelumnya"


def _people(typed: Typed) -> Read:
    directory.looking_after(me())
    wanted = Filter(**{name: typed.get(name, "") for name in ("region", "role", "state")})
    people_list.require_known(wanted)
    regions = dict(regions_of(db.session(), me(), whole=True))
    return asdict(wanted), people_list.chosen(wanted, regions).removeprefix(", ")


def _posts(typed: Typed) -> Read:
    asked = typed.get("di", "")
    if not asked:
        return {}, "Tepat di bawah jabatan Anda"
    appointers.require_scope(me(), asked)
    names = names_of(db.session(), [asked])
    if asked not in names:
        raise NotFound(NO_REGION)
    return {"di": asked}, region_words(asked, names)


_READERS: dict[str, Callable[[Typed], Read]] = {
    "laporan": _reports,
    "pemantauan": _monitoring,
    "rt": _rt,
    "belum-melapor": _silent,
    "isi": _reported,
    "keputusan": _decisions,
    "orang": _people,
    "jabatan": _posts,
}
