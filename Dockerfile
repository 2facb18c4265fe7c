# One file for every image.
#   docker build --build-arg SERVICE=farmers --tag cloud-farmers .    one service: its own lock, its own code, shared/
#   docker build --target jobs --tag cloud-jobs .                     migrations, topics, loading: all services
FROM python:3.11-slim AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN useradd --uid 10001 --create-home cloud
WORKDIR /app


FROM base AS jobs
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


FROM base AS service
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
