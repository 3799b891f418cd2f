"""The benchmarks that the docs quote: python -m bench.intake and python -m bench.form_load."""
