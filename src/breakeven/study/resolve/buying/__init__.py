"""What buying costs: prices, agreements, other hosts."""
