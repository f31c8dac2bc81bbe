"""Sizes, seconds and failures are asked of any engine: only what all of them answer alike."""

from breakeven.demand.log.engine.portable import portable, refuse_others
from breakeven.demand.log.failures import failure_counts
from breakeven.demand.log.histogram import size_questions
from breakeven.demand.log.libraries import ibis
from breakeven.demand.shape.sliding import second_counts


def test_the_other_push_downs_use_only_what_every_engine_has():
    columns = {"reason": "string", "workload": "string", "model": "string", "second": "int64"}
    names = ("failed", "failure", "requests", "input_tokens", "output_tokens")
    rows = ibis().duckdb.connect().create_table("rows", schema=columns | dict.fromkeys(names, "int64"))
    failed = [failure_counts(rows, by_workload=apart) for apart in (True, False)]
    for question in (*size_questions(rows, by_workload=True).values(), second_counts(rows, [1, 2]), *failed):
        refuse_others(portable(question), where="test")
