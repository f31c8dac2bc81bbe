"""Commands: read, call the study, print."""
