PYTHON ?= python3
PORT ?= 8000
BENCH ?= all
BENCH_OUT ?=
SOAK_MINUTES ?= 60
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# What is imported again and again is compiled once.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help serve web dev test soak check bench demo lock clean
help:                          ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */	/' | expand -t 10

serve: .venv/.ready            ## run the server on http://127.0.0.1:8000, its data in ./.milepost-data
	$(BIN)/python server/web/build.py --if-possible
	$(BIN)/milepost serve --data .milepost-data --port $(PORT)

web: .venv/.ready              ## build the web app; needs npm, or what make dev installs
	$(BIN)/python server/web/build.py

demo: .venv/.ready             ## serve a fictional half-year journal, and show how to look at it
	$(BIN)/python -m examples.demo --port $(PORT)

dev: .venv/.ready-dev          ## install into .venv what Milepost and its plugins are worked on with
	@echo 'Ready: export PATH="$$PWD/$(BIN):$$PATH"'

test: .venv/.ready-dev         ## run every test
	$(BIN)/python server/web/build.py --if-possible
	$(BIN)/python -m pytest -q -n 3 --dist worksteal

soak: .venv/.ready-dev         ## devices, faults and restores by chance, for SOAK_MINUTES=60
	$(BIN)/python -m tests.campaign --minutes $(SOAK_MINUTES)

check: .venv/.ready-dev        ## lint, types, and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: .venv/.ready-dev        ## measure; BENCH=append-64,fold picks some, BENCH_OUT=file keeps the figures
	$(BIN)/python -m bench --only "$(BENCH)" --out "$(BENCH_OUT)"

lock: .venv/.ready-dev         ## renew the hashed locks from pyproject.toml
	$(PIP) uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade --extra build --extra caldav --extra fhir pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade --extra build --extra dev pyproject.toml -o requirements-dev.lock

clean:                         ## remove what was installed and built
	rm -rf .venv dist .mypy_cache .ruff_cache .hypothesis

# pyproject.toml is a prerequisite so that a new plugin entry point is never stale. Hashes forbid an editable
# requirement, so the lock goes in first and the project itself after it, without dependencies.
.venv/.ready: pyproject.toml requirements.lock
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

.venv/.ready-dev: .venv/.ready requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	touch $@
