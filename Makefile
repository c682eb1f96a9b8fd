# The only commands to remember: make run · make test · make test-all · make backup · make lint · make languages
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := run
# What was compiled once need not be compiled again by each of a run's many processes.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: run install migrate test test-all lint audit languages backup backup-key restore mutate fuzz soak bench bench-scale clean
comma := ,

# A bare Debian has no ensurepip and an externally managed pip: the venv is then made without pip and filled from outside.
define install
@if $(BIN)/python -m pip --version >/dev/null 2>&1; then $(BIN)/python -m pip install -q -e '$(1)'; \
else $(PY) -m pip --python $(BIN)/python install -q -e '$(1)'; fi
@touch $@
endef

$(VENV)/.run: pyproject.toml
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, found " + sys.version.split()[0])'
	@$(BIN)/python -c '' 2>/dev/null || { echo "Installing into $(VENV), which takes a minute the first time …"; rm -rf $(VENV); \
	  $(PY) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); $(PY) -m venv --without-pip $(VENV); }; }
	$(call install,.)
$(VENV)/.postgres: $(VENV)/.run
	$(call install,.[postgres])
$(VENV)/.celery: $(VENV)/.run
	$(call install,.[celery])
$(VENV)/.test: $(VENV)/.run
	$(call install,.[test])
$(VENV)/.audit: $(VENV)/.test
	$(call install,.[audit])
$(VENV)/.all: $(VENV)/.test
	$(call install,.[test$(comma)all])

# The driver for PostgreSQL and the client of Celery come with the first start that asks for them.
READY := $(VENV)/.run $(if $(filter postgres%,$(DATABASE_URL)),$(VENV)/.postgres) $(if $(filter celery,$(JOB_BACKEND)),$(VENV)/.celery)

run: $(READY)
	@exec $(BIN)/python app.py
# For a service that may not write beside the code: everything that a first start would make there.
install: $(READY)
	@$(BIN)/python -c 'from community.languages.compiled import compile_stale; compile_stale()'
migrate: install
	@$(BIN)/flask --app app db upgrade
# Sealed with age into $BACKUPS. Into an empty place: make restore FROM=folder-or-file KEY=file-with-the-key
backup: $(READY)
	@$(BIN)/python -m community.backups make
backup-key: $(READY)
	@$(BIN)/python -m community.backups key
restore: $(READY)
	@$(BIN)/python -m community.backups restore "$(FROM)" "$(KEY)" && $(BIN)/flask --app app db upgrade && $(BIN)/flask --app app erase-again
test: $(VENV)/.test
	@$(BIN)/python -m pytest -n auto --dist loadfile
test-all: $(VENV)/.all
	@sh tests/install.sh
	@$(BIN)/python tests/all.py
lint: $(VENV)/.test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
# Says so, and goes on, where nobody can be asked.
audit: $(VENV)/.test
	@$(MAKE) -s $(VENV)/.audit || true
	@$(BIN)/python tests/audit.py
languages: $(VENV)/.run
	@$(BIN)/python -m community.languages.catalogue
# Each defence out of a scratch copy, once: its test must fail. About a quarter of an hour.
mutate: $(VENV)/.all
	@$(BIN)/python tests/threats/mutate.py
# Anything to any address as anybody, for half an hour, or FUZZ=seconds.
fuzz: $(VENV)/.test
	@AANGAN_ALL=1 AANGAN_FUZZ=$${FUZZ:-1800} $(BIN)/python -m pytest -q -s -n 0 tests/house/test_fuzz.py
soak: $(VENV)/.all
	@$(BIN)/python -m bench.soak --keep
bench: $(VENV)/.all
	@$(BIN)/python -m bench
bench-scale: $(VENV)/.all
	@$(BIN)/python -m bench.scale --keep
clean:
	rm -rf $(VENV)
