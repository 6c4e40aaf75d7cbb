# Two commands matter: `make run` and `make test`. Everything they need is installed into .venv and var/.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PORT ?= 8000
DATA ?= var
WORKERS ?= 2

.PHONY: run test check bench chaos setup format lock clean
.DEFAULT_GOAL := run

run: setup ## start everything: Postgres, S3, payment sandbox, inbox, worker, web; then print where it is
	@PORT=$(PORT) DATA=$(DATA) $(BIN)/mayfly up

test: setup ## every test, browser journeys included
	@$(BIN)/python -m tests.support.browser
	@$(BIN)/pytest -n $(WORKERS) $(ARGS)

check: setup ## format, lint, types, import contracts, templates
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/lint-imports
	@$(BIN)/pyright

bench: setup ## the table of figures with their bounds; see bench/README.md
	@$(BIN)/python -m bench $(ARGS)

chaos: setup ## a sale while processes are killed; see bench/README.md
	@$(BIN)/python -m bench.chaos $(ARGS)

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

setup: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Mayfly needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned packages into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(INSTALLED)

lock: ## pin the newest versions that pyproject.toml allows, with hashes
	@$(PYTHON) -m venv $(VENV)/lock && $(VENV)/lock/bin/pip install --quiet uv
	@$(VENV)/lock/bin/uv pip compile --quiet --upgrade --generate-hashes --all-extras --python-version 3.11 pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis
