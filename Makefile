# Everything runs in .venv, which the first target that needs it makes.
.PHONY: help setup demo test test-all types lint bench lowest clean
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Tests of one file share what they built, so a file stays with one worker.
PYTEST := $(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --durations 10
NBVAL := $(BIN)/pytest -p no:cacheprovider -W ignore --nbval-lax notebooks/

help:
	@echo "make demo      build notebooks/penguins.ipynb into a service and ask it one question"
	@echo "make test      lint, types, import contracts, tests, example notebooks (minutes)"
	@echo "make test-all  the same with the slow tests"
	@echo "make setup     only make .venv"
	@echo "make lint      only ruff, mypy and the import contracts"
	@echo "make bench     the measurements of benchmarks/"
	@echo "make lowest    build a notebook with the lowest versions that pyproject.toml allows"
	@echo "make clean     remove what these targets made"

# uv installs in a fraction of pip's time; where it cannot be had, pip does the same.
$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "nb2prod needs Python 3.11; say where: make PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade uv || echo "uv cannot be had here; going on with pip"
	@if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --python $(BIN)/python --editable ".[dev]"; \
	 else $(BIN)/python -m pip install --quiet --editable ".[dev]"; fi
	@touch $@

setup: $(STAMP)

demo: $(STAMP)
	@$(BIN)/python notebooks/demo.py

# A service's files are typed as they will stand there, where `runtime` is a package of its own.
types: $(STAMP)
	$(BIN)/mypy
	MYPYPATH=src/nb2prod:templates/service $(BIN)/mypy $(addprefix templates/service/,app tests train.py)
	MYPYPATH=templates $(BIN)/mypy templates/version

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory types
	$(BIN)/lint-imports --no-cache

# The notebooks first, so that the last line is the count of the tests.
test: lint
	$(NBVAL)
	$(PYTEST) -m "not slow"

test-all: lint
	$(NBVAL)
	$(PYTEST)

bench: $(STAMP)
	@failed=""; for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || failed="$$failed $$script"; done; \
	 test -z "$$failed" || { echo "beyond a bound:$$failed"; exit 1; }

lowest: $(STAMP)
	@$(PYTHON) -m venv --clear .venv-lowest
	@$(BIN)/python -m uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct ".[ci]"
	.venv-lowest/bin/nb2prod build notebooks/penguins.ipynb --output .venv-lowest/services

clean:
	rm -rf $(VENV) .venv-lowest dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
