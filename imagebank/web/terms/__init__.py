"""Pages of the vocabulary: the list with its search, and a page of each term."""
