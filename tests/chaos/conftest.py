"""The people and the institution of the intake's tests, and a broker that gives a lost message back soon."""

import pytest

from tests.intake.conftest import world

__all__ = ["world"]


@pytest.fixture
def worker_environment(request: pytest.FixtureRequest) -> dict[str, str]:
    """The long test waits for the real visibility timeout."""
    return {} if request.node.get_closest_marker("long") else {"IMAGEBANK_TEST_VISIBILITY": "20"}
