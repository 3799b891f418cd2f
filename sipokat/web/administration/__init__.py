"""The pages of `/pengelolaan`, on which lurah, camat and Diskominfo look after people.

None of them is ever kept on a device: `own_pages` tells the phone so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, request

from sipokat.web import body

MANAGERS = ("lurah", "camat", "diskominfo")


def own_pages(name: str) -> Blueprint:
    """The blueprint of a page group here, whose pages the phone does not keep."""
    pages = Blueprint(name, __name__)

    @pages.before_request
    def keep_none() -> None:
        g.not_kept = True

    return pages


def given(*names: str) -> Callable[[], dict[str, Any]]:
    """Reads the body of a change: a plain form, or JSON with these texts, which may be left out. A
    change that needs no words needs no body."""

    def read() -> dict[str, Any]:
        if body.is_json():
            return body.read_json(dict.fromkeys(names, body.text)) if request.get_data() else {}
        return body.read_form()

    return read
