"""Curated collections: cases in an order that teaches, with notes, in versions that stay."""
