# Names for what the scripts in bin/ and the tools do; none is needed to use counterclaim.
VENV ?= .venv
export VENV
PYTHON := $(VENV)/bin/python

.PHONY: install demo test quick check format gate serve benchmark image constraints clean

install:  ## the virtual environment, made or brought up to date
	bin/setup

demo:  ## the main job on the bundled demo corpus
	bin/demo

test:  ## all tests
	bin/test

quick:  ## the tests that need neither weights nor patience
	bin/test -m "not slow and not model"

check: install  ## what .ci/run runs, in this environment
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	bin/test

format: install  ## formats, and mends what ruff can mend
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

gate: install  ## the floors of quality: whether the bundled models keep them
	$(VENV)/bin/python -m eval.gate

serve: install  ## the service on this machine
	$(VENV)/bin/counterclaim serve

benchmark: install  ## throughput, latency, memory
	$(VENV)/bin/counterclaim benchmark

image:  ## the container image, with whatever builder is here
	$${BUILDER:-docker} build -t counterclaim .

# A CUDA build of torch names its CUDA packages itself, so they are left out.
constraints: install  ## constraints.txt, anew, with the newest versions that pyproject.toml allows
	$(PYTHON) -m pip install --quiet uv
	sed -n '/^#/p' constraints.txt > constraints.new
	$(VENV)/bin/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --no-annotate --no-header \
		--quiet --upgrade | grep -v -E '^(nvidia-|cuda-|triton|httpx2-jsfetch)' >> constraints.new
	mv constraints.new constraints.txt

clean:  ## everything that git ignores here, the environment included
	git clean -Xdf --exclude='!.scratch'
