# The rehearsal's parts that Docker has no better image for: PostgreSQL as RDS has it, AWS, the FlightSpecials API.
FROM python:3.11-slim-bookworm
COPY rehearsal/__init__.py /opt/reverse-sync/rehearsal/__init__.py
COPY rehearsal/postgres /opt/reverse-sync/rehearsal/postgres
WORKDIR /opt/reverse-sync
RUN python -m rehearsal.postgres.packages && rm -rf /var/lib/apt/lists/*
COPY requirements-dev.txt /tmp/requirements-dev.txt
RUN pip install --no-cache-dir --require-hashes --requirement /tmp/requirements-dev.txt
COPY plugins plugins
COPY rehearsal rehearsal
RUN useradd --create-home rehearsal
USER rehearsal
ENV PYTHONPATH=/opt/reverse-sync/plugins:/opt/reverse-sync PYTHONUNBUFFERED=1
