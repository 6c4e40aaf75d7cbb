# Two commands are enough: `make run` starts everything, `make test` runs every test.
# The first use installs into .venv; after that both work offline.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CODE := app tests bench tools piccolo_conf.py migrations
# What makes the lock: another release could order or mark it differently.
UV := uv==0.13.9

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# A run of the tests starts dozens of processes: compiled once is enough.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check format bench chaos lock audit clean setup fresh

help: ## List what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(STAMP) ## Start everything (PORT=8000, DATA=var) and print the addresses
	@exec $(BIN)/mayfly up

test: $(STAMP) ## Run every test, browser journeys included
	@$(BIN)/python -m tests.support.programs
	$(BIN)/pytest -n 2 --dist loadgroup

check: $(STAMP) ## Format, lint, strict types, import contracts, templates
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/deptry app migrations
	$(BIN)/deptry --ignore DEP002,DEP004 tests bench
	$(BIN)/djlint templates --lint --quiet

format: $(STAMP) ## Format code and templates
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: $(STAMP) ## Measure, and print each figure with its bound
	@$(BIN)/python -m bench

chaos: $(STAMP) ## Kill parts in the middle of a sale, and count what is lost
	@$(BIN)/python -m bench.chaos

setup: $(STAMP) ## Install only

fresh: ## Install in fresh clones with the oldest and the newest pip (needs the network)
	@$(PYTHON) tools/fresh_install.py

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Mayfly needs Python 3.11 or newer; set PYTHON=/path/to/python3.11 (found: $$($(PYTHON) --version 2>&1))." >&2; exit 1; }
	@$(PYTHON) tools/install.py $(VENV)
	@touch $@

lock: ## Pin every dependency with its hashes, for every supported Python and machine
	@rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/pip install --quiet --quiet $(UV)
	@$(VENV)-lock/bin/uv pip compile --quiet --generate-hashes --universal --all-extras --python-version 3.11 pyproject.toml -o requirements.lock
	@rm -rf $(VENV)-lock

audit: ## Ask the public databases of known holes about every pinned dependency (needs the network)
	@test -x $(VENV)-audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)-audit && $(VENV)-audit/bin/pip install --quiet pip-audit; }
	@$(VENV)-audit/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes -r requirements.lock

clean: ## Remove the environment and all caches; data in var/ stays
	rm -rf $(VENV) $(VENV)-lock $(VENV)-audit *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache test-results
	find app tests bench migrations -name __pycache__ -type d -prune -exec rm -rf {} +
