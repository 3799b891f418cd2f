"""What a category asks, as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sipokat.domain.categories import Category, Field
from sipokat.domain.texts import figure, month


def field_facts(category: Category, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every filled field as (label, value in words)."""
    return [
        (field.label, field_value(field, values[field.key]))
        for field in category.all_fields
        if field.key in values
    ]


def field_value(field: Field, value: Any) -> str:
    if field.type == "choice":
        return next((one.label for one in field.all_choices if one.key == value), str(value))
    if field.type == "bool":
        return "Ya" if value else "Tidak"
    if field.type == "period":
        return month(value)
    if field.type == "text":
        return str(value)
    if field.type == "rupiah":
        return f"Rp{figure(value)}"
    return f"{figure(value)} {field.unit}".strip()
