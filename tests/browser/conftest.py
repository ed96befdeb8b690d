"""A real browser in front of a real server and a real worker, all on the test database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import Browser, sync_playwright

from imagebank.core.models import Node
from imagebank.embedded.processes import Child
from imagebank.intake import sweepers
from imagebank.web.demo.accounts import make_accounts
from tests.serving import web_server


@pytest.fixture
def broker(django_db_setup: None) -> str:
    """One broker is enough here: both are tried where the pipeline is."""
    return ""


@pytest.fixture
def demo_people(bank_db: None) -> None:
    """The demonstration's accounts: no second factor is asked in a database that is marked as a demo."""
    cache.clear()
    Node.current()
    Node.objects.update(demo=True)
    sweepers.renew_keys()
    make_accounts()


@pytest.fixture
def site(demo_people: None, worker: Child) -> Iterator[str]:
    """The address of a web server of its own, with a worker behind it."""
    call_command("collectstatic", interactive=False, verbosity=0)
    with web_server() as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium of this machine."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on this machine; `apt-get install chromium` brings it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
