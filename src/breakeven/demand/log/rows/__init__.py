"""One row of a log: its time, its tokens, or why it is set aside."""
