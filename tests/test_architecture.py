"""Imports run one way, modules have names that say something, templates contain nothing that the
content policy drops, and tests wait as long as the machine needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sipokat"

# Highest first: web, commands → demo → delivery → domain → models → base. A module may import its
# own layer and every layer below it.
LAYERS = ("app", "entrances", "demo", "delivery", "domain", "models", "base")
BASE = {
    "assets",
    "config",
    "data",
    "database",
    "extensions",
    "keys",
    "logs",
    "migrations",
    "prepared",
    "rates",
    "security",
    "serving",
    "starting",
    "turns",
}
# Both are entrances, but neither may import the other.
ENTRANCES = {"web", "commands"}
# The domain imports none of these.
WEB_LIBRARIES = {"flask", "flask_login", "htmx_flask", "werkzeug", "jinja2"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def top_of(module: str) -> str:
    """`web` of `sipokat.web.intake`, and nothing of `sipokat` itself."""
    return module.partition(".")[2].partition(".")[0]


def layer_of(module: str) -> str:
    part = top_of(module)
    if part == "":
        return "app"
    if part in BASE:
        return "base"
    if part in LAYERS:
        return part
    return "entrances"  # web, commands and errors


def imports(path: Path) -> Iterator[str]:
    """The full name of every module that the file imports, inside functions too."""
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
        if not below or sides == ENTRANCES:
            wrong.append(f"{here} → {target}")
    return wrong


def by_file(faults: Callable[[Path], list[str]], files: Iterable[Path]) -> dict[str, list[str]]:
    """The faults of each file that has some. One test for all files: a test for each would take ten
    times as long."""
    found = {str(path.relative_to(ROOT)): faults(path) for path in files}
    assert found
    return {path: faults for path, faults in found.items() if faults}


def test_imports_run_one_way() -> None:
    assert by_file(wrong_arrows, modules()) == {}


@pytest.mark.parametrize(
    ("module", "line", "target"),
    [
        ("domain/intake.py", "from flask import g", "flask"),
        ("domain/intake.py", "from .. import web", "sipokat.web"),
        ("domain/intake.py", "def f():\n    import sipokat.delivery", "sipokat.delivery"),
        ("models/report.py", "from sipokat.domain.chain import State", "sipokat.domain.chain"),
        ("delivery/worker.py", "from sipokat.demo import city", "sipokat.demo.city"),
        ("demo/city.py", "from sipokat import commands", "sipokat.commands"),
        ("web/home.py", "from sipokat.commands import mark", "sipokat.commands"),
        ("commands.py", "from sipokat.web import home", "sipokat.web.home"),
    ],
)
def test_a_wrong_arrow_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, line: str, target: str
) -> None:
    for name in ("web/home.py", "demo/city.py", "domain/chain.py", "commands.py", module):
        path = tmp_path / "sipokat" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.joinpath("__init__.py").touch()
        path.touch()
    sinner = tmp_path / "sipokat" / module
    sinner.write_text(line)
    monkeypatch.setattr("tests.test_architecture.ROOT", tmp_path)
    assert wrong_arrows(sinner) == [f"{name_of(sinner)} → {target}"]


# Names that do not say what a module holds.
VAGUE = re.compile(r"keeping|shapes|reading|(.+_)?words")


def vague_names(root: Path) -> list[str]:
    return [str(p.relative_to(root)) for p in root.rglob("*.py") if VAGUE.fullmatch(p.stem)]


def test_no_module_has_a_vague_name(tmp_path: Path) -> None:
    assert vague_names(PACKAGE) == []
    for name in ("words.py", "state_words.py", "keeping.py", "times.py", "wording.py"):
        (tmp_path / name).touch()
    assert sorted(vague_names(tmp_path)) == ["keeping.py", "state_words.py", "words.py"]


# The tests: they share helpers, not each other's files, and each limit is a multiple of the
# machine's speed.

TESTS = ROOT / "tests"
WAITS = {"wait", "join", "acquire"}


def faults_of(path: Path) -> list[str]:
    """The line and kind of each thing in the file that no file of the tests may do."""
    tree = ast.parse(path.read_text())
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            if node.module and node.module.startswith("tests") and any(map(is_test_file, names)):
                found.append(f"{node.lineno}: imports a test file")
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name == "wait_for_timeout" or (name == "sleep" and path.name != "speed.py"):
                found.append(f"{node.lineno}: waits for a fixed time")
            limits = [keyword.value for keyword in node.keywords if keyword.arg == "timeout"]
            limits += node.args if name in WAITS else []
            if any(map(is_fixed, limits)):
                found.append(f"{node.lineno}: a limit without patience()")
    return found


def is_test_file(name: str) -> bool:
    return name.startswith("test_") and bool(list(TESTS.rglob(f"{name}.py")))


def is_fixed(limit: ast.expr) -> bool:
    """Whether it is built of numbers and constants alone, with no call in it."""
    parts = list(ast.walk(limit))
    known = (ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.operator, ast.expr_context)
    return all(isinstance(part, known) for part in parts) and any(
        isinstance(getattr(part, "value", None), int | float) or getattr(part, "id", "").isupper()
        for part in parts
    )


def test_tests_share_helpers_and_wait_as_long_as_the_machine_needs() -> None:
    assert by_file(faults_of, TESTS.rglob("*.py")) == {}


@pytest.mark.parametrize(
    "line",
    [
        "from tests.domain.test_chain import pure",
        "from tests.domain import test_chain",
        "time.sleep(0.5)",
        "page.wait_for_timeout(300)",
        "expect(page).to_have_title('x', timeout=15_000)",
        "expect(page).to_have_title('x', timeout=PATIENCE * 1000)",
        "thread.join(60)",
        "gate.wait(SECONDS)",
    ],
)
def test_each_of_these_is_seen_too(tmp_path: Path, line: str) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(line)
    assert len(faults_of(path)) == 1
    path.write_text(
        "thread.join(patience(60))\ngate.wait(timeout=patience(5) * 2)\n"
        "', '.join(names)\nwait(timeout=None)\nwait(timeout=limit)\n"
    )
    assert faults_of(path) == []


# A strict content policy drops these without a word, or htmx ignores them when `eval` is off.
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


def test_templates_hold_nothing_that_the_policy_drops() -> None:
    assert by_file(lambda path: silently_dropped(path.read_text()), templates()) == {}


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


def found_in(pattern: str) -> Callable[[Path], list[str]]:
    return lambda path: [found[0] for found in re.finditer(pattern, path.read_text())]


def test_only_kinds_js_tells_the_kinds_of_entries_apart() -> None:
    others = [path for path in SCRIPTS.rglob("*.js") if path.name != "kinds.js"]
    assert by_file(found_in(r"""["'](report|revision)["']|\.kind\b"""), others) == {}


def test_what_the_worker_runs_too_knows_no_page() -> None:
    shared = (SCRIPTS / "phone").glob("*.js")
    assert by_file(found_in(r"\b(document|window|localStorage)\b"), shared) == {}


def test_whoever_runs_it_reads_of_every_security_event() -> None:
    manual = (ROOT / "docs/operations.md").read_text()
    sources = "\n".join(path.read_text() for path in (ROOT / "sipokat").rglob("*.py"))
    noted = set(re.findall(r'security\.note\(\s*"(\w+)"', sources))
    assert len(noted) > 10
    assert sorted(name for name in noted if f"`{name}`" not in manual) == []
