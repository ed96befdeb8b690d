"""Bytes of strangers are parsed in a child process that can do nothing else; see `README.md` beside `anonymize`."""

from anonymize.sandbox.client import Sandbox
from anonymize.sandbox.outcome import Outcome

__all__ = ["Outcome", "Sandbox"]
