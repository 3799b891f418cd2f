"""Exports: tables that people take out of SIPOKAT as files.

`kinds.py` lists what can be taken out; each kind says who may, and makes its `Table` (`table.py`).
`asking.py` enters that somebody asks for one, `finding.py` who may still have it, `work.py` what
the worker does with its row, and `recalling.py` takes files back.
"""
