"""Settings of the demo and of work on the product: what the environment does not name runs embedded here."""

from __future__ import annotations

from pathlib import Path

from imagebank.embedded.broker import broker_settings
from imagebank.embedded.cluster import cluster_for
from imagebank.embedded.folders import secret, state_folder
from imagebank.settings.base import *  # noqa: F403
from imagebank.settings.base import DATA_DIR, REDIS_URL, ROLE, database_from, env

STATE_DIR = state_folder(DATA_DIR)
CLUSTER = cluster_for(DATA_DIR)
DATABASES = {"default": database_from(env("DATABASE_URL") or CLUSTER.dsn(ROLE))}
BROKER = broker_settings(REDIS_URL, env("DATABASE_URL") or CLUSTER.dsn("queue"))
CELERY_BROKER_URL = BROKER["broker_url"]
CELERY_BROKER_TRANSPORT_OPTIONS = BROKER["broker_transport_options"]
CACHES = (
    {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    if REDIS_URL
    else {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}
)
SECRET_KEY = env("SECRET_KEY") or secret(STATE_DIR, "secret-key")
MASTER_KEY = bytes.fromhex(env("MASTER_KEY") or secret(STATE_DIR, "master-key"))
KEYS_DIR = Path(env("KEYS") or STATE_DIR / "keys")
DEMO_ALLOWED = True
OUTGOING_PRIVATE = True  # two nodes on one machine
REVIEW_SECOND_READ_SHARE = float(env("REVIEW_SECOND_READ_SHARE", "0"))  # a demonstration does the same every time
REVIEW_PLANTED_SHARE = float(env("REVIEW_PLANTED_SHARE", "0"))
ACCOUNT_EMAIL_VERIFICATION = "none"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
WHITENOISE_USE_FINDERS = True
