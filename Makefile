# Reverse Sync. `make help` lists what there is to make.
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

PYTHON ?= python3
UV := .tools/bin/uv
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
# A caller's setting that turns bytecode off would double every start of Airflow.
unexport PYTHONDONTWRITEBYTECODE

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

rehearse: setup ## Run the whole procedure once, in a real Airflow on this machine, and print the report
	@$(BIN)/python -m rehearsal run

up: setup ## Start everything and leave it running; prints the addresses and logins
	@$(BIN)/python -m rehearsal up

down: setup ## Stop what `make up` started
	@$(BIN)/python -m rehearsal down

status: setup ## What runs, and where
	@$(BIN)/python -m rehearsal status

preflight: setup ## Check a running rehearsal (`make up`) as a cutover would be checked, without changing anything
	@$(BIN)/python -m rehearsal exec -- python -m reverse_sync.preflight include/pipelines/flightspecials.yaml

test: setup ## All tests
	@$(BIN)/pytest --numprocesses 2 --dist loadfile

faults: setup ## The long form of the fault tests
	@FAULTS=all RUNS=9 ORACLE_FUZZ_PACKETS=100000 ORACLE_STREAM_ROWS=1000000 $(BIN)/pytest tests/faults tests/end_to_end/test_convergence.py \
		tests/integration/rehearsal/aws/test_storm.py tests/integration/rehearsal/oracle/test_fuzz.py tests/integration/rehearsal/oracle/test_sessions.py

bench: setup ## Measure what the project promises about speed
	@$(BIN)/python -m bench

lint: setup ## ruff, mypy and the import rules
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@PYTHONPATH=plugins $(BIN)/lint-imports

docs: setup ## Write the generated pages anew
	@PYTHONPATH=plugins $(BIN)/python -m reverse_sync.preflight.docs > docs/preflight.md.new
	@mv docs/preflight.md.new docs/preflight.md

lock: $(UV) ## Compile the locks anew from the .in files
	@$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 requirements.in -o requirements.txt
	@$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 -c requirements.txt requirements-dev.in -o requirements-dev.txt

setup: .venv/.synced ## Install what the other targets need: uv, the locked packages, PostgreSQL with pglogical
	@$(PYTHON) -m rehearsal.postgres.packages

clean: ## Remove everything that make made in this folder
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m rehearsal down; fi
	@rm -rf .tools .venv .rehearsal .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks

.tools/.installed: requirements-tools.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, but $(PYTHON) is " + sys.version.split()[0] + "; name another with `make PYTHON=...`" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --require-hashes --upgrade --target .tools -r $<
	@touch $@

$(UV): .tools/.installed

.venv/.synced: requirements-dev.txt .tools/.installed
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@$(UV) pip sync --quiet --python .venv/bin/python --require-hashes --compile-bytecode $<
	@touch $@

.PHONY: help rehearse up down status preflight test faults bench lint docs lock setup clean
