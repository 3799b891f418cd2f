"""The parts of the demo city; `sipokat.demo.city` puts them together."""
