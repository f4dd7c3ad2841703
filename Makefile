# Two commands from nothing: `make demo` shows cohortbot at work, `make test` proves it on real servers.

PYTHON  ?= python3
WORKERS ?= 4
VENV    := .venv
BIN     := $(VENV)/bin

# Folders count too: a file that was removed changes its folder alone.
SOURCES := $(wildcard setup.cfg pyproject.toml config.example.yaml README.md) \
           $(shell find cohortbot plugins migrations -name __pycache__ -prune -o -print)

.PHONY: help demo test check proof bench parts clean

help:
	@echo 'make demo    an IRC server, the bot, the site and a few people on this machine; nothing to set up'
	@echo 'make test    install what the tests need (Debian: as root or with sudo), then make check'
	@echo 'make check   ruff, mypy, import-linter and pytest; installs nothing outside $(VENV)'
	@echo 'make proof   the long runs at full size: kills, races, fuzz, planted faults'
	@echo 'make bench   the figures of benchmarks/README.md'
	@echo 'make clean   remove what these made'

demo: $(VENV)/demo.installed
	@$(BIN)/cohortbot demo

test: parts
	@$(MAKE) --no-print-directory check

# mypy and import-linter run inside $(VENV), where `cohortbot` is the installed package: the source folder
# of that name lacks cohortbot.plugins and cohortbot.migrations.
check: $(VENV)/test.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cd $(VENV) && bin/mypy --config-file ../setup.cfg -p cohortbot
	cd $(VENV) && bin/lint-imports ../setup.cfg
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

proof: $(VENV)/test.installed
	$(BIN)/pytest -n 2 -m proof --full-size
	$(BIN)/pytest -n 2 tests/service tests/web --full-size

bench: $(VENV)/test.installed
	@set -e; for figure in benchmarks/*.py; do PYTHONPATH=tests $(BIN)/python $$figure; done

parts:
	@sh tests/parts.sh install

$(BIN)/python:
	$(if $(shell $(PYTHON) -c 'import sys, venv, ensurepip; print(sys.version_info >= (3, 11) or "")' 2>/dev/null),,\
	$(error needs Python 3.11 or newer with venv; on Debian: apt-get install python3-venv))
	@$(PYTHON) -m venv $(VENV)

# Never editable, and from an empty build folder: what is tested and shown is what the wheel holds.
define install
	@echo 'installing cohortbot into $(VENV)'
	@rm -rf build cohortbot.egg-info
	@$(BIN)/pip install --quiet --disable-pip-version-check '$(wanted)'
	@rm -rf build cohortbot.egg-info
endef

$(VENV)/demo.installed: wanted := .
$(VENV)/demo.installed: $(BIN)/python $(SOURCES)
	$(install)
	@touch $@

$(VENV)/test.installed: wanted := .[postgres,test]
$(VENV)/test.installed: $(BIN)/python $(SOURCES)
	$(install)
	@touch $@ $(VENV)/demo.installed

clean:
	rm -rf $(VENV) .parts build cohortbot.egg-info
