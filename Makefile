# Everything a fresh machine with Python, git and make needs is set up by the command that needs it.

SERVICES := nutrition farmers procurement logistics identity portal
# The first Python that the locks were made for; `make PYTHON=/path/to/python3.12 …` chooses another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null && echo $$python && exit; \
	done; echo python3)
BIN := .venv/bin
# `make test ARGS="-k menu"` runs some of the tests; so many files at a time, each process with servers of its own.
ARGS ?=
TEST_PROCESSES ?= 2

# Where an image's environment says that Python is to keep no bytecode, each of the hundreds of processes of a test run
# would compile 1,500 modules anew: half of what its start takes.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@echo "校农云, the Schooling-and-Farming Cloud. make …"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: env-all assets ## Live through a county's school week and look at it: http://127.0.0.1:8000
	$(BIN)/python -m services demo

.PHONY: test
test: env-dev assets servers browser ## Run every test, on real Kafka and real PostgreSQL too
	PICTURES=no $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder --durations=20 $(ARGS)

.PHONY: search
search: env-dev servers ## Try the properties on fresh examples, which `make test` does not draw
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder --hypothesis-profile=searching tests/unit $(ARGS)

.PHONY: coverage
coverage: env-dev assets ## Say which lines and branches the fast tests (rules, routes) reach, and hold the floor of pyproject.toml
	PICTURES=no $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder \
		--cov --cov-report= --cov-fail-under=0 tests/unit tests/api $(ARGS)
	$(BIN)/python -m tools.covered

# What `make fuzz` and `make soak` draw hangs on this number alone: the same again is the same again.
ifndef SEED
SEED := $(shell date +%s)
endif
.PHONY: fuzz
fuzz: env-dev ## Ask every route and page in every role for an hour; says how to run it again (make fuzz SEED=… ARGS="-k farmers")
	@echo 'To run this again: make fuzz SEED=$(SEED) ARGS="$(ARGS)"'
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --hypothesis-profile=fuzzing --hypothesis-seed=$(SEED) \
		tests/api/test_schemathesis.py tests/api/portal/test_everybody.py $(ARGS)

# Modules of tools/mutants.toml, by default all; so many changes of each.
MODULES ?=
SAMPLE ?= 10
.PHONY: mutants
mutants: env-dev ## Change the rules one small thing at a time and name what no test notices (make mutants MODULES=… SAMPLE=…)
	$(BIN)/python -m tools.mutants $(MODULES) --sample $(SAMPLE) --at-once $(TEST_PROCESSES)

MINUTES ?= 60
.PHONY: soak
soak: env-dev servers ## Break whatever can break under load, for an hour, and judge what came of it (make soak SEED=… MINUTES=…)
	@echo 'To run this again: make soak SEED=$(SEED) MINUTES=$(MINUTES) ARGS="$(ARGS)"'
	$(BIN)/python -m tests.faults --seed $(SEED) --minutes $(MINUTES) $(ARGS)

.PHONY: check
check: check-style check-types check-layers check-locks check-audit check-events check-references check-docs check-containers check-services ## Prove style, types, layers, locks, events, pages, links, manifests and images

.PHONY: docs
docs: env-dev ## Build the pages of docs/ as a site: var/docs/index.html
	$(BIN)/python -m tools.docs

.PHONY: bench
bench: env-dev servers ## Measure everything, SCALE=1 or a part of it; one JSON line per benchmark
	$(BIN)/python -m benchmarks all --scale $(or $(SCALE),1)

.PHONY: bench-quick
bench-quick: env-dev servers ## See that every benchmark works, as small as it goes; judges no time
	$(BIN)/python -m benchmarks quick

.PHONY: bench-report
bench-report: env-dev ## Draw docs/performance.md from what make bench measured
	$(BIN)/python -m benchmarks.report $(wildcard var/bench.jsonl)

.PHONY: up
up: env-dev assets servers ## Run the services as processes of their own on PostgreSQL and Kafka; Ctrl-C ends them
	$(BIN)/python -m tools.up

.PHONY: down
down: env-dev ## End what `make up` started, from another terminal
	$(BIN)/python -m tools.up down

.PHONY: lock
lock: env-dev ## Bring the locks in line with pyproject.toml, keeping what is pinned
	$(BIN)/python -m tools.locks write

.PHONY: upgrade
upgrade: env-dev ## Pin the newest of everything
	$(BIN)/python -m tools.locks upgrade

.PHONY: sbom
sbom: env-dev ## Write what we are made of: a CycloneDX bill of materials for each lock
	$(BIN)/python -m tools.audit sbom

.PHONY: format
format: env-dev ## Format the code and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: clean
clean: ## Remove all that make has made: environments, servers, assets, caches and the demo's data
	rm -rf services/portal/node_modules services/portal/static
	rm -rf .venv var .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: assets
assets: env-all ## Bundle what the portal's pages load
	@$(BIN)/python -m tools.assets

.PHONY: env-all env-dev
env-all env-dev: env-%:
	@$(PYTHON) tools/env.py $*

.PHONY: servers
servers: env-dev
	@$(BIN)/python -m tools.servers

.PHONY: browser
browser: env-dev
	@$(BIN)/python -m tools.browser

.PHONY: screenshots
screenshots: env-dev assets browser ## Take pictures of every page of the portal: var/screenshots, and those of the README
	$(BIN)/python -m pytest -q tests/portal $(ARGS)
	cp $(addprefix var/screenshots/,$(notdir $(wildcard docs/images/*.png))) docs/images/

.PHONY: check-style
check-style: env-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: check-types
check-types: env-dev
	$(BIN)/mypy

.PHONY: check-layers
check-layers: env-dev
	$(BIN)/lint-imports

.PHONY: check-locks
check-locks: env-dev
	$(BIN)/python -m tools.locks check

.PHONY: check-audit
check-audit: env-dev
	$(BIN)/python -m tools.audit

.PHONY: check-events
check-events: env-dev
	$(BIN)/python -m shared.events check

.PHONY: check-references
check-references: env-dev
	$(BIN)/python -m tools.references check

.PHONY: check-docs
check-docs: env-dev
	$(BIN)/python -m tools.docs

.PHONY: check-containers
check-containers: env-dev
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint Dockerfile
	@XDG_DATA_HOME=var SITE=localhost SITE_TLS=internal $(BIN)/caddy validate --config deploy/proxy/Caddyfile > var/caddy.log 2>&1 \
		|| { cat var/caddy.log; exit 1; }
	$(BIN)/caddy fmt --diff deploy/proxy/Caddyfile > /dev/null
	$(BIN)/python -m tools.manifests
	$(BIN)/python -m pytest -q -k "not reaches_its_own_database" \
		$(addprefix tests/tools/test_,manifests.py containers.py realm.py watch.py started.py developing.py)

.PHONY: check-services
check-services: env-dev
	$(BIN)/python -m tools.alone $(SERVICES) jobs
