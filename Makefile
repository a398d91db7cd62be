# Everything happens in .venv, which is made on first use: Python 3.11, pip, venv and make are enough.
# `make demo`, `make test`, `make check`, `make bench`, `make soak`, `make protos`, `make docs`, `make native`, `make clean`.

VENV := .venv
BIN := $(VENV)/bin
TOOLS := $(VENV)/.tools-are-installed
WHEEL := $(VENV)/.wheel-is-installed
PYTEST_FLAGS ?= -n auto
SHIPPED := pyproject.toml hatch_build.py $(wildcard README.md LICENSE) \
	$(shell find src native grammar protos -type f -not -path '*/__pycache__/*' -not -name '* *' -not -name '*.so')
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check bench soak protos docs native clean
.DELETE_ON_ERROR:

demo: $(WHEEL)
	$(BIN)/python examples/shop/demo.py

# The tests run on the wheel, because that is what users install.
test: $(WHEEL)
	$(BIN)/pytest $(PYTEST_FLAGS) -m "not soak"

# A million random cases of the solver against its oracle, then every test that runs for minutes.
soak: $(WHEEL)
	$(BIN)/python -m tests.timing.soak
	$(BIN)/pytest -m soak
	$(BIN)/pytest -m soak tests/service/soak_mixed.py

check: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/clang-format --dry-run --Werror native/*.cc native/*.h
	$(BIN)/python hatch_build.py --check
	PYTHONPATH=src $(BIN)/lint-imports
	$(BIN)/buf lint protos
	$(BIN)/buf format --diff --exit-code protos
	$(BIN)/python tools/check_breaking.py
	$(BIN)/python tools/generate_protos.py --check
	PYTHONPATH=src $(BIN)/python tools/generate_lint_docs.py --check

bench: $(WHEEL)
	$(BIN)/python -m benchmarks

protos: $(TOOLS)
	$(BIN)/buf lint protos
	$(BIN)/python tools/generate_protos.py

docs: $(TOOLS)
	PYTHONPATH=src $(BIN)/python tools/generate_lint_docs.py

# The compiled core among the sources, for PYTHONPATH=src; a wheel has its own.
native: $(TOOLS)
	DULY_NATIVE=require $(BIN)/python hatch_build.py --in-place

clean:
	rm -rf src/duly/_native*.so $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(TOOLS): pyproject.toml constraints.txt tools/development_requirements.py
	@for python in python3.11 python3 python; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			test -x $(BIN)/python || $$python -m venv $(VENV) || exit 1; break; \
		fi; \
	done
	@test -x $(BIN)/python || { echo "duly needs Python 3.11 or newer, and found none on the PATH" >&2; exit 1; }
	@echo 'installing what duly and its tests need into $(VENV); this takes a minute the first time'
	@$(BIN)/python tools/development_requirements.py > $(VENV)/requirements.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --requirement $(VENV)/requirements.txt
	@for each in $$($(BIN)/python hatch_build.py --requirements); do \
		echo 'there is no C++ compiler here, so that of zig is installed too'; \
		$(BIN)/pip install --quiet --constraint constraints.txt "$$each" || echo 'it goes on without it' >&2; \
	done
	@touch $@

# pip shows nothing of what a build says: it compiles first, in sight, and the wheel takes what was compiled.
$(WHEEL): $(TOOLS) $(SHIPPED)
	@rm -rf $(VENV)/wheel
	@$(BIN)/python hatch_build.py
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir $(VENV)/wheel .
	$(BIN)/pip install --quiet --no-deps --force-reinstall $(VENV)/wheel/duly-*.whl
	@touch $@
