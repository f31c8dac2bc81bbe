"""Whether what was decided holds: the gateway's settings, the shadow run and its judgement, plan against actual."""
