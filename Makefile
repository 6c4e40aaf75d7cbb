# Two commands are enough: `make run` starts everything, `make test` runs every test.
# The first use installs into .venv; after that both work offline.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CODE := app tests bench piccolo_conf.py migrations

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
# A run of the tests starts dozens of processes: compiled once is enough.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check format bench chaos lock audit clean setup

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
	$(BIN)/djlint templates --lint --quiet

format: $(STAMP) ## Format code and templates
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)

bench: $(STAMP) ## Measure, and print each figure with its bound
	@$(BIN)/python -m bench

chaos: $(STAMP) ## Kill parts in the middle of a sale, and count what is lost
	@$(BIN)/python -m bench.chaos

setup: $(STAMP) ## Install only

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Mayfly needs Python 3.11 or newer; set PYTHON=/path/to/python3.11 (found: $$($(PYTHON) --version 2>&1))." >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing into $(VENV) …"
	@$(BIN)/pip install -qq --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip check >/dev/null || { $(BIN)/pip check; exit 1; }
	@$(BIN)/pip install -qq --no-deps --no-build-isolation -e .
	@$(BIN)/mayfly compilemessages
	@touch $@

lock: ## Pin every dependency with its hashes
	@rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/pip install --quiet uv
	@$(VENV)-lock/bin/uv pip compile --quiet --generate-hashes --all-extras --python-version 3.11 pyproject.toml -o requirements.lock
	@rm -rf $(VENV)-lock

audit: ## Ask the public databases of known holes about every pinned dependency (needs the network)
	@test -x $(VENV)-audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)-audit && $(VENV)-audit/bin/pip install --quiet pip-audit; }
	@$(VENV)-audit/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes -r requirements.lock

clean: ## Remove the environment and all caches; data in var/ stays
	rm -rf $(VENV) $(VENV)-lock $(VENV)-audit *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache test-results
	find app tests bench migrations -name __pycache__ -type d -prune -exec rm -rf {} +
