"""What the eye misses: imports run one way, and templates hold nothing that the policy drops."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sipokat"

# Highest first. A module may import its own layer and those below it.
LAYERS = ("app", "entrances", "demo", "delivery", "domain", "models", "base")
BASE = {"assets", "config", "database", "extensions", "data"}
# Beside each other at the top of the house, and strangers to each other.
ENTRANCES = {"web", "commands"}
# The domain is plain Python: what the web needs stays with the web.
WEB_LIBRARIES = {"flask", "flask_login", "flask_limiter", "htmx_flask", "werkzeug", "jinja2"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def top_of(module: str) -> str:
    """`web` of `sipokat.web.intake`; of the package itself, nothing."""
    return module.partition(".")[2].partition(".")[0]


def layer_of(module: str) -> str:
    part = top_of(module)
    if part == "":
        return "app"
    if part in BASE:
        return "base"
    if part in LAYERS:
        return part
    return "entrances"  # web, commands, errors: what the outside calls


def imports(path: Path) -> Iterator[str]:
    """Full names of all that the file imports, wherever in it."""
    package = name_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            for alias in node.names:
                # `from sipokat import web` names a module, `from sipokat.web import x` does not.
                whole = f"{base}.{alias.name}"
                yield whole if is_module(whole) else base


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def wrong_arrows(path: Path) -> list[str]:
    here = name_of(path)
    layer = layer_of(here)
    wrong = []
    for target in imports(path):
        if target.split(".")[0] in WEB_LIBRARIES and layer == "domain":
            wrong.append(f"{here} → {target}")
        if target.split(".")[0] != "sipokat":
            continue
        below = LAYERS.index(layer_of(target)) >= LAYERS.index(layer)
        sides = {top_of(here), top_of(target)}
        # An entrance may ask for the application's own parts, never for the other entrance.
        if not below or sides == ENTRANCES:
            wrong.append(f"{here} → {target}")
    return wrong


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    assert wrong_arrows(path) == []


def test_a_wrong_arrow_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sipokat/domain").mkdir(parents=True)
    (tmp_path / "sipokat/web").mkdir()
    (tmp_path / "sipokat/web/__init__.py").touch()
    sinner = tmp_path / "sipokat/domain/intake.py"
    sinner.write_text(
        "from flask import g\nfrom .. import web\ndef f():\n    import sipokat.delivery\n"
    )
    monkeypatch.setattr("tests.test_architecture.ROOT", tmp_path)
    assert wrong_arrows(sinner) == [
        "sipokat.domain.intake → flask",
        "sipokat.domain.intake → sipokat.web",
        "sipokat.domain.intake → sipokat.delivery",
    ]


# What a strict content policy drops in silence, or what htmx without eval ignores.
SILENT = {
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>",
    "an inline style": r"<style\b|\sstyle\s*=",
    "an event attribute": r"\son[a-z]+\s*=",
    "an htmx event attribute": r"\b(data-)?hx-on\b",
    "a computed value": r"\bhx-(vals|headers|vars)\s*=\s*[\"']?\s*js:|\bjavascript:",
    "a trigger filter": r"\bhx-trigger\s*=\s*\"[^\"]*\[|\bhx-trigger\s*=\s*'[^']*\[",
    "a foreign address": r"\s(src|action|hx-(get|post|put|delete))\s*=\s*[\"']?(https?:)?//",
}


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def silently_dropped(markup: str) -> list[str]:
    markup = re.sub(r"{#.*?#}", "", markup, flags=re.DOTALL)
    return [name for name, pattern in SILENT.items() if re.search(pattern, markup, re.IGNORECASE)]


@pytest.mark.parametrize(
    "path", templates(), ids=lambda path: str(path.relative_to(ROOT / "templates"))
)
def test_templates_hold_nothing_that_the_policy_drops(path: Path) -> None:
    assert silently_dropped(path.read_text()) == []


@pytest.mark.parametrize(
    ("markup", "name"),
    [
        ("<script>go()</script>", "an inline script"),
        ("<p style='color: red'>", "an inline style"),
        ("<b onclick='go()'>", "an event attribute"),
        ("<b hx-on:click='go()'>", "an htmx event attribute"),
        ("<b hx-vals='js:{a: 1}'>", "a computed value"),
        ('<b hx-trigger="click[ctrlKey]">', "a trigger filter"),
        ('<script src="//cdn.example/x.js"></script>', "a foreign address"),
    ],
)
def test_each_of_them_is_seen(markup: str, name: str) -> None:
    assert name in silently_dropped(markup)
    assert silently_dropped('<script src="/x.js"></script><a hx-trigger="click" href="/">') == []


# The phone's scripts.

SCRIPTS = ROOT / "static/js"


def scripts() -> list[Path]:
    return sorted(SCRIPTS.rglob("*.js"))


@pytest.mark.parametrize("path", scripts(), ids=lambda path: str(path.relative_to(SCRIPTS)))
def test_only_kinds_js_tells_the_kinds_of_entries_apart(path: Path) -> None:
    if path.name != "kinds.js":
        assert not re.search(r"""["'](report|revision)["']|\.kind\b""", path.read_text())


@pytest.mark.parametrize("path", sorted((SCRIPTS / "phone").glob("*.js")), ids=lambda one: one.name)
def test_what_the_worker_runs_too_knows_no_page(path: Path) -> None:
    assert not re.search(r"\b(document|window|localStorage)\b", path.read_text())
