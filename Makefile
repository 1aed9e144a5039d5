# Names for what the scripts in bin/ and the tools do; none is needed to use counterclaim.
VENV ?= .venv
export VENV
PYTHON := $(VENV)/bin/python

.PHONY: install demo test quick check audit sbom format gate serve benchmark image constraints lock clean

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
	bin/audit

audit:  ## known holes in the versions of constraints.txt, where a network is
	bin/audit

sbom: install  ## dist/counterclaim.cdx.json: all that is installed, with versions and licences (CycloneDX)
	mkdir -p dist
	TOOL=cyclonedx-bom==7.5.0 bin/tool cyclonedx-py environment --pyproject pyproject.toml -o dist/counterclaim.cdx.json $(PYTHON)

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
	$(MAKE) lock

lock: install  ## requirements.lock, anew: what the image installs, of constraints.txt, each with its digests
	$(PYTHON) -m pip install --quiet uv
	sed -n '/^#/p' requirements.lock > requirements.new
	$(VENV)/bin/uv pip compile pyproject.toml -c constraints.txt --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header --no-emit-package torch --quiet \
		| awk '/^[a-z]/ { keep = !/^(nvidia-|cuda-|triton|httpx2-jsfetch)/ } keep' >> requirements.new
	mv requirements.new requirements.lock

clean:  ## everything that git ignores here, the environment included
	git clean -Xdf --exclude='!.scratch'
