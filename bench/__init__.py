"""Benchmarks that the docs quote: python -m bench.intake, python -m bench.form_load."""
