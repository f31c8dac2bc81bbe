"""Every format has a file of its documented field names and what is to be read from it: found by itself, and forced."""

import json
import shutil

import pytest
from canonical import canonical
from request_logs import read_minutes, read_request_log

from breakeven.demand.log.cached import by_rows
from breakeven.demand.log.format.formats import format_names, formats, log_format
from breakeven.demand.log.libraries import ibis
from breakeven.demand.log.table.tables import log_files, open_table
from breakeven.demand.usage.read_log import told_by_evidence
from breakeven.problems import Problem
from parts import ROOT

GOLDEN = ROOT / "tests" / "demand" / "formats"
SPLIT = {"quote": '"', "escape": '"'}
CANONICAL = [
    "ts_us", "bucket_s", "requests", "provider", "model", "app", "key", "team", "user", "status", "cache_write_tokens",
    "cached_input_tokens", "input_tokens", "output_tokens", "latency_ms", "ttft_ms", "cost_nano", "currency", "source",
    "reason",
]  # fmt: skip


def given(name):
    return next((GOLDEN / name).glob("input.*"))


def canonical_rows(path, **options):
    (file,) = by_rows(told_by_evidence(log_files(path, **options)))
    connection = ibis().duckdb.connect()
    rows = canonical(open_table(connection, file, **SPLIT), file)
    assert list(rows.columns) == CANONICAL
    found = sorted(rows.to_pyarrow().to_pylist(), key=str)
    connection.disconnect()
    return found


def test_every_format_has_its_golden_file():
    assert {each.name for each in GOLDEN.iterdir()} == set(format_names())


@pytest.mark.parametrize("name", format_names())
def test_golden(name):
    path = given(name)
    expected = json.loads((GOLDEN / name / "expected.json").read_text())
    files = log_files(path)
    assert files[0].format_name == expected["format"] == name
    rows = [{key: value for key, value in row.items() if value not in ("", None, 0)} for row in canonical_rows(path)]
    assert {row.pop("source") for row in rows} == {name}
    assert sorted(rows, key=str) == sorted(
        expected["rows"], key=lambda row: str({k: row[k] for k in CANONICAL if k in row})
    )
    table = read_minutes(path)
    sums = {key: int(value.sum()) for key, value in table.columns.items() if key not in ("minute", "bucket_s")}
    assert {key: value for key, value in sums.items() if value} == expected["totals"]
    assert table.rows_read == expected["rows_read"]
    assert {each.reason: each.rows for each in table.set_aside} == expected["set_aside"]
    assert table.rows_read + sum(each.rows for each in table.set_aside) == len(rows)


@pytest.mark.parametrize("name", format_names())
def test_a_format_can_be_forced_and_tells_its_evidence(name):
    assert canonical_rows(given(name), format_name=name) == canonical_rows(given(name))
    one = log_format(name)
    assert one.evidence in ("real file", "SDK schema", "community")
    assert one.title
    assert one.how
    assert one.map["evidence_source"]


@pytest.mark.parametrize("one", formats(), ids=format_names())
def test_no_map_reads_prompts_or_answers(one):
    """By name: no field is a column or key that holds text of a request."""
    forbidden = {
        "messages",
        "response",
        "prompt",
        "prompts",
        "input",
        "output",
        "content",
        "inputBodyJson",
        "request_body",
    }
    from breakeven.demand.log.format.paths import paths_of

    last = {path.split(".")[-1].rstrip("[]") for spec in one.fields.values() for path in paths_of(spec)}
    usage = {path for spec in one.fields.values() for path in paths_of(spec) if "usage" in path.lower()}
    assert not forbidden & (last - {path.split(".")[-1] for path in usage})


@pytest.mark.parametrize("name", ["langfuse", "bedrock", "otel", "helicone", "vertex", "litellm"])
def test_the_engine_is_asked_for_no_text(name):
    """The SQL itself; only OpenTelemetry's attributes pass the engine as a list, and none but the named leave it."""
    (file,) = log_files(given(name))
    connection = ibis().duckdb.connect()
    table = open_table(connection, file, **SPLIT)
    query = "SELECT sql FROM duckdb_views() WHERE view_name = ?"
    ((asked,),) = connection.con.execute(query, [table.get_name()]).fetchall()
    for word in (
        "messages",
        "content",
        "full_request",
        "request_body",
        "inputBodyJson",
        "input := 'VARCHAR'",
        " response :=",
    ):
        assert word not in asked
    assert "stays unread" not in str(table.to_pyarrow().to_pylist())


@pytest.mark.parametrize("name", ["openai-usage", "anthropic-usage", "openrouter-activity"])
def test_pages_may_be_a_list_or_lie_bare(name, tmp_path):
    page = json.loads(given(name).read_text())
    for content in ([page], page["data"]):
        path = tmp_path / "usage.json"
        path.write_text(json.dumps(content, indent=2))
        assert canonical_rows(path) == canonical_rows(given(name))


def test_pages_read_twice_count_once(tmp_path):
    page = json.loads(given("openai-usage").read_text())
    path = tmp_path / "usage.json"
    path.write_text(json.dumps([page, page]))
    table = read_minutes(path, set_aside_to=tmp_path / "aside.csv")
    assert (table["requests"].sum(), table.rows_read) == (15, 3)
    assert [(each.rows, each.lost) for each in table.set_aside] == [(3, False)]
    assert (tmp_path / "aside.csv").read_text().count("repeats a request") == 3


def test_all_formats_read_together(tmp_path):
    """One log of many forms: the totals are the sums of each."""
    names = [each for each in format_names() if "relative" not in log_format(each).map]
    for name in names:
        shutil.copy(given(name), tmp_path / f"{name}{given(name).suffix}")
    table = read_minutes(tmp_path)
    expected = [json.loads((GOLDEN / name / "expected.json").read_text()) for name in names]
    for key in (
        "requests",
        "input_tokens",
        "output_tokens",
        "cached_input_tokens",
        "failed",
        "cost_nano",
        "cache_hits",
    ):
        assert table[key].sum() == sum(each["totals"].get(key, 0) for each in expected)
    assert table.rows_read == sum(each["rows_read"] for each in expected)


def test_a_file_that_fits_two_formats_is_refused_until_one_is_named(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_text("TIMESTAMP,ContextTokens,GeneratedTokens,usage_date_utc,model_version,usage_output_tokens\n")
    columns = set(log_format("openrouter-csv").map["needs"]) | {
        "date",
        "prompt_tokens",
        "completion_tokens",
        "api_requests",
    }
    path.write_text(",".join(sorted(columns)) + "\n")
    with pytest.raises(Problem, match="can be read as litellm-daily and openrouter-csv") as raised:
        log_files(path)
    assert raised.value.fix == "Say which: --format litellm-daily."
    assert log_files(path, format_name="openrouter-csv")[0].format_name == "openrouter-csv"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("litelm", 'Did you mean "litellm"?'),
        ("otel", "otel is not written as csv"),
        ("litellm", "as litellm, the file lacks startTime, prompt_tokens"),
    ],
)
def test_a_format_that_cannot_be_is_refused(name, message):
    with pytest.raises(Problem) as raised:
        log_files(given("azure-trace"), format_name=name)
    assert message in str(raised.value)
    assert raised.value.fix


def test_a_column_beside_a_known_format(tmp_path):
    path = tmp_path / "trace.csv"
    path.write_text("TIMESTAMP,ContextTokens,GeneratedTokens,who\n2023-11-16 18:00:00,480,10,chat\n")
    (row,) = canonical_rows(path, columns={"workload": "who"})
    assert (row["app"], row["source"]) == ("chat", "azure-trace")


def test_a_log_is_split_by_what_it_names():
    names = {
        field: {each.name for each in read_request_log(given("openai-usage"), split_by=field).workloads}
        for field in ("team", "key", "model")
    }
    assert names == {
        "team": {"proj_a", "proj_b"}, "key": {"key_1", "all"}, "model": {"gpt-4o-2024-08-06", "gpt-4o-mini"},
    }  # fmt: skip
    with pytest.raises(Problem, match='cannot be split by "user"'):
        read_request_log(given("azure-trace"), split_by="user")


def test_mooncake_times_count_from_1970_and_that_is_said(shared):
    demand = read_request_log(shared / "data" / "traces" / "mooncake_conversation.jsonl")
    (workload,) = demand.workloads
    assert demand.first == "1970-01-01T00:00:00Z"
    assert any("1970-01-01T00:00:00Z stands for it" in each for each in demand.notices)
    assert workload.mean_input_tokens == pytest.approx(12_035, abs=1)
    assert workload.mean_output_tokens == pytest.approx(343, abs=0.5)


def test_a_generic_bucket_needs_its_end(tmp_path):
    path = tmp_path / "hours.csv"
    path.write_text(
        "bucket_start,bucket_end,input_tokens,output_tokens,requests\n"
        "2026-10-05T09:00:00Z,2026-10-05T10:00:00Z,90000000,4000,700\n2026-10-05T10:00:00Z,2026-10-05T10:00:00Z,1,1,1\n"
    )
    table = read_minutes(path)
    assert (table["requests"].tolist(), table["bucket_s"].tolist()) == ([700], [3600])
    assert [each.reason for each in table.set_aside] == ["the row's end is not after its start"]


DAYS = [f"2026-03-{day:02d}T00:00:00Z" for day in range(1, 31)]
USED = range(10, 20)  # of thirty days


def buckets(results):
    """Thirty days of the Anthropic usage API, as `results` are of the days that were used."""
    ends = [*DAYS[1:], "2026-03-31T00:00:00Z"]
    return [
        {"starting_at": start, "ending_at": end, "results": results if day in USED else []}
        for day, (start, end) in enumerate(zip(DAYS, ends, strict=True))
    ]


@pytest.mark.parametrize("name", ["usage.json", "usage.jsonl"])
def test_days_of_an_export_without_use_carry_their_time(name, tmp_path):
    result = {"uncached_input_tokens": 1000, "output_tokens": 100, "model": "claude", "workspace_id": "w"}
    days = buckets([result])
    text = (
        json.dumps({"data": days})
        if name.endswith("json")
        else "\n".join(json.dumps({"data": [each]}) for each in days)
    )
    (tmp_path / name).write_text(text)
    demand = read_request_log(tmp_path / name)
    assert demand.workloads[0].input_mtok_per_month == pytest.approx(10 * 1000 / 1e6 * 730 / 24 / 30)
    assert [each.name for each in demand.workloads] == ["w"]
    assert any("Nothing was used in 20.0 days of the time that the log covers" in each for each in demand.notices)
    assert not any("silent" in each or "could not be used" in each for each in demand.notices)


def test_a_day_without_use_is_an_empty_row_of_a_table(tmp_path):
    path = tmp_path / "usage.tsv"
    rows = [f"{day}\t{day + 86400}\t\t\t\t\t" for day in range(1_760_054_400, 1_760_400_000, 86_400)]
    rows[0], rows[3] = rows[0][:-5] + "\t7\tgpt\t100\t0\t9", rows[3][:-5] + "\t1\tgpt\t200\t0\t1"
    header = "start_time\tend_time\tnum_model_requests\tmodel\tinput_tokens\tinput_cached_tokens\toutput_tokens"
    path.write_text("\n".join([header, *rows, "\t\t5\tgpt\t5\t0\t5"]) + "\n")
    table = read_minutes(path)
    assert [(each.rows, each.reason) for each in table.set_aside] == [(1, "timestamp is missing")]
    assert (table.rows_read, table["input_tokens"].sum(), table["idle_buckets"].sum()) == (4, 300, 2)
    assert [each for each in read_request_log(path).notices if "2.0 days" in each]


def test_an_empty_page_is_no_row_and_a_broken_line_is_one_that_is_lost(tmp_path):
    path = tmp_path / "usage.jsonl"
    days = [json.dumps({"data": [each]}) for each in buckets([{"uncached_input_tokens": 1, "output_tokens": 1}])]
    path.write_text("\n".join([*days, '{"data": []}', days[11][:-3]]))
    table = read_minutes(path)
    assert table.rows_read == 30
    assert {(each.reason, each.rows, each.lost) for each in table.set_aside} == {
        ("not a row: its list is empty", 1, False),
        ("timestamp is missing", 1, True),
    }
