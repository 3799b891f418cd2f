"""What the page of the queue is given: its cards under headings, its groups and its filters."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup

from sipokat.database import db
from sipokat.domain import queue, queue_groups
from sipokat.domain.queue_groups import Group
from sipokat.domain.regions import names_of
from sipokat.web import list_filters, queue_filters
from sipokat.web.access import me
from sipokat.web.kept import kept
from sipokat.web.present import acting, deputies
from sipokat.web.present.queue import Heading, headings, level_words
from sipokat.web.queue_address import PICKING, Address
from sipokat.web.queue_cards import queue_cards
from sipokat.web.queue_part import Part
from sipokat.web.respond import wants_fragment


class Section(NamedTuple):
    """Cards under a title, or under the heading of their group, or under none."""

    cards: list[Markup]
    title: str = ""
    group: Heading | None = None


def context(part: Part) -> dict[str, Any]:
    """The whole page; of a fragment, the next page of a long list, the cards alone."""
    if wants_fragment():
        section = Section(queue_cards(part.found, me()))
        return {"sections": [section], "next_url": part.next_url}
    session, address = db.session(), part.address
    counted = queue_groups.groups(session, me(), address.wanted)
    codes = [one.region for one in counted]
    here = address.wanted.group  # also named when nothing waits there any more
    names = names_of(session, [here, *codes, *(one.region_code for one in part.in_order)])
    groups = headings(counted, names, me())
    begins = not (here or address.after)
    total = sum(one.waiting for one in counted)
    chosen = [queue_filters.place(here, names), queue_filters.said(address)]
    return {
        "address": address,
        "picking": address.to(PICKING).url,
        "chosen": " · ".join(filter(None, chosen)),
        "group": groups.get(here),
        "groups": _groups(address, counted, groups) if begins and not part.is_all else "",
        "following": _following(groups, here),
        "sections": _sections(part, names),
        "next_url": part.next_url,
        "filters": queue_filters.html(address.wanted, list_filters.kinds()),
        "matching": 0 if here else total,
        "waiting": queue.waiting(session, me()) if address.searched else total,
        "acting": acting.acting_at_desks(me()),
        "barred": [] if address.after or address.narrowed else deputies.barred_below(me()),
    }


def _sections(part: Part, names: dict[str, str]) -> list[Section]:
    cards, place = queue_cards(part.in_order, me()), len(part.top)
    shown = [Section(cards[:place], "Bencana")] if place else []
    grouped = part.by_group
    if not grouped:
        begins = not (part.address.after or part.address.wanted.group)
        rest = Section(cards[place:], "Paling lama menunggu" if begins else "")
        return [*shown, rest] if rest.cards else shown
    titles = headings(queue_groups.counted(grouped), names, me())
    for region, those in grouped.items():
        shown.append(Section(cards[place : place + len(those)], group=titles[region]))
        place += len(those)
    return shown


def _groups(address: Address, counted: list[Group], groups: dict[str, Heading]) -> Markup:
    """The list of the groups, rendered once for as long as it says the same."""
    facts = (address, level_words(counted), tuple(each.as_shown for each in groups.values()))

    def render(_facts: Any) -> Markup:
        template = current_app.jinja_env.get_template("verification/_groups.html")
        filled = template.render(address=address, level=facts[1], groups=groups.values())
        return Markup(filled)  # noqa: S704 -- rendered by a template, which escapes

    return render(facts) if address.wanted.said else kept("groups").get(lambda: facts, render)


def _following(groups: dict[str, Heading], here: str) -> Heading | None:
    """The group to go on with after this one: the next, and after the last the first."""
    codes = list(groups)
    place = codes.index(here) + 1 if here in groups else 0
    others = [code for code in (*codes[place:], *codes[:place]) if code != here]
    return groups[others[0]] if here and others else None
