# One command for each thing a developer or an operator does here. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# uv makes the environment. The one on PATH serves if it is new enough; else `setup` installs one here.
UV_VERSION := 0.13.9
UV_LEAST := 0.9
UV := $(shell uv --version 2>/dev/null | awk '{print "$(UV_LEAST)\n" $$2}' | sort -V | head -1 | grep -qx '$(UV_LEAST)' && command -v uv || echo .tools/bin/uv)
PYTHON ?= python3
RUN := $(UV) run --no-sync
# An interpreter that is here already, never one fetched from elsewhere.
export UV_PYTHON_DOWNLOADS := never
SERVICE ?=
NAME ?=

.PHONY: help setup run test check e2e storm bench contracts migration clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.synced ## Install everything that is needed into .venv (only Python ≥ 3.11 and make must be there)

.tools/bin/uv:
	@echo "No uv ≥ $(UV_LEAST) on PATH: installing uv $(UV_VERSION) into .tools"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "IMDI needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Set PYTHON=/path/to/a/newer/python3.")'
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# Made again only when the lock or a package's requirements change: a warm run asks no network.
.venv/.synced: uv.lock pyproject.toml $(wildcard libs/*/pyproject.toml services/*/pyproject.toml deploy/*/pyproject.toml) | $(filter .tools/%,$(UV))
	$(UV) sync --frozen --all-packages
	@touch $@

run: setup ## Start the platform and tell one worker's journey; ARGS="--once" ends after it
	$(RUN) imdi up --home .home $(ARGS)

test: setup ## Run every test, on real PostgreSQL and real Kafka
	$(RUN) pytest -n 2 --dist loadgroup $(ARGS)

check: setup ## Format, lint, types, architecture, contracts current
	$(RUN) ruff format --check
	$(RUN) ruff check
	$(RUN) lint-imports --no-logo
	$(RUN) python -m imdi_contracts.publish --check
	$(RUN) mypy

e2e: setup ## Run the stories across all services alone
	$(RUN) pytest tests/e2e $(ARGS)

storm: setup ## Kill, freeze, cut and fill under load, and count what was lost; ARGS="--kills 200 --seed N --minutes M"
	@$(RUN) python -m tests.storm $(ARGS)

bench: setup ## Measure the ratios of the platform, one JSON line each
	@$(RUN) python -m tests.bench $(ARGS)

contracts: setup ## Make the published schemas, examples and docs/events.md anew
	$(RUN) python -m imdi_contracts.publish

migration: setup ## Begin a migration: make migration SERVICE=worker-prep NAME="add a column"
	@test -n "$(SERVICE)" -a -n "$(NAME)" || { echo 'Say which and what: make migration SERVICE=worker-prep NAME="add a column"'; exit 2; }
	$(RUN) python -m imdi_$(subst -,_,$(SERVICE)) revision "$(NAME)"

clean: ## Remove what was made here: environment, caches, and the data under .home
	rm -rf .venv .tools .home .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
