"""From inputs to a study."""
