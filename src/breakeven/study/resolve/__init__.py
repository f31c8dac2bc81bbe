"""From a case to inputs, each with its source."""
