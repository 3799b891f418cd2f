"""Notices: what people are told without asking. Each is one row (`models/notice.py`).

`audience.py` is the rule of who is told of what, `rows.py` writes it down in the transaction of
what happened, `inbox.py` is what a person reads, and `sentences.py` says it.
"""
