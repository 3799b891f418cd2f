"""People of a spreadsheet become accounts and offices.

The rows of a file are kept with the columns that were recognised (`kept.py`); `cells.py` reads a
row, `judging.py` says what each of them would change, `applying.py` changes it and `undoing.py`
takes that back.
"""
