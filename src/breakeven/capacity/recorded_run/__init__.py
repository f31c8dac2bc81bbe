"""A recorded production run: read, fitted, compared with its replay."""
