"""Who was asked for a missing report in the demo city: by SIPOKAT itself on its days, and by some
lurah in the days before one of their RT did report. What came of it is counted from the demo's own
reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from sipokat.database import table
from sipokat.demo.heads import past_months
from sipokat.demo.play import Play
from sipokat.demo.sources import data, dice
from sipokat.domain.clock import WIB, day_of
from sipokat.domain.notices import nudge_news
from sipokat.domain.notices.audience import Holder
from sipokat.domain.nudges.rules import ANSWER, AUTO_FROM, NOTICE, PAUSE, RULES, WHATSAPP
from sipokat.domain.participation.facts import REKAP
from sipokat.domain.periods import CLOSING_DAY, month_of, months
from sipokat.domain.regions import at_desk, level_of, lies_in
from sipokat.models import KnownDevice, Nudge, User

MONTHS = 2  # that are over, and the one that runs
ASKING = 0.4  # of the other lurah


class Asking(NamedTuple):
    """That an RT was to be asked at that moment for that month; `lurah` is the code of the
    kelurahan whose lurah did, empty for SIPOKAT itself."""

    at: datetime
    code: str
    month: str
    lurah: str


def settle(session: Session, play: Play, moment: datetime) -> list[dict[str, Any]]:
    """Insert the nudges. Returns the rows of the notices that told them."""
    phones = set(session.scalars(select(KnownDevice.user_id)))
    first = _first_reports(play)
    rt = sorted(code for code in play.offices if level_of(code) == "rt")
    asked: dict[str, dict[str, Any]] = {}
    made: list[dict[str, Any]] = []
    for one in sorted({*_by_itself(rt, moment), *_by_lurah(rt, first, moment)}):
        silent = one.at < first.get((one.code, one.month), moment)
        last = asked.get(one.code)
        if not silent or (last and one.at < last["at"] + PAUSE):
            continue
        row = _row(one, play.offices, phones, last)
        if row:
            asked[one.code] = row
            made.append(row)
    session.execute(insert(table(Nudge)), made)
    holders = [Holder("rt_head", code, play.offices[code].id) for code in rt]
    there = {one.region: one for one in holders}
    return [
        told
        for row in made
        if row["way"] == NOTICE
        for told in nudge_news.rows_of(row, [there[row["region_code"]]])
    ]


def _first_reports(play: Play) -> dict[tuple[str, str], datetime]:
    """When the first report of each RT for each month came."""
    found: dict[tuple[str, str], datetime] = {}
    for story in play.stories.values():
        report = story.report
        if report.category != REKAP:
            key = (report.region_code, month_of(report.period, report.happened_on))
            found[key] = min(found.get(key, report.received_at), report.received_at)
    return found


def _by_itself(rt: list[str], moment: datetime) -> Iterator[Asking]:
    """SIPOKAT asks on its days for the month before."""
    for first in (moment.astimezone(WIB).date().replace(day=1), *past_months(day_of(moment))):
        for day in RULES["auto"]["days"]:
            on = first.replace(day=day)
            at = datetime.combine(on, AUTO_FROM, WIB)
            if at <= moment and (moment - at).days < 31 * MONTHS and day <= CLOSING_DAY:
                yield from (Asking(at, code, months(on)[1], "") for code in rt)


def _by_lurah(
    rt: list[str], first: Mapping[tuple[str, str], datetime], moment: datetime
) -> Iterator[Asking]:
    """In the kecamatan where more and more report, where the sign-in page has an account, and in
    some others, a lurah asks all who are silent a day or two before the first of them reports for
    the month that runs."""
    busy = {row["region"] for row in data("city")["accounts"] if row["role"] == "lurah"}
    rising = data("city")["rising"]["kecamatan"]
    for (code, month), came in sorted(first.items()):
        kelurahan = at_desk(code, "kelurahan")
        asks = kelurahan in busy or lies_in(kelurahan, rising)
        asks = asks or dice(f"asks {kelurahan}").random() < ASKING
        if level_of(code) != "rt" or not asks:
            continue
        chance = dice(f"nudge {code} {month}")
        day = day_of(came) - timedelta(days=chance.randint(1, 2))
        if day.day <= CLOSING_DAY or months(day)[0] != month or chance.random() < 0.1:
            continue
        at = datetime.combine(day, time(chance.randint(8, 15), chance.randint(0, 59)), WIB)
        if at <= moment and (moment - at).days < 31 * MONTHS:
            yield from (
                Asking(at, other, month, kelurahan) for other in rt if lies_in(other, kelurahan)
            )


def _row(
    one: Asking,
    offices: Mapping[str, User],
    phones: set[str],
    last: Mapping[str, Any] | None,
) -> dict[str, Any] | None:
    """The nudge; None where it could not be read. A lurah uses WhatsApp for who has no phone."""
    head = offices[one.code]
    has_phone = head.id in phones
    if not has_phone and not one.lurah:
        return None
    lurah = offices[one.lurah] if one.lurah else None
    return {
        "region_code": one.code,
        "number": last["number"] + 1 if last else 1,
        "month": one.month,
        "at": one.at,
        "until": one.at + ANSWER,
        "way": NOTICE if has_phone else WHATSAPP,
        "head_id": head.id,
        "by_id": lurah.id if lurah else None,
        "by_role": "lurah" if lurah else None,
        "by_region": one.lurah or None,
        "by_kind": "definitif" if lurah else None,
    }
