"""Whether what was decided holds: the gateway's configuration, the shadow run judged, plan against actual."""
