"""Logs: one JSON object a line in production, lines for people elsewhere."""

from __future__ import annotations

import logging

import structlog
from flask import Flask


def configure(app: Flask) -> None:
    """Set structlog up for this process. Content of reports must never be logged."""
    level = logging.getLevelNamesMapping()[app.config["LOG_LEVEL"].upper()]
    plain = app.config["MODE"] != "production"
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info
            if not plain
            else structlog.processors.StackInfoRenderer(),
            # structlog's other tracebacks show the values of variables, which may hold content.
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            )
            if plain
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
