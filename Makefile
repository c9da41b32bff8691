# make demo   set up, train on real molecules and on simulated connectomes, explain, draw
# make test   set up, run tests, ruff and mypy
# make test-oldest   the fast tests on the oldest versions that setup.cfg allows
# make docs   the documentation, to build/docs; its tutorials run once and are kept in build/cache
# make dist   wheel and source archive, checked
# make experiments-quick   every experiment in its small configuration; make experiments the full one
PYTHON ?= python3.11
VENV := .venv
OLDEST := .venv-oldest
OLDEST_TORCH ?= torch==2.13.0
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1

EXPERIMENTS := $(sort $(patsubst experiments/%/config.yaml,%,$(wildcard experiments/*/config.yaml)))
JOBS ?= 2

.PHONY: demo test test-oldest test-slow docs dist benchmark experiments experiments-quick format clean

demo: $(STAMP)
	$(BIN)/pyg-siamex demo --out out/demo
	$(BIN)/pyg-siamex demo --connectomes --out out/demo

test: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-oldest: $(OLDEST)/.installed
	$(OLDEST)/bin/python -m pytest -n 2 --dist worksteal

test-slow: $(STAMP)
	$(BIN)/python -m pytest -m slow

benchmark: $(STAMP)
	$(BIN)/python experiments/run.py benchmarks

experiments: $(STAMP)
	$(BIN)/python experiments/run.py $(EXPERIMENTS) --jobs $(JOBS)

experiments-quick: $(STAMP)
	$(BIN)/python experiments/run.py $(EXPERIMENTS) --jobs $(JOBS) --quick

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The stamp is written last: an interrupted installation is taken up again.
$(STAMP): setup.cfg constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --constraint constraints.txt torch
	$(BIN)/pip install --constraint constraints.txt --editable ".[all,test,dev,experiments]"
	touch $(STAMP)

$(OLDEST)/.installed: setup.cfg constraints-oldest.txt
	test -x $(OLDEST)/bin/python || $(PYTHON) -m venv $(OLDEST)
	$(OLDEST)/bin/pip install --constraint constraints-oldest.txt "$(OLDEST_TORCH)" setuptools
	$(OLDEST)/bin/pip install --constraint constraints-oldest.txt "$(OLDEST_TORCH)" \
	  --editable ".[all,test,experiments]"
	touch $@

docs: $(STAMP)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[docs]"
	$(BIN)/python -m sphinx -W --keep-going -q -E -j $(JOBS) -c docs . build/docs
	@echo "open build/docs/index.html"

dist: $(STAMP)
	$(BIN)/pip install --quiet --constraint constraints.txt build twine
	rm -rf build dist
	$(BIN)/python -m build
	$(BIN)/twine check --strict dist/*

clean:
	rm -rf $(VENV) $(OLDEST) out build dist *.egg-info
