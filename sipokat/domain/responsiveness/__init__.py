"""How far desks answer: how long reports lay on each, and what came of them.

`rows.py` writes one row for each stay that a move ends.
"""
