"""What a report says: every category's fields, bounds and months, judged without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipokat.domain import categories as data
from sipokat.domain.categories import Category, Choice, Field, categories
from sipokat.domain.content import Content, check, digest, find_category, loose
from sipokat.domain.limits import LIMITS
from sipokat.domain.periods import months
from sipokat.domain.refusals import WrongContent
from tests.services.matrix import CHARACTERS
from tests.steps import LEAST, least, photo, raw

TODAY = date(2026, 11, 23)

# The design's table of categories once more: the required fields of each, and the optional ones.
TABLE = {
    "pemerintahan": ({"jenis"}, {"berkas", "peserta"}),
    "kependudukan": (
        {"periode", "kk"}
        | {
            f"{what}_{sex}"
            for what in ("penduduk", "lahir", "meninggal", "datang", "pindah")
            for sex in "lp"
        },
        {"musiman_l", "musiman_p"},
    ),
    "kesehatan_lingkungan": ({"jenis"}, {"peserta", "durasi_jam"}),
    "sampah": ({"jenis"}, {"volume_m3"}),
    "keamanan_ketertiban": ({"jenis"}, {"petugas", "polisi_tahu"}),
    "sosial_kemasyarakatan": ({"jenis"}, {"penerima_kk"}),
    "keagamaan": ({"jenis"}, {"peserta"}),
    "pembangunan": ({"jenis", "kondisi"}, {"panjang_m", "perkiraan_rp"}),
    "bencana": ({"jenis"}, {"kk_terdampak", "jiwa_terdampak", "korban", "kebutuhan"}),
    "tamu": ({"laki", "perempuan", "lama_hari"}, {"asal_kota"}),
    "nihil": ({"periode"}, set()),
    "pad_inovasi": ({"sumber"}, {"target_rp", "realisasi_rp"}),
    "rekap_bulanan": ({"periode"}, set()),
}
CHOICES = {
    "pemerintahan": {"surat_pengantar", "sosialisasi", "rapat", "pendataan", "pbb"},
    "kesehatan_lingkungan": {"gotong_royong", "phbs", "posyandu", "fogging"},
    "sampah": {"tumpukan", "tps_liar", "tidak_diangkut"},
    "keamanan_ketertiban": {"ronda", "mediasi", "kejadian"},
    "sosial_kemasyarakatan": {"bansos", "duka", "pkk", "pemuda"},
    "keagamaan": {"pengajian", "perayaan", "rumah_ibadah"},
    "pembangunan": {"jalan", "drainase", "penerangan", "air"},
    "bencana": {"banjir", "kebakaran", "longsor", "angin"},
}
TEXT_MAY_BE_EMPTY = {"nihil", "kependudukan", "tamu", "rekap_bulanan"}
DECIMALS = {"volume_m3", "panjang_m", "durasi_jam"}
RUPIAH = {"perkiraan_rp", "target_rp", "realisasi_rp"}
WORDS = {"berkas", "asal_kota", "sumber", "kebutuhan"}
FIELDS = [(key, one) for key, category in categories().items() for one in category.all_fields]
COUNTS = [(key, one.key) for key, one in FIELDS if one.type == "count"]
every_category = pytest.mark.parametrize("key", list(categories()))


def judge(key: str, written_on: date = TODAY, **changes: Any) -> Content:
    return check(categories()[key], raw(key, TODAY, **changes), written_on)


def wrong(key: str, written_on: date = TODAY, **changes: Any) -> dict[str, str]:
    with pytest.raises(WrongContent) as caught:
        judge(key, written_on, **changes)
    return caught.value.fields


def with_field(key: str, name: str, value: Any) -> dict[str, Any]:
    return {"fields": least(key, TODAY) | {name: value}}


def taken(key: str, name: str, value: Any) -> Any:
    """The value that is stored for this field."""
    return judge(key, **with_field(key, name, value)).fields[name]


# The table.


def test_the_categories_are_those_of_the_table() -> None:
    assert set(categories()) == set(TABLE)


@every_category
def test_fields_are_those_of_the_table(key: str) -> None:
    required, optional = TABLE[key]
    fields = categories()[key].all_fields
    assert {one.key for one in fields if one.required} == required
    assert {one.key for one in fields if not one.required} == optional


@every_category
def test_choices_are_those_of_the_table_and_there_is_always_another(key: str) -> None:
    for one in categories()[key].all_fields:
        offered = {choice for choice, _ in one.choices}
        if one.key == "jenis":
            assert offered == CHOICES[key] | {"lainnya"}
        elif one.key == "kondisi":
            assert offered == {"ringan", "sedang", "berat", "belum_ada"}
        else:
            assert not offered


def test_types_are_those_of_the_design() -> None:
    for _, one in FIELDS:
        expected = (
            "decimal"
            if one.key in DECIMALS
            else "rupiah"
            if one.key in RUPIAH
            else "text"
            if one.key in WORDS
            else {"jenis": "choice", "kondisi": "choice", "periode": "period"}.get(one.key)
        )
        assert one.type == (expected or ("bool" if one.key == "polisi_tahu" else "count")), one.key


@every_category
def test_the_required_fields_are_enough(key: str) -> None:
    content = judge(key)
    assert content.fields == least(key, TODAY)
    assert content.happened_on == TODAY


@every_category
def test_each_required_field_is_missed_by_name(key: str) -> None:
    assert set(wrong(key, fields={})) == {f"fields.{name}" for name in TABLE[key][0]}
    blank = dict.fromkeys(TABLE[key][0], "  ")
    assert set(wrong(key, fields=blank)) == {f"fields.{name}" for name in TABLE[key][0]}


@every_category
def test_who_may_file_it(key: str) -> None:
    officials_only = key in ("pad_inovasi", "rekap_bulanan")
    for role in ("lurah", "camat"):
        assert find_category(key, role).key == key
    if officials_only:
        with pytest.raises(WrongContent) as caught:
            find_category(key, "rt_head")
        assert list(caught.value.fields) == ["category"]
    else:
        assert find_category(key, "rt_head").key == key


def test_an_unknown_category_is_wrong_content() -> None:
    for key in ("", "gosip", "SAMPAH"):
        with pytest.raises(WrongContent) as caught:
            find_category(key, "rt_head")
        assert list(caught.value.fields) == ["category"]


@every_category
def test_what_is_urgent_monthly_and_classed(key: str) -> None:
    category = categories()[key]
    assert category.urgent == (key == "bencana")
    assert category.periodic == (key in ("nihil", "kependudukan", "rekap_bulanan"))
    assert category.classed == (key not in ("nihil", "rekap_bulanan"))
    period = judge(key).period
    assert period == ("2026-11" if category.periodic else None)


# Text, place, photos.


@every_category
def test_text_is_asked_where_the_design_asks_it(key: str) -> None:
    if key in TEXT_MAY_BE_EMPTY:
        assert judge(key, text="").text == ""
    else:
        assert list(wrong(key, text=" \n ")) == ["text"]


@every_category
def test_a_thousand_letters_and_no_more(key: str) -> None:
    assert len(judge(key, text="é" * 1000).text) == 1000
    assert list(wrong(key, text="é" * 1001)) == ["text"]


def test_line_ends_are_one_kind_and_count_once() -> None:
    assert judge("tamu", text="a\r\nb\rc\n").text == "a\nb\nc"
    assert judge("tamu", text="\r\n".join(["a"] * 500))


@every_category
def test_either_kind_of_place_will_do_where_one_is_asked(key: str) -> None:
    nowhere = {"place_text": "", "lat": None, "lon": None}
    if key in ("sampah", "pembangunan", "bencana"):
        assert list(wrong(key, **nowhere)) == ["place"]
    else:
        assert judge(key, **nowhere).lat is None
    assert judge(key, **nowhere | {"place_text": "Gang 3"}).place_text == "Gang 3"
    located = judge(key, **nowhere | {"lat": -3.29, "lon": 102.86, "accuracy_m": 12})
    assert (located.lat, located.lon, located.accuracy_m) == (-3.29, 102.86, 12.0)


@pytest.mark.parametrize(
    "place",
    [
        {"lat": 91, "lon": 0},
        {"lat": -90.1, "lon": 0},
        {"lat": 0, "lon": 180.1},
        {"lat": 0, "lon": -181},
        {"lat": 1},
        {"lon": 1},
        {"lat": "utara", "lon": "timur"},
        {"lat": float("nan"), "lon": 0},
        {"lat": 0, "lon": float("inf")},
        {"lat": 0, "lon": 0, "accuracy_m": -1},
        {"lat": 0, "lon": 0, "accuracy_m": float("nan")},
        {"lat": 0, "lon": 0, "accuracy_m": 1e9},
    ],
    ids=str,
)
def test_an_invalid_place(place: dict[str, Any]) -> None:
    assert list(wrong("keagamaan", **place)) == ["place"]
    assert list(wrong("sampah", **place, place_text="")) == ["place"]


@pytest.mark.parametrize("place", [(-90, -180), (90, 180), (0, 0), ("-3.29", "102.86")])
def test_the_extreme_coordinates_are_accepted(place: tuple[Any, Any]) -> None:
    content = judge("keagamaan", lat=place[0], lon=place[1])
    assert (content.lat, content.lon) == (float(place[0]), float(place[1]))


def test_a_place_in_words_has_its_length() -> None:
    assert judge("sampah", place_text="x" * 200)
    assert list(wrong("sampah", place_text="x" * 201)) == ["place_text"]


def test_three_photos_and_no_more() -> None:
    assert len(judge("tamu", photos=[photo() for _ in range(3)]).photos) == 3
    assert list(wrong("tamu", photos=[photo() for _ in range(4)])) == ["photos"]


def test_one_photo_twice_is_wrong() -> None:
    one = photo()
    assert list(wrong("tamu", photos=[one, one])) == ["photos"]


@every_category
def test_only_sampah_needs_a_photo(key: str) -> None:
    if key == "sampah":
        assert list(wrong(key, photos=[])) == ["photos"]
    else:
        assert judge(key, photos=[]).photos == ()


# Numbers.


@pytest.mark.parametrize(("key", "name"), COUNTS)
def test_counts_are_whole_and_not_below_zero(key: str, name: str) -> None:
    assert taken(key, name, 0) == 0
    assert taken(key, name, "7") == 7
    assert isinstance(taken(key, name, 7.0), int)
    assert taken(key, name, "1.000") == taken(key, name, "1 000") == 1000, "not one"
    for value in (
        -1,
        "-1",
        1.5,
        "1,5",
        "1.5",
        "1.00",
        "1.0000",
        "banyak",
        True,
        "1e400",
        10**15,
        "7 orang",
    ):
        assert list(wrong(key, **with_field(key, name, value))) == [f"fields.{name}"], value


@pytest.mark.parametrize(("key", "one"), [row for row in FIELDS if row[1].type == "decimal"])
def test_decimals_take_a_comma(key: str, one: Field) -> None:
    assert taken(key, one.key, "2,5") == 2.5
    assert taken(key, one.key, "2.5") == 2.5
    assert taken(key, one.key, 2) == 2.0
    assert taken(key, one.key, "0") == 0
    for value in ("-0,5", -1, "dua", "2,5,5", "1e999", float("inf"), True, one.max + 1):
        assert list(wrong(key, **with_field(key, one.key, value))) == [f"fields.{one.key}"], value


@pytest.mark.parametrize(("key", "one"), [row for row in FIELDS if row[1].type == "rupiah"])
def test_rupiah_are_whole_and_may_be_written_with_dots(key: str, one: Field) -> None:
    assert taken(key, one.key, "1.500.000") == 1_500_000
    assert taken(key, one.key, "1 500 000") == 1_500_000
    assert taken(key, one.key, 1_500_000) == 1_500_000
    assert isinstance(taken(key, one.key, 1_500_000.0), int)
    for value in ("1.500,50", 0.5, -1, "mahal", one.max + 1):
        assert list(wrong(key, **with_field(key, one.key, value))) == [f"fields.{one.key}"], value


@pytest.mark.parametrize(("key", "one"), [row for row in FIELDS if row[1].max])
def test_bounds_are_inclusive(key: str, one: Field) -> None:
    assert taken(key, one.key, one.max) == one.max
    assert list(wrong(key, **with_field(key, one.key, one.max + 1))) == [f"fields.{one.key}"]


def test_every_number_has_an_upper_bound() -> None:
    """A larger number would not fit into its column, or on the page."""
    for key, one in FIELDS:
        if one.type in ("count", "decimal", "rupiah"):
            assert 0 < one.max <= 10**15, (key, one.key)


@given(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(CHARACTERS, max_size=30)
    | st.from_regex(r"[-+]?[0-9]{0,5}[.,eE_]?[0-9]{0,5}", fullmatch=True, alphabet=CHARACTERS)
)
def test_whatever_is_typed_is_taken_or_refused_in_words(value: Any) -> None:
    for key in ("sampah", "pembangunan", "bencana", "keamanan_ketertiban", "nihil"):
        fields = {one.key: value for one in categories()[key].all_fields}
        content, sentences = judged(key, fields)
        assert content is None or digest(content.as_json())
        assert set(sentences) <= {f"fields.{name}" for name in fields}
        assert all(sentence.endswith(".") for sentence in sentences.values())


def judged(key: str, fields: dict[str, Any]) -> tuple[Content | None, dict[str, str]]:
    try:
        return judge(key, fields=fields), {}
    except WrongContent as refusal:
        return None, refusal.fields


# Words, yes and no, choices.


@pytest.mark.parametrize(("key", "one"), [row for row in FIELDS if row[1].type == "text"])
def test_words_have_their_length(key: str, one: Field) -> None:
    assert taken(key, one.key, "é" * 200) == "é" * 200
    assert list(wrong(key, **with_field(key, one.key, "x" * 201))) == [f"fields.{one.key}"]
    assert list(wrong(key, **with_field(key, one.key, 7))) == [f"fields.{one.key}"]


@pytest.mark.parametrize(
    ("value", "kept"), [(True, True), (False, False), ("ya", True), ("tidak", False)]
)
def test_yes_and_no(value: Any, kept: bool) -> None:
    assert taken("keamanan_ketertiban", "polisi_tahu", value) is kept


@pytest.mark.parametrize("value", [1, 0, "on", "true", "mungkin"])
def test_neither_yes_nor_no(value: Any) -> None:
    asked = with_field("keamanan_ketertiban", "polisi_tahu", value)
    assert list(wrong("keamanan_ketertiban", **asked)) == ["fields.polisi_tahu"]


@pytest.mark.parametrize("value", ["Rapat", "banjir", 1, True, "x" * 500])
def test_a_choice_that_is_not_offered(value: Any) -> None:
    assert list(wrong("pemerintahan", fields={"jenis": value})) == ["fields.jenis"]


def test_a_field_that_the_category_does_not_have() -> None:
    asked = with_field("tamu", "volume_m3", 1)
    assert list(wrong("tamu", **asked)) == ["fields.volume_m3"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    found = wrong(
        "sampah",
        happened_on="kemarin",
        text="",
        place_text="",
        photos=[],
        fields={"jenis": "apa", "volume_m3": "-1"},
    )
    assert set(found) == {
        "happened_on",
        "text",
        "place",
        "photos",
        "fields.jenis",
        "fields.volume_m3",
    }


# Dates and months.


@pytest.mark.parametrize(
    "value",
    ["", "23-11-2026", "2026-11-31", "2026-13-01", "2026-1-1", "20261123", "x", "٢٠٢٦-11-23"],
)
def test_an_invalid_date(value: str) -> None:
    assert list(wrong("tamu", happened_on=value)) == ["happened_on"]


@pytest.mark.parametrize(
    ("day", "this", "last"),
    [
        (date(2026, 11, 23), "2026-11", "2026-10"),
        (date(2026, 3, 31), "2026-03", "2026-02"),
        (date(2026, 1, 1), "2026-01", "2025-12"),
        (date(2028, 2, 29), "2028-02", "2028-01"),
    ],
)
def test_this_month_and_the_last(day: date, this: str, last: str) -> None:
    assert months(day) == (this, last)


@pytest.mark.parametrize(
    ("written_on", "period", "taken"),
    [
        (date(2026, 11, 15), "2026-11", True),
        (date(2026, 11, 15), "2026-10", True),
        (date(2026, 11, 15), "2026-09", False),
        (date(2026, 11, 15), "2026-12", False),
        # The tolerance of a day holds at both ends of a month.
        (date(2026, 11, 30), "2026-12", True),
        (date(2026, 11, 29), "2026-12", False),
        (date(2026, 12, 1), "2026-10", True),
        (date(2026, 12, 2), "2026-10", False),
        (date(2026, 1, 10), "2025-12", True),
    ],
)
def test_months_that_a_report_may_be_of(written_on: date, period: str, taken: bool) -> None:
    on = written_on.isoformat()
    if taken:
        content = judge("nihil", written_on, happened_on=on, fields={"periode": period})
        assert content.period == period
    else:
        found = wrong("nihil", written_on, happened_on=on, fields={"periode": period})
        assert list(found) == ["fields.periode"]


@pytest.mark.parametrize("value", ["2026-1", "11-2026", "november", 202611, "2026-11-01"])
def test_an_invalid_month(value: Any) -> None:
    assert list(wrong("nihil", fields={"periode": value})) == ["fields.periode"]


# Fields and choices are switched off, never removed.

OFF = date(2026, 11, 1)
CHANGED = Category(
    "pasar",
    "Pasar",
    "coin",
    ("rt_head",),
    (
        Field(
            "jenis",
            "Jenis",
            "choice",
            required=True,
            all_choices=(Choice("pagi", "Pagi"), Choice("malam", "Malam", OFF)),
        ),
        Field("lapak", "Lapak", "count", max=100, off_since=OFF),
        Field("sewa", "Sewa", "rupiah", required=True, max=100, off_since=OFF),
    ),
)


def fields_of(written_on: date, **fields: Any) -> dict[str, Any]:
    content = replace(raw("keagamaan", written_on), fields=fields)
    return check(CHANGED, content, written_on).fields


def test_what_was_switched_off_is_taken_from_a_report_written_before() -> None:
    before = date(2026, 10, 31)
    old = {"jenis": "malam", "lapak": 3, "sewa": 5}
    assert fields_of(before, **old) == old


@pytest.mark.parametrize(
    ("fields", "name"), [({"jenis": "malam"}, "jenis"), ({"jenis": "pagi", "lapak": 3}, "lapak")]
)
def test_what_was_switched_off_is_not_taken_from_a_new_one(
    fields: dict[str, Any], name: str
) -> None:
    with pytest.raises(WrongContent) as caught:
        fields_of(OFF, **fields)
    assert list(caught.value.fields) == [f"fields.{name}"]


def test_what_was_switched_off_is_not_asked_any_more() -> None:
    assert fields_of(OFF, jenis="pagi") == {"jenis": "pagi"}
    with pytest.raises(WrongContent) as caught:
        fields_of(date(2026, 10, 31), jenis="pagi")
    assert list(caught.value.fields) == ["fields.sewa"]


def test_the_form_offers_what_is_switched_on() -> None:
    assert [one.key for one in CHANGED.fields] == ["jenis"]
    assert CHANGED.fields[0].choices == [("pagi", "Pagi")]


def test_the_data_file_spells_switching_off() -> None:
    row = {
        "name": "Pasar",
        "icon": "coin",
        "roles": ["rt_head", "officials"],
        "fields": [
            {
                "key": "jenis",
                "label": "Jenis",
                "type": "choice",
                "choices": {"pagi": "Pagi", "malam": "Malam"},
                "choices_off": {"malam": OFF},
            },
            {"key": "lapak", "label": "Lapak", "type": "count", "off_since": OFF},
        ],
    }
    category = data._category("pasar", row)
    assert category.roles == ("rt_head", "lurah", "camat")
    assert category.fields[0].choices == [("pagi", "Pagi")]
    assert [one.key for one in category.fields] == ["jenis"]
    assert not category.all_fields[1].taken_on(OFF)


# One canonical form.


def test_the_digest_does_not_depend_on_the_order_of_fields() -> None:
    assert digest({"a": 1, "b": "é"}) == digest({"b": "é", "a": 1})
    assert digest({"a": 1}) != digest({"a": "1"})


def test_what_two_sendings_of_one_report_have_in_common() -> None:
    here = raw("keagamaan", TODAY, lat=-3.29, lon=102.86, accuracy_m=8, text="Pengajian.\r\n")
    there = raw("keagamaan", TODAY, text="Pengajian.", fields={"jenis": "pengajian", "peserta": ""})
    assert loose(here) == loose(there)
    assert loose(here) != loose(replace(there, place_text="Musala"))


def test_the_steps_know_every_category() -> None:
    assert set(LEAST) == set(categories())


# Coordinates that are further off than a street is long.


@pytest.mark.parametrize(
    ("on", "accuracy", "landmark", "wrong"),
    [
        (LIMITS.accuracy_since, 200, "", []),
        (LIMITS.accuracy_since, 201, "", ["place_text"]),
        (LIMITS.accuracy_since, 201, "Gang 3", []),
        (LIMITS.accuracy_since, None, "", []),
        (LIMITS.accuracy_since - timedelta(days=1), 5000, "", []),
    ],
)
def test_vague_coordinates_do_not_count_alone_where_a_place_is_required(
    on: date, accuracy: float | None, landmark: str, wrong: list[str]
) -> None:
    place = {"lat": -3.29, "lon": 102.86, "accuracy_m": accuracy, "place_text": landmark}
    fields: dict[str, str] = {}
    try:
        check(categories()["pembangunan"], raw("pembangunan", on, **place), on)
    except WrongContent as refusal:
        fields = refusal.fields
    assert list(fields) == wrong
    assert check(categories()["keagamaan"], raw("keagamaan", on, **place), on).lat == -3.29
