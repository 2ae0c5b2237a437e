# Two commands do everything: `make demo` and `make test`. Both set up what they need.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
CORE := $(wildcard engine/core/*.cpp engine/core/*.h engine/core/*.in engine/core/CMakeLists.txt engine/nets/*.nnue) engine/levels.toml engine/book.txt CMakeLists.txt
DEMO_ARGS ?= --plies 16 --seed 1 --out qiyou-demo

.PHONY: demo test test-training check bench endurance hostile clean

demo: $(VENV)/.demo-ready
	$(BIN)/qiyou demo $(DEMO_ARGS)

test: $(VENV)/.dev-ready
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# What needs torch: the trainers, and a tiny net made byte for byte from its seed (so torch is pinned: another
# release may add in another order).
test-training: $(VENV)/.train-ready
	$(BIN)/python -m pytest tools/tests/test_train_net.py tools/tests/test_pinned_training.py tools/tests/test_vision_speed.py tools/train_vision tools/inspect_model

check: $(VENV)/.dev-ready
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/compile_firmware.py
	$(BIN)/cmake -S . -B build/asan -G Ninja -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN)/ninja) -DQIYOU_SANITIZE=ON -DQIYOU_WERROR=ON
	$(BIN)/cmake --build build/asan
	build/asan/engine/core/engine_selftest
	build/asan/engine/core/engine_fuzz 150 1
	$(BIN)/python $(BIN)/run-clang-tidy.py -clang-tidy-binary $(BIN)/clang-tidy -config-file engine/core/.clang-tidy -p build/asan -extra-arg=-Wno-error -quiet -j 2 engine/core

# The long forms: a million hostile packets, an update cut at a thousand bytes, a robot that measures itself.
hostile: $(VENV)/.dev-ready
	$(BIN)/python -m pytest --long hil_tests/test_hostile_wire.py hil_tests/test_update.py hil_tests/test_calibration.py \
		-k "hostile or cut or measures_itself"

# Ten thousand motions through link and firmware; a thousand moves measured. Both go on where they were.
endurance: $(VENV)/.dev-ready
	$(BIN)/qiyou endurance --moves 10000 --out qiyou-endurance
	$(BIN)/qiyou placing --moves 1000 --out qiyou-placing

bench: $(VENV)/.dev-ready
	$(BIN)/qiyou bench

# --- set-up -------------------------------------------------------------------------------------

$(VENV)/.system-ready: tools/system_packages.sh
	sh tools/system_packages.sh
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

$(VENV)/.demo-ready: $(VENV)/.system-ready pyproject.toml $(CORE)
	@echo "Building Qiyou and fetching what it needs (a few minutes the first time) ..."
	$(BIN)/python -m pip install --quiet --editable '.[twin]'
	touch $@

$(VENV)/.test-system-ready: $(VENV)/.system-ready
	sh tools/system_packages.sh test
	touch $@

$(VENV)/.dev-ready: $(VENV)/.test-system-ready pyproject.toml $(CORE)
	@echo "Building Qiyou and fetching what its tests need (a few minutes the first time) ..."
	$(BIN)/python -m pip install --quiet --editable '.[twin,dev]'
	touch $@ $(VENV)/.demo-ready

$(VENV)/.train-ready: $(VENV)/.dev-ready
	$(BIN)/python -m pip install --quiet 'torch==2.13.0' --editable '.[train]'
	touch $@

clean:
	rm -rf build dist $(VENV)
