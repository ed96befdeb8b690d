"""Pages of curated collections: reading them, and building them."""
