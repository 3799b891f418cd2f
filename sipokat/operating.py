"""What the commands have in common: their options, who runs them for whom, and how a refusal ends
one."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from sipokat.database import writing
from sipokat.domain import administration, people
from sipokat.domain.administration import By
from sipokat.domain.clock import WIB
from sipokat.domain.refusals import Refused
from sipokat.domain.roles import ROLES
from sipokat.models import User


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            self.fail(f"{value} is not a day such as 2026-11-30")


DAY = Day()
PHONE = click.option("--phone", prompt=True, help="Mobile number of the account, 0812… or +62812…")
BY = click.option("--by", help="Mobile number of whoever of Diskominfo it is done for.")
ROLE = click.option("--role", type=click.Choice(list(ROLES)), prompt=True)
REGION = click.option("--region", prompt=True, help="The office's region, 16.73.04.1009.001")


@contextmanager
def change(by: str | None) -> Iterator[tuple[Session, By]]:
    """A write transaction, and who makes the change. A refusal ends the command in words."""
    with in_words(), writing() as session:
        yield session, actor(session, by)


@contextmanager
def in_words() -> Iterator[None]:
    """A refusal ends the command in words."""
    try:
        yield
    except Refused as refusal:
        raise click.ClickException(refusal.message) from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def actor(session: Session, by: str | None) -> By:
    """Who makes the change: the operator, for the person with this number if one is given."""
    if by is None:
        return operator()
    return replace(administration.diskominfo(account(session, by)), operator=operator().operator)


def operator() -> By:
    """Whoever runs this command, by their user name on the server."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = str(os.getuid())
    return administration.operator(name)


def account(session: Session, phone: str) -> User:
    """The account with this number, closed or not. Raises WrongContent for what is no number, and
    ValueError where no account has it."""
    number = people.require_phone(phone)
    user = people.find_by_phone(session, number)
    if user is None:
        raise ValueError(f"no account has the number {number}")
    return user


def moment(at: datetime) -> str:
    """The moment in Lubuklinggau, as the commands print it."""
    return f"{at.astimezone(WIB):%Y-%m-%d %H:%M}"
