# Everything a fresh machine needs is behind two of these: `make demo` and `make test`.
SHELL := bash
.SHELLFLAGS := -Eeuo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
export UV_PYTHON_DOWNLOADS := never
export UV_COMPILE_BYTECODE := 1
export VIRTUAL_ENV := $(CURDIR)/.venv
unexport PYTHONPATH

BIN := .venv/bin
KERNEL := $(wildcard kernel/src/*.rs) kernel/Cargo.toml kernel/Cargo.lock kernel/pyproject.toml kernel/hustings_kernel.pyi
BOOTH := $(wildcard booth/src/*.ts) booth/build.js booth/tsconfig.json
PORT ?= 8000

.PHONY: help demo postgres test test-all lint bench docs
help:                       ## say what there is
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 18
demo: .venv/.run            ## count a real election, make its page and serve the site
	@exec $(BIN)/hustings demo --port $(PORT)
postgres: .venv/.run         ## add the driver for a site that keeps its state in PostgreSQL
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements/postgres.lock
test:                       ## build everything, check it, run every test (on SQLite and PostgreSQL)
	@exec .ci/test
test-all:                   ## the same, with the long ones
	@TESTS=all exec .ci/test
lint: .venv/.dev .venv/.kernel booth/node_modules/.done  ## formatting, types, walls, spelling
	@exec .ci/lint
bench: .venv/.dev build/peers/.done  ## counting a million ballots, beside its peers
	@$(BIN)/python -m bench.count --keep
docs: .venv/.dev            ## check that the pages say what is true
	@$(BIN)/python -m pytest -q tests/test_docs.py

.venv/bin/uv: requirements/uv.lock
	@.ci/need python
	python3 -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@
.venv/.run: requirements/run.lock requirements/build.lock pyproject.toml | .venv/bin/uv
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements/run.lock -r requirements/build.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
.venv/.dev: requirements/dev.lock .venv/.run
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements/dev.lock
	touch $@
build/peers/.done: requirements/bench.lock | .venv/bin/uv
	@python3 -m venv build/peers
	VIRTUAL_ENV= $(BIN)/uv pip sync --quiet --require-hashes --python build/peers/bin/python $<
	touch $@
.venv/.kernel: $(KERNEL) | .venv/.dev
	@.ci/need rust
	cd kernel
	../$(BIN)/maturin develop --quiet --release --locked --uv
	touch ../$@
booth/node_modules/.done: booth/package-lock.json booth/package.json booth/.npmrc
	@.ci/need node
	cd booth
	npm ci --ignore-scripts --loglevel=error
	touch node_modules/.done
booth/dist/booth.js: $(BOOTH) booth/node_modules/.done
	@cd booth
	npm run --silent build
