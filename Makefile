# Every target works on a fresh machine that has python3, git and make.
PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
export PYTHON
# One more than there are cores: many tests wait for a server or a browser.
PROCESSES := $(shell expr $$(nproc) + 1)
# What only reads the code starts no servers.
NO_SERVERS := DATA_DIR=.build/check DATABASE_URL='postgresql:///none?host=/nonexistent' REDIS_URL=redis://127.0.0.1:1/0
EXPORT := $(UV) export --frozen --quiet --no-header --no-emit-project --format requirements-txt

.PHONY: demo demo-clean test check bench lock messages stop clean

# A mailbox full of mail, synced, in the browser. Ctrl-C ends it, the next start goes on.
demo: $(VENV)/.demo
	@$(BIN)/python -m crm_inbox.local.demo

# Forget the demo: its servers, its mail, its keys.
demo-clean:
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m crm_inbox.local.demo clean

# All tests, on real servers that the tests start for themselves.
test: $(VENV)/.dev
	@.ci/packages
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --maxprocesses 4 --dist loadfile $(ARGS)

# Everything that can be found without running the program.
check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/djlint templates --check --lint --quiet
	$(NO_SERVERS) $(BIN)/mypy
	$(NO_SERVERS) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(BIN)/python .ci/audit

# How fast the sync is, beside mbsync; and the pages of a large mailbox, beside those of a small one.
bench: $(VENV)/.dev
	@.ci/packages
	$(BIN)/python -m tests.bench $(ARGS)
	$(BIN)/python -m tests.bench.scale $(SCALE)

# Resolve the dependencies again (needs uv); pip installs what this writes, which names no host.
lock:
	$(UV) lock $(if $(UPGRADE),--upgrade)
	$(EXPORT) --no-default-groups -o requirements.txt
	$(EXPORT) --no-default-groups --group local -o requirements-demo.txt
	$(EXPORT) --all-groups -o requirements-dev.txt

# Collect the sentences to translate (needs gettext); the site compiles them without it.
messages: $(VENV)/.dev
	$(NO_SERVERS) $(BIN)/python manage.py makemessages --locale pl --no-location --ignore .venv --ignore .build --ignore tests
	$(NO_SERVERS) $(BIN)/python manage.py compile_translations

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
