"""What a shadow run and a canary leave behind: one row an arm a request, and the shares that are in force."""
