"""The queue's address for Celery: Redis when there is one, else PGMQ tables in the same PostgreSQL."""

from __future__ import annotations

from typing import Any

# Longer than a task's hard limit (75 s): a message comes back only when its worker is gone.
VISIBILITY_SECONDS = 90


def broker_settings(redis_url: str, queue_dsn: str, visibility: int = VISIBILITY_SECONDS) -> dict[str, Any]:
    """Celery's `broker_url` and `broker_transport_options`; `queue_dsn`: key=value form, queue role."""
    if redis_url:
        return {
            "broker_url": redis_url,
            "broker_transport_options": {
                "visibility_timeout": visibility,
                "unacked_restore_interval": 10,  # seconds between looks for messages of a lost worker
                "unacked_restore_throttle": 1,  # every look is a real one; the default makes that 100 s
            },
        }
    return {
        "broker_url": "pgmq://localhost",  # the address itself is conn_string
        "broker_transport_options": {
            "conn_string": queue_dsn,
            "init_extension": False,  # the tables are plain SQL, made by the superuser
            "visibility_timeout": visibility,
            "wait_time_seconds": 0,  # no poll inside the server: it would hold the consumer for seconds
            "polling_interval": 0.2,
            "pool_size": 4,
            "pool_timeout": 5,
        },
    }
