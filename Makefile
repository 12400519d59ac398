# `make` alone lists the targets. Needs Python 3.11 or newer; PYTHON= names another one, ARGS= passes arguments on.
# WORKERS= says how many processes `make test` runs in: one per core, or none of its own when ARGS names files.

PYTHON ?= python3
ARGS ?=
WORKERS ?= $(if $(findstring tests/,$(ARGS)),0,auto)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK := uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 --quiet

MAKEFLAGS += --no-print-directory
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start dozens of processes of our own; compiling the same modules in each would be a good part of the run.
unexport PYTHONDONTWRITEBYTECODE
export PIP_ROOT_USER_ACTION := ignore

.DEFAULT_GOAL := help
.PHONY: help setup run test verify lint format bench fault contracts client law generated assets fixtures lock sbom clean-data clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## make .venv and install what the lock file names
	@echo "$(VENV) is ready" 1>&2

# Everything here speaks to stderr: `make run ARGS="--once --json"` must print one JSON object and nothing else.
$(STAMP): requirements-dev.lock pyproject.toml
	@{ \
	set -e; \
	command -v $(PYTHON) >/dev/null || { \
	  echo "make: '$(PYTHON)' is not installed; install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3"; exit 1; }; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "make: Centerline needs Python 3.11 or newer, '$(PYTHON)' is $$($(PYTHON) -V 2>&1); name a newer one: make PYTHON=python3.12"; exit 1; }; \
	$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "installing python3-venv"; \
	    minor=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	    export DEBIAN_FRONTEND=noninteractive; \
	    apt-get update -qq; apt-get install -qq -y "python$$minor-venv" </dev/null || apt-get install -qq -y python3-venv </dev/null; \
	  else \
	    echo "make: '$(PYTHON)' has no venv module; install it (Debian: apt-get install python3-venv)"; exit 1; \
	  fi; }; \
	if ! $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  echo "making $(VENV)"; $(PYTHON) -m venv --clear $(VENV); \
	fi; \
	sum=$$(cksum <requirements-dev.lock); \
	if [ "$$(cat $(VENV)/.lock-sum 2>/dev/null)" != "$$sum" ]; then \
	  echo "installing what requirements-dev.lock names (a minute or two, once)"; \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock; \
	  echo "$$sum" >$(VENV)/.lock-sum; \
	fi; \
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .; \
	touch $@; \
	} 1>&2

run: $(STAMP)  ## the whole system on this machine, with sample entries (ARGS="--once --json" for a script)
	@$(BIN)/centerline demo $(ARGS)

test: $(STAMP)  ## the tests, but for what is slow by nature (at most 10 minutes on two cores)
	@$(BIN)/python -m pytest -q -n $(WORKERS) --maxprocesses 8 --dist worksteal $(ARGS)

# What says nothing of how long anything takes may share the cores; the rest runs one at a time.
verify: $(STAMP)  ## the tests that are slow by nature (at most 35 minutes)
ifneq ($(findstring tests/,$(ARGS)),)
	@$(BIN)/python -m pytest -q -m verify $(ARGS)
else
	@$(BIN)/python -m pytest -q -m "verify and sharing" -n $(WORKERS) --maxprocesses 8 --dist worksteal $(ARGS)
	@$(BIN)/python -m pytest -q -m "verify and not sharing" $(ARGS)
endif

lint: $(STAMP)  ## style, types and the direction of imports
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP)  ## put the code in shape
	@$(BIN)/ruff check --fix --exit-zero
	@$(BIN)/ruff format

bench: $(STAMP)  ## measure, each figure beside its floor
	@$(BIN)/python -m bench $(ARGS)

fault: $(STAMP)  ## kill, repeat and reorder everything, in the long form
	@$(BIN)/python -m pytest -m "long or not long" tests/fault --long $(ARGS)

contracts: $(STAMP)  ## generate docs/contracts from the models
	@$(BIN)/python -m cli.contracts

client: $(STAMP)  ## generate the Python client's models and operations from docs/contracts
	@$(BIN)/python -m clients.generate

law: $(STAMP)  ## generate docs/law and the rule book from the rules, the vectors and the code
	@$(BIN)/python -m cli.law

generated: contracts client law  ## all of these and docs/scale: before a commit that changes code
	@$(BIN)/python -m cli.scale

assets: $(STAMP)  ## fetch what pages are made of again, as vendor.toml names it (maintainers; needs npm)
	@$(BIN)/python -m cli.assets

fixtures: $(STAMP)  ## record anew what each producer publishes (ARGS= names stories, such as routing.tell_entries)
	@$(BIN)/python -m tests.support.produced $(ARGS)

lock: $(STAMP)  ## resolve the requirements*.lock files again (ARGS=--upgrade for newer versions)
	@$(BIN)/$(LOCK) $(ARGS) pyproject.toml -o requirements.lock
	@$(BIN)/$(LOCK) $(ARGS) pyproject.toml --extra otel -c requirements.lock -o requirements-otel.lock
	@$(BIN)/$(LOCK) $(ARGS) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

sbom: $(STAMP)  ## what Centerline is made of, as CycloneDX on standard output
	@$(BIN)/python -m cli.sbom

clean-data: $(STAMP)  ## stop the embedded servers and remove their data
	@$(BIN)/centerline clean-data

clean:  ## remove .venv and everything that tools leave behind
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
