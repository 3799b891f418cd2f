"""What the checks of pages take for alike, and so look at once."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.page import numbered, parse, skeleton
from tests.tree import Builder, Odd, tree

ROW = '<table><tbody><tr><td class="a">Rapat, 12 orang</td></tr></tbody></table>'


@pytest.mark.parametrize(
    "other",
    [
        ROW.replace("</td>", "</div></td>"),
        ROW.replace("<td", "<td hidden hidden"),
        ROW.replace("Rapat", "Rapat &nosuch;"),
        ROW.replace('class="a"', 'class="a&nosuch;"'),
        ROW.replace('class="a"', 'class=""a"'),
        ROW.replace("Rapat", "<b>Rapat</i>"),
    ],
)
def test_a_fault_is_seen_after_a_sound_page_that_is_nearly_alike(other: str) -> None:
    parse(ROW, fragment=True)
    assert skeleton(other) != skeleton(ROW)
    with pytest.raises(AssertionError):
        parse(other, fragment=True)


def test_other_words_and_values_are_not_looked_at_again() -> None:
    assert skeleton(ROW.replace("Rapat", " “Nihil” · 3")) == skeleton(ROW)
    assert skeleton(ROW.replace('"a"', '"b c"')) == skeleton(ROW)
    assert skeleton('<input type="hidden">') != skeleton('<input type="text">')
    assert skeleton("<td> </td>") != skeleton("<td>Rapat</td>")


def test_numbers_are_alike_where_they_are_equal_at_the_same_places() -> None:
    assert numbered('<a href="/12">12</a>') == numbered('<a href="/7">7</a>')
    assert numbered('<a href="/12">12</a>') != numbered('<a href="/7">8</a>')
    assert numbered("<h1>Rapat</h1>") != numbered("<h2>Rapat</h2>")


OURS = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><title>Laporan &amp; kabar</title>
<meta name="htmx-config" content='{"allowEval":false}'><link rel="icon preload" href="/a?b&amp;c">
<script type="application/json">{"a": "<b>&amp;"}</script><script src="/a.js"></script></head>
<body class="wide  dark" id=""><!-- Salam --><main>
  <form novalidate><input name="a" required value="&quot;Ya&quot;"><br>
  <textarea>

 Dua </textarea><pre>  </pre><td headers="a b" class=""></td></form>   <p>
  Satu \u201cdua\u201d&nbsp;&#39;</p>
  <svg viewBox="0 0 1 1"><use href="/i.svg#a"/></svg>
  <template><p>Tiga <template> </template>empat</p></template> lima</main></body></html>
"""
NOT_OURS = ["<p>a<b>c</p>", "<DIV>a</DIV>", "a < b", "<p class=a>b</p>", "<p>a", "a</p>", "<p a='>"]


def walked(soup: BeautifulSoup) -> list[Any]:
    """Everything in the tree in its order, and what is around it."""
    around = ("parent", "previous_element", "next_element", "previous_sibling", "next_sibling")
    own = ("name", "attrs", "hidden", "interesting_string_types", "can_be_empty_element")
    return [
        (
            type(one),
            str(one),
            *(str(getattr(one, name)) for name in around),
            *(getattr(one, name, None) for name in own),
        )
        for one in soup.descendants
    ]


def test_our_own_tree_is_that_of_beautiful_soup() -> None:
    made, theirs = Builder().read(OURS), BeautifulSoup(OURS, "html.parser")
    assert walked(made) == walked(theirs)
    assert (str(made), made.get_text()) == (str(theirs), theirs.get_text())
    for selector in ("main p", "meta[charset]", ".dark > main", "input:not([type])", "use"):
        assert str(made.select(selector)) == str(theirs.select(selector))


@pytest.mark.parametrize("markup", NOT_OURS)
def test_other_markup_is_left_to_beautiful_soup(markup: str) -> None:
    with pytest.raises(Odd):
        Builder().read(markup)
    assert str(tree(markup)) == str(BeautifulSoup(markup, "html.parser"))
