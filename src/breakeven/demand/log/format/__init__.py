"""What a log looks like: formats, columns, paths."""
