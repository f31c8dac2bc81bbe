"""From minutes to demand: load curve, season, growth."""
