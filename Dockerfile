# The service, with its models inside: builds anywhere that pip reaches a package registry, then runs without a network.
#
#   docker build -t counterclaim .
#   docker run --rm -v counterclaim:/data counterclaim counterclaim keys add me admin
#   docker run --read-only --tmpfs /tmp -p 8000:8000 -v counterclaim:/data counterclaim
#
# compose.yaml has all of it in one place, with a key that comes as a secret.
# BASE is any image with a Python from 3.11 to 3.13 on its path. Where pip offers only torch's CUDA build, name an index or
# a folder with the CPU build, which makes the image several GB smaller: --build-arg PIP_EXTRA_INDEX_URL=... (docs/install.md).
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
ARG PIP_EXTRA_INDEX_URL
ARG PIP_FIND_LINKS
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python3 -m venv /opt/counterclaim
ENV PATH=/opt/counterclaim/bin:$PATH
# What changes seldom comes first: the packages are a layer of their own. Each is a file of known digest, so that nobody
# who comes between puts another in its place, and a wheel, so that none runs code here. Only torch has no digest, for each
# of its builds has another.
COPY constraints.txt requirements.lock ./
RUN pip install --no-deps --require-hashes --only-binary :all: -r requirements.lock \
    && pip install --only-binary :all: -c constraints.txt torch
COPY . .
RUN pip install --no-deps . && pip check

FROM ${BASE}
LABEL org.opencontainers.image.title="counterclaim" org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 counterclaim \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin counterclaim \
    && install --directory --owner=counterclaim --group=counterclaim /data
COPY --from=build /opt/counterclaim /opt/counterclaim
ENV PATH=/opt/counterclaim/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    COUNTERCLAIM_DATABASE_URL=sqlite:////data/counterclaim.db
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["counterclaim", "serve", "--host", "0.0.0.0", "--port", "8000"]
