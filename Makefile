# Everything that a contributor runs.  `make run` needs only Python 3.11 with venv; the rest installs the tools too.

PYTHON ?= python3
CORPUS ?= ../shared/corpus
SETS ?=
PYTEST_ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
# Stamps: written after an installation, so that it is repeated only when pyproject.toml changes.
RUN_STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev

# The UI is checked and tested where its packages are installed (`make ui`), as in CI; the rest needs no Node.js.
# Packages that came with a new package-lock.json are installed first.
UI_SOURCES := $(shell find ui -path ui/node_modules -prune -o -type f -print 2>/dev/null)
UI_STAMP := ui/node_modules/.installed
UI_BUILT := src/tiphys/entrypoints/server/static/index.html
UI_IF_THERE = @if [ -e $(UI_STAMP) ]; then $(MAKE) --no-print-directory $(UI_STAMP) && cd ui && npm run --silent $(1); fi

.DEFAULT_GOAL := help
.PHONY: help run ui ui-types test check fix bench conformance clean

help: ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: $(RUN_STAMP) ## Install Tiphys into .venv and run the first example
	$(VENV)/bin/tiphys run examples/01-hello.yaml --log -o wide

test: $(DEV_STAMP) ## Run all tests (PYTEST_ARGS="-k store -x" for some)
	$(PY) -m pytest $(PYTEST_ARGS)
	$(call UI_IF_THERE,test)
	$(call UI_IF_THERE,e2e)

ui: $(UI_BUILT) ## Build the web UI into the package; needs Node.js and npm

ui-types: $(RUN_STAMP) $(UI_STAMP) ## Generate the UI's types from the API's description again
	cd ui && npm run --silent types

check: $(DEV_STAMP) ## Format, lint, types and import rules; changes nothing
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(call UI_IF_THERE,check)

fix: $(DEV_STAMP) ## Format, mend what ruff can mend, generate docs/errors.md again
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(PY) tools/generate_reference.py
	$(PY) tools/generate_paths.py

bench: $(DEV_STAMP) ## Print the ratios and counts of ARCHITECTURE.md's budgets
	$(PY) -m bench

conformance: $(DEV_STAMP) ## Compare with Argo: CORPUS=<folder> SETS="examples validation" RUNTIME=container
	$(PY) -m tests.conformance --corpus "$(CORPUS)" $(if $(SETS),--sets "$(SETS)") $(if $(RUNTIME),--runtime $(RUNTIME))

clean: ## Remove .venv and everything that tools left behind
	rm -rf $(VENV) ui/node_modules src/tiphys/entrypoints/server/static build dist conformance-out .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tiphys needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): pyproject.toml | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

# Dependency groups need pip 25.1; Debian 12 brings an older one.
$(DEV_STAMP): pyproject.toml $(RUN_STAMP)
	$(PY) -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(PY) -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

$(UI_STAMP): ui/package-lock.json
	cd ui && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(UI_BUILT): $(UI_STAMP) $(UI_SOURCES)
	cd ui && npm run --silent build
