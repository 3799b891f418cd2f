"""What the checks of pages take for alike, and so look at once."""

from __future__ import annotations

import pytest

from tests.page import numbered, parse, skeleton

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
