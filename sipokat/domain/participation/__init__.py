"""Who reports: what counts for a month, and how many of those who should have done so."""

from sipokat.domain.participation.nihil import counts_in, nihil_month, stands

__all__ = ["counts_in", "nihil_month", "stands"]
