"""The WSGI entry for gunicorn."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imagebank.settings.development")
application = get_wsgi_application()

from imagebank.core.guard import refuse_demo_node  # noqa: E402  (models exist from here on)

refuse_demo_node()
