"""What the Amazon provider lacks for this job: an RDS reboot, DMS endpoints, create-or-reuse, start-or-resume, deferrable waits."""

from __future__ import annotations

from typing import Any

# Bounded in time and tries: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html ("standard" retries
# throttling and passing faults with jitter).
BOTOCORE_CONFIG: dict[str, Any] = {
    "connect_timeout": 10,
    "read_timeout": 30,
    "retries": {"mode": "standard", "max_attempts": 5},
}
