"""What it takes to serve the demand: fit, throughput, fleet."""
