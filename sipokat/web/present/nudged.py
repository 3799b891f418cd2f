"""What became of asking RT for their report, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from flask import current_app

from sipokat.database import db
from sipokat.domain.clock import now
from sipokat.domain.nudges.asking import Outcome, may_open, office_over
from sipokat.domain.nudges.outcomes import Result
from sipokat.domain.nudges.rules import ANSWER
from sipokat.domain.participation.closing import closed_on
from sipokat.domain.titles import title
from sipokat.web.access import me
from sipokat.web.present import times
from sipokat.web.present.monitoring import address
from sipokat.web.present.nudges import FOLDED, asked_json, by_words, iso, left_words, refusal_words
from sipokat.web.present.origin import address as site
from sipokat.web.present.people import called
from sipokat.web.present.regions import region_words


def message(one: Outcome, names: dict[str, str]) -> dict[str, str]:
    """The message that WhatsApp opens with. In the demo city, whose numbers are made up, it is only
    shown."""
    head, office = one.facts.head, office_over(me(), one.facts.code)
    assert head is not None
    assert office is not None
    signed = title(db.session(), office.role.key, office.region, office.kind, office.title)
    where = region_words(one.facts.code, names).replace(", ", " ")
    closing = times.date_words(closed_on(one.month) - timedelta(days=1))
    name = called(head.person.name)
    text = (
        f"Yth. {name}, laporan {times.month(one.month)} dari {where} belum ada di SIPOKAT. "
        f"Mohon dikirim paling lambat {closing}. Kalau tidak ada kejadian, cukup ketuk "
        f"“Lapor nihil”.\n\n{site('/beranda')}\n\nTerima kasih. {me().name}, {signed}"
    )
    href = f"https://wa.me/{head.person.phone.removeprefix('+')}?text={quote(text, safe='')}"
    demo = current_app.config["MODE"] == "demo"
    return {"name": name, "where": where, "text": text, "href": "" if demo else href}


def told(done: Sequence[Outcome], names: dict[str, str]) -> str:
    """What became of it, in a line: `7 RT diingatkan. Tidak ikut: 2 baru diingatkan.`"""
    sent = [one for one in done if one.why is None]
    left = Counter(one.why for one in done if one.why)
    if len(done) == 1:
        where = region_words(done[0].facts.code, names)
        if sent:
            return f"{where}: pemberitahuan dikirim."
        return f"{where} tidak diingatkan. {refusal_words(done[0].why or '', done[0].facts)}"
    said = f"{len(sent)} RT diingatkan." if sent else "Belum ada yang diingatkan."
    return f"{said} Tidak ikut: {left_words(left)}." if left else said


def outcome_json(one: Outcome, names: dict[str, str], way: str) -> dict[str, Any]:
    """A row of the answer. One that was not asked says why."""
    row: dict[str, Any] = {"region": one.facts.code, "status": 200 if one.why is None else 409}
    if one.facts.asked:
        row["last"] = asked_json(one.facts.asked, names)
    if one.why:
        row |= {"error": one.why, "message": refusal_words(one.why, one.facts)}
    if may_open(one.facts, one.why, me(), way):
        opened = message(one, names)
        row |= {"whatsapp": opened["href"] or None, "text": opened["text"]}
    return row | {"period": one.month}


def results_page(
    found: Sequence[Result], shown: Sequence[Result], names: dict[str, str]
) -> dict[str, Any]:
    """The page of what came of nudges, by kelurahan."""
    groups: dict[str, list[Result]] = {}
    for one in shown:
        groups.setdefault(one.code.rpartition(".")[0], []).append(one)
    return {
        "asked_count": len(found),
        "answered_count": sum(one.answered is not None for one in found),
        "days": ANSWER.days,
        "folded": len(shown) > FOLDED and len(groups) > 1,
        "groups": [
            (names.get(code, code), [_result(one, names) for one in those])
            for code, those in groups.items()
        ],
    }


def _result(one: Result, names: dict[str, str]) -> dict[str, Any]:
    return {
        "code": one.code,
        "where": region_words(one.code, names),
        "asked": [f"{times.moment(a.at)} oleh {by_words(a, names)}" for a in one.asked],
        "answered": times.moment(one.answered) if one.answered else "",
        "open": one.answered is None and now() < one.asked[-1].at + ANSWER,
    }


def result_json(one: Result, names: dict[str, str]) -> dict[str, Any]:
    """An RT that was asked, on the wire."""
    return {
        "region": one.code,
        "name": names.get(one.code, one.code),
        "nudges": [asked_json(asked, names) for asked in one.asked],
        "answered_at": iso(one.answered),
    }


def figures(found: Sequence[Result], code: str, month: str) -> list[dict[str, Any]]:
    """How many RT were asked for the month's report and how many sent it soon, each with its list.
    Nothing where nobody was."""
    answered = sum(one.answered is not None for one in found)
    url = address(code, month).replace("?", "/pengingat?")
    soon = f"melapor dalam {ANSWER.days} hari sesudahnya"
    asked = {"value": times.figure(len(found)), "label": "RT diingatkan", "href": url}
    sent = {"value": times.figure(answered), "label": soon, "always": True}
    if answered:
        sent["href"] = f"{url}&hasil=melapor"
    return [asked, sent] if found else []
