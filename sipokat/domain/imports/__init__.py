"""People of a spreadsheet become accounts and offices.

The rows of a file are kept with the columns that were recognised (`kept.py`); `cells.py` reads a
row, `verdicts.py` says what it would change, `applying.py` changes it and `undoing.py` takes that
back.
"""
