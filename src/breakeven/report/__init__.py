"""Words and tables of a study: the only place that rounds."""
