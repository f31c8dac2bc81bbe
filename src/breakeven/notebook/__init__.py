"""The names that a notebook user needs: the same answers, as frames and charts that show themselves.

`shown` (how a result shows itself) → `calls`.
"""
