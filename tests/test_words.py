"""No screen has a word that `docs/words.md` lists in its first column."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIST = ROOT / "docs/words.md"


def forbidden() -> list[str]:
    rows = re.findall(r"^\| (.+?) \| .+ \|$", LIST.read_text(), re.MULTILINE)
    return [row for row in rows if row not in ("not", "---")]


@cache
def pattern() -> re.Pattern[str]:
    """Each of them as whole words, or as it is written where it ends with a full stop."""
    parts = (re.escape(word) + ("" if word.endswith(".") else r"(?!\w)") for word in forbidden())
    return re.compile(r"(?<![\w-])(" + "|".join(parts) + ")", re.IGNORECASE)


# --- What a person may see of each kind of file ---------------------------------------------------


def of_template(text: str) -> Iterator[str]:
    """The text between tags, the attributes that are read out, and the words in expressions."""
    text = re.sub(r"{#.*?#}", " ", text, flags=re.DOTALL)
    for code in re.findall(r"{[{%].*?[%}]}", text, re.DOTALL):
        yield from spoken(re.findall(r"'([^']*)'", code))
    text = re.sub(r"{[{%].*?[%}]}", " ", text, flags=re.DOTALL)
    yield from re.findall(r"(?:aria-label|alt|title|placeholder)=\"([^\"]*)\"", text)
    yield re.sub(r"<[^>]*>|[\w-]+=\"[^\"]*\"", " ", text)


def of_script(text: str) -> Iterator[str]:
    text = re.sub(r"(?s:/\*.*?\*/)|^\s*//.*$|\s// .*$", "", text, flags=re.MULTILINE)
    yield from spoken(re.findall(r"\"([^\"\n]*)\"|`([^`]*)`", text))


def of_module(text: str) -> Iterator[str]:
    tree = ast.parse(text)
    prose = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield from spoken([node.value])


def of_data(text: str) -> Iterator[str]:
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    yield from spoken(re.findall(r"\"([^\"\n]*)\"", text))


def spoken(found: list[str] | list[tuple[str, ...]]) -> Iterator[str]:
    """Those that are sentences or labels: they have a space, or begin with a capital letter."""
    for one in found:
        text = one if isinstance(one, str) else "".join(one)
        if " " in text.strip() or (text[:1].isupper() and not text.isupper()):
            yield text


READERS = {".html": of_template, ".js": of_script, ".py": of_module, ".toml": of_data}
# Not for the screen: sentences of the log and of the command line. What people say in the made-up
# reports of the demo is theirs.
UNSEEN = (
    "tls.py",
    "commands.py",
    "account_commands.py",
    "activation_commands.py",
    "operating.py",
    "config.py",
    "database.py",
    "serving.py",
    "logs.py",
    "assets.py",
    "models",
    "demo",
)
UNSEEN_DATA = ("number_cases.toml", "signs.toml", "limits.toml", "clocks.toml")


def sources() -> list[Path]:
    found = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static/js").rglob("*.js")]
    found += [*(ROOT / "sipokat").rglob("*.py"), *(ROOT / "sipokat").rglob("*.toml")]
    return sorted(
        path
        for path in found
        if not set(UNSEEN) & set(path.relative_to(ROOT).parts) and path.name not in UNSEEN_DATA
    )


def wrong_words(name: str, text: str) -> list[str]:
    seen = pattern()
    return [m[0] for words in READERS[Path(name).suffix](text) for m in seen.finditer(words)]


def test_no_screen_has_a_forbidden_word() -> None:
    found = {path: wrong_words(path.name, path.read_text()) for path in sources()}
    assert found
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("a.html", "<p>Putusan keliru</p>", "Putusan"),
        ("a.html", "{{ button('Tarik laporan') }}", "Tarik laporan"),
        ("a.html", '<b aria-label="Keluarkan HP">x</b>', "Keluarkan"),
        ("a.js", 'say("Buka di tab lain dulu");', "tab lain"),
        ("a.js", "say(`Catatan ${n} hilang`);", "Catatan"),
        ("a.py", 'raise Refused("Peran Anda lain.")', "Peran Anda"),
        ("a.toml", 'label = "Kerusakan"', "Kerusakan"),
    ],
)
def test_each_of_these_is_seen(name: str, text: str, word: str) -> None:
    assert wrong_words(name, text) == [word]


def test_names_and_comments_may_have_them() -> None:
    assert wrong_words("a.py", '"""The server\'s error."""\nx = a["error"]') == []
    assert wrong_words("a.js", '// a browser\nadd("submit");') == []
    assert wrong_words("a.js", 'go(); // a browser\nsay("Di tab lain");') == ["tab lain"]
    assert wrong_words("a.html", '<form data-error method="post">{# error #}</form>') == []


def test_every_file_is_chosen_by_words_of_ours() -> None:
    """Those of the browser, "Choose File", are in the language of the phone: each input lies in a
    label of ours, or is opened by a button."""
    inputs = re.compile(r"<label[^>]*>(?:(?!</label>).)*?<input[^>]*type=\"file\"", re.DOTALL)
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        bare = len(re.findall(r"<input[^>]*type=\"file\"(?![^>]* hidden)", text))
        assert len(inputs.findall(text)) == bare, path
