"""Practice sheets: a page for each indication, agreed on by experts."""
