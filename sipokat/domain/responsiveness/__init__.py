"""How far desks answer: how long reports lay on each, and what came of them.

`rows.py` writes one row for each stay that a move ends. `months.py` reads those of a month,
`lying.py` what lies on desks now; `counted.py` makes figures of them, and `overview.py` puts
together what a page says of a region. `anew.py` tells all rows anew from the events.
"""
