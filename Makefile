# Everything here does its own set-up: a virtual environment in .venv, packages from the
# hash-locked files in requirements/, and a database of its own.

# The first Python 3.11 or newer that answers.
PYTHON := $(shell for name in python3.11 python3 python3.12 python3.13 python3.14 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { command -v "$$name"; break; }; done)

ifeq ($(PYTHON),)
$(error Limosa needs Python 3.11 or newer, and found none. Install it (Debian, Ubuntu: \
	apt-get install python3.11 python3.11-venv) and try again)
endif

ARGS ?=
export PYTHONUTF8 = 1

.PHONY: help demo test test-long mutants check format css maps lighthouse lock clean
help:
	@echo 'make demo     start everything on this machine, with demo data (ARGS="--port 9000" …)'
	@echo 'make test     every check and every test, fastest first'
	@echo 'make test-long  what is too long for every day: 2,000 examples of each rule, the gate'
	@echo '                of branches, 70,000 bad requests, 7,000 simulated runs'
	@echo 'make mutants  change the pure code that differs from main a little: does a test notice?'
	@echo '                (ARGS="--since v0.1", ARGS="src/limosa/foundation")'
	@echo 'make check    only the checks that need no test run: style, imports, types, packages'
	@echo 'make format   put the sources into the house format'
	@echo 'make css      build the style sheet from src/limosa/web/styles'
	@echo 'make maps     draw the maps in src/limosa/data/maps (needs npm, which fetches the shapes)'
	@echo 'make lighthouse  measure the pages that anybody may see (needs npm, which fetches'
	@echo '                Lighthouse)'
	@echo 'make lock     work out the locked versions anew (needs a package index)'
	@echo 'make clean    delete what was built or cached; keeps the demo data'

demo:
	@$(PYTHON) tools/environment.py demo
	@exec .venv/bin/limosa demo $(ARGS)

test:
	@$(PYTHON) tools/environment.py test
	@exec .venv/bin/python tools/checks.py

test-long:
	@$(PYTHON) tools/environment.py test
	@exec .venv/bin/python tools/checks.py properties coverage fuzz simulation

mutants:
	@$(PYTHON) tools/environment.py dev
	@exec .venv/bin/python tools/mutants.py $(ARGS)

check:
	@$(PYTHON) tools/environment.py dev
	@exec .venv/bin/python tools/checks.py ruff format imports types packages

format:
	@$(PYTHON) tools/environment.py dev
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

css:
	@$(PYTHON) tools/environment.py dev
	@.venv/bin/tailwindcss --input src/limosa/web/styles/app.css \
		--output src/limosa/web/static/limosa.css --minify

maps:
	@$(PYTHON) tools/environment.py dev
	@.venv/bin/python -m tools.maps

lighthouse:
	@$(PYTHON) tools/environment.py dev
	@exec .venv/bin/python -m tools.lighthouse $(ARGS)

lock:
	@$(PYTHON) tools/environment.py lock

clean:
	rm -rf .venv .uv build dist artefacts staticfiles src/limosa_lab/build src/limosa_lab/dist
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find src tests tools -name __pycache__ -prune -exec rm -rf {} +
