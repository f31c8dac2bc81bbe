"""The sections of a case."""
