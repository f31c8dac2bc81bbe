"""Plan against actual: what bills, gateways, clusters and engines say of the months that are over."""
