"""The fixed accounts of the demo city, offered in one tap on its sign-in page."""

from __future__ import annotations

from flask import current_app

from sipokat.demo import accounts as demo_accounts


def accounts() -> list[dict[str, str]]:
    """Who can be tried, in the demo only."""
    if current_app.config["MODE"] != "demo":
        return []
    password = {"password": demo_accounts.PASSWORD}
    return [account | password for account in demo_accounts.accounts()]
