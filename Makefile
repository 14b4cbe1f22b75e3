# Every target works on a fresh machine that has python3, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: test check lock stop clean

# All tests, on a real PostgreSQL that the tests start for themselves.
test: $(INSTALLED)
	$(BIN)/python -m pytest $(ARGS)

# Everything that can be found without running the program. Types and migrations are read from the
# settings, which start a private PostgreSQL: in a folder of its own, ended afterwards.
check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	export DATA_DIR=.build/check; \
	  $(BIN)/mypy && $(BIN)/python manage.py makemigrations --check --dry-run; \
	  status=$$?; $(BIN)/python -m crm_inbox.local.postgres stop .build/check; exit $$status

# Resolve the dependencies again (needs uv); pip installs what this writes.
lock:
	uv lock --upgrade
	uv export --quiet --no-header --no-emit-project --format requirements-txt -o requirements.txt --no-default-groups
	uv export --quiet --no-header --no-emit-project --format requirements-txt -o requirements-dev.txt --all-groups

# End the private PostgreSQL that a command started because DATABASE_URL was not set.
stop: $(INSTALLED)
	$(BIN)/python -m crm_inbox.local.postgres stop

clean:
	rm -rf $(VENV) .build .mypy_cache .ruff_cache .pytest_cache

# Debian ships python3 without ensurepip where python3-venv is missing; pip can still fill the
# environment from outside.
$(INSTALLED): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "CRM Inbox needs Python 3.11, 3.12 or 3.13."; exit 1; }
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
	  $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then \
	  $(PYTHON) -m venv --without-pip $(VENV) && \
	  $(PYTHON) -m pip --python $(BIN)/python install --quiet --require-hashes -r requirements-dev.txt; \
	else \
	  echo "python3 has no pip here: install the package python3-venv, then try again."; exit 1; \
	fi
	@touch $@
