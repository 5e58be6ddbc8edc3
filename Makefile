# `make help` lists what there is. Everything runs in .venv, which `make setup` makes.
PYTHON ?= python3
ASSIGNMENT ?= assignment1
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Two processes share two cores: one BLAS thread each.
export OPENBLAS_NUM_THREADS ?= 1
export JUPYTER_PLATFORM_DIRS := 1
# Python starts twice as fast from compiled modules, and the tests start it often.
unexport PYTHONDONTWRITEBYTECODE

# Kept to what old Pythons understand, so that they can say it.
define CHECK_PYTHON
import sys
here = "this is Python %d.%d" % sys.version_info[:2]
if sys.version_info < (3, 11):
    sys.exit("The kit needs Python 3.11 or newer; " + here + ". Name one: make PYTHON=python3.12 ...")
if sys.version_info[:2] > (3, 14):
    sys.stderr.write("The kit knows Python up to 3.14; " + here + ", and it goes on.\n")
endef
export CHECK_PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup demo test soak lint notebooks release bench docs clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/ready  ## make the environment in .venv and build the kernels

.venv/ready: pyproject.toml grading/pyproject.toml setup.py $(wildcard cs231n/*.pyx cs231n/*/*.pyx cs231n/*/*.h)
	@$(PYTHON) -c "$$CHECK_PYTHON"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[course,grading,test]' --editable ./grading
	@$(BIN)/python -c 'from cs231n.kernels.status import announce; print(announce())'
	@touch $@

demo: setup  ## release ASSIGNMENT (assignment1), hand in a small class, grade it, show the result
	$(BIN)/python -m grading demo $(ASSIGNMENT)

test: setup lint  ## run everything: units, checks, mutants, release, jail, notebooks, pages
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

soak: setup  ## the random trials of gradient_check, ten times as many as in `make test`
	CS231N_TRIALS=3000 $(BIN)/python -m pytest tests/cs231n/gradient/test_trials.py

lint: setup  ## style; notebooks and maps in step with what they are made of
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/python -m grading notebooks --check
	$(BIN)/python -m grading maps --check

notebooks: setup  ## build the .ipynb halves from the .md halves, and the maps in the README pages
	$(BIN)/python -m grading notebooks
	$(BIN)/python -m grading maps

release: setup  ## build ASSIGNMENT (assignment1) as students get it, into build/release
	$(BIN)/python -m grading release $(ASSIGNMENT) --out build/release --force

bench: setup  ## measure layers beside PyTorch, and grading beside stock nbgrader
	$(BIN)/python -m grading.benchmarks layers
	$(BIN)/python -m grading.benchmarks grading

docs: setup  ## run every example of the documentation
	$(BIN)/python -m pytest tests/course/test_docs.py

clean:  ## remove what was generated; data in datasets/cache stays
	rm -rf build .venv *.egg-info grading/*.egg-info .pytest_cache .ruff_cache .hypothesis cs231n/*.c cs231n/*.so cs231n/*/*.c cs231n/*/*.so
