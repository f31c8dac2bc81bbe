"""May we, can we: gates and readiness."""
