"""Settings of the tests: a throw-away cluster and data folder, shared with child processes through the environment."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def _make_home() -> str:
    home = tempfile.mkdtemp(prefix="imagebank-test-")
    Path(home).chmod(0o711)  # the database's account walks through
    maker = os.getpid()
    atexit.register(lambda: shutil.rmtree(home, ignore_errors=True) if os.getpid() == maker else None)
    return home


def _home() -> str:
    """That of the parent process; each pytest process of a parallel run has its own."""
    runner = os.environ.get("PYTEST_XDIST_WORKER", "")
    if os.environ.get("IMAGEBANK_TEST_RUNNER") == runner:
        return os.environ["IMAGEBANK_TEST_HOME"]
    os.environ["IMAGEBANK_TEST_RUNNER"] = runner
    return _make_home()


TEST_HOME = Path(_home())
os.environ.update(
    IMAGEBANK_TEST_HOME=str(TEST_HOME),
    IMAGEBANK_DATA=str(TEST_HOME / "data"),
    IMAGEBANK_STATE=str(TEST_HOME / "state"),
)

from imagebank.embedded.broker import VISIBILITY_SECONDS, broker_settings  # noqa: E402
from imagebank.embedded.cluster import DATABASE, cluster_for  # noqa: E402
from imagebank.settings.base import *  # noqa: E402,F403
from imagebank.settings.base import DATA_DIR, ROLE, database_from, env, env_list  # noqa: E402

# Tests that kill a worker give its messages back sooner, and bring tasks of their own.
TEST_VISIBILITY = int(env("TEST_VISIBILITY", str(VISIBILITY_SECONDS)))
CELERY_IMPORTS = env_list("TEST_TASKS")
TEST_DATABASE = f"test_{DATABASE}"
CLUSTER = cluster_for(DATA_DIR)
# A child process of a test (worker, web) names the test database; pytest itself makes it.
DATABASES = {"default": database_from(CLUSTER.dsn(ROLE, env("DATABASE_NAME", DATABASE)))}
DATABASES["default"]["TEST"] = {"NAME": TEST_DATABASE}
DATABASES["default"]["CONN_MAX_AGE"] = 0
globals().update(
    {
        f"CELERY_{key.upper()}": value
        for key, value in broker_settings(
            env("REDIS_URL"), CLUSTER.dsn("queue", TEST_DATABASE), TEST_VISIBILITY
        ).items()
    }
)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}
SECRET_KEY = "only-for-tests-0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105
MASTER_KEY = bytes.fromhex("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")
STATE_DIR = TEST_HOME / "state"
KEYS_DIR = TEST_HOME / "keys"
DEMO_ALLOWED = True
OUTGOING_PRIVATE = True  # two nodes on one machine
REVIEW_SECOND_READ_SHARE = REVIEW_PLANTED_SHARE = 0.0  # by lot: tests that want it say so
SEARCH_FRESH_SECONDS = 0.0  # a test searches for what it has just written
VOCABULARY_FRESH_SECONDS = 3600.0  # a test that loads another calls forget(); none counts queries by the clock
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_EMAIL_VERIFICATION = "none"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
WHITENOISE_AUTOREFRESH = True  # there is no collected folder
