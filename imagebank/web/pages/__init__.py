"""The pages that everybody reads."""
