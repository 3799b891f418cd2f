"""Regions by the names that people read."""

from __future__ import annotations


def region_words(code: str, names: dict[str, str]) -> str:
    """`RT 001, Petanang Ulu`; `names` are those of `domain.regions.names_of`."""
    parent = code.rpartition(".")[0]
    name = names.get(code, code)
    return f"{name}, {names[parent]}" if name.startswith("RT ") and parent in names else name
