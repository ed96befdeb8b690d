"""Settings common to every way of running. Values come from the environment with the prefix IMAGEBANK_."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kombu import Queue
from psycopg.conninfo import conninfo_to_dict

from imagebank.core.limits import Limits

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def env(name: str, default: str = "") -> str:
    """IMAGEBANK_<name>."""
    return os.environ.get(f"IMAGEBANK_{name}", default)


def env_list(name: str, default: str = "") -> list[str]:
    """IMAGEBANK_<name>, separated by commas."""
    return [part.strip() for part in env(name, default).split(",") if part.strip()]


def folder_from(address: str, default: Path) -> Path:
    """The folder of a file:// address."""
    return Path(urlsplit(address).path) if address else default


def database_from(address: str) -> dict[str, Any]:
    """Django's entry for a PostgreSQL address, a URL or libpq's key=value form."""
    parts = {key: str(value) for key, value in conninfo_to_dict(address).items()}
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    known = {django: parts.pop(libpq, "") for libpq, django in names.items()}
    return {"ENGINE": "django.db.backends.postgresql", **known, "CONN_MAX_AGE": 60, "OPTIONS": parts}


DATA_DIR = Path(env("DATA", str(BASE_DIR / "data"))).resolve()
ROLE = env("ROLE", "owner")  # which database role this process is: owner (migrations), web, worker
SECRET_KEY = env("SECRET_KEY")
MASTER_KEY = bytes.fromhex(env("MASTER_KEY"))  # root of every derived key; escrowed, backed up apart
KEYS_DIR = Path(env("KEYS"))  # outside of database, data folder and backup; never unset: see development, production
STORAGE_DIR = folder_from(env("STORAGE_URL"), DATA_DIR / "storage")
QUARANTINE_DIR = folder_from(env("QUARANTINE_URL"), DATA_DIR / "quarantine")
LIMITS = Limits.from_environment(dict(os.environ))
REDIS_URL = env("REDIS_URL")
REVIEW_PLANTED_SHARE = float(env("REVIEW_PLANTED_SHARE", "0.02"))  # of the queue: made up, with a fault to notice
REVIEW_SECOND_READ_SHARE = float(env("REVIEW_SECOND_READ_SHARE", "0.1"))  # of readings, repeated blind by another
SEARCH_FRESH_SECONDS = 1.0  # how often a process asks the database, at most, what changed since
VOCABULARY_FRESH_SECONDS = 5.0  # how long a process believes the release of the vocabulary that it last read
DEBUG = False
DEMO_ALLOWED = False  # only `manage.py demo` and the tests may hold demo accounts and synthetic short cuts
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "127.0.0.1,localhost")
BASE_URL = env("BASE_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
TRUSTED_PROXIES = env_list("TRUSTED_PROXIES")
OUTGOING_PRIVATE = env("OUTGOING_PRIVATE") == "1"  # mirrors and webhooks may be at private and loopback addresses
MIRROR_STALE_DAYS = 7  # a mirror that has not synced for so long stops serving what it mirrors
NODE_NAME = env("NODE_NAME", urlsplit(BASE_URL).hostname or "")  # as other nodes show it
FEED_WAITERS = int(env("FEED_WAITERS", str(int(env("WEB_THREADS", "16")) // 4)))  # threads that long polls may hold
MIRROR_OVERDUE_MINUTES = int(env("MIRROR_OVERDUE_MINUTES", "60"))  # a withdrawal without a mirror's receipt
MIRROR_SNAPSHOT_FROM = 1_000  # changes from which a first sync asks for a snapshot instead of every page
REGION = env("REGION")  # ISO 3166-1 alpha-2 of the country where this node stands: rights may name regions
EMAIL_HOST, EMAIL_PORT = env("EMAIL_HOST", "localhost"), int(env("EMAIL_PORT", "25"))
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env("EMAIL_USER"), env("EMAIL_PASSWORD")
EMAIL_USE_TLS = bool(env("EMAIL_TLS"))
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", "imagebank@localhost")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "imagebank.core",
    "imagebank.accounts",
    "imagebank.vocabulary",
    "imagebank.catalog",
    "imagebank.collections",
    "imagebank.sheets",
    "imagebank.shelf",
    "imagebank.intake",
    "imagebank.review",
    "imagebank.exchange",
    "imagebank.exchange.following",
    "imagebank.web",
    "api",
]
MIDDLEWARE = [
    "imagebank.core.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "imagebank.core.middleware.ContentSecurityPolicy",
    "imagebank.core.middleware.PrivatePages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "imagebank.accounts.middleware.ActorMiddleware",
]
ROOT_URLCONF = "imagebank.urls"
WSGI_APPLICATION = "imagebank.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own (privacy.md 22)
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch"), ("es", "Español"), ("da", "Dansk")]
LOCALE_PATHS = [BASE_DIR / "imagebank" / "web" / "locale"]
FORMAT_MODULE_PATH = ["imagebank.web.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# Cleartext of an upload never touches a disk: only the sealing handler that a deposit view installs takes files.
FILE_UPLOAD_HANDLERS = ["imagebank.core.uploads.RefuseFiles"]

# People: an e-mail address and a password, a second factor where privacy asks for one.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "imagebank.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "imagebank.web.signup.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": f"{LIMITS.logins_per_minute}/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Browser-side fences.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

# REST: one parser and one renderer each; every error is a problem (RFC 9457).
VERSION = "0.1.0"
ACCEL_PREFIX = env("ACCEL")  # where a proxy in front serves STORAGE_DIR internally, for example /stored/
DICOMWEB_ORIGINS = env_list("DICOMWEB_ORIGINS")  # viewers of other origins that may ask with a token; none: no CORS
LISTEN_CLEARTEXT = env("LISTEN_CLEARTEXT") == "1"  # `manage.py listen` off loopback without TLS: closed networks only
DATA_UPLOAD_MAX_NUMBER_FILES = LIMITS.files_per_deposit
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.Bearer", "api.authentication.Session"],
    "DEFAULT_PERMISSION_CLASSES": [],  # services and the rules of accounts.permissions decide
    "DEFAULT_PARSER_CLASSES": ["api.parsers.Json"],
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.Json"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.negotiation.OneRenderer",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.ByCaller"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "api.problems.handle",
    "UNAUTHENTICATED_TOKEN": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "POCUS image bank",
    "DESCRIPTION": (
        "De-identified point-of-care ultrasound clips, tagged by indication. Lists go by opaque cursors (`next`, sent "
        "back as `cursor`); reads carry ETags; unsafe requests take `Idempotency-Key`; a session sends its CSRF token "
        "in the header X-CSRFToken; errors are RFC 9457 problems."
    ),
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "api.v1.description.add_problems"],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "DoubtKindEnum": "imagebank.review.models.KINDS",
        "MarkKindEnum": "imagebank.catalog.models.MARKS",
        "SheetStateEnum": "imagebank.sheets.states.SHEET.states",
        "SheetVerdictEnum": "imagebank.sheets.models.VERDICTS",
    },
}

LOGGING_CONFIG = "imagebank.core.logs.configure"
LOGGING: dict[str, Any] = {"level": env("LOG_LEVEL", "INFO"), "service": ROLE != "owner"}

# Celery: the row is the truth, the message a hint; results are off, a lost worker's message comes back.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 75
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "imagebank"
CELERY_TIMEZONE = "UTC"
# Sweepers and heartbeats have a queue of their own: the worker takes from both in turn, so a long ingest delays them by
# one clip at most. One that was not taken before the next is sent is worth nothing.
CELERY_TASK_QUEUES = (Queue("imagebank"), Queue("imagebank_upkeep"))
UPKEEP = {
    "core.heartbeat": 15,
    "core.anchor": 3600,
    "intake.repair": 15,
    "intake.hourly": 3600,
    "intake.fill_headers": 3600,
    "review.minutely": 60,
    "api.hourly": 3600,
    "catalog.minutely": 60,
    "accounts.minutely": 60,
    "accounts.hourly": 3600,
    "collections.hourly": 3600,
    "shelf.hourly": 3600,
    "exchange.sequence": 5,
    "exchange.tell": 15,
    "exchange.pack": 15,
    "exchange.probe": 3600,
    "following.minutely": 60,
}
"""Task -> seconds between two runs."""
CELERY_TASK_ROUTES = {task: {"queue": "imagebank_upkeep"} for task in UPKEEP}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    task: {"task": task, "schedule": seconds, "options": {"expires": seconds}} for task, seconds in UPKEEP.items()
}
