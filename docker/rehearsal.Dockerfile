# The rehearsal's parts that Docker has no better image for: PostgreSQL as RDS has it, AWS, the FlightSpecials API.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM ${PYTHON_IMAGE}
COPY rehearsal/__init__.py /opt/reverse-sync/rehearsal/__init__.py
COPY rehearsal/postgres /opt/reverse-sync/rehearsal/postgres
WORKDIR /opt/reverse-sync
RUN python -m rehearsal.postgres.packages && rm -rf /var/lib/apt/lists/*
COPY requirements-dev.txt /tmp/requirements-dev.txt
RUN pip install --no-cache-dir --require-hashes --requirement /tmp/requirements-dev.txt
COPY plugins plugins
COPY rehearsal rehearsal
COPY docs/grants.sql docs/grants.sql
RUN useradd --create-home rehearsal
USER rehearsal
ENV PYTHONPATH=/opt/reverse-sync/plugins:/opt/reverse-sync PYTHONUNBUFFERED=1
