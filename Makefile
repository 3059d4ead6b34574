# The commands people type. Paths are relative, so the checkout may lie in any folder.
# WHEELS=dir installs from a folder of wheels (see `make bundle`) and never asks a network.

PYTHON ?= python3
WHEELS ?=
# The lock is complete, so nothing is resolved at install (--no-deps); `pip check` afterwards says whether it is.
PIP_FLAGS = --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all:
PIP_SOURCE = $(if $(WHEELS),--no-index --find-links "$(WHEELS)")

.PHONY: help env env-dev refresh docs dbt-docs test test-programs test-clients test-superset soak test-offline lint types dev bundle clean
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1 \t/'

.venv/.made:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "Python 3.11, 3.12 or 3.13 is needed, this is %d.%d: make ... PYTHON=python3.11" % v)'
	@echo "环境 / environment: .venv ($$($(PYTHON) --version))"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.runtime: requirements.lock pyproject.toml .venv/.made
	@echo "依赖 / dependencies: requirements.lock"
	@.venv/bin/python -m pip install $(PIP_FLAGS) $(PIP_SOURCE) -r requirements.lock
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	@echo "开发依赖 / development dependencies: requirements-dev.lock"
	@.venv/bin/python -m pip install $(PIP_FLAGS) $(PIP_SOURCE) -r requirements-dev.lock
	@touch $@

env: .venv/.runtime ## make .venv from requirements.lock
env-dev: .venv/.dev ## the same, with the tools for development

refresh: env ## load raw/, compute, check, publish
	@.venv/bin/zhibiao refresh $(ARGS)

docs: refresh ## write the dictionary, cells and verdicts of docs/ from the served snapshot
	@.venv/bin/python -m dagster_project.report.docs

dbt-docs: refresh ## dbt's own pages on the models (lineage, SQL, columns) as one file, warehouse/dbt_docs.html
	@.venv/bin/python -m dagster_project.report.dbt_docs

test: lint types ## lint, types and tests
	@.venv/bin/python -m pytest $(ARGS)

test-programs: ## the Debian packages that some tests drive (browser, PostgreSQL); as root
	@packages="$$(sed 's/#.*//' tests/debian-packages.txt)"; \
		dpkg-query --show $$packages > /dev/null 2>&1 \
		|| { apt-get update --quiet && DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends $$packages; }

.clients/%/.made: requirements-clients-%.lock .venv/.dev
	@rm -rf .clients/$*
	@.venv/bin/python -m pip install $(PIP_FLAGS) $(PIP_SOURCE) --target .clients/$* -r $<
	@touch $@

test-clients: .clients/1.4/.made .clients/1.5/.made .clients/parquet/.made ## whether older DuckDB clients, and pandas without DuckDB, read what is served
	@.venv/bin/python -m pytest tests/warehouse/test_old_clients.py tests/export/test_connecting.py $(ARGS)

# Some of what Superset needs is published as source only, so it is built here; the hashes hold for it as well.
.superset/.made: requirements-superset.lock .venv/.dev
	@echo "Superset: requirements-superset.lock (0.9 GB)"
	@rm -rf .superset && $(PYTHON) -m venv .superset
	@.superset/bin/python -m pip install $(filter-out --only-binary :all:,$(PIP_FLAGS)) $(PIP_SOURCE) -r $<
	@touch $@

test-superset: .superset/.made ## whether a real Superset takes the bundle and shows what the marts say
	@.venv/bin/python -m pytest -m superset $(ARGS)

soak: env-dev ## a kill at every step of a refresh; readers of every kind through 50 publishes
	@.venv/bin/python -m pytest -m soak
	@.venv/bin/python -m tests.faults.readers $(ARGS)

test-offline: ## whether a fresh clone installs from bundle/ and refreshes in an empty network namespace
	@test -d bundle || { echo "first: make bundle"; exit 2; }
	@folder="$$(mktemp -d)" && git clone --quiet . "$$folder/clone" && cp -r bundle "$$folder/clone/" \
		&& unshare --map-root-user --net $(MAKE) --no-print-directory -C "$$folder/clone" refresh WHEELS=bundle; \
		result=$$?; rm -rf "$$folder"; exit $$result

lint: env-dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

types: env-dev
	@.venv/bin/mypy

dev: env ## the Dagster page on http://127.0.0.1:3000, with schedule and sensor
	@.venv/bin/zhibiao dev

bundle: .venv/.made ## wheels and locks into bundle/, for machines without a network
	@.venv/bin/python -m pip download $(PIP_FLAGS) $(PIP_SOURCE) --dest bundle -r requirements-dev.lock
	@cp requirements.lock requirements-dev.lock bundle/
	@echo "bundle/ $$(du -sh bundle | cut -f1): make refresh WHEELS=bundle"

clean: ## remove the environment and what tools cached; published snapshots stay
	@rm -rf .venv .clients .superset bundle dbt/target dbt/logs build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
