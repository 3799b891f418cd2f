"""A month is closed: how every region stood then is written once and never changed."""

from __future__ import annotations

FIGURES = ("expected", "sent", "on_time", "nihil", "recorded")
