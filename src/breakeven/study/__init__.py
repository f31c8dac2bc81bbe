"""The front door: a case in, a study out.

schema (what a case may say) → case (loaded, checked) → resolve (every input with its source) → basis → assess → study.
"""
