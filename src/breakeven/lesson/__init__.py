"""The lesson: self-hosting economics in parts that build on each other, every number computed, and a quiz.

`material` → `cost`, `turning`, `moving` → `lesson`; `questions` → `quiz`; `progress` keeps what was answered.
"""
