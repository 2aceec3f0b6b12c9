# Every verb sets up what it needs; the second run of each starts in seconds.
SHELL := /bin/bash
export PYTHONDONTWRITEBYTECODE := 1
BIN := .venv/bin

.PHONY: languages demo test run check lint formats bench bench-window torture lock clean help

help:            ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## ?/  make \1\t/'

demo: .venv/ready ## set up, then examine the demonstration disk and verify its chain of custody
	$(BIN)/impound demo --case demo-case

run: .venv/ready ## open the window
	$(BIN)/impound-gui

test: .venv/ready-dev ## set up, then run the tests
	$(BIN)/python -m pytest -n 2

check: .venv/ready-dev lint ## style, types, import contracts, tests
	$(BIN)/python -m pytest -n 2

lint: .venv/ready-dev ## style, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

languages: .venv/ready-dev ## the window's texts gathered for their translators, catalogues compiled
	$(BIN)/python installer/languages.py

formats: .venv/ready-dev ## write the table of formats in the README anew
	$(BIN)/python installer/formats.py

bench: .venv/ready-dev ## speed, memory and recall on the reference disk, beside other tools; then the window (folder: IMPOUND_BENCH)
	$(BIN)/python tests/benchmarks/main_job.py
	$(BIN)/python tests/benchmarks/window.py

bench-window: .venv/ready-dev ## the window alone: a million findings, five million events, ten million entries
	$(BIN)/python tests/benchmarks/window.py

torture: .venv/ready-dev ## the figures of a release at full size (days; goes on where it was ended): torture.json
	IMPOUND_TORTURE=1 $(BIN)/python -m pytest -n 2 --timeout 0 -m figure

lock:            ## resolve the lock files anew (needs a package index)
	bash installer/lock.sh

.venv/ready: requirements.lock installer/setup.sh pyproject.toml
	bash installer/setup.sh run

.venv/ready-dev: requirements-dev.lock installer/setup.sh pyproject.toml
	bash installer/setup.sh dev

clean:           ## remove the virtual environment and caches
	rm -rf .venv demo-case demo-case-evidence .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
