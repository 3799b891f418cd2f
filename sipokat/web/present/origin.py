"""The address at which people reach SIPOKAT, for what is read outside of it."""

from __future__ import annotations

from flask import current_app, request


def address(path: str = "") -> str:
    """`https://sipokat.lubuklinggaukota.go.id/laporan/31989`"""
    origin = str(current_app.config["ORIGIN"] or request.host_url.rstrip("/"))
    return origin + path
