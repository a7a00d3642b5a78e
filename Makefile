# `make run` and `make test` are the only two commands a newcomer needs; both do all their set-up.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready

WINDOW_CV2 := .window-cv2
VENDOR := verifier/statusqr_verifier/checkpoint/static/vendor

.PHONY: run checkpoint demo test test-long check lint types layers tests bench fuzz system window-cv2 format pictures constraints clean

# An authority with its registry, the citizen's account, the publisher and a checkpoint, with
# demonstration data; Ctrl+C ends them. PORTS="8700 8701" are those of account and checkpoint.
PORTS ?= 8654 8653
run: $(STAMP) $(VENDOR)/.ready
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash examples/office.sh out/office $(PORTS)

# The checkpoint alone, with sample codes of every verdict to scan. SERVE="--port 8700" and other options of
# `serve` go to it.
checkpoint: $(STAMP) $(VENDOR)/.ready
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash examples/checkpoint.sh out/checkpoint $(SERVE)

# The same story in the terminal: a key, credentials, and the check of each.
demo: $(STAMP)
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash examples/demo.sh out/demo

test: check tests

check: lint types layers

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python schema/dictionary/build.py --check

types: $(STAMP)
	$(BIN)/mypy

layers: $(STAMP)
	$(BIN)/lint-imports

# Pages and windows before a camera, one test at a time: frames come as fast as in life, however busy the machine.
ALONE := tests/browser tests/verifier/test_scan_window.py
tests: $(STAMP) system $(VENDOR)/.ready $(WINDOW_CV2)/.ready
	$(BIN)/pytest -m "not long" -n auto --dist loadfile $(addprefix --ignore ,$(ALONE)) --cov --cov-report= --cov-fail-under=0
	$(BIN)/pytest -m "not long" $(ALONE) --cov --cov-append --cov-report=term-missing:skip-covered

# Figures, into bench/results. SECTION="speed sizes" takes some of them only. Peers get an environment of their own.
bench: $(STAMP) system
	@$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	PYTHONPATH=tests $(BIN)/python -m bench $(SECTION)

# Every fuzz target for SECONDS each; FUZZ="--target check --keep" and the like.
SECONDS ?= 60
fuzz: $(STAMP) system
	PYTHONPATH=tests $(BIN)/python -m fuzz.run --seconds $(SECONDS) $(FUZZ)

test-long: $(STAMP) system
	$(BIN)/pytest -m long

# Debian packages that some tests use: installed where we may, named where we may not. Debian's Java
# without windows has the compiler that starts a program from its source; a JDK is not needed.
MISSING = $(strip $(shell /sbin/ldconfig -p | grep -q libzbar.so.0 || echo libzbar0; \
  command -v chromium >/dev/null || echo chromium; \
  command -v npm >/dev/null || echo nodejs npm; \
  command -v Xvfb >/dev/null || echo xvfb; \
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || echo postgresql; \
  /sbin/ldconfig -p | grep -q libGL.so.1 || echo libgl1; \
  command -v java >/dev/null || echo default-jre-headless; \
  test -e /usr/share/java/jaxb-runtime.jar || echo libjaxb-java))
system:
	@$(call install,$(MISSING),Tests that need them are skipped.)

# Install the Debian packages $(1), or say what follows without them, $(2).
define install
if [ -n "$(1)" ]; then \
  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -qq --no-install-recommends $(1); \
  elif sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo apt-get install -qq --no-install-recommends $(1); \
  else echo "NOTE: not installed: $(1). $(2) Remedy: sudo apt-get install $(1)"; fi; \
fi
endef

# OpenCV with windows, for the tests of `scan --window`; the program itself depends on the one without.
window-cv2: $(WINDOW_CV2)/.ready
$(WINDOW_CV2)/.ready: constraints.txt | $(STAMP)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --no-deps --upgrade --target $(WINDOW_CV2) \
	  "opencv-python==$$(sed -n 's/^opencv-python-headless==//p' constraints.txt)"
	@touch $@

# What the pages run in the browser comes from npm. Without npm the page still works: then it posts its
# frames to the server instead of reading them itself.
$(VENDOR)/.ready: web/package.json web/package-lock.json
	@command -v npm >/dev/null || { $(call install,nodejs npm,); }
	@if command -v npm >/dev/null; then \
	  (cd web && npm ci --silent --no-audit --no-fund) && mkdir -p $(VENDOR) && \
	  cp web/node_modules/zxing-wasm/dist/iife/reader/index.js $(VENDOR)/reader.js && \
	  cp web/node_modules/zxing-wasm/dist/reader/zxing_reader.wasm $(VENDOR)/reader.wasm && \
	  cp web/node_modules/zxing-wasm/LICENSE $(VENDOR)/LICENSE && touch $@; \
	else echo "NOTE: npm is missing, so the page does not read codes itself. Remedy: sudo apt-get install npm"; fi

format: $(STAMP)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The pictures of the README and the guides, drawn from the demonstration and from the page itself.
pictures: $(STAMP) demo $(VENDOR)/.ready
	$(BIN)/python docs/draw_pictures.py
	PYTHONPATH=tests $(BIN)/python docs/draw_checkpoint.py
	PYTHONPATH=tests $(BIN)/python docs/draw_account.py

# Take the newest versions that the ranges in pyproject.toml allow, and pin them.
constraints:
	rm -rf $(VENV)/fresh
	$(PYTHON) -m venv $(VENV)/fresh
	$(VENV)/fresh/bin/pip install --quiet --editable '.[bench]'
	{ head -1 constraints.txt; $(VENV)/fresh/bin/pip freeze --exclude-editable; } > constraints.new
	mv constraints.new constraints.txt
	rm -rf $(VENV)/fresh

# --without-pip + pip --python: works where Debian's python3-venv is missing, and needs no root.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "StatusQR needs Python 3.11 or later: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "pip is missing. Remedy: sudo apt-get install python3-pip"; exit 1; }
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) $(VENDOR) $(WINDOW_CV2) web/node_modules .venv-peers .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage dist out
