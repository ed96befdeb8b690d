"""Pages of the second expert and of the curator."""
