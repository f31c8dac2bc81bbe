"""How good the model of throughput is, on rows and measurements that it has not seen."""
