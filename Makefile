# make demo   set up, train on real molecules and on simulated connectomes, explain, draw
# make test   set up, run tests, ruff and mypy
# make experiments-quick   every experiment in its small configuration; make experiments the full one
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1

EXPERIMENTS := $(sort $(patsubst experiments/%/config.yaml,%,$(wildcard experiments/*/config.yaml)))
JOBS ?= 2

.PHONY: demo test test-slow benchmark experiments experiments-quick format clean

demo: $(STAMP)
	$(BIN)/pyg-siamex demo --out out/demo
	$(BIN)/pyg-siamex demo --connectomes --out out/demo

test: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist worksteal

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

clean:
	rm -rf $(VENV) out build *.egg-info
