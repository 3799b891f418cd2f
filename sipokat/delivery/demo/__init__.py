"""The parts of the demo city; `sipokat.delivery.demo.city` puts them together."""
