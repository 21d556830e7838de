# What is done over and over, with the tools in .venv; see CONTRIBUTING.md.

BIN := .venv/bin

.PHONY: check format lint types scripts quick test run bench

check: ## All that is checked of the code, and the tests that take under a second each.
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target quick types format lint scripts

format: | $(BIN)
	$(BIN)/ruff format --check

lint: | $(BIN)
	$(BIN)/ruff check

types: | $(BIN)
	$(BIN)/pyright --pythonpath $(BIN)/python

scripts: | $(BIN) ## Format, lint, types and tests of the browser's side.
	$(BIN)/deno task check

quick: | $(BIN) ## In one process: another costs as much to start as it saves, and the types need the second core.
	$(BIN)/pytest -m "not slow" -n 0 --durations=5 --durations-min=1

test: | $(BIN) ## The whole suite; it needs Chromium and nginx: see the README.
	$(BIN)/pytest

run: | $(BIN)
	$(BIN)/streamlit run app.py

bench: | $(BIN) ## All measurements of the README's table, or those that match: make bench of="training\|live".
	@grep -oP '(?<=-m )benchmarks\.[^`]*' README.md | grep '$(of)' | while read -r measurement; do \
	  echo "$$measurement"; $(BIN)/python -m $$measurement || exit; done

$(BIN):
	python3 -m venv $(@D) && $(BIN)/pip install -r requirements-dev.txt
