# The only commands to remember: make run · make test · make test-all · make lint · make languages
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := run
.PHONY: run install migrate test test-all lint languages bench bench-scale clean
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
test: $(VENV)/.test
	@$(BIN)/python -m pytest -n auto --dist loadfile
test-all: $(VENV)/.all
	@sh tests/install.sh
	@$(BIN)/python tests/all.py
lint: $(VENV)/.test
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
languages: $(VENV)/.run
	@$(BIN)/python -m community.languages.catalogue
bench: $(VENV)/.all
	@$(BIN)/python -m bench
bench-scale: $(VENV)/.all
	@$(BIN)/python -m bench.scale --keep
clean:
	rm -rf $(VENV)
