"""Exact values along one input: traces, tails, crossings."""
