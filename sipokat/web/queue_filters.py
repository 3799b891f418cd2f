"""The form above the queue: what it may be narrowed to, and what it is narrowed to in words."""

from __future__ import annotations

from flask import current_app
from markupsafe import Markup

from sipokat.domain.categories import categories
from sipokat.domain.queue_filter import Wanted
from sipokat.web import list_filters
from sipokat.web.kept import kept
from sipokat.web.queue_address import AGES, CLASSES, Address

WORTH = 5  # up to so many reports nobody needs to search or to pick
Options = list_filters.Options


def html(wanted: Wanted, kinds: Options) -> Markup:
    """The form, rendered once for as long as it says the same; with words to be searched for it
    hardly comes again."""
    facts = (wanted, kinds)
    return _render(facts) if wanted.said else kept("queue_filters").get(lambda: facts, _render)


def place(code: str, names: dict[str, str]) -> str:
    """The group to which the queue is narrowed, if any. A code without a name is not shown."""
    return names.get(code, "Wilayah ini") if code else ""


def said(address: Address) -> str:
    """What the queue is narrowed to, but for its group, in words: `Sampah · Terlambat`."""
    wanted = address.wanted
    days = f"Menunggu {wanted.age} hari atau lebih"
    words = [
        f"“{wanted.said}”" if wanted.said else "",
        categories()[wanted.category].name if wanted.category else "",
        dict(CLASSES).get(wanted.klass, ""),
        dict(AGES).get(wanted.age, days) if wanted.age else "",
    ]
    return " · ".join(word for word in words if word)


def _render(facts: tuple[Wanted, Options]) -> Markup:
    wanted, kinds = facts
    template = current_app.jinja_env.get_template("verification/_filters.html")
    filled = template.render(wanted=wanted, categories=kinds, classes=CLASSES, ages=AGES)
    return Markup(filled)  # noqa: S704 -- rendered by a template, which escapes
