# Everything a person does with this project starts here; `make` alone lists it.

# With it Python compiles every module anew in every process, and Airflow takes many seconds to start.
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

BIN := .venv/bin
STAMP := .venv/.installed

export PYTHON

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^##@/ {print "\n" substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' Makefile

##@ Running

.PHONY: setup
setup: $(STAMP) ## Install the locked Python packages and this project into .venv

$(STAMP): requirements.lock pyproject.toml infra/local/setup.sh infra/local/bootstrap.lock
	@infra/local/setup.sh install
	@touch $@

.PHONY: run
run: setup ## Start everything, run the demo newsroom through it (or SOURCES=sources.yaml)
	@$(BIN)/copydesk demo run $(if $(SOURCES),--sources $(SOURCES))

.PHONY: stop
stop: setup ## Stop what `make run` started; data stays
	@$(BIN)/copydesk down

.PHONY: status
status: setup ## Show servers, lag and the balance of the ledger
	@$(BIN)/copydesk status

.PHONY: doctor
doctor: setup ## Look at Java, disk, ports, memory and downloads, and say what to do
	@$(BIN)/copydesk doctor

.PHONY: clean
clean: setup ## Remove all data of the local servers, after asking (YES=1 does not ask)
	@$(BIN)/copydesk clean $(if $(YES),--yes)

##@ Working on it

.PHONY: test
test: setup ## Run all tests, on real servers of their own (ARGS="-k name" goes to pytest)
	@$(if $(ARGS),$(BIN)/pytest $(ARGS),BIN=$(BIN) tests/all.sh)

.PHONY: check
check: lint test ## Everything a change must pass

.PHONY: lint
lint: setup ## Formatting, style, import layers, types
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

.PHONY: format
format: setup ## Format the code and repair what ruff can
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

.PHONY: lock
lock: ## Lock the newest packages that pyproject.toml allows (ARGS="--upgrade" for all)
	@infra/local/setup.sh lock $(ARGS)

##@ Measuring (docs/benchmarks.md has the recorded figures)

.PHONY: bench-fetch
bench-fetch: setup ## Feeds, planning, pages to acknowledged records (ARGS="--servers")
	@$(BIN)/python -m bench.bench_fetch $(ARGS)

.PHONY: bench-clean
bench-clean: setup ## Extraction beside other extractors (COPYDESK_SHARED names the benchmark data)
	@$(BIN)/python -m bench.bench_clean $(ARGS)

.PHONY: bench-stories
bench-stories: setup ## Copies found, beside hashing, SimHash and MinHash (ARGS="--bases 300" is quick)
	@$(BIN)/python -m bench.bench_stories $(ARGS)

.PHONY: bench-index
bench-index: setup ## Log to searchable story over a full window (ARGS="--window 300000 --seconds 60")
	@$(BIN)/python -m bench.bench_index $(ARGS)

.PHONY: bench-search
bench-search: setup ## Searches of 200,000 stories while more are indexed (ARGS="--stories 20000 --rebuild")
	@$(BIN)/python -m bench.bench_search $(ARGS)

.PHONY: bench-latency
bench-latency: setup ## Published to searchable, an article a second (ARGS="--mode dags" with Airflow)
	@$(BIN)/python -m bench.bench_latency $(ARGS)

.PHONY: fuzz
fuzz: setup ## Ten thousand mutated pages through extraction (ARGS shows how to bound it: ARGS=--help)
	@$(BIN)/python -m bench.fuzz_clean $(ARGS)
