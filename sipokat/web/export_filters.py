"""What a table to be taken out is narrowed to, by the names of its page's address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

from sipokat.domain.clock import day_of, now
from sipokat.domain.exports.kinds import KINDS
from sipokat.domain.participation.lists import WHICH
from sipokat.domain.participation.names import TITLES
from sipokat.domain.refusals import UNKNOWN_CHOICE, Malformed
from sipokat.domain.regions import level_of
from sipokat.domain.visibility import require_reader
from sipokat.web import decisions, list_filters
from sipokat.web.access import me
from sipokat.web.monitoring import chosen_month, find_region
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


def _place(typed: Typed) -> tuple[str, str, str]:
    """The region, the month, and both in words."""
    require_reader(me())
    code = typed.get("code", "")
    names = find_region(code)
    _, month = chosen_month(day_of(now()), said=typed.get("periode", ""))
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


_READERS: dict[str, Callable[[Typed], Read]] = {
    "laporan": _reports,
    "pemantauan": _monitoring,
    "rt": _rt,
    "keputusan": _decisions,
}
