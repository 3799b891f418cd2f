"""Everything made up: the demo city with its people, reports and pictures. `city.py` loads it."""
