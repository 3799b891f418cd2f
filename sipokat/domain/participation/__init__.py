"""Who reports: what counts for a month, and how many of those who should have done so."""

from sipokat.domain.participation.nihil import Reported, nihil_month, reported, stands

__all__ = ["Reported", "nihil_month", "reported", "stands"]
