"""The board as pieces of HTML, each replaced by itself when its answer comes."""
