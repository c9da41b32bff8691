# make demo   set up, train on real molecules and on simulated connectomes, explain, draw
# make test   set up, run tests, ruff and mypy
# make test-oldest   the fast tests on the oldest versions that setup.cfg allows
# make test-robust   the fast tests as on other machines, with examples drawn anew
# make coverage   what the fast tests do not reach
# make types   pyright: every public name has a complete type
# make docs   the documentation, to build/docs; its tutorials run once and are kept in build/cache
# make dist   wheel and source archive, checked
# make experiments-quick   every experiment in its small configuration; make experiments the full one
PYTHON ?= python3.11
VENV := .venv
OLDEST := .venv-oldest
ROBUST := .venv-robust
TYPES := .venv-types
OLDEST_TORCH ?= torch==2.13.0
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1

EXPERIMENTS := $(sort $(patsubst experiments/%/config.yaml,%,$(wildcard experiments/*/config.yaml)))
JOBS ?= 2

.PHONY: demo test test-oldest test-slow test-robust coverage types docs dist benchmark \
  experiments experiments-quick format clean

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

# A random order, a home and numbers as elsewhere; packages of these runs are in no other.
ELSEWHERE := PYTHONPATH=$(CURDIR)/$(ROBUST):$(CURDIR)/tests LOCPATH=$(CURDIR)/$(ROBUST)/locale HOME=/dev/null
test-robust: $(ROBUST)/.installed
	$(ELSEWHERE) ATEN_CPU_CAPABILITY=default OMP_NUM_THREADS=1 PYTHONHASHSEED=1 TZ=Pacific/Chatham \
	  LC_ALL=de_DE.UTF-8 $(BIN)/python -m pytest -n 2 -p elsewhere --hypothesis-profile=explore --randomly-seed=1
	$(ELSEWHERE) ATEN_CPU_CAPABILITY=avx2 OMP_NUM_THREADS=2 PYTHONHASHSEED=2 TZ=America/St_Johns \
	  LC_ALL=C $(BIN)/python -m pytest -p elsewhere --hypothesis-profile=explore --randomly-seed=2

coverage: $(ROBUST)/.installed
	PYTHONPATH=$(ROBUST) $(BIN)/python -m coverage run --branch --source=pyg_siamex -m pytest -p no:randomly
	PYTHONPATH=$(ROBUST) $(BIN)/python -m coverage report --skip-covered --sort=cover

types: $(TYPES)/.installed
	PATH="$(CURDIR)/$(TYPES)/bin:$$PATH" $(BIN)/python -m pytest -m slow tests/test_public_types.py

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

$(ROBUST)/.installed: $(STAMP)
	rm -rf $(ROBUST)
	$(BIN)/pip install --constraint constraints.txt --no-deps --target $(ROBUST) pytest-randomly coverage
	mkdir $(ROBUST)/locale
	-localedef -i de_DE -f UTF-8 $(ROBUST)/locale/de_DE.UTF-8
	touch $@

$(TYPES)/.installed: $(STAMP)
	test -x $(TYPES)/bin/python || $(PYTHON) -m venv $(TYPES)
	$(TYPES)/bin/pip install --constraint constraints.txt "pyright[nodejs]"
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
	rm -rf $(VENV) $(OLDEST) $(ROBUST) $(TYPES) out build dist *.egg-info
