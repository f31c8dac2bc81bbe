"""From the rows of a log to minutes."""
