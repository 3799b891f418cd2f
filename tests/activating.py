"""Phones that were activated for one of the cast, for tests of web pages."""

from __future__ import annotations

from flask import Flask

from sipokat.database import writing
from sipokat.domain import activations, administration, codes
from tests.cast import RAHMAN, Person
from tests.page import Visitor
from tests.steps import user_of

PIN = "385026"
BY_PIN = "form[action='/masuk/pin']"


def make(app: Flask, person: Person = RAHMAN) -> str:
    """A code for this person, which whoever runs the server has made."""
    with app.app_context(), writing() as session:
        by = administration.operator("budi")
        return codes.shown(activations.make(session, by, user_of(person)).code)


def activated(app: Flask, person: Person = RAHMAN, phone: Visitor | None = None) -> Visitor:
    """A phone that was activated for this person, signed in."""
    phone = phone or Visitor(app)
    given = {"code": make(app, person), "last4": person.phone[-4:], "pin": PIN}
    phone.user_id = None  # whoever was signed in: the code says who comes
    phone.user_id = phone.json("POST", "/aktivasi", given)["user"]["id"]
    return phone
