"""The home page of each role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from sipokat.database import db
from sipokat.domain import accounts, events, lateness, listing, participation, queue
from sipokat.domain.answers import Answer, answers_to, rejections
from sipokat.domain.clock import day_of, now
from sipokat.domain.listed import Listed
from sipokat.domain.notices import digest
from sipokat.domain.offices import (
    Office,
    held,
    main_role,
    one_kelurahan,
    regions_of,
    roles_filed_in,
    roles_of,
)
from sipokat.domain.regions import names_of
from sipokat.domain.roles import DESK_WORDS, ROLES
from sipokat.models import Report
from sipokat.web import present
from sipokat.web.access import ANYONE, EVERYBODY, allow, me
from sipokat.web.monitoring import own_address
from sipokat.web.notices import note_opened
from sipokat.web.present import deputies, posts_below, states, times
from sipokat.web.present.former import former
from sipokat.web.present.letters import numberless
from sipokat.web.present.posts import ending_words
from sipokat.web.present.regions import region_words
from sipokat.web.present.standing import standing_words
from sipokat.web.respond import see_other

pages = Blueprint("home", __name__)

LAST_OWN = 3  # reports of an official's own that home shows


@pages.get("/")
@allow(ANYONE)
def root() -> ResponseReturnValue:
    """The bare address redirects to the home page."""
    return see_other("/beranda")


@pages.get("/beranda")
@allow(*EVERYBODY)
def show() -> ResponseReturnValue:
    """The home page for this person's roles."""
    roles = [ROLES[key] for key in roles_of(me())]
    if not held(me()) and not any(role.reports or role.decides for role in roles):
        filed = bool(roles_filed_in(me()))
        return render_template("home/former.html", greeting=times.greeting(me().name), filed=filed)
    if any(role.decides or role.reports for role in roles):
        note_opened("/beranda")
    if any(role.decides for role in roles):
        return render_template("home/official.html", **_official())
    if any(role.reports for role in roles):
        return render_template("home/rt_head.html", **_rt_head())
    if any(role.oversees for role in roles):
        return render_template("home/asisten.html", **_asisten())
    if any(role.reads_reports for role in roles):
        return render_template("home/viewer.html", **_viewer())
    return render_template("home/diskominfo.html", **_accounts())


def _role_words() -> str:
    """`Lurah Petanang Ulu`; with the offices of every role that the person acts in."""
    names = names_of(db.session(), regions_of(me()))
    places: dict[str, list[str]] = {}
    for office in held(me()):
        city = office.role.level == "kota"
        places.setdefault(_title(office), []).append(
            "" if city else region_words(office.region, names)
        )
    words = (f"{title} {' dan '.join(filter(None, where))}" for title, where in places.items())
    return ", ".join(map(str.strip, words)) or main_role(me()).label


def _title(office: Office) -> str:
    """`Plh. Lurah`, before the name of the region. The name of an RT begins with `RT` already."""
    return office.label.removesuffix(" RT") if office.role.level == "rt" else office.label


def _offices() -> list[str]:
    codes = regions_of(me())
    names = names_of(db.session(), codes)
    return [region_words(code, names) for code in codes]


def _rt_head() -> dict[str, Any]:
    session, today = db.session(), day_of(now())
    offices = [office for office in held(me()) if office.desk == "rt"]
    regions = [office.region for office in offices]
    standing = [participation.reported(session, region, today) for region in regions]
    nihil = standing[0].missing(today) if len(regions) == 1 else None
    rejected = rejections(session, me())
    answers = answers_to(session, me(), rejected)
    last, _ = listing.list_reports(session, me(), listing.Filter())
    returned = listing.own_desk(session, me())
    mending = {one.id for one in returned}
    about = [answer.report for answer in (*answers, *rejected)]
    names = names_of(session, [*regions, *codes_of(last, returned, about)])
    return {
        "greeting": times.greeting(me().name),
        "offices": [f"{_title(one)} {region_words(one.region, names)}" for one in offices],
        "monitoring_url": own_address(),
        "ending": [ending_words(one) for one in posts_below.ending(me())],
        "former": former(me()),
        "nihil": nihil,
        "standing": [
            standing_words(one, region_words(region, names) if len(regions) > 1 else "", today)
            for region, one in zip(regions, standing, strict=True)
        ],
        "today": today.isoformat(),
        "region": regions[0] if len(regions) == 1 else "",
        "returned": present.cards(returned, me()),
        "rejected": _answers(rejected),
        "answers": _answers(answers),
        "last": present.rows([one for one in last if one.id not in mending][:5]),
    }


def _answers(answers: list[Answer]) -> list[dict[str, Any]]:
    rows = present.rows([answer.report for answer in answers])
    return [
        {
            "report": row,
            "note": event.note,
            "what": states.what_happened(event.action, event.actor_desk, event.to_desk),
            "who": event.actor.name,
            "reason": states.reason(event, row.report.author_desk),
            "advice": states.advice(event, row.report.author_desk),
            "other": {"number": other} if (other := events.other_of(event)) else None,
            "tone": "late" if event.action == "reject" else "",
            "when": times.ago(event.at),
        }
        for row, event in zip(rows, (answer.event for answer in answers), strict=True)
    ]


def _official() -> dict[str, Any]:
    session, today = db.session(), day_of(now())
    summary = queue.summary(session, me())
    own, filed = listing.own_reports(session, me(), LAST_OWN)
    waiting = queue.desk_queue(session, me())
    mending = {one.id for one in own}
    oldest = [one for one in waiting if one.id not in mending][:5]
    urgent = queue.urgent(session, me())
    below = posts_below.below_me(me(), *regions_of(me()), *codes_of(own, filed, oldest, urgent))
    heads = [office.region for office in held(me()) if office.desk == "rt"]
    names = names_of(session, heads)
    return {
        "greeting": times.greeting(me().name),
        "offices": _offices(),
        "monitoring_url": own_address(),
        "role_words": _role_words(),
        "one_office": one_kelurahan(me()),
        "looks_after": any(office.role.activates for office in held(me())),
        "former": former(me()),
        "may_report": any(office.role.reports for office in held(me())),
        # Of the RT that they head too.
        "standing": [
            standing_words(
                participation.reported(session, code, today), region_words(code, names), today
            )
            for code in heads
        ],
        "summary": summary,
        "lying": digest.sentence(
            digest.Figures(summary.waiting, summary.due, summary.late), today, today
        ),
        "urgent": present.rows(urgent),
        "oldest": present.rows(oldest),
        "own": present.cards(own, me()),
        "filed": present.rows(filed),
        "below": below,
        "rejected": _answers(rejections(session, me())),
        **_vacant_words(below["levels"]),
    }


def _vacant_words(levels: set[str]) -> dict[str, str]:
    """What the vacant offices are called, and what to do. `levels` are those of their regions."""
    if levels == {"rt"}:
        return {
            "vacant_title": "Ketua RT kosong",
            "vacant_advice": "Dari RT ini belum ada yang bisa melapor. Ketuk untuk mengisinya.",
        }
    office = DESK_WORDS[next(iter(levels))] if len(levels) == 1 else ""
    return {
        "vacant_title": f"Jabatan {office} kosong" if office else "Jabatan kosong",
        "vacant_advice": "Laporan di meja ini belum bisa diperiksa. Ketuk untuk menunjuk Plt.",
    }


def _asisten() -> dict[str, Any]:
    session = db.session()
    late, count = lateness.longest_late(session, me(), now())
    urgent = queue.urgent(session, me())
    names_of(session, [*regions_of(me()), *codes_of(late, urgent)])
    return {
        "greeting": times.greeting(me().name),
        "role_words": _role_words(),
        "late": present.rows(late),
        "late_count": count,
        "urgent": present.rows(urgent),
        **_city_figures(),
    }


def _viewer() -> dict[str, Any]:
    session = db.session()
    last, _ = listing.list_reports(session, me(), listing.Filter())
    urgent = queue.urgent(session, me())
    names_of(session, [*regions_of(me()), *codes_of(last, urgent)])
    return {
        "greeting": times.greeting(me().name),
        "offices": _offices(),
        "urgent": present.rows(urgent),
        "last": present.rows(last[:5]),
        **_city_figures(),
    }


def _city_figures() -> dict[str, Any]:
    session = db.session()
    figures = queue.city_figures(session, me())
    return {
        "total": sum(figures.values()),
        "on_desk": figures,
        "verified": figures.get("verified", 0),
        "rejected": figures.get("rejected", 0),
        "recorded": queue.recorded(session, me()),
        "withdrawn": figures.get("withdrawn", 0),
    }


def codes_of(*found: Sequence[Report | Listed]) -> list[str]:
    """The regions of all these reports, so that their names are read in one statement."""
    return [report.region_code for reports in found for report in reports]


def _accounts() -> dict[str, Any]:
    """Accounts by role and who must be named; nothing of what reports say."""
    counts = accounts.count_by_role(db.session())
    return {
        "greeting": times.greeting(me().name),
        "barred": deputies.barred_below(me()),
        "numberless": numberless(me()),
        "counts": [(role.label, counts.get(key, 0)) for key, role in ROLES.items()],
    }
