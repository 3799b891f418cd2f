"""The tables, one aggregate a file. The rules are in `domain/`."""

from sipokat.models.activation import Activation
from sipokat.models.administration import AdministrativeEntry
from sipokat.models.answer import Answer
from sipokat.models.daily import DailyJob
from sipokat.models.event import Counter, Event, FirstOpened
from sipokat.models.export import Export
from sipokat.models.imports import ImportRow, PeopleImport
from sipokat.models.month import ClosedMonth, MonthCount
from sipokat.models.notice import Notice
from sipokat.models.nudge import Nudge
from sipokat.models.region import Region, RegionName, RegionSuccessor
from sipokat.models.report import Photo, Report, Revision
from sipokat.models.session import KnownDevice, LoginSession, SignInFailure
from sipokat.models.setting import DayOverride, Setting
from sipokat.models.tally import Tally
from sipokat.models.user import Term, User

__all__ = [
    "Activation",
    "AdministrativeEntry",
    "Answer",
    "ClosedMonth",
    "Counter",
    "DailyJob",
    "DayOverride",
    "Event",
    "Export",
    "FirstOpened",
    "ImportRow",
    "KnownDevice",
    "LoginSession",
    "MonthCount",
    "Notice",
    "Nudge",
    "PeopleImport",
    "Photo",
    "Region",
    "RegionName",
    "RegionSuccessor",
    "Report",
    "Revision",
    "Setting",
    "SignInFailure",
    "Tally",
    "Term",
    "User",
]
