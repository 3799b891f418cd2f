"""What templates are given: a report, its states, times and figures, in words."""

from sipokat.web.present.late_photos import late_photos
from sipokat.web.present.report import Full, cards, full
from sipokat.web.present.row import Row, names_near, rows, shared

__all__ = ["Full", "Row", "cards", "full", "late_photos", "names_near", "rows", "shared"]
