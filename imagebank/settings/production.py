"""Settings of a real node. It refuses to start half-configured (design: privacy.md 25)."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from imagebank.embedded.broker import broker_settings
from imagebank.settings.base import *  # noqa: F403
from imagebank.settings.base import MASTER_KEY, REDIS_URL, SECRET_KEY, database_from, env

NEEDED = {
    "SECRET_KEY": "at least 50 random characters",
    "MASTER_KEY": "at least 64 hexadecimal digits, kept in escrow",
    "KEYS": "a folder shared by web and workers, outside database, data folder and backup",
    "DATABASE_URL": "PostgreSQL 15 or newer; the embedded database is for the demo and the tests",
    "REDIS_URL": "the broker and the cache",
    "ALLOWED_HOSTS": "the names this node answers to",
    "BASE_URL": "the https address readers use",
    "EMAIL_HOST": "the mail server that sends confirmations and password resets",
}
for _name, _what in NEEDED.items():
    if not env(_name):
        raise ImproperlyConfigured(f"IMAGEBANK_{_name} is not set: {_what}.")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("IMAGEBANK_SECRET_KEY is too short: at least 50 random characters.")
if len(MASTER_KEY) < 32:
    raise ImproperlyConfigured("IMAGEBANK_MASTER_KEY is too short: at least 64 hexadecimal digits.")
if not env("BASE_URL").startswith("https://"):
    raise ImproperlyConfigured("IMAGEBANK_BASE_URL must be an https address.")
if env("DEBUG"):
    raise ImproperlyConfigured("IMAGEBANK_DEBUG has no place in production.")

DATABASES = {"default": database_from(env("DATABASE_URL"))}
BROKER = broker_settings(REDIS_URL, "")
CELERY_BROKER_URL = BROKER["broker_url"]
CELERY_BROKER_TRANSPORT_OPTIONS = BROKER["broker_transport_options"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env("TRUSTED_PROXIES") else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
