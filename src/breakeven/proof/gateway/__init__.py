"""The gateway that carries the plan out: its configuration, what runs inside it, what must be there, the drill."""
