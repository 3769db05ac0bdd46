# make demo   sets everything up and runs the main job on a synthetic state
# make test   sets everything up and runs the tests
# make test-slow   the tests that take many nights, a daemon or a large simulation
# make test-spark  the models on Apache Spark give what DuckDB gives (needs Java 17; sets up a venv of its own)
# make lint   ruff, sqlfluff, mypy
# make ui     Dagster's UI on the demo home (HOME_DIR=… STATE=… for another)
# make bench  nights beside a bare script (docs/performance.md; BENCH="--leas 1000" for more); make bench-intake: 1,000 files beside the bare reader
# make faults plants some hundred faults in every stage of a night and counts what is survived (see docs/faults.md; an hour)
PYTHON ?= python3
HOME_DIR ?= home/demo
FAULTS_DIR ?= home/faults
KILLS ?= 300
SEED ?= 1
STATE ?= orchestration/demo/state
BENCH ?= --leas 100
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SPARK_VENV := .venv-spark

# a process that may not keep compiled code compiles everything that it imports again
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-slow test-spark lint ui bench bench-intake faults clean
demo: $(READY)
	@$(BIN)/interlace demo --home $(HOME_DIR)

test: $(READY)
	@$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow and not spark"  # one more than cores: some wait for a shared home

test-slow: $(READY)
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow

test-spark: $(SPARK_VENV)/.ready
	@$(SPARK_VENV)/bin/pytest -m spark tests/spark

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --processes 2 dbt_project/models dbt_project/tests orchestration/demo/questions --disable-progress-bar

ui: $(READY)
	@mkdir -p $(HOME_DIR)/dagster
	@DAGSTER_HOME=$$($(BIN)/python -m orchestration.instance $(HOME_DIR) $(STATE)) \
	INTERLACE_HOME=$(HOME_DIR) INTERLACE_STATE=$(STATE) $(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p 3000

bench: $(READY)
	@$(BIN)/python -m tests.benchmarks.night $(BENCH)

bench-intake: $(READY)
	@$(BIN)/python -m tests.benchmarks.intake

faults: $(READY)
	@$(BIN)/python -W ignore -m tests.faults --home $(FAULTS_DIR) --kills $(KILLS) --seed $(SEED)

# The stamp holds while lock and project file are unchanged, so that a second `make` starts at once.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else "Interlace needs Python 3.11, 3.12 or 3.13; this is %d.%d. Name another with: make PYTHON=python3.12" % v[:2])'
	@echo "Setting up Python packages in $(VENV) (once; a few minutes on a slow network) …"
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || $(PYTHON) -m virtualenv -q $(VENV) || { \
	  echo "This Python cannot make a virtual environment. Install its venv module (Debian: apt install python3-venv), or run: pip install virtualenv"; exit 2; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

$(SPARK_VENV)/.ready: requirements.lock requirements-spark.lock pyproject.toml
	@java -version 2>&1 | grep -Eq 'version "(1[7-9]|2[0-9])' || { \
	  echo "Spark needs Java 17 or newer. Install it (Debian: apt install openjdk-17-jre-headless) and run make test-spark again."; exit 2; }
	@echo "Setting up Python packages with Spark in $(SPARK_VENV) (once; pyspark alone is 480 MB) …"
	@$(PYTHON) -m venv $(SPARK_VENV) 2>/dev/null || $(PYTHON) -m virtualenv -q $(SPARK_VENV)
	@$(SPARK_VENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(SPARK_VENV)/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-spark.lock
	@$(SPARK_VENV)/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(SPARK_VENV)/.ready

clean:
	rm -rf $(VENV) $(SPARK_VENV) home dbt_project/target
