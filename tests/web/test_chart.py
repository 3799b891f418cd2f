"""Charts: each bar stands within the drawing, and whoever does not see it hears the same."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader

from sipokat.domain.responsiveness.months import months_to
from sipokat.web.present import chart
from sipokat.web.present.chart import HEIGHT, LEFT, WIDTH, Chart, Point

MONTHS = months_to("2026-12")
JINJA = Environment(loader=FileSystemLoader("templates"), autoescape=True)
DRAWN = st.lists(st.none() | st.floats(0, 5000), min_size=1, max_size=12)


def points(values: list[Any], running: bool = True) -> list[Point]:
    last = len(values) - 1
    return [
        Point(
            one,
            value,
            "–" if value is None else f"{value:g} jam",
            "berjalan" if running and place == last else "",
        )
        for place, (one, value) in enumerate(zip(MONTHS, values, strict=False))
    ]


def drawn(call: str, **given: Any) -> BeautifulSoup:
    macros = '{% from "components/chart.html" import chart %}'
    return BeautifulSoup(JINJA.from_string(macros + call).render(**given), "html.parser")


def page_of(made: Chart) -> BeautifulSoup:
    return drawn("{{ chart(made) }}", made=made)


@given(DRAWN, st.none() | st.floats(1, 100))
def test_every_bar_stands_within_the_drawing(values: list[Any], target: float | None) -> None:
    made = chart.trend("a", "Lama menjawab", "Median", points(values), " jam", target)
    end = HEIGHT - 26
    assert len(made.bars) == len(values)
    for bar in made.bars:
        assert LEFT <= bar.x <= bar.x + bar.width <= WIDTH
        assert 0 < bar.y <= bar.y + bar.height <= end + 0.1
        assert bar.top_end <= WIDTH
    heights = [(bar.point.value, bar.height) for bar in made.bars if bar.point.value is not None]
    assert [high for _, high in sorted(heights)] == sorted(high for _, high in heights)
    if made.target:
        assert 0 < made.target.y <= end


@given(values=st.lists(st.floats(0, 10), min_size=1, max_size=12))
def test_the_words_above_the_last_bar_stand_clear_of_the_others(values: list[float]) -> None:
    *before, last = chart.trend("a", "Lama menjawab", "Median", points(values), " jam").bars
    start = last.top_end - len(last.top) * chart.LETTER
    for bar in before:
        assert bar.x + bar.width <= start or last.top_at < bar.y


def test_a_month_without_a_figure_has_no_bar_and_says_so() -> None:
    given = [*points([None, 0, 6]), Point("2026-12", None, "Data belum cukup")]
    page = page_of(chart.trend("a", "Lama menjawab", "Median", given, " jam", 8))
    assert len(page.select("rect.chart-bar")) == 2  # a nought is a stub, not nothing
    assert "Data belum cukup" in page.select_one("tbody td").text  # type: ignore[union-attr]
    assert page.desc is not None
    assert page.desc.text.endswith("Desember 2026: Data belum cukup. Target 8 jam.")


def test_the_drawing_has_a_name_and_a_sentence_and_its_table_the_same_figures() -> None:
    made = chart.trend("lama", "Lama menjawab", "Median", points([3, 5, 4.5]), " jam", 8)
    page = page_of(made)
    drawing = page.svg
    assert drawing is not None
    assert drawing["role"] == "img"
    names = [page.find(id=one) for one in drawing["aria-labelledby"].split()]
    assert [one.text for one in names if one] == ["Lama menjawab", made.said]
    assert made.said == "Januari 2026: 3 jam. Maret 2026, berjalan: 4.5 jam. Target 8 jam."
    rows = [[cell.text for cell in row.select("th, td")] for row in page.select("tbody tr")]
    assert rows == [
        ["Maret 2026 (berjalan)", "4.5 jam"],
        ["Februari 2026", "5 jam"],
        ["Januari 2026", "3 jam"],
    ]
    assert page.select_one("details > summary ~ table caption")


def test_without_colours_what_runs_is_hatched_and_the_target_has_its_name() -> None:
    page = page_of(chart.trend("a", "RT yang aktif", "Aktif", points([30, 40]), " %", 90, 100))
    over, running = page.select("rect.chart-bar")
    assert not over.has_attr("fill")
    assert running["fill"] == "url(#a-hatch)"
    assert page.find(id="a-hatch")
    assert "Target 90 %" in [one.text for one in page.select("text")]
    assert not page.select("[style], style")
