"""The demo accounts that the sign-in page offers in one tap."""

from __future__ import annotations

from functools import cache

from sipokat.demo.sources import data

PASSWORD = "sipokat-demo"  # noqa: S105 -- published: everybody in the demo city has this one


@cache
def accounts() -> tuple[dict[str, str], ...]:
    """The accounts, each with `phone`, `name`, `label` (the office in words), `role`, `region` and
    `password`."""
    return tuple(row | {"password": PASSWORD} for row in data("city")["accounts"])
