"""The data that the phone shares with the server, as the build puts it into the bundles."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import Flask

from sipokat import assets, create_app
from sipokat.domain.categories import categories
from sipokat.domain.limits import LIMITS
from sipokat.domain.regions import level_of
from tests.activating import make

SCRIPTS = sorted((Path(__file__).parents[1] / "static/js").rglob("*.js"))


@pytest.fixture(scope="module")
def built() -> Flask:
    return create_app()


def test_the_phone_is_told_the_limits_the_levels_and_which_categories_need_a_photo(
    built: Flask,
) -> None:
    shared = json.loads(assets.shared_data())
    limits = json.loads(json.dumps(asdict(LIMITS), default=str))
    assert shared["limits"].items() <= limits.items()
    assert limits.keys() - shared["limits"].keys() == set(assets.SERVER_ALONE)
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


# --- What a first visit weighs -----------------------------------------------------------------

FORM_SCRIPTS, ACTIVATION = 32_000, 40_000  # bytes, compressed


def loaded(html: str) -> list[str]:
    """The paths of the files that a page names."""
    return re.findall(r'(?:src|href)="(/static/[^"#]+)"', html)


def weight(app: Flask, path: str) -> int:
    """The bytes of a file as it is sent: compressed, where that has been done."""
    file = app.config["ROOT"] / path.lstrip("/")
    small = file.with_name(file.name + ".br")
    return (small if small.exists() else file).stat().st_size


def test_the_scripts_of_the_report_form_keep_to_their_limit(built: Flask) -> None:
    """As `python -m bench.form_load` counts them. What the form does without has another bundle."""
    page = built.test_client().get("/laporan/baru").text
    scripts = {path for path in loaded(page) if path.endswith(".js")}
    told = json.loads(worker(built))["precache"]
    scripts |= {path for path in told if path.endswith(".js")}
    assert scripts
    assert sum(weight(built, path) for path in scripts) <= FORM_SCRIPTS


def worker(app: Flask) -> str:
    """What the service worker is told to keep, as JSON."""
    head = app.test_client().get("/service-worker.js").text.partition("\n")[0]
    return head.removeprefix("self.SHELL = ").rstrip(";")


def test_an_activation_weighs_little_beside_what_the_worker_keeps(app: Flask) -> None:
    """Both pages and all that they load, as `python -m bench.activation_load` weighs them in a
    browser, with headers and more."""
    kept = set(json.loads(worker(app))["precache"])
    browser = app.test_client()
    code = {"code": make(app)}
    pages = [
        browser.get("/aktivasi"),
        browser.post("/aktivasi/orang", data=code, headers={"Sec-Fetch-Site": "same-origin"}),
    ]
    files = {path for page in pages for path in loaded(page.text)} - kept
    assert any("activation" in path for path in files)
    sent = sum(len(brotli.compress(page.data, quality=4)) for page in pages)
    assert sent + sum(weight(app, path) for path in files) <= ACTIVATION


# --- What falls out of use ---------------------------------------------------------------------

DAY = 86_400


def lay(folder: Path, name: str, days: float) -> None:
    """A bundle with its compressed twins, written so many days ago."""
    at = time.time() - days * DAY
    for ending in ("", ".br", ".gz"):
        path = folder / (name + ending)
        path.write_text("x")
        os.utime(path, (at, at))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def twins(*bundles: str) -> set[str]:
    return {name + ending for name in bundles for ending in ("", ".br", ".gz")}


def test_a_bundle_stays_thirty_days_after_it_was_superseded_however_old_it_is(
    tmp_path: Path,
) -> None:
    lay(tmp_path, "app.first.css", days=300)
    lay(tmp_path, "core.same.js", days=300)
    lay(tmp_path, "app.long-ago.css", days=31)
    lay(tmp_path, "app.lately.css", days=29)
    (tmp_path / "manifest.json").write_text("{}")
    assets.date_what_is_in_use(tmp_path, {"app.first.css", "core.same.js"})
    lay(tmp_path, "app.second.css", days=0)
    assets.drop_superseded(tmp_path, {"app.second.css", "core.same.js"})
    left = twins("app.first.css", "core.same.js", "app.lately.css", "app.second.css")
    assert names(tmp_path) == left | {"manifest.json"}

    for path in tmp_path.iterdir():  # a month later
        at = path.stat().st_mtime - 31 * DAY
        os.utime(path, (at, at))
    assets.date_what_is_in_use(tmp_path, {"app.second.css", "core.same.js"})
    assets.drop_superseded(tmp_path, {"core.same.js"})
    assert names(tmp_path) == twins("core.same.js", "app.second.css") | {"manifest.json"}


def test_without_a_manifest_nothing_is_dropped_since_nobody_knows_what_was_in_use(
    tmp_path: Path,
) -> None:
    lay(tmp_path, "app.old.css", days=300)
    assets.date_what_is_in_use(tmp_path, set())
    assets.drop_superseded(tmp_path, {"app.new.css"})
    assert names(tmp_path) == twins("app.old.css")


def test_the_build_drops_by_the_manifest_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real build, in a folder of its own, three times: only the middle one changes a file."""
    static = tmp_path / "static"
    shutil.copytree(create_app().static_folder or "", static, ignore=shutil.ignore_patterns("gen"))
    monkeypatch.setattr(assets, "_styles", lambda _static: ["css/tokens.css"])

    def build() -> Path:
        app = Flask("sipokat", root_path=str(tmp_path), static_folder="static")
        assets.register(app)
        assets.build(app)
        return static / assets.asset_urls(app)["app.css"].removeprefix("/static/")

    first = build()
    os.utime(first, (0, 0))
    (static / "css/tokens.css").write_text(":root { --paper: #fff; }")
    second = build()
    assert first.exists()
    assert second != first
    os.utime(first, (0, 0))  # and then a month goes by
    os.utime(second, (0, 0))
    assert build() == second
    assert not first.exists()
    assert not first.with_name(first.name + ".br").exists()
    assert second.exists()


def test_no_selector_loses_its_meaning_when_the_styles_are_made_small() -> None:
    # rcssmin takes the space of `.card :is(a)` away, which then means the card itself.
    styles = Path(__file__).parents[1] / "static/css"
    eaten = [
        f"{path.name}: {line.strip()}"
        for path in sorted(styles.rglob("*.css"))
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"[\w)\]] :[a-z-]+(\(.*)?[{,]$", line.strip())
    ]
    assert not eaten


def test_no_text_is_written_so_that_making_it_small_changes_it() -> None:
    """rjsmin takes a template within a template for its end, and drops blanks after it."""
    assert SCRIPTS
    for path in SCRIPTS:
        assert re.findall(r"\$\{[^{}`]*`", path.read_text()) == [], path


def test_no_style_has_a_blank_that_the_minifier_takes_away() -> None:
    """It writes `.months :is(td, th)` without the blank, which then means something else."""
    for path in (Path(__file__).parents[1] / "static/css").rglob("*.css"):
        found = re.findall(r"[\w\])] :(?:is|where|not|has)\(", path.read_text())
        assert found == [], path
