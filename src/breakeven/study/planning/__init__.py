"""A case as a portfolio of workloads to move."""
