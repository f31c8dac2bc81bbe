"""What to do, when: which workload goes where, in what order, with which way back."""
