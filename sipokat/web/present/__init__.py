"""What templates are given: a report, its states, times and figures, in words."""

from sipokat.web.present.report import Full, Row, cards, full, late_photos, rows

__all__ = ["Full", "Row", "cards", "full", "late_photos", "rows"]
