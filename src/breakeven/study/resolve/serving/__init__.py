"""What serving it takes: fleet, promise, operations, readiness."""
