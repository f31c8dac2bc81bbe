"""Whether what was decided holds: the gateway, the shadow run and its judgement, plan against actual."""
