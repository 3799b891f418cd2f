"""Getting in without a password: codes, PINs, and what happens to whoever guesses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import (
    accounts,
    activation_use,
    activations,
    administration,
    codes,
    own_account,
    people,
    phones,
    pins,
    sessions,
    sign_in,
    terms,
    typed_codes,
)
from sipokat.domain.codes import RULES
from sipokat.domain.refusals import (
    NeverAllowed,
    NotFound,
    NotNow,
    NotSignedIn,
    Refused,
    TooMany,
    WrongContent,
)
from sipokat.domain.sessions import find_session
from sipokat.domain.sign_in import SignedIn
from sipokat.models import Activation, KnownDevice, LoginSession, User
from tests import steps
from tests.cast import (
    AGUS,
    BARAT_I,
    BEJO,
    DEWI,
    EFFENDI,
    HARTONO,
    KOTA,
    MARLINA,
    PASSWORD,
    PETANANG_ULU,
    RAHMAN,
    RATNA,
    SARI,
    SITI,
    UTARA_I,
    YUSUF,
    Person,
)
from tests.services.database import CHEAP, CHEAP_HASHER
from tests.steps import OPERATOR, refused, user_of

NOW = datetime(2026, 11, 23, 0, 12, tzinfo=UTC)
HOME = "203.0.113.1"
PIN = "385026"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_hasher", CHEAP_HASHER)
    monkeypatch.setattr(people, "_NOBODY", CHEAP)


def make(person: Person = RAHMAN, at: datetime = NOW, printed: bool = False) -> str:
    with writing() as session:
        return activations.make(session, OPERATOR, user_of(person), printed, at).code


def spend(
    code: str,
    person: Person = RAHMAN,
    pin: str = PIN,
    last4: str | None = None,
    phone: str | None = None,
    at: datetime = NOW,
    address: str = HOME,
) -> SignedIn:
    last4 = person.phone[-4:] if last4 is None else last4
    return activation_use.spend(code, last4, pin, address, phone, "Chrome di Android", at)


def enter(
    phone: str | None, pin: str = PIN, person: Person | None = None, at: datetime = NOW
) -> SignedIn:
    user_id = user_of(person).id if person else None
    return pins.enter(pin, user_id, phone, HOME, "Chrome di Android", at)


def actions(session: Session, person: Person) -> list[str]:
    return [one.action for one in administration.entries_about(session, user_of(person))]


# --- Who makes a code for whom ------------------------------------------------------------------

ALL = (RAHMAN, SITI, MARLINA, HARTONO, SARI, YUSUF, EFFENDI, DEWI, AGUS, RATNA)
MAY = {
    HARTONO: {RAHMAN, SITI},
    SARI: {MARLINA},
    YUSUF: {RAHMAN, SITI, MARLINA, HARTONO, SARI},
    EFFENDI: set(),
    AGUS: set(ALL),
}


@pytest.mark.parametrize("maker", ALL, ids=str)
def test_a_desk_makes_codes_for_those_below_it(session: Session, maker: Person) -> None:
    for subject in ALL:
        given = (activations.activator, user_of(maker), user_of(subject))
        if maker not in MAY:
            refused(NeverAllowed, *given)
        elif subject in MAY[maker]:
            assert activations.activator(*given[1:]).user is user_of(maker)
        else:
            refused(NotFound, *given)


def test_a_code_opens_every_office_so_all_must_lie_below(session: Session) -> None:
    """Otherwise a lurah would get into what an RT head of hers holds beside it."""
    tomorrow = steps.today() + timedelta(days=1)
    steps.add_term(RAHMAN, KOTA, role="pemerintahan")
    refused(NotFound, activations.activator, user_of(HARTONO), user_of(RAHMAN))
    steps.add_term(SITI, f"{BARAT_I}.1001", since=tomorrow, role="lurah")
    refused(NotFound, activations.activator, user_of(HARTONO), user_of(SITI))
    refused(NotFound, activations.activator, user_of(YUSUF), user_of(SITI))
    steps.add_term(MARLINA, UTARA_I, until=steps.today() - timedelta(days=1), role="camat")
    assert activations.activator(user_of(SARI), user_of(MARLINA)).office.region == SARI.region


def test_who_holds_no_office_is_diskominfos(session: Session) -> None:
    steps.end_term(RAHMAN, steps.today() - timedelta(days=1))
    refused(NotFound, activations.activator, user_of(HARTONO), user_of(RAHMAN))
    assert activations.activator(user_of(AGUS), user_of(RAHMAN))


def test_who_holds_no_office_any_more_makes_none(session: Session) -> None:
    steps.end_term(HARTONO, steps.today() - timedelta(days=1))
    refused(NeverAllowed, activations.activator, user_of(HARTONO), user_of(RAHMAN))
    with writing() as inner:
        accounts.disable(inner, OPERATOR, user_of(YUSUF))
    refused(NeverAllowed, activations.activator, user_of(YUSUF), user_of(RAHMAN))


def test_a_deputy_is_named_as_what_they_acted(session: Session) -> None:
    steps.add_term(SARI, PETANANG_ULU, role="lurah", acts_for=HARTONO)
    by = activations.activator(user_of(SARI), user_of(RAHMAN))
    assert by.office is not None
    assert (by.office.region, by.office.acts_for) == (PETANANG_ULU, user_of(HARTONO).id)


def test_no_code_for_a_closed_account(session: Session) -> None:
    refused(NotNow, make, BEJO)
    assert session.scalars(select(Activation)).all() == []


# --- From the code to the PIN -------------------------------------------------------------------


def test_a_code_becomes_a_session_and_a_pin(session: Session) -> None:
    code = make()
    assert typed_codes.look(code.lower(), HOME, NOW).user.name == "Rahman"
    assert session.scalars(select(Activation.uses)).one() == 0, "looking spends nothing"
    phone = spend(codes.shown(code))
    found = find_session(phone.token, NOW)
    assert found is not None
    assert found.user.name == "Rahman"
    again = enter(phone.device_token)
    assert again.token != phone.token
    assert again.device_token == phone.device_token
    assert find_session(again.token, NOW) is not None
    assert actions(session, RAHMAN) == ["activate", "make_activation", "create"]


def test_nothing_that_opens_an_account_is_kept(session: Session) -> None:
    """Neither code, nor token, nor PIN: and what is kept of the PIN fits no other phone."""
    code = make()
    phone = spend(code)
    kept = session.scalars(select(Activation)).one()
    known = session.scalars(select(KnownDevice)).one()
    everything = repr({**vars(kept), **vars(known)})
    for secret in (code, codes.shown(code), phone.token, phone.device_token, PIN):
        assert secret not in everything
    assert pins.matches(known.pin_hash, PIN, phone.device_token)
    assert not pins.matches(known.pin_hash, PIN, "another phone")
    assert pins.matches(kept.pin_hash, PIN, code)


def test_the_hash_of_a_code_needs_the_key(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = make()
    monkeypatch.setitem(app.config, "SECRET_KEY", "another one that is long enough to be a key")
    refused(WrongContent, typed_codes.look, code, HOME, NOW)


def test_the_same_code_and_pin_activate_one_more_browser(session: Session) -> None:
    code = make()
    first = spend(code)
    assert list(refused(WrongContent, spend, code, pin="385027").fields) == ["pin"]
    second = spend(code, at=NOW + timedelta(hours=71))
    assert second.device_token != first.device_token
    assert enter(first.device_token).user.id == enter(second.device_token).user.id
    assert list(refused(WrongContent, spend, code).fields) == ["code"]
    assert session.scalars(select(Activation.pin_hash)).one() is None


def test_after_three_days_it_activates_no_other(session: Session) -> None:
    code = make(printed=True)
    spend(code)
    assert "code" in refused(WrongContent, spend, code, at=NOW + timedelta(hours=73)).fields


@pytest.mark.parametrize(
    ("printed", "life"), [(False, timedelta(hours=72)), (True, timedelta(days=30))]
)
def test_a_code_has_its_time(session: Session, printed: bool, life: timedelta) -> None:
    code = make(printed=printed)
    refused(WrongContent, spend, code, at=NOW + life)
    assert spend(code, at=NOW + life - timedelta(seconds=1))


def test_a_new_code_ends_the_last(session: Session) -> None:
    first, other = make(), make(SITI)
    with writing() as inner:
        made = activations.make(inner, OPERATOR, user_of(RAHMAN), now=NOW)
        fresh = activations.make(inner, OPERATOR, user_of(MARLINA), now=NOW)
    assert (made.replaces, fresh.replaces) == (True, False)
    second = made.code
    assert "tidak berlaku lagi" in refused(WrongContent, spend, first).fields["code"]
    spend(second)
    spend(other, SITI)


def test_a_closed_account_is_not_activated(session: Session) -> None:
    code = make()
    phone = spend(code)
    with writing() as inner:
        accounts.disable(inner, OPERATOR, user_of(RAHMAN))
    refused(WrongContent, spend, code)
    refused(NotSignedIn, enter, phone.device_token)
    with writing() as inner:
        accounts.enable(inner, OPERATOR, user_of(RAHMAN))
    refused(WrongContent, spend, code)
    assert "tidak berlaku di HP ini" in refused(NotSignedIn, enter, phone.device_token).message


def test_ending_all_sessions_ends_codes_and_pins(session: Session) -> None:
    """A phone that was lost: whoever finds it must not even try."""
    code = make()
    phone = spend(code)
    with writing() as inner:
        accounts.end_sessions(inner, OPERATOR, user_of(RAHMAN))
    refused(NotSignedIn, enter, phone.device_token)
    refused(WrongContent, spend, code)
    assert enter(spend(make()).device_token)


def session_on(session: Session, phone: SignedIn) -> int:
    """The id of the session that was opened then."""
    mine = LoginSession.token_hash == sessions.hashed(phone.token)
    return session.scalars(select(LoginSession.id).where(mine)).one()


@pytest.mark.parametrize("again", [False, True], ids=["one session", "two sessions on it"])
def test_a_phone_that_is_put_out_opens_nothing_any_more(session: Session, again: bool) -> None:
    """Whoever holds it knows the PIN, or finds the message with the code. His other phone, and Siti
    on the lost one, are not touched."""
    lost, other = spend(make()), spend(make())
    spend(make(SITI), SITI, "906142", phone=lost.device_token)
    newest = enter(lost.device_token, person=RAHMAN) if again else lost
    code = make()
    phones.put_out(user_of(RAHMAN), session_on(session, lost))
    assert [find_session(one.token, NOW) for one in (lost, newest)] == [None, None]
    assert refused(NotSignedIn, enter, lost.device_token, PIN, RAHMAN).message == pins.NOT_HERE
    assert "code" in refused(WrongContent, spend, code).fields
    assert find_session(other.token, NOW) is not None
    assert enter(other.device_token, PIN, RAHMAN)
    assert enter(lost.device_token, "906142", SITI)
    assert actions(session, RAHMAN)[0] == "end_session"


def test_nobody_puts_out_anothers_phone(session: Session) -> None:
    phone, code = spend(make()), make()
    phones.put_out(user_of(SITI), session_on(session, phone))
    assert find_session(phone.token, NOW) is not None
    assert enter(phone.device_token)
    assert spend(code)


def test_of_a_session_of_before_all_pins_end(session: Session) -> None:
    phone = spend(make())
    with writing() as inner:
        inner.query(LoginSession).update({"device_id": None})
    phones.put_out(user_of(RAHMAN), session_on(session, phone))
    refused(NotSignedIn, enter, phone.device_token)


def test_a_new_password_shuts_out_whoever_got_in_before(session: Session) -> None:
    """By the operator everybody; by the person all but the phone on which they set it."""
    first, code = spend(make(HARTONO), HARTONO), make(HARTONO)
    with writing() as inner:
        accounts.set_password(inner, OPERATOR, user_of(HARTONO), CHEAP)
    refused(NotSignedIn, enter, first.device_token)
    refused(WrongContent, spend, code, HARTONO)
    this, other = spend(make(HARTONO), HARTONO), spend(make(HARTONO), HARTONO)
    code = make(HARTONO)
    own_account.change_password(
        user_of(HARTONO), PASSWORD, "kata sandi yang baru", this.device_token, NOW
    )
    assert find_session(this.token, NOW) is None
    refused(NotSignedIn, enter, other.device_token)
    refused(WrongContent, spend, code, HARTONO)
    assert enter(this.device_token).user.name == "Hartono"


def by_hartono() -> str:
    """A code that the lurah makes for Rahman, as she may today."""
    by = activations.activator(user_of(HARTONO), user_of(RAHMAN))
    with writing() as session:
        return activations.make(session, by, user_of(RAHMAN), printed=True).code


def to_city_hall() -> None:
    begin(RAHMAN, "pemerintahan", KOTA)


def begin(person: Person, role: str, region: str) -> None:
    with writing() as session:
        terms.begin(session, OPERATOR, user_of(person), role, region, steps.today())


def leaves() -> None:
    steps.end_term(HARTONO, steps.today() - timedelta(days=1))


def closed() -> None:
    with writing() as session:
        accounts.disable(session, OPERATOR, user_of(HARTONO))


def moved() -> None:
    with writing() as session:
        accounts.change_phone(session, OPERATOR, user_of(RAHMAN), "0813 0000 0101")


@pytest.mark.parametrize("happens", [to_city_hall, leaves, closed, moved])
def test_a_code_that_was_kept_opens_no_more_than_its_maker_may(
    session: Session, happens: Callable[[], None]
) -> None:
    """Rahman gets an office at city hall, or another number; Hartono is lurah no longer, or his
    account is closed."""
    code = by_hartono()
    assert typed_codes.look(code, HOME).user.name == "Rahman"
    happens()
    said = {"code": typed_codes.OVER}  # and nothing of a newer code: there is none
    assert refused(WrongContent, typed_codes.look, code, HOME).fields == said
    assert refused(WrongContent, spend, code, at=steps.now()).fields == said


def test_what_does_not_concern_the_maker_ends_no_code(session: Session) -> None:
    """Another office below, and a code of Diskominfo for somebody who becomes lurah."""
    code = by_hartono()
    begin(RAHMAN, "rt_head", f"{PETANANG_ULU}.009")
    assert spend(code, at=steps.now())
    by = activations.activator(user_of(AGUS), user_of(SITI))
    with writing() as inner:
        code = activations.make(inner, by, user_of(SITI)).code
    begin(SITI, "lurah", PETANANG_ULU)
    assert spend(code, SITI, at=steps.now())


@pytest.mark.parametrize(
    ("pin", "says"),
    [
        ("", "6 angka"),
        ("12345", "6 angka"),
        ("1234567", "6 angka"),
        ("38502a", "6 angka"),
        ("\u0663\u0668\u0665\u0660\u0662\u0666", "6 angka"),
        ("777777", "sama semua"),
        ("123456", "berurutan"),
        ("654321", "berurutan"),
        ("890123", "berurutan"),
        ("121212", "berulang"),
        ("385385", "berulang"),
        ("112233", "banyak orang"),
        ("170845", "banyak orang"),
        ("000101", "nomor HP"),
    ],
)
def test_a_trivial_pin_is_refused_with_the_reason_and_costs_nothing(
    session: Session, pin: str, says: str
) -> None:
    code = make()
    for _ in range(RULES.failures + 1):
        assert says in refused(WrongContent, spend, code, pin=pin).fields["pin"]
    spend(code)


# --- Guessing -----------------------------------------------------------------------------------


def test_whoever_has_found_a_code_has_few_tries_at_the_number(session: Session) -> None:
    code = make()
    for _ in range(RULES.failures - 1):
        assert "last4" in refused(WrongContent, spend, code, last4="0000").fields
    assert "code" in refused(WrongContent, spend, code, last4="0000").fields
    assert "code" in refused(WrongContent, spend, code).fields


def test_two_at_once_with_the_last_use_are_one(app: Flask, session: Session) -> None:
    code = make()
    spend(code)

    def again() -> str:
        try:
            spend(code)
        except Refused as refusal:
            return type(refusal).__name__
        return "in"

    assert sorted(steps.at_once(app, again, again)) == ["WrongContent", "in"]


def test_two_first_uses_at_once_are_one(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another phone spends the code while this one's PIN is being hashed, with another PIN."""
    code, real = make(), pins.hash_pin
    others: list[Any] = []

    def slow(pin: str, secret: str) -> str:
        if pin == PIN and not others:
            others.append("begun")
            others.extend(steps.at_once(app, lambda: spend(code, pin="906142").user.name))
        return real(pin, secret)

    monkeypatch.setattr(pins, "hash_pin", slow)
    refusal = refused(WrongContent, spend, code)
    assert "dengan PIN lain" in refusal.fields["pin"], "it says what has happened"
    assert others[1:] == ["Rahman"]
    steps.afresh(session)
    activation = session.scalars(select(Activation)).one()
    assert (activation.uses, activation.failures) == (1, 0), "nobody has answered wrongly"
    assert len(session.scalars(select(KnownDevice)).all()) == 1
    assert spend(code, pin="906142"), "the PIN that was chosen there opens this phone too"


def test_two_taps_with_one_pin_are_two_browsers(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, real = make(), pins.hash_pin
    others: list[Any] = []

    def slow(pin: str, secret: str) -> str:
        if not others:
            others.append("begun")
            others.extend(steps.at_once(app, lambda: spend(code).user.name))
        return real(pin, secret)

    monkeypatch.setattr(pins, "hash_pin", slow)
    assert spend(code)
    assert others[1:] == ["Rahman"]
    assert "dua HP" in refused(WrongContent, spend, code).fields["code"]


def test_a_code_that_is_over_says_why(session: Session) -> None:
    """Spent, replaced, failed, too old: each has another way on."""
    old = make()
    code = make()
    assert "sudah ada kode yang lebih baru" in refused(WrongContent, spend, old).fields["code"]
    spend(code)
    spend(code)
    assert "dipakai di dua HP" in refused(WrongContent, spend, code).fields["code"]
    late = NOW + timedelta(hours=RULES.hours)
    assert "lewat waktunya" in refused(WrongContent, spend, make(), at=late).fields["code"]
    failed = make()
    for _ in range(RULES.failures):
        said = refused(WrongContent, spend, failed, last4="0000")
    assert "terlalu banyak jawaban yang salah" in said.fields["code"]
    assert refused(WrongContent, spend, failed).fields == said.fields
    with writing() as inner:
        accounts.disable(inner, OPERATOR, user_of(RAHMAN))
    refusal = refused(WrongContent, spend, old)
    assert refusal.fields["code"] == f"{typed_codes.ENDED}. {typed_codes.ASK}"


# --- The PIN on its phone -----------------------------------------------------------------------


def test_a_pin_opens_nothing_elsewhere(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown phone, no phone, somebody else's: one answer, after one hash each."""
    phone = spend(make()).device_token
    other = spend(make(SITI), SITI).device_token
    tried: list[str | None] = []
    real = people.secret_matches

    def counting(kept: str | None, secret: str) -> bool:
        tried.append(kept)
        return real(kept, secret)

    monkeypatch.setattr(people, "secret_matches", counting)
    answers = [
        refused(NotSignedIn, enter, None),
        refused(NotSignedIn, enter, ""),
        refused(NotSignedIn, enter, "x" * 43),
        refused(NotSignedIn, enter, other, PIN, RAHMAN),
        refused(NotSignedIn, enter, phone, PIN, BEJO),
    ]
    assert {one.message for one in answers} == {pins.NOT_HERE}
    assert tried == [None] * 5
    assert enter(phone, PIN, RAHMAN)


def test_five_failures_end_what_this_phone_knows_of_this_person(session: Session) -> None:
    phone = spend(make()).device_token
    elsewhere = spend(make()).device_token
    spend(make(SITI), SITI, "906142", phone=phone, at=NOW + timedelta(seconds=1))
    assert [one.name for one in pins.known_on(session, phone)] == ["Siti Aminah", "Rahman"]
    for left in (4, 3, 2, 1):
        assert f"{left} kali" in refused(NotSignedIn, enter, phone, "111111", RAHMAN).message
    assert refused(NotSignedIn, enter, phone, "111111", RAHMAN).message == pins.NOT_HERE
    assert refused(NotSignedIn, enter, phone, PIN, RAHMAN).message == pins.NOT_HERE
    of_rahman = select(KnownDevice.pin_hash).where(KnownDevice.user_id == user_of(RAHMAN).id)
    of_rahman = of_rahman.where(KnownDevice.token_hash == sessions.hashed(phone))
    assert session.scalars(of_rahman).all() == [None], "nothing is kept to compare with"
    assert [one.name for one in pins.known_on(session, phone)] == ["Siti Aminah"]
    assert enter(phone, "906142", SITI).user.name == "Siti Aminah"
    assert enter(elsewhere, PIN).user.name == "Rahman", "his other phone"
    spend(make(), phone=phone)
    assert enter(phone, PIN, RAHMAN)


def test_a_right_pin_takes_the_failures_back(session: Session) -> None:
    phone = spend(make()).device_token
    for _ in range(3):
        for _ in range(RULES.pin_failures - 1):
            refused(NotSignedIn, enter, phone, "111111")
        assert enter(phone)


def test_what_is_no_whole_pin_costs_no_try(session: Session) -> None:
    """A thumb that came too early, and the password of another page."""
    phone = spend(make()).device_token
    for typed in (PIN[:5], "", f"{PIN}1", "rahasia", "٣٨٥٠٢٦", f"{PIN}\n") * RULES.pin_failures:
        assert "6 angka" in refused(NotSignedIn, enter, phone, typed).message
        refusal = refused(WrongContent, pins.prove, user_of(RAHMAN), phone, typed)
        assert "6 angka" in refusal.fields["proof"]
    assert enter(phone)


def test_an_account_that_is_closed_meanwhile_is_told_in_words_that_fit(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when an import is undone while one of its people activates a phone."""
    phone, code, real = spend(make()).device_token, make(), sign_in.is_open

    def closed_before(inner: Session, user: User) -> bool:
        user.active = False  # as the other transaction has left it
        inner.flush()
        return real(inner, user)

    monkeypatch.setattr(sign_in, "is_open", closed_before)
    assert "tidak berlaku lagi" in refused(WrongContent, spend, code).fields["code"]
    assert "PIN tidak berlaku di HP ini" in refused(NotSignedIn, enter, phone).message


def test_tries_at_the_same_moment_all_count(app: Flask, session: Session) -> None:
    phone = spend(make()).device_token

    def guess() -> str:
        try:
            enter(phone, "111111")
        except NotSignedIn as error:
            return error.message
        return "in"

    outcomes = steps.at_once(app, *[guess] * 8)
    assert sum("Masih bisa" in one for one in outcomes if isinstance(one, str)) <= 4
    while session.scalars(select(KnownDevice.pin_failures)).one() < RULES.pin_failures:
        guess()  # some found no turn
        steps.afresh(session)
    assert refused(NotSignedIn, enter, phone).message == pins.NOT_HERE


def test_who_used_the_phone_last_is_meant_where_nobody_is_named(session: Session) -> None:
    phone = spend(make()).device_token
    later = NOW + timedelta(minutes=1)
    spend(make(SITI), SITI, "906142", phone=phone, at=later)
    assert enter(phone, "906142").user.name == "Siti Aminah"


def test_unknown_phones_are_slowed_down_and_known_ones_are_not(session: Session) -> None:
    phone = spend(make()).device_token
    for _ in range(sign_in.PER_NETWORK):
        refused(NotSignedIn, enter, None)
    refused(TooMany, enter, None)
    assert enter(phone)


def test_a_new_pin_on_the_same_phone_is_the_only_one(session: Session) -> None:
    phone = spend(make()).device_token
    spend(make(), pin="906142", phone=phone)
    refused(NotSignedIn, enter, phone, PIN)
    assert enter(phone, "906142")
    assert len(session.scalars(select(KnownDevice)).all()) == 1


def test_a_password_still_opens_the_account(session: Session) -> None:
    """Officials keep theirs; a PIN is one more way on their own phone."""
    phone = spend(make(HARTONO), HARTONO).device_token
    given = (HARTONO.phone, "sipokat-demo", HOME, phone, "Chrome di Android", NOW)
    assert sign_in.sign_in(*given).user.name == "Hartono"
    assert enter(phone).user.name == "Hartono"
