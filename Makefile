# Needs GNU make, Python 3.11 to 3.14 and a package index; all else lands in $(VENV).
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
IMAGE ?= challenge-neuralworks
# Terraform, or what stands in for it.
TF ?= terraform
# More arguments for pytest, e.g. ARGS="-k signature -x".
ARGS ?=
POETRY ?= $(VENV)-poetry/bin/poetry

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
CODE := $(wildcard challenge_neuralworks bench stress_test tests)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv install serve train test coverage model-test api-test lint workflow-lint format bench bench-export test-lowest stress-test stress-ui stress-50k stress-aws bench-peers zip image image-check infra-test lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

venv: $(VENV)/.created ## Create the virtual environment, empty

install: $(VENV)/.dev ## Install everything: all extras, tests and linters

serve: $(VENV)/.serve ## Serve the models on port PORT (8000), as API Gateway would; RELOAD=1 follows changes
	@exec $(BIN)/neuralworks serve --port $(PORT) $(if $(RELOAD),--reload)

train: export PATH := $(abspath $(BIN)):$(PATH)
train: $(VENV)/.dev ## Run the stages of training that have changed: data, checks, search, evaluation, artifacts
	@git rev-parse --git-dir >/dev/null 2>&1 || $(BIN)/dvc config --local core.no_scm true
	$(BIN)/dvc repro --keep-going $(ARGS)

# Small matrices on few cores: threads of the linear algebra library would only wait for each other.
train test coverage model-test test-lowest: export OPENBLAS_NUM_THREADS ?= 1
# Fits run side by side; threads that wait for each other while they spin make a busy machine crawl.
train test coverage model-test test-lowest: export OMP_NUM_THREADS ?= 1

test: $(VENV)/.dev ## Run every test; the last lines name each skipped one and why
	$(BIN)/python -m pytest $(ARGS)

coverage: $(VENV)/.dev ## Run every test and write what they reach to reports/coverage/index.html
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered --cov-report=html:reports/coverage $(ARGS)

LOWEST := $(addprefix tests/training/,export test_encoders.py test_equality.py test_export.py test_train.py) tests/scorers tests/testing
test-lowest: $(VENV)-lowest/.dev ## Run the tests of the exporter with the oldest scikit-learn that is supported
	$(VENV)-lowest/bin/python -m pytest $(LOWEST) -m "not newest" $(ARGS)

model-test: $(VENV)/.dev ## Run the tests of training, scorers and models
	$(BIN)/python -m pytest $(wildcard tests/training tests/scorers tests/models) $(ARGS)

api-test: $(VENV)/.dev ## Run the tests of the API: serving, gateway, Lambda handler
	$(BIN)/python -m pytest $(wildcard tests/serving tests/gateway tests/test_lambda_handler.py) $(ARGS)

lint: $(VENV)/.dev ## Check style, format, types and layers; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports --no-logo

# actionlint's package fetches its binary from GitHub when it is installed, so not every machine can have it; CI asks for it.
NEED_ACTIONLINT ?=
workflow-lint: $(VENV)-workflows/.done ## Check .github/ and docker-compose.yml: schemas, security, expressions
	tests/project/workflow_lint/check $(VENV)-workflows/bin $(NEED_ACTIONLINT)

format: $(VENV)/.dev ## Fix what ruff can fix, and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench-export: $(VENV)/.dev ## Measure exported scorers beside scikit-learn and other runtimes; writes reports/bench_export.json
	$(BIN)/python -m bench.export $(ARGS)

bench: $(VENV)/.dev ## Measure cold start, request time, memory and size; writes reports/bench.json
	$(BIN)/python -m bench

# Only what stands on the command line counts: shells and tools have variables of these names for themselves.
stated = $(if $(findstring command line,$(origin $(1))),$(2) "$($(1))")
LOAD = $(call stated,HOST,--host) $(call stated,USERS,--users) $(call stated,TIME,--time) $(call stated,SHAPE,--shape)
# In the environment, because everybody on a machine sees arguments.
stress-test stress-ui stress-50k: export STRESS_KEY := $(or $(KEY),$(STRESS_KEY))
stress-test: $(VENV)/.dev ## Load an API with Locust and check every answer: HOST= KEY= USERS= TIME= SHAPE=, a local gateway without HOST
	@$(BIN)/python -m stress_test $(LOAD) $(ARGS)

stress-ui: $(VENV)/.dev ## Locust's page on http://127.0.0.1:8089, for the same load
	@$(BIN)/python -m stress_test --ui $(LOAD) $(ARGS)

stress-50k: $(VENV)/.dev ## Time 50,000 right answers with wrk, or with TIME=45 count those of 45 seconds: HOST= KEY= TIME=
	@$(BIN)/python -m stress_test.wrk $(call stated,HOST,--host) $(call stated,TIME,--seconds) $(ARGS)

stress-aws: $(VENV)/.dev ## Simulate AWS accounts, a small one that fails and the planned one, beside what the plan foretells: TIME=
	@$(BIN)/python -m stress_test.aws $(call stated,TIME,--seconds) $(ARGS)

# Threads of the linear algebra library would wait for each other in what fits the model, too.
bench-peers: export OMP_NUM_THREADS ?= 1
bench-peers: export OPENBLAS_NUM_THREADS ?= 1
bench-peers: $(VENV)/.dev ## Measure the same model behind other systems, side by side; writes reports/peers/
	@$(BIN)/python -m stress_test.peers $(ARGS)

zip: $(VENV)/.created ## Build dist/lambda.zip, the same bytes each time
	$(BIN)/python -P challenge_neuralworks/deploy/package.py zip --output dist/lambda.zip

image: ## Build the container image IMAGE (challenge-neuralworks) with Docker
	@docker info >/dev/null 2>&1 || { echo "make image needs Docker and a running engine ('docker info' fails). Without one, 'make zip' builds the same function." >&2; exit 1; }
	docker build --tag $(IMAGE) .

image-check: zip ## Run the image IMAGE and the zip under Lambda's emulator, and as a plain server; build the image again and compare
	@docker info >/dev/null 2>&1 || { echo "make image-check needs Docker and a running engine ('docker info' fails)." >&2; exit 1; }
	docker/check.sh $(IMAGE)
	docker/repeat.sh $(IMAGE)

infra-test: ## Check the Terraform under infra/ with TF (terraform): format, validity, tests; then scan it
	@TF="$(TF)" infra/check
	@$(MAKE) --no-print-directory $(VENV)-infra/.scanner
	@CHECKOV="$(VENV)-infra/bin/checkov" infra/scan

# Resolving needs no environment; Poetry would make one elsewhere.
lock: export POETRY_VIRTUALENVS_CREATE := false
lock: $(POETRY) ## Resolve pyproject.toml into poetry.lock and export requirements/
	$(POETRY) lock
	$(POETRY) export --extras http --output requirements/function.txt
	$(POETRY) export --extras serve --with build --output requirements/serve.txt
	$(POETRY) export --all-extras --all-groups --output requirements/dev.txt

clean: ## Remove what was built; keeps the virtual environment, models and data
	rm -rf dist build reports .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find challenge_neuralworks tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; v = sys.version_info; (3, 11) <= v < (3, 15) or sys.exit("Python 3.11 to 3.14 is needed, but $(PYTHON) is %d.%d. Name another: make PYTHON=python3.12 ..." % v[:2])'
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

# Locked versions with hashes first; then this project, editable, without asking an index.
define pip_install
@echo "Installing $(1) into $(VENV)"
@$(PIP) install --require-hashes --requirement $(1)
@$(PIP) install --no-deps --no-build-isolation --editable .
endef

# The lowest versions that pyproject.toml allows of what the exporter depends on, and what fits them.
$(VENV)-lowest/.dev: requirements/dev.txt pyproject.toml
	@$(MAKE) --no-print-directory VENV=$(VENV)-lowest venv
	@echo "Installing the lowest versions into $(VENV)-lowest"
	@$(VENV)-lowest/bin/python -m pip -qq --disable-pip-version-check install scikit-learn==1.5.2 "scipy<1.15" "pandas<3" "numpy<2.3" "joblib<1.5" "dill<1" "click>=8.1.8,<9" "hypothesis>=6.120,<7" "jsonschema>=4.23,<5" "pytest>=8.3,<10" "pytest-timeout>=2.3,<3"
	@touch $@

# Of the scanners for Terraform, the one that is kept and that pip installs.
$(VENV)-infra/.scanner:
	@$(MAKE) --no-print-directory VENV=$(VENV)-infra venv
	@echo "Installing checkov into $(VENV)-infra"
	@$(VENV)-infra/bin/python -m pip -qq --disable-pip-version-check install checkov==3.3.30
	@touch $@

$(VENV)/.serve: requirements/serve.txt pyproject.toml | $(VENV)/.created
	$(call pip_install,$<)
	@touch $@

# dev.txt holds all of serve.txt.
$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/.created
	$(call pip_install,$<)
	@touch $(VENV)/.serve $@

$(VENV)-workflows/.done: tests/project/workflow_lint/requirements.txt
	@echo "Installing the linters of workflows into $(VENV)-workflows"
	@$(PYTHON) -m venv $(VENV)-workflows
	@$(VENV)-workflows/bin/python -m pip -qq --disable-pip-version-check --no-input install --require-hashes --requirement $<
	@touch $@

$(VENV)-poetry/bin/poetry: | $(VENV)/.created
	@echo "Installing Poetry into $(VENV)-poetry"
	@$(PYTHON) -m venv $(VENV)-poetry
	@$(VENV)-poetry/bin/python -m pip -qq --disable-pip-version-check install 'poetry>=2.2,<3' poetry-plugin-export
