"""The people and the institution of the intake's tests."""

from tests.intake.conftest import world

__all__ = ["world"]
