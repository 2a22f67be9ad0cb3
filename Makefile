# Reverse Sync. `make help` lists what there is to make.
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

PYTHON ?= python3
UV := .tools/bin/uv
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
# A caller's setting that turns bytecode off would double every start of Airflow.
unexport PYTHONDONTWRITEBYTECODE

# What `rehearse`, `up` and `preflight` are about: PIPELINE=name or file, several in quotes; TABLES=folder; CONNECTIONS=file.
# SCENARIO=way-back: of `rehearse`, the way back to Oracle as well.
CHOSEN = $(foreach name,$(PIPELINE),--pipeline $(name)) $(if $(TABLES),--tables $(TABLES)) $(if $(CONNECTIONS),--connections $(CONNECTIONS)) $(if $(SCENARIO),--scenario $(SCENARIO))

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

rehearse: setup ## Run the whole procedure once, in a real Airflow on this machine, and print the report; PIPELINE=name or file, or SCENARIO=way-back
	@$(BIN)/python -m rehearsal run $(CHOSEN)

up: setup ## Start everything, with the data of last time, and leave it running; prints the addresses and logins
	@$(BIN)/python -m rehearsal up $(CHOSEN)

down: setup ## Stop what `make up` started; its data stay for the next `make up`
	@$(BIN)/python -m rehearsal down

fresh: setup ## Empty what `make up` keeps: databases, AWS, run history, records
	@$(BIN)/python -m rehearsal fresh

status: setup ## What runs and where, and what ended by itself
	@$(BIN)/python -m rehearsal status

preflight: setup ## Check a running rehearsal (`make up`) as a cutover would be checked, without changing anything
	@$(BIN)/python -m rehearsal preflight $(CHOSEN)

test: setup browser ## All tests; what fails beside others is run once more, alone
	@$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder \
		|| { echo "Once more, alone: what passes now depends on its neighbours or on time, and has to be mended."; \
			$(BIN)/pytest --last-failed --last-failed-no-failures none; }

faults: setup broker ## The long form of the fault tests
	@FAULTS=all RUNS=9 RECONCILE_RUNS=10 RECONCILE_UPDATES_PER_S=500 TYPE_PAIR_ROWS=10000 ORACLE_FUZZ_PACKETS=100000 ORACLE_STREAM_ROWS=1000000 \
		$(BIN)/pytest tests/faults tests/end_to_end/test_convergence.py tests/end_to_end/test_examples.py tests/end_to_end/test_repair.py tests/end_to_end/test_run.py tests/end_to_end/test_run_end.py \
		tests/integration/product/test_traffic.py tests/integration/type_pairs/test_fuzz.py \
		tests/integration/rehearsal/aws/test_storm.py tests/integration/rehearsal/oracle/test_fuzz.py tests/integration/rehearsal/oracle/test_sessions.py

browser: ## Install the chromium that the tests in a browser use
	@$(PYTHON) -m tests.support.programs chromium

broker: ## Install the Redis that the tests with several workers use
	@$(PYTHON) -m tests.support.programs redis-server

screenshots: setup browser ## Make the pictures in docs/images anew, in a rehearsal of their own
	@mkdir -p docs/images
	@SCREENSHOTS=docs/images $(BIN)/pytest tests/end_to_end/test_browser.py

mwaa: setup ## Build what is uploaded to Amazon MWAA, into .mwaa/, and check its sizes
	@PYTHONPATH=plugins $(BIN)/python -m mwaa

matrix: .matrix/mwaa/.synced newest ## Imports, DAG validity and unit tests with exactly the versions of Amazon MWAA's image, then with the newest
	@for versions in mwaa newest; do \
		echo "Versions: $$versions"; .matrix/$$versions/bin/python -m pytest -p no:anyio tests/unit --numprocesses 2 --dist loadfile || exit 1; \
	done

newest: $(UV) ## Install the newest version of everything that production needs, for `make matrix`
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .matrix/newest
	@sed 's/==.*//' requirements.in | $(UV) pip install --quiet --upgrade --python .matrix/newest/bin/python --compile-bytecode -r - -r requirements-matrix.txt

bench: setup ## Measure what the project promises about speed
	@$(BIN)/python -m bench

lint: setup ## ruff, mypy and the import rules
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@PYTHONPATH=plugins $(BIN)/lint-imports

docs: setup ## Write the generated pages
	@PYTHONPATH=plugins $(BIN)/python -m reverse_sync.preflight.docs > docs/preflight.md.new
	@mv docs/preflight.md.new docs/preflight.md
	@PYTHONPATH=plugins $(BIN)/python -m reverse_sync.policy include/pipelines/flightspecials.yaml > docs/iam-policy.json.new
	@mv docs/iam-policy.json.new docs/iam-policy.json
	@PYTHONPATH=plugins $(BIN)/python -m reverse_sync.grants include/pipelines/flightspecials.yaml > docs/grants.sql.new
	@mv docs/grants.sql.new docs/grants.sql
	@PYTHONPATH=plugins $(BIN)/python -m reverse_sync.type_pairs.docs > docs/types.md.new
	@mv docs/types.md.new docs/types.md
	@PYTHONPATH=plugins:. $(BIN)/python -m docsite
	@PYTHONPATH=plugins $(BIN)/python -m reverse_sync.evidence.schema > docs/evidence-schema.json.new
	@mv docs/evidence-schema.json.new docs/evidence-schema.json

site: setup ## Build the documentation site into .site/, and check its links
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

sbom: setup .sbom/.synced ## Write what production installs into .sbom/: a CycloneDX document, and the list of licences
	@$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-format JSON --output-file .sbom/reverse-sync.cdx.json .sbom/venv
	@$(BIN)/pip-licenses --python .sbom/venv/bin/python --from mixed --with-urls --format markdown --output-file .sbom/licences.md >/dev/null
	@echo ".sbom/reverse-sync.cdx.json and .sbom/licences.md"

lock: $(UV) ## Compile the locks again from the .in files
	@$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 requirements.in -o requirements.txt
	@$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 -c requirements.txt requirements-dev.in -o requirements-dev.txt

setup: .venv/.synced ## Install what the other targets need: uv, the locked packages, PostgreSQL with pglogical
	@$(PYTHON) -m rehearsal.postgres.packages

clean: ## Remove everything that make made in this folder
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m rehearsal down; $(BIN)/python -m rehearsal fresh; fi
	@rm -rf .tools .venv .rehearsal .mwaa .matrix .site .sbom .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks

.sbom/.synced: requirements.txt .tools/.installed
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .sbom/venv
	@$(UV) pip sync --quiet --python .sbom/venv/bin/python --require-hashes $<
	@touch $@

.matrix/mwaa/.synced: mwaa/constraints.txt mwaa/requirements.txt requirements-matrix.txt .tools/.installed
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .matrix/mwaa
	@$(UV) pip install --quiet --python .matrix/mwaa/bin/python --compile-bytecode -r mwaa/constraints.txt -r mwaa/requirements.txt -r requirements-matrix.txt
	@touch $@

.tools/.installed: requirements-tools.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, but $(PYTHON) is " + sys.version.split()[0] + "; name another with `make PYTHON=...`" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --require-hashes --upgrade --target .tools -r $<
	@touch $@

$(UV): .tools/.installed

.venv/.synced: requirements-dev.txt .tools/.installed
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@$(UV) pip sync --quiet --python .venv/bin/python --require-hashes --compile-bytecode $<
	@touch $@

.PHONY: help rehearse up down fresh status preflight test browser broker screenshots faults mwaa matrix newest bench lint docs site sbom lock setup clean
