"""The one reading of a log, and what it shows."""
