"""From a file or an engine to a table: its columns, its format, the question that reads it."""
