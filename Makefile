# Any `make X` runs `invoke X` in .venv, made on first use from the locked dependencies.
# Options go in ARGS: make build ARGS="--drafts". It is passed on as it is: "A $5 book" keeps its dollars. Another Python: make build PYTHON=python3.13
PYTHON ?= python3
ARGS ?=
DEV := test lint lock audit bench

.DEFAULT_GOAL := build

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make build PYTHON=python3.12")'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/%.installed: %.lock .venv/bin/python
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

$(DEV): .venv/requirements-dev.installed
Makefile requirements.lock requirements-dev.lock: ;
%: .venv/requirements.installed FORCE
	@.venv/bin/python tasks.py $@ '$(subst ','\'',$(value ARGS))'
FORCE: ;
.PRECIOUS: .venv/%.installed
