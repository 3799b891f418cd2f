"""The data that the phone shares with the server, as the build puts it into the bundles."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from flask import Flask

from sipokat import assets, create_app
from sipokat.domain.categories import categories
from sipokat.domain.limits import LIMITS
from sipokat.domain.regions import level_of


@pytest.fixture(scope="module")
def built() -> Flask:
    return create_app()


def test_the_phone_is_told_the_limits_the_levels_and_which_categories_need_a_photo(
    built: Flask,
) -> None:
    shared = json.loads(assets.shared_data())
    assert shared["limits"] == json.loads(json.dumps(asdict(LIMITS), default=str))
    for level, parts in shared["levels"].items():
        assert level_of(".".join(["16"] * parts)) == level
    needs_photo = [key for key, one in categories().items() if one.photo_required]
    assert shared["needs_photo"] == needs_photo
    core = built.config["ROOT"] / assets.asset_urls(built)["core.js"].lstrip("/")
    assert core.read_text().startswith(f"self.sipokat={{data:{assets.shared_data()}}};")


def test_other_data_make_another_build(built: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert assets.is_built(built)
    data: dict[str, Any] = json.loads(assets.shared_data())
    data["limits"]["photos"] += 1
    monkeypatch.setattr(assets, "shared_data", lambda: json.dumps(data))
    assert not assets.is_built(built)
