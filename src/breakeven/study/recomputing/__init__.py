"""A resolved case asked again with other inputs, as often as one drags: nothing is resolved, nothing is read."""
