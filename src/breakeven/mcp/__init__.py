"""The tools of an assistant: the same answers as the commands', over the Model Context Protocol.

`folder` → `tasks` (in a process of their own: `worker`, `desk`) → `told` → `server`.
"""
