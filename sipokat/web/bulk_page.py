"""What the page is given on which reports are ticked to be verified at once."""

from __future__ import annotations

from typing import Any

from flask import request

from sipokat.database import db
from sipokat.domain import queue, queue_groups
from sipokat.domain.regions import names_of
from sipokat.web import queue_filters
from sipokat.web.access import me
from sipokat.web.present import acting
from sipokat.web.present.queue import headings
from sipokat.web.queue_address import QUEUE, Address
from sipokat.web.queue_cards import tick_rows
from sipokat.web.queue_page import Section

AT_ONCE = 200  # rows of a page


def context(address: Address) -> dict[str, Any]:
    """The first reports that the address asks for, by their groups, each in a row with a box. With
    `semua` in the address all boxes are ticked: what "Pilih semua" does without script."""
    session = db.session()
    found = queue.desk_queue(session, me(), address.after, address.wanted, AT_ONCE)
    shown, more = found[:AT_ONCE], len(found) > AT_ONCE
    grouped = queue_groups.by_group(shown)
    in_order = [one for those in grouped.values() for one in those]
    here = address.wanted.group
    names = names_of(session, [here, *grouped, *(one.region_code for one in in_order)])
    titles = headings(queue_groups.counted(grouped), names, me())
    chosen = [queue_filters.place(here, names), queue_filters.said(address)]
    rows, place, sections = tick_rows(in_order, me(), ticked="semua" in request.args), 0, []
    for region, those in grouped.items():
        sections.append(Section(rows[place : place + len(those)], group=titles[region]))
        place += len(those)
    return {
        "address": address,
        "back": address.to(QUEUE).url,
        "chosen": " · ".join(filter(None, chosen)),
        "sections": sections,
        "acting": acting.acting_at_desks(me()),
        "acting_choices": acting.choices_by_desk(me(), in_order),
        "asks_class": any("data-asks-class" in row for row in rows),
        "next_url": address.following(shown[-1]).url if more else None,
    }
