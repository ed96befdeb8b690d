"""Bounded reading: nothing is decoded before its size was weighed against `anonymize.policy.Limits`."""

from anonymize.parsing.quiet import quiet
from anonymize.parsing.sniff import sniff
from anonymize.parsing.source import Source, read_dataset
from anonymize.parsing.weigh import weigh

__all__ = ["Source", "quiet", "read_dataset", "sniff", "weigh"]
