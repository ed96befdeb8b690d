"""Following another node: a mirror that trusts nobody's bytes."""
