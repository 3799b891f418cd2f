"""Nudges: who has not reported for a month is asked for it, by their lurah, camat or Bagian
Pemerintahan, or by SIPOKAT itself on days that are set.

`rules.py` says for which month and how often, `heads.py` what is known of those to be asked,
`asking.py` asks them, and `outcomes.py` counts what came of it. (A report that came back and that
nobody mends is told again by `notices/reminders.py`, which has nothing to do with this.)
"""
