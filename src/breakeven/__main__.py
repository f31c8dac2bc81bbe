"""`python -m breakeven`: the command, where its program is not on the path."""

from breakeven.cli.app import main

main()
