# Everything a newcomer needs: `make run` (see it), `make test` (check it). `make` alone lists the rest.
# Settings: PYTHON (interpreter ≥ 3.11), PORT, CITIES, WHEELHOUSE (install from this folder, no network), DAFENG_NO_UV=1 (pip only).
SHELL := bash
.DEFAULT_GOAL := help
PORT ?= 8600
CITIES ?= cities/yantai cities/qingdao
NAME ?=
PYTHON ?=
WHEELHOUSE ?=
export PYTHON WHEELHOUSE
# compiled modules are kept, whatever the caller's machine does: each process starts in half the time
unexport PYTHONDONTWRITEBYTECODE

frame := pyproject.toml requirements-uv.lock tools/setup.sh
bin := .venv/bin

.PHONY: help setup setup-test run test test-cluster ledger-nightly lint docs generated bench bench-peers lock wheelhouse clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: .venv/.default ## make .venv with the locked versions
setup-test: .venv/.test ## the same with the test tools

.venv/.default: requirements.lock $(frame)
	@tools/setup.sh default
.venv/.test: requirements-test.lock $(frame)
	@tools/setup.sh test
.venv-spark/.spark: requirements-spark.lock $(frame)
	@tools/setup.sh spark
.venv-sail/.sail: requirements-sail.lock $(frame)
	@tools/setup.sh sail

run: .venv/.default ## assess Yantai and Qingdao and serve the cockpit
	@for city in $(CITIES); do $(bin)/dafeng assess "$$city" || exit; done
	@$(bin)/dafeng serve $(CITIES) --port $(PORT)

test: .venv/.test ## everything: browser, style, types, tests
	@tools/browser.sh
	@$(MAKE) --no-print-directory lint
	$(bin)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-cluster: .venv-spark/.spark .venv-sail/.sail ## the same sums on Spark and on Sail, each in its own environment
	JAVA_HOME="$$(tools/java.sh)" .venv-spark/bin/python -m pytest tests/cluster
	.venv-sail/bin/python -m pytest tests/cluster

ledger-nightly: .venv/.test ## the simulator of the ledger on ten thousand seeds, with a line in nightly/ledger.jsonl
	$(bin)/python -m tests.ledger.simulator --seeds 10000 --log nightly/ledger.jsonl

lint: .venv/.test ## style and types
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy

generated: .venv/.test ## write the generated pages anew (docs/glossary.md, coverage.md, methods.md, components.md, technologies.md, sizes of units)
	$(bin)/python -m tools.glossary
	$(bin)/python -m tools.coverage
	$(bin)/python -m tools.methods
	$(bin)/python -m tools.components
	$(bin)/python -m tools.units

docs: generated ## build the documentation site into site/
	$(bin)/zensical build --clean --strict

bench: .venv/.test ## run the benchmarks, or one: make bench NAME=fact_sum
	$(bin)/python -m benchmarks $(NAME)

bench-peers: .venv/.test requirements-benchmarks.lock ## install what some benchmarks are measured beside, in locked versions
	$(bin)/python -m pip install --quiet --require-hashes -r requirements-benchmarks.lock

lock: .venv/.test ## resolve the locks anew (needs a network)
	@tools/lock.sh

wheelhouse: .venv/.default ## fetch all wheels into wheelhouse/ for a site without network
	$(bin)/python -m pip download --quiet --require-hashes --dest wheelhouse -r requirements-uv.lock
	$(bin)/python -m pip download --quiet --require-hashes --dest wheelhouse -r requirements-test.lock
	@echo 'On the other machine: make run WHEELHOUSE=wheelhouse'

clean: ## remove what can be made again (never a city's facts or records)
	rm -rf .venv .venv-spark .venv-sail site build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
