"""One file a question that is asked of a case or a study."""
