# Every chore of the house. `make test` and `make demo` each do all the set-up by themselves: they
# need Python 3.11 or later (with venv), make and a network. PYTHON=… names another interpreter.

READY := .venv/.ready
BIN := .venv/bin

# A checkout that was moved or copied has a .venv full of paths to its old place, and a Python that
# was removed leaves one that does not start: either way the stamp no longer counts.
ifneq ($(shell $(BIN)/python -c 'print(open("$(READY)").read())' 2>/dev/null),$(CURDIR))
.PHONY: $(READY)
endif

.PHONY: help demo test test-fast check docs-check format docs lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20

demo: $(READY) ## set up, then bench a small open model on the suite starter
	$(BIN)/assay bench starter --model embedded --samples 5
	@echo 'Next: assay suite show starter · assay bench --help · assay tour (the engine at work)'

test: $(READY) ## set up, then all tests
	$(BIN)/python -m pytest $(ARGS)

test-fast: $(READY) ## the tests that take no more than a few seconds each
	$(BIN)/python -m pytest -m "not slow" $(ARGS)

check: $(READY) ## format, lint, types, import contracts, documentation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy tools
	$(BIN)/lint-imports
	$(BIN)/python tools/check_docs.py

docs-check: $(READY) ## only the documentation checks
	$(BIN)/python tools/check_docs.py

format: $(READY) ## format and sort imports, in place
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

docs: $(READY) ## write what the documentation takes from the code
	$(BIN)/python tools/cli_reference.py
	$(BIN)/python tools/check_docs.py --write

lock: $(READY) ## write requirements/dev.txt anew (ARGS=--upgrade for the newest of everything)
	$(BIN)/python tools/lock_dev.py $(ARGS)

clean: ## remove .venv and everything that was made here
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml requirements/dev.txt tools/set_up.sh
	@sh tools/set_up.sh "$(CURDIR)"
