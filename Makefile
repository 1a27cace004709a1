# One command per task. Each target sets up what it needs from a plain python3 and make;
# a second run starts at once.

PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
STAMP := .venv/.synced
PORT ?= 20002
PEERS := tests/peers

# What the caller's shell has active must not decide where things are installed.
unexport VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH
unexport PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV
unexport UV_PYTHON UV_NO_SYNC UV_NO_DEV
export UV_PROJECT_ENVIRONMENT := .venv

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test check test-oracle test-mutation peers test-peers leaks bench isolated format

help:  ## list the targets
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / { printf "%-14s%s\n", $$1, $$2 }' Makefile

setup: $(STAMP)  ## .venv with the toolkit and its tools

$(BIN)/uv: .ci/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'amplikit needs Python 3.11 or newer, and $(PYTHON) is' \
	    "$$($(PYTHON) --version 2>&1). Name another: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement .ci/uv.txt
	@touch $@

$(STAMP): $(BIN)/uv uv.lock pyproject.toml client/pyproject.toml $(wildcard lambdas/*/pyproject.toml)
	$(UV) sync --frozen --quiet --python $(BIN)/python
	@touch $@

demo: $(STAMP)  ## the whole story over real sockets, in a temporary folder
	@$(BIN)/amplikit demo

serve: $(STAMP)  ## the community app on port 20002 (PORT=)
	@$(BIN)/amplikit serve --port $(PORT) --ready-file .amplikit/ready.json

test: $(STAMP)  ## everything that needs Python alone
	$(BIN)/python -m pytest -q -m 'not oracle and not peers'

test-oracle: $(STAMP)  ## compare with the real transformers (AMPLIKIT_CORPUS=)
	$(BIN)/python -m pytest -q -m oracle

test-mutation: $(STAMP)  ## whether the oracle notices every wrong grant (JOBS=2)
	$(BIN)/python tests/oracle/mutation.py --jobs $(or $(JOBS),2)

$(PEERS)/transformers/node_modules/.package-lock.json: $(PEERS)/transformers/package.json $(PEERS)/transformers/package-lock.json
	cd $(PEERS)/transformers && npm ci --ignore-scripts --legacy-peer-deps --no-audit --no-fund
	@touch $@

$(PEERS)/simulator/node_modules/.package-lock.json: $(PEERS)/simulator/package.json $(PEERS)/simulator/package-lock.json
	cd $(PEERS)/simulator && npm ci --ignore-scripts --legacy-peer-deps --no-audit --no-fund
	@touch $@

$(PEERS)/amplify_js/node_modules/.package-lock.json: $(PEERS)/amplify_js/package.json $(PEERS)/amplify_js/package-lock.json
	cd $(PEERS)/amplify_js && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(PEERS)/dynamodb/local/DynamoDBLocal.jar: $(PEERS)/dynamodb/fetch.py | $(STAMP)
	$(BIN)/python $<
	@touch $@

peers: $(PEERS)/transformers/node_modules/.package-lock.json $(PEERS)/simulator/node_modules/.package-lock.json $(PEERS)/amplify_js/node_modules/.package-lock.json $(PEERS)/dynamodb/local/DynamoDBLocal.jar  ## what test-peers compares with (needs npm)

test-peers: $(STAMP) peers  ## beside the real transformers, the simulator, DynamoDB Local, amplify-js (needs Node, Java)
	$(BIN)/python -m pytest -q -m peers

leaks: $(STAMP)  ## 10,000 subscribers and mutations beside a slow oracle (PAIRS=)
	$(BIN)/python tests/properties/leak_trials.py $(or $(PAIRS),10000)

check: $(STAMP)  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP)  ## how fast it is: ratios, taken in one run
	@$(BIN)/python bench/compile.py
	@$(BIN)/python bench/store.py
	@$(BIN)/python bench/realtime.py

format: $(STAMP)  ## rewrite the sources as check wants them
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

isolated: $(STAMP)  ## import the client with nothing else installed
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	$(UV) venv --quiet --python $(BIN)/python "$$folder" && \
	$(UV) pip install --quiet --python "$$folder/bin/python" ./client && \
	cd "$$folder" && bin/python -X importtime -c 'import amplikit_client' 2>&1 | tail -1
