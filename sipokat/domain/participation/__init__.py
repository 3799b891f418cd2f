"""Who reports: what counts for a month, and how many of those who should have done so."""

from sipokat.domain.participation.nihil import nihil_month, stands

__all__ = ["nihil_month", "stands"]
