# Every target works on a fresh machine that has python3, git and make.
PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
export PYTHON
# What only reads the code starts no servers.
NO_SERVERS := DATA_DIR=.build/check DATABASE_URL='postgresql:///none?host=/nonexistent' REDIS_URL=redis://127.0.0.1:1/0
EXPORT := $(UV) export --frozen --quiet --no-header --no-emit-project --format requirements-txt

.PHONY: test check lock stop clean

# All tests, on real servers that the tests start for themselves.
test: $(VENV)/.dev
	@.ci/packages
	$(BIN)/python -m pytest $(ARGS)

# Everything that can be found without running the program.
check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(NO_SERVERS) $(BIN)/mypy
	$(NO_SERVERS) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

# Resolve the dependencies again (needs uv); pip installs what this writes, which names no host.
lock:
	$(UV) lock $(if $(UPGRADE),--upgrade)
	$(EXPORT) --no-default-groups -o requirements.txt
	$(EXPORT) --no-default-groups --group local -o requirements-demo.txt
	$(EXPORT) --all-groups -o requirements-dev.txt

# End the private servers that a command started because none were named.
stop: $(VENV)/.demo
	$(BIN)/python -m crm_inbox.local stop

clean:
	rm -rf $(VENV) .build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/.demo: requirements-demo.txt
	@.ci/install $<
	@touch $@

# Holds all that the demo needs, too.
$(VENV)/.dev: requirements-dev.txt
	@.ci/install $<
	@touch $@ $(VENV)/.demo
