"""Whether what was decided holds: the gateway's configuration, the shadow run and its judgement, plan against actual."""
