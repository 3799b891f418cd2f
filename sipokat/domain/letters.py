"""The surat perintah by which somebody acts in an office, and how long it may be for.

A Plh. acts while the holder is away, a Plt. while the office is vacant, both until a day (UU
30/2014 about administration of government, art. 14). How long at most is the city's rule, in
`data/terms.toml`: a Plh. thirty days in a row, a Plt. three months, and once more in the same
vacancy (`domain/deputies.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import literal_column, select
from sqlalchemy.orm import Session, joinedload

from sipokat.domain import administration, appointers, offices, titles
from sipokat.domain.administration import By
from sipokat.domain.clock import day_of, now
from sipokat.domain.offices import DEPUTIES, RULES
from sipokat.domain.refusals import NotNow, WrongContent
from sipokat.domain.roles import ROLES
from sipokat.domain.term_facts import as_facts
from sipokat.domain.texts import written
from sipokat.models import Term, User

LETTER_MAX = 60
NO_NUMBER = "Isi nomor surat perintah."
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Letter:
    """A surat perintah: in which office somebody shall act, as what, and for how long. Its `number`
    is empty where it follows."""

    role: str
    region: str
    kind: str
    since: date
    until: date
    number: str
    dated: date


def require_sound(letter: Letter) -> None:
    """Raises WrongContent for what is wrong in the letter itself, all at once."""
    offices.require_office(letter.role, letter.region)
    wrong: dict[str, str] = {}
    if letter.kind not in DEPUTIES:
        wrong["kind"] = "Pilih Plh. atau Plt."
    if ROLES[letter.role].desk is None:
        wrong["role"] = f"Untuk {ROLES[letter.role].label} tidak ada Plh. atau Plt."
    today = day_of(now())
    if not letter.number.strip() and number_due(letter.dated) < today:
        wrong["letter_number"] = NO_NUMBER
    wrong |= _wrong_paper(letter.number, letter.dated)
    if letter.until < letter.since:
        wrong["until"] = "Hari terakhir tidak boleh sebelum hari pertama."
    elif letter.until < today:
        wrong["until"] = "Hari terakhir sudah lewat."
    elif letter.since > today + timedelta(days=RULES["ahead"]["days"]):
        wrong["since"] = f"Hari pertama paling jauh {RULES['ahead']['days']} hari lagi."
    elif letter.kind == "plh" and letter.until >= letter.since + plh_days():
        wrong["until"] = f"Plh. paling lama {RULES['plh']['days']} hari."
    elif letter.kind == "plt" and letter.until >= months_after(letter.since):
        last = written(months_after(letter.since) - DAY)
        wrong["until"] = f"Plt. paling lama {RULES['plt']['months']} bulan, jadi sampai {last}."
    if wrong:
        raise WrongContent("Ada isian yang perlu diperbaiki.", wrong)


def _wrong_paper(number: str, dated: date) -> dict[str, str]:
    wrong = {}
    if len(number.strip()) > LETTER_MAX:
        wrong["letter_number"] = f"Nomor surat paling banyak {LETTER_MAX} huruf."
    if dated > day_of(now()):
        wrong["letter_date"] = "Tanggal surat perintah belum tiba."
    return wrong


def awaited(session: Session, user: User) -> list[Term]:
    """The deputies whose letters have no number yet, oldest letter first, among those whom the
    person may name. A term that has ended still needs one: what was decided in it stands on it."""
    numberless = select(Term).where(Term.letter_number == literal_column("''"))
    numberless = numberless.order_by(Term.letter_date, Term.id).options(joinedload(Term.user))
    return [term for term in session.scalars(numberless) if appointers.appoints(user, term)]


def require_none_overdue(session: Session, user: User | None) -> None:
    """Raises WrongContent where another letter's number is overdue with whoever names: they name
    nobody else by one whose number follows."""
    today = day_of(now())
    for term in awaited(session, user) if user else ():
        assert term.letter_date is not None
        if number_due(term.letter_date) < today:
            office = f"{titles.title_of(session, term)} ({term.user.name})"
            sentence = f"{NO_NUMBER} Nomor surat untuk {office} juga belum diisi."
            raise WrongContent(sentence, {"letter_number": sentence})


def give_number(session: Session, by: By, term: Term, number: str, dated: date) -> None:
    """Write down the number that followed, and the day of the letter. The same again is no change.

    Raises WrongContent for what cannot be, NotNow where the letter has another number already, or
    the term was taken back."""
    wrong = _wrong_paper(number, dated)
    if not (number := number.strip()):
        wrong["letter_number"] = NO_NUMBER
    if wrong:
        raise WrongContent("Ada isian yang perlu diperbaiki.", wrong)
    user = term.user
    administration.take_turn(session, user)
    if session.get(Term, term.id, populate_existing=True) is None:
        raise NotNow("Jabatan itu sudah dibatalkan.")
    if (term.letter_number, term.letter_date) == (number, dated):
        return
    if term.letter_number != "":
        raise NotNow(f"Surat perintah itu sudah bernomor {term.letter_number}.")
    was = as_facts(term)
    term.letter_number, term.letter_date = number, dated
    administration.record(session, by, user, "number_letter", was, as_facts(term))


def number_due(dated: date) -> date:
    """The last day on which the number of a letter of that day may still follow."""
    return dated + timedelta(days=RULES["letter"]["days"])


def plh_days() -> timedelta:
    """How long somebody is Plh. at most."""
    return timedelta(days=RULES["plh"]["days"])


def months_after(day: date) -> date:
    """The day on which the months of a Plt. that began on `day` are over: the same day of the
    month, or the first of the next where there is none."""
    months = day.month - 1 + RULES["plt"]["months"]
    year, month = day.year + months // 12, months % 12 + 1
    try:
        return day.replace(year=year, month=month)
    except ValueError:
        return date(year + month // 12, month % 12 + 1, 1)
