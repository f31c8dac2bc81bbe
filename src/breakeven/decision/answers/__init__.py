"""What is said of an option: verdict, break-evens, flips, halves, hidden costs, rivals."""
