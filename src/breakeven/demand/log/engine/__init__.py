"""Where a log is read: DuckDB, or the engine that holds it."""
