# Each target makes the environment that it needs from nothing. Without make, README.md has demo and test as plain commands.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# What lets durable-rules compile on every Python, and makes it fast (src/ketascreen/channels/production/engine.py says why).
ENGINE_FLAGS := -O2 -DPyEval_CallObject=PyObject_CallObject
LOCK ?= requirements/dev.txt
N ?= 10000
DOCUMENTS ?= ../shared/documents
CRITERIA ?= ../shared/clinical/criteria.json
AS_OF := 2026-11-22T09:00:00+01:00

.PHONY: demo test test-servers test-recipes recipes-ready test-pythons test-oldest test-newest test-installs lock licences lint check verify-sources fuzz mutate wheel docs bench bench-small timings endurance tamper crash workers night replays ledger-growth clean

# Screens a real example patient. Status 3 is a recommendation of caution (docs/decisions.md), not a failure.
demo: $(VENV)/ready
	@$(BIN)/ketascreen screen examples/resistant-depression.json --as-of $(AS_OF) || test $$? -eq 3

test: $(VENV)/ready
	$(BIN)/python -m pytest

# What needs npm, which installs into .cache: the YAML language server that editors run, and pyright.
test-servers: $(VENV)/ready
	@command -v npm >/dev/null || { echo "make test-servers needs npm, which is not here (Debian and Ubuntu: apt-get install npm)."; exit 1; }
	$(BIN)/python -m pytest -m server

# The recipes of docs/integrating.md, in an environment that has what they use too.
test-recipes: recipes-ready
	.venv-recipes/bin/python -m pytest -m recipe
	.venv-recipes/bin/mypy --strict examples/recipes

recipes-ready:
	@$(MAKE) --no-print-directory VENV=.venv-recipes LOCK=requirements/recipes.txt .venv-recipes/ready

# The same library on other Pythons; PYTHONS are commands. FEW: the tests that differ from one Python to another; SMALL=1:
# those that use most of Python itself (times, floats, hashes, pickles, made code, the compiled engine).
FEW := tests/test_costs.py tests/test_screen.py tests/audit/test_before.py tests/channels tests/language tests/patient
FEWER := tests/test_screen.py tests/test_pickling.py tests/audit/test_before.py tests/channels/test_compiled.py \
  tests/channels/test_production.py tests/language tests/patient/test_floats.py tests/patient/test_hash.py \
  tests/patient/test_observation.py tests/patient/test_profile.py tests/patient/test_reader.py
PYTHONS ?= python3.11 python3.12 python3.13 python3.14
test-pythons:
	@for python in $(PYTHONS); do \
	  $$python --version >/dev/null 2>&1 || { echo "make test-pythons needs $$python, which is not here; name those that are: make test-pythons PYTHONS=..."; exit 1; }; \
	  echo "== $$python"; \
	  $(MAKE) --no-print-directory VENV=.venv-$$(basename $$python) PYTHON=$$python .venv-$$(basename $$python)/ready && \
	  .venv-$$(basename $$python)/bin/python -m pytest $(if $(SMALL),$(FEWER),$(FEW)) || exit 1; \
	done

# The tests with the oldest versions that pyproject.toml allows (requirements/oldest.txt), and with the newest there are.
# The oldest have wheels for Python 3.11 and 3.12 alone. SMALL=1: those that use most of what other projects offer.
VERSIONS := tests/test_screen.py tests/test_docs.py tests/test_without_engine.py tests/test_signing.py tests/test_pytest_plugin.py \
  tests/authoring/test_editor_schema.py tests/authoring/test_fmt.py tests/cli/test_commands.py tests/cli/test_screen.py \
  tests/language/test_json_schema.py tests/loading/test_bad_input.py tests/loading/test_messages.py \
  tests/loading/test_rulebook.py tests/patient/test_json_schema.py tests/patient/test_messages.py \
  tests/patient/test_observation.py tests/patient/test_profile.py tests/patient/test_reader.py tests/syntax
test-oldest:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))" || { \
	  echo "make test-oldest needs Python 3.11 or 3.12, because the oldest versions have no wheels for newer ones; name it: make test-oldest PYTHON=python3.12"; exit 1; }
	@$(MAKE) --no-print-directory VENV=.venv-oldest LOCK=requirements/oldest.txt .venv-oldest/ready
	.venv-oldest/bin/python -m pytest $(if $(SMALL),$(VERSIONS))

test-newest:
	@$(PYTHON) -m venv .venv-newest
	@.venv-newest/bin/python -m pip install --quiet --upgrade pip
	@CPPFLAGS="$(ENGINE_FLAGS) $$CPPFLAGS" .venv-newest/bin/python -m pip install --quiet --upgrade --upgrade-strategy eager --editable '.[engine,signing,authoring]' --group test
	.venv-newest/bin/python -m pytest $(if $(SMALL),$(VERSIONS))

# Installs wheel and sdist on each of PYTHONS (commands), and on each of DEBIAN (releases, unpacked by mmdebstrap, which
# needs root), and screens there. SMALL=1: the wheel without any extra or flag, on this Python alone.
DEBIAN ?= trixie sid
test-installs: $(VENV)/ready
	$(BIN)/python -m tests.campaigns.installs $(if $(SMALL),--plain-wheel --pythons $(BIN)/python,--pythons $(PYTHONS) --debian $(DEBIAN))

# Writes requirements/ anew: every version that pyproject.toml brings today, with the hashes of its files. On Windows the
# engine cannot be built, so there the locks leave it out. .venv-lock: uv, which can lock for all Pythons and systems at once.
COMPILE := .venv-lock/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade
lock:
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --upgrade uv
	$(COMPILE) pyproject.toml --all-extras --group dev --group build --group recipes --output-file requirements/recipes.txt
	$(COMPILE) pyproject.toml --all-extras --group dev --group build --constraint requirements/recipes.txt --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --all-extras --constraint requirements/recipes.txt --output-file requirements/runtime.txt
	$(COMPILE) --group build --constraint requirements/recipes.txt --output-file requirements/build.txt
	$(COMPILE) --group release --output-file requirements/release.txt
	$(COMPILE) pyproject.toml --all-extras --group test --resolution lowest-direct --output-file requirements/oldest.txt
	sed -i.before "s/^durable-rules==[^ ]*/& ; sys_platform != 'win32'/" requirements/*.txt && rm requirements/*.before

# Whether each distribution that the locks install here has a licence that docs/licences.md lists as allowed. Checked are
# dev, build, runtime and recipes (together in .venv-recipes) and release (in .venv-release); not the oldest and newest
# versions, and not the peers of `make bench`. WRITE=1 writes the page.
licences: recipes-ready .venv-release/ready
	.venv-recipes/bin/python -m tools.licences $(if $(WRITE),,--check) .venv-release

lint: $(VENV)/ready
	$(BIN)/ruff check src tests benchmarks tools examples
	$(BIN)/ruff format --check src tests benchmarks tools examples
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.words

# Everything that is wrong with the built-in rulebook, the limit of its coverage included. Its documents are not ours, so
# they are in DOCUMENTS or nowhere.
check: $(VENV)/ready
	$(BIN)/ketascreen check $(if $(wildcard $(DOCUMENTS)),--documents $(DOCUMENTS),--no-documents)
	$(BIN)/ketascreen coverage --fail-under 100 >/dev/null
	$(BIN)/ketascreen fmt --check rules/ketamine

# Whether each cited phrase is on its line of the documents, and whether tests/data is made from them as they are.
verify-sources: $(VENV)/ready
	$(BIN)/ketascreen verify-sources $(DOCUMENTS)
	@test -f $(CRITERIA) || echo "Not checked: whether tests/data is made from the register, which is not here."
	@test ! -f $(CRITERIA) || $(BIN)/python tools/register_of_criteria.py $(CRITERIA) $(DOCUMENTS) --check

# N random pairs of rulebook and profile through every channel.
fuzz: $(VENV)/ready
	$(BIN)/python -m tests.campaigns.fuzz --pairs $(N) --workers 2

# Every slip in the built-in rulebook, and whether a case notices it.
mutate: $(VENV)/ready
	$(BIN)/ketascreen mutate

# Every bit of small chains changed, every record deleted, swapped, duplicated, the tail cut; the decisions of a ledger
# edited: whether each is found, and no verdict is better.
tamper: $(VENV)/ready
	$(BIN)/python -m tests.campaigns.tamper

# N times: four processes that write one ledger are killed, and every acknowledged record is looked for. N/10 times in
# each way: its file is moved, removed or replaced, or its disk is filled, while they write. N batches are killed and
# started again.
crash: $(VENV)/ready
	$(BIN)/python -m tests.campaigns.crash --rounds $(N)
	$(BIN)/python -m tests.campaigns.crash_batches --rounds $(N)

# N generated patients put on record, and decided alone, over one process and two: patients a second, bytes, memory.
night: $(VENV)/ready
	$(BIN)/python -m tests.campaigns.night --patients $(N)

# N batches whose workers, or whose parent, are killed, stopped or starved; N=50 takes about four minutes.
workers: $(VENV)/ready
	$(BIN)/python -m tests.campaigns.workers --rounds $(N)

# N screenings put on record and run again, to the byte.
replays: $(VENV)/ready
	$(BIN)/python -m tests.campaigns.replays --records $(N)

# How fast a ledger takes in and verifies small records up to N, and records of real screenings.
ledger-growth: $(VENV)/ready
	$(BIN)/python -m tests.campaigns.growth --records $(N)
	$(BIN)/python -m tests.campaigns.growth --records 10000 --real

# Builds wheel and sdist into dist/, installs the wheel into an empty environment, screens from another folder, and lists
# the parts of that environment beside the wheel (CycloneDX). .venv-release: the tool that lists them.
wheel: $(VENV)/ready .venv-release/ready
	sh tests/campaigns/wheel.sh $(BIN)/python $(CURDIR)/.venv-release/bin/python "$(ENGINE_FLAGS)"

.venv-release/ready: requirements/release.txt
	@$(PYTHON) -m venv .venv-release
	@.venv-release/bin/python -m pip install --quiet --require-hashes --requirement requirements/release.txt
	@touch $@

# Everything that is timed, ketascreen by itself and beside other rule engines.
bench: $(VENV)/bench-ready
	$(BIN)/python -m benchmarks

# Whether the peers' answers agree and the page can be written; nothing is asserted about time.
bench-small: $(VENV)/bench-ready
	$(BIN)/python -m benchmarks --small

# ketascreen by itself: screenings, starts, loading, checks, cases.
timings: $(VENV)/ready
	$(BIN)/python -m tests.campaigns.timings

# N screenings on each channel, and N/2 patients streamed: whether memory or threads grow; one worker beside two.
endurance: $(VENV)/ready
	$(BIN)/python -m tests.campaigns.endurance --screenings $(N)

# Writes the outputs shown in the documents, and the JSON Schemas, from what the program does now.
docs: $(VENV)/ready
	$(BIN)/python -m tools.docs.refresh

# By the lock, so that each file is the one that was tested: first what builds, then the rest, then ketascreen itself.
# pip uses the hashes for what it builds with too, since it takes that from the environment (--no-build-isolation).
$(VENV)/ready: pyproject.toml $(wildcard requirements/*.txt)
	@command -v cc >/dev/null || command -v gcc >/dev/null || command -v clang >/dev/null || { \
	  echo "There is no C compiler, and durable-rules is compiled from source: install one (Debian and Ubuntu: apt-get install gcc python3-dev; macOS: xcode-select --install), then run this again."; exit 1; }
	@echo "Making the environment in $(VENV); durable-rules is compiled from source, which takes a few seconds."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/build.txt
	@CPPFLAGS="$(ENGINE_FLAGS) $$CPPFLAGS" $(BIN)/python -m pip install --quiet --require-hashes --no-build-isolation --requirement $(LOCK)
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Each peer by itself, since one that cannot be installed here is left out and named.
$(VENV)/bench-ready: $(VENV)/ready
	@$(BIN)/python -m benchmarks.install
	@touch $@

clean:
	rm -rf $(VENV) .venv-* .cache dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
