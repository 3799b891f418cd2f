# make run   the demo city on http://127.0.0.1:5000        make test   what every change must pass
# make check format, lint, types, architecture, migrations  make help   all targets
.DEFAULT_GOAL := help
.PHONY: help run test test-all check format lock bench clean

export PORT ?= 5000
# Else each of the many processes of a test run compiles the whole program.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
# One more than cores: some tests only wait, for a time-out of the phone or for a slow line.
JOBS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

.venv/.run: requirements/run.txt tools/environment.sh
	@echo "Installing what SIPOKAT needs into .venv ..."
	@tools/environment.sh $<
	@touch $@

.venv/.dev: requirements/dev.txt tools/environment.sh
	@echo "Installing what its tests need into .venv ..."
	@tools/environment.sh $<
	@touch $@

run: export SIPOKAT_MODE = demo
run: .venv/.run ## the demo city with its worker; Ctrl-C ends both (PORT, DATABASE_URL, SIPOKAT_DATA)
	@exec $(BIN)/flask start

test: .venv/.dev ## all tests without a browser, and each promise in one; ARGS="-k outbox --chromium 106" for some
	@tools/browsers.sh
	$(BIN)/pytest -n $(JOBS) $(ARGS)

test-all: .venv/.dev ## all tests, on both databases and both Chromiums; JOBS=0 for one by one
	@tools/browsers.sh
	$(BIN)/pytest -n $(JOBS) --matrix whole $(ARGS)

check: .venv/.dev ## format, lint, types, import arrows, migrations in step with the models
	@tools/node.sh
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	node_modules/.bin/biome ci --colors=off
	$(BIN)/pytest -q tests/test_architecture.py tests/test_migrations.py

format: .venv/.dev ## format Python and JavaScript, and mend what the linters can
	@tools/node.sh
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .
	node_modules/.bin/biome check --write

bench: .venv/.dev ## measure what the docs quote: reports per second, weight and speed of the form
	@tools/browsers.sh
	$(BIN)/python -m bench.intake
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.monitoring --also longer country
	$(BIN)/python -m bench.queue
	$(BIN)/python -m bench.form_load
	$(BIN)/python -m bench.activation_load
	$(BIN)/python -m bench.at_rest
	$(BIN)/python -m bench.slow_clients
	$(BIN)/python -m bench.import_people
	$(BIN)/python -m bench.exports

lock: ## renew the lock files from pyproject.toml and package.json (needs uv and npm)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --upgrade pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --upgrade --group dev pyproject.toml -o requirements/dev.txt
	npm install --package-lock-only --loglevel=error

clean: ## remove everything that can be made again; the data in instance/ stays
	rm -rf .venv node_modules .tools static/gen .pytest_cache .hypothesis .mypy_cache .ruff_cache test-results
