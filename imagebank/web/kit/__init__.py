"""The steward's start kit: texts to begin with, in five languages, each from one source."""
