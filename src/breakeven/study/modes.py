"""How an option is paid for, and what follows from it: who runs the model, who holds replicas."""

from __future__ import annotations

BY_TOKEN = ("hosted", "endpoint")  # billed by the token
BOUGHT = (*BY_TOKEN, "dedicated")  # somebody else runs the model
HELD = ("rented", "owned")  # we hold GPUs by the month
FLEETS = (*HELD, "dedicated")  # replicas are held by the month, by whomever
