"""The reasons for returns, rejections and reopenings, as data."""

from __future__ import annotations

from typing import Any

import pytest

from sipokat.domain import reasons
from sipokat.domain.categories import categories
from sipokat.domain.chain import Actor, Request, decide, start
from sipokat.domain.limits import LIMITS
from sipokat.domain.refusals import WrongContent
from sipokat.domain.roles import DESKS

ACTIONS = ("return", "reject", "reopen")
# What events of former years have, with the words that they have always had.
KEYS_OF_OLD = {
    "return": {
        "foto_kurang_jelas": "Foto kurang jelas",
        "lokasi_kurang_jelas": "Lokasi kurang jelas",
        "isi_kurang_lengkap": "Isi kurang lengkap",
        "angka_perlu_dicek": "Angka perlu dicek",
        "salah_jenis": "Salah jenis laporan",
        "lainnya": "Lainnya",
    },
    "reject": {
        "laporan_ganda": "Laporan ganda",
        "bukan_wilayah": "Di luar wilayah RT ini",
        "tidak_benar": "Tidak sesuai kenyataan",
        "bukan_urusan_rt": "Bukan urusan laporan RT",
        "lainnya": "Lainnya",
    },
    "reopen": {
        "salah_putusan": "Keputusan keliru",
        "keterangan_baru": "Ada keterangan baru",
        "lainnya": "Lainnya",
    },
}
NEW = {"bukan_wilayah", "sudah_dilaporkan", "perlu_bukti"}


@pytest.mark.parametrize("action", ACTIONS)
def test_keys_of_old_say_what_they_said(action: str) -> None:
    for key, words in KEYS_OF_OLD[action].items():
        found = reasons.find(action, key)
        assert found is not None
        assert found.said("rt") == words


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("desk", DESKS[:-1])
def test_each_reason_says_what_the_author_should_do(action: str, desk: str) -> None:
    for one in reasons.offered(action):
        assert one.said(desk)
        assert one.advice(desk).endswith(".")
        assert "{" not in one.said(desk) + one.advice(desk)


def test_a_return_has_the_reasons_that_the_city_wants() -> None:
    offered = {one.key for one in reasons.offered("return")}
    assert offered == set(KEYS_OF_OLD["return"]) | NEW
    assert "laporan_ganda" not in {one.key for one in reasons.offered("reject")}


def test_reasons_name_what_the_author_heads() -> None:
    outside = reasons.find("return", "bukan_wilayah")
    assert outside is not None
    assert outside.said("rt") == "Di luar wilayah RT ini"
    assert outside.said("kelurahan") == "Di luar wilayah kelurahan ini"
    untrue = reasons.find("reject", "tidak_benar")
    assert untrue is not None
    assert untrue.advice("kecamatan").endswith("Bag. Pemerintahan.")


@pytest.mark.parametrize("kind", ["verify", "forward", "return", "reject"])
def test_ready_sentences_are_notes_for_reasons_that_are_offered(kind: str) -> None:
    said = reasons.ready_sentences(kind)
    assert said
    assert len({sentence for sentence, _ in said}) == len(said)
    for sentence, key in said:
        assert len(sentence) <= LIMITS.note
        assert not key or key in {one.key for one in reasons.offered(kind)}


def test_mending_opens_at_a_field_of_the_form() -> None:
    for category in categories().values():
        fields = {f"fields.{one.key}" for one in category.fields}
        for one in reasons.offered("return"):
            at = reasons.opens_at(one, category, {})
            assert at in {"", "kind", "photos", "place", "text"} | fields, (category.key, one.key)


@pytest.mark.parametrize(
    ("category", "fields", "at"),
    [
        ("kependudukan", {"kk": 80, "penduduk_l": 120}, "fields.kk"),
        ("kesehatan_lingkungan", {"jenis": "phbs"}, "fields.peserta"),
        ("kesehatan_lingkungan", {"durasi_jam": 2.0}, "fields.durasi_jam"),
        ("pemerintahan", {"jenis": "rapat", "berkas": "6 surat"}, "fields.peserta"),
        ("nihil", {"periode": "2026-11"}, "text"),
    ],
)
def test_a_wrong_number_is_looked_for_where_the_report_has_one(
    category: str, fields: dict[str, Any], at: str
) -> None:
    reason = reasons.find("return", "angka_perlu_dicek")
    assert reasons.opens_at(reason, categories()[category], fields) == at


@pytest.mark.parametrize(
    ("action", "said", "wrong"),
    [
        ("return", {"reason": "entah"}, "reason"),
        ("return", {"reason": "tidak_benar"}, "reason"),
        ("return", {"reason": ""}, "reason"),
        ("reject", {"reason": "laporan_ganda"}, "reason"),
        ("reject", {"reason": "foto_kurang_jelas"}, "reason"),
        ("verify", {"reason": "lainnya", "klass": "kinerja"}, "reason"),
        ("return", {"reason": "sudah_dilaporkan"}, "other"),
        ("return", {"reason": "foto_kurang_jelas", "other": "31989"}, "other"),
        ("verify", {"klass": "kinerja", "other": "31989"}, "other"),
    ],
)
def test_a_reason_that_is_not_on_the_list_is_refused_in_words(
    action: str, said: dict[str, Any], wrong: str
) -> None:
    _, state = start("rt", "head", classed=True)
    lurah = Actor("lurah", frozenset({"lurah"}), frozenset({"kelurahan"}))
    with pytest.raises(WrongContent) as refused:
        decide(state, lurah, Request(action, 1, note="Mohon dicek.", **said))
    assert set(refused.value.fields) == {wrong}
    assert refused.value.fields[wrong].endswith(".")
