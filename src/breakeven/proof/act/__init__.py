"""What follows from the judgement: the ladder of shares, up by itself and back, each action on record."""
