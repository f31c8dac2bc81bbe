"""What exports of others' tools do: cached tokens beside the input, times from a start, calls told twice, bills."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from request_logs import read_minutes, read_request_log

from breakeven.cli.app import main
from breakeven.demand.log.format.draft_map import draft_map
from breakeven.demand.log.format.formats import format_names
from breakeven.demand.log.rows.reasons import OVER
from breakeven.demand.log.table.tables import Clock, log_files
from breakeven.demand.usage.read_log import read_log, read_requests
from breakeven.problems import Problem
from parts import ROOT

GOLDEN = ROOT / "tests" / "demand" / "formats"
HOUR = 1_772_359_200  # 2026-03-01T10:00:00Z


def written(path: Path, rows: list[dict]) -> Path:
    """The rows as the kind of file that the name says."""
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(each) + "\n" for each in rows))
        return path
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue())
    return path


def request(minute: int, **tokens: int) -> dict:
    return {"timestamp": f"2026-03-01T10:{minute:02}:00Z", "model": "m"} | tokens


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["breakeven", "demand", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


class TestCachedTokens:
    """Inside the input or beside it: one answer for a file, with what it rests on."""

    def test_named_as_anthropic_names_them_they_are_beside(self, tmp_path: Path) -> None:
        rows = [
            request(0, input_tokens=3, output_tokens=9, cache_creation_input_tokens=200, cache_read_input_tokens=4000),
            request(1, input_tokens=5000, output_tokens=9, cache_creation_input_tokens=0, cache_read_input_tokens=300),
        ]
        nested = [
            {each: row[each] for each in ("timestamp", "model")}
            | {"usage": {key: value for key, value in row.items() if "tokens" in key}}
            for row in rows
        ]
        for path in (written(tmp_path / "a.csv", rows), written(tmp_path / "b.jsonl", nested)):
            table = read_minutes(path)
            assert (table["input_tokens"].sum(), table["cached_input_tokens"].sum()) == (9503, 4300)
            assert any("counted beside the input: its columns are named as Anthropic" in each for each in table.notices)

    @pytest.mark.parametrize(("total", "whole", "said"), [(1010, 1000, "among"), (1710, 1700, "beside")])
    def test_totals_tell(self, tmp_path: Path, total: int, whole: int, said: str) -> None:
        tokens = {"prompt_tokens": 1000, "completion_tokens": 10, "cached_tokens": 700, "total_tokens": total}
        table = read_minutes(written(tmp_path / "log.csv", [request(each, **tokens) for each in range(3)]))
        assert table["input_tokens"].sum() == 3 * whole
        assert any(f"counted {said} the input: its totals" in each for each in table.notices)

    @pytest.mark.parametrize("name", ["log.csv", "log.jsonl"])
    def test_rows_with_more_cached_than_input_tell_for_the_whole_file(self, tmp_path: Path, name: str) -> None:
        rows = [request(0, prompt_tokens=100, completion_tokens=1, cached_tokens=900)]
        rows += [request(each, prompt_tokens=1000, completion_tokens=1, cached_tokens=300) for each in range(1, 11)]
        table = read_minutes(written(tmp_path / name, rows), set_aside_to=tmp_path / "aside.csv")
        assert (table["input_tokens"].sum(), table.set_aside) == (1000 + 10 * 1300, ())
        assert not (tmp_path / "aside.csv").exists()
        assert any("1 of 11 rows with cached tokens have more of them than input" in each for each in table.notices)
        requests = read_requests(tmp_path / name)
        assert requests is not None
        assert sorted(requests.input_tokens.tolist()) == [1000] + [1300] * 10

    def test_a_gateway_tells_what_each_provider_says(self, tmp_path: Path) -> None:
        tokens = [{"prompt_tokens": 1000, "cached_tokens": 600}, {"prompt_tokens": 10, "cached_tokens": 600}]
        made = [{"completion_tokens": 1} | each for each in tokens]
        rows = [request(each, **made[each % 2]) | {"provider": ("openai", "bedrock")[each % 2]} for each in range(10)]
        table = read_minutes(written(tmp_path / "log.csv", rows))
        assert table["input_tokens"].sum() == 5 * 1000 + 5 * 610
        assert any("counted beside the input of bedrock: 5 of 5 rows" in each for each in table.notices)

    def test_a_few_such_rows_are_mistakes(self, tmp_path: Path) -> None:
        rows = [request(each % 60, prompt_tokens=1000, completion_tokens=1, cached_tokens=300) for each in range(99)]
        rows.append(request(0, prompt_tokens=100, completion_tokens=1, cached_tokens=900))
        table = read_minutes(written(tmp_path / "log.csv", rows))
        assert table["input_tokens"].sum() == 99_000
        assert [(each.rows, each.reason) for each in table.set_aside] == [(1, OVER)]

    @pytest.mark.parametrize(("total", "whole"), [(1010, 1000), (1710, 1700)])
    def test_totals_of_langfuse_tell_what_its_sender_left_in(self, tmp_path: Path, total: int, whole: int) -> None:
        usage = {"input": 1000, "input_cached_tokens": 700, "output": 10, "total": total}
        rows = [
            {"id": str(each), "startTime": f"2026-03-01T10:0{each}:00Z", "usageDetails": usage} for each in range(3)
        ]
        table = read_minutes(written(tmp_path / "log.jsonl", rows))
        assert (table["input_tokens"].sum(), table["cached_input_tokens"].sum()) == (3 * whole, 2100)


class TestTimesFromAStart:
    """Seconds or milliseconds of a trace, as its format or the person says."""

    def test_a_trace_in_seconds_that_looks_like_one_in_milliseconds(self, tmp_path: Path) -> None:
        ends = [{"timestamp": each, "input_length": 10, "output_length": 1, "hash_ids": [1]} for each in (0, 7200)]
        seconds = read_request_log(
            written(tmp_path / "s.jsonl", [each | {"chat_id": 1, "parent_chat_id": -1, "turn": 1} for each in ends])
        )
        milliseconds = read_request_log(written(tmp_path / "ms.jsonl", ends))
        assert seconds.last == "1970-01-01T02:00:00Z"
        assert milliseconds.last == "1970-01-01T00:00:07Z"
        for demand, unit in ((seconds, "seconds"), (milliseconds, "milliseconds")):
            assert any(f"Times are {unit} from a start" in each for each in demand.notices)

    def test_the_person_says_the_unit_and_the_start(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows = [{"time": each, "prompt_tokens": 10, "completion_tokens": 1} for each in (0.5, 3600.25)]
        path = str(written(tmp_path / "trace.csv", rows))
        assert run(monkeypatch, path) == 1
        assert "Add --time-unit s, or ms." in capsys.readouterr().err
        assert run(monkeypatch, path, "--time-unit", "s", "--starts", "2026-03-01", "--json") == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["first"], found["last"]) == ("2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z")
        assert "Times are seconds from 2026-03-01T00:00:00Z, as it was given." in found["notices"]
        assert run(monkeypatch, path, "--starts", "2026-03-01") == 1

    def test_the_start_is_in_each_moment(self, tmp_path: Path) -> None:
        path = written(tmp_path / "trace.csv", [{"time": 0.5, "prompt_tokens": 10, "completion_tokens": 1}])
        reading = read_log(path, clock=Clock(unit="s", starts=HOUR), requests=True)
        assert reading.requests is not None
        assert reading.requests.seconds.tolist() == [HOUR + 0.5]


def span(number: int, parent: int | None, attributes: dict) -> dict:
    values = [{"key": key, "value": {"stringValue": str(value)}} for key, value in attributes.items()]
    moment = str((HOUR + number) * 1_000_000_000)
    named = {"spanId": f"{number:016x}", "parentSpanId": "" if parent is None else f"{parent:016x}"}
    return named | {"startTimeUnixNano": moment, "endTimeUnixNano": moment, "attributes": values}


def spans(path: Path, *made: dict) -> Path:
    path.write_text(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": list(made)}]}]}) + "\n")
    return path


CALL = {"gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10}


class TestCallsToldTwice:
    """One call of a model counts once, whatever is told around it."""

    @pytest.mark.parametrize(
        "outer",
        [
            {"gen_ai.operation.name": "invoke_agent"},
            {"traceloop.span.kind": "workflow"},
            {"openinference.span.kind": "AGENT", "llm.token_count.prompt": 100},
        ],
    )
    def test_an_agent_beside_its_calls(self, tmp_path: Path, outer: dict) -> None:
        calls = [span(each, 9, CALL) for each in range(2)]
        table = read_minutes(spans(tmp_path / "spans.jsonl", span(9, None, CALL | outer), *calls))
        assert (table["requests"].sum(), table["input_tokens"].sum()) == (2, 200)
        assert [(each.rows, each.lost) for each in table.set_aside] == [(1, False)]

    def test_a_call_inside_a_call(self, tmp_path: Path) -> None:
        path = spans(tmp_path / "spans.jsonl", span(1, None, CALL), span(2, 1, CALL), span(3, None, CALL))
        table = read_minutes(path, set_aside_to=tmp_path / "aside.csv")
        assert (table["requests"].sum(), table.rows_read) == (2, 2)
        assert "the span inside it tells of the same call" in (tmp_path / "aside.csv").read_text()

    def test_calls_below_spans_that_say_nothing(self, tmp_path: Path) -> None:
        """An agent of an unknown kind sums the calls far below it; what a tool of a call calls is a call of its own."""
        total = CALL | {"gen_ai.usage.input_tokens": 200, "gen_ai.usage.output_tokens": 20}
        chain = [span(1, None, total), span(2, 1, {"step": "a"}), span(3, 2, {"step": "b"})]
        calls = [span(4, 3, CALL), span(5, 3, CALL)]
        tool = [span(6, 4, {"gen_ai.operation.name": "execute_tool"}), span(7, 6, CALL)]
        for made in (chain + calls + tool, tool + calls + chain[::-1]):
            table = read_minutes(spans(tmp_path / "spans.jsonl", *made))
            assert (table["requests"].sum(), table["input_tokens"].sum()) == (3, 300)

    def test_a_span_that_names_itself_its_parent_counts(self, tmp_path: Path) -> None:
        assert read_minutes(spans(tmp_path / "spans.jsonl", span(1, 1, CALL)))["requests"].sum() == 1

    def test_the_steps_of_the_ai_sdk_count_and_their_sum_does_not(self, tmp_path: Path) -> None:
        usage = {"ai.model.id": "m", "ai.usage.promptTokens": 100, "ai.usage.completionTokens": 10}
        outer = span(1, None, usage | {"ai.operationId": "ai.generateText"})
        step = usage | {"ai.operationId": "ai.generateText.doGenerate", "ai.usage.cachedInputTokens": 40}
        path = spans(tmp_path / "spans.jsonl", outer, span(2, 1, step), span(3, 1, step))
        table = read_minutes(path)
        found = table["requests"].sum(), table["input_tokens"].sum(), table["cached_input_tokens"].sum()
        assert (found, set(table.model)) == ((2, 200, 80), {"m"})

    def test_an_answer_in_several_lines_over_several_files(self, tmp_path: Path) -> None:
        (line,) = [
            json.loads(each)
            for each in (GOLDEN / "claude-code" / "input.jsonl").read_text().splitlines()
            if '"m2"' in each
        ]
        later = line | {"timestamp": "2026-03-11T09:05:00.000Z"}
        later["message"] = line["message"] | {"usage": line["message"]["usage"] | {"output_tokens": 75}}
        written(tmp_path / "a.jsonl", [line])
        written(tmp_path / "b.jsonl", [later, line])
        table = read_minutes(tmp_path)
        assert (table["requests"].tolist(), table["output_tokens"].tolist()) == ([1], [75])


def test_requests_that_carry_no_tokens_are_told(tmp_path: Path) -> None:
    tokens = [{"prompt_tokens": 100, "completion_tokens": 5}] * 3 + [{"prompt_tokens": 0, "completion_tokens": 0}] * 2
    path = written(tmp_path / "log.csv", [request(minute, **each) for minute, each in enumerate(tokens)])
    demand, reading = read_request_log(path), read_log(path)
    assert "2 of 5 requests carry no tokens: volumes are a lower bound." in demand.notices
    assert reading.sizes[0].input.mean == 100
    complete = read_request_log(written(tmp_path / "complete.csv", [request(0, **each) for each in tokens[:3]]))
    assert demand.workloads[0].high_share == pytest.approx(complete.workloads[0].high_share * 5 / 3)


FOCUS = (
    "BilledCost,BillingCurrency,ChargeDescription,ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,ConsumedUnit,"
    "PricingUnit,ResourceName,SkuId,SkuMeter\n"
)


@pytest.mark.parametrize(
    ("quantity", "unit", "meter", "words", "kind", "tokens"),
    [
        ("3", "1K", "gpt 5 mini Inp glbl Tokens", "", "input_tokens", 3_000),
        ("3", "1M", "gpt-5-mini-Outp-glbl-1M-Tokens", "", "output_tokens", 3_000_000),
        ("3", "1K", "gpt 5 cchd Inp glbl Tokens", "", "cached_input_tokens", 3_000),
        ("2.5", "Units", "", "Marketplace usage|us-east-1|Million Input Tokens", "input_tokens", 2_500_000),
        ("2.5", "Units", "", "Marketplace usage|us-east-1|Million Response Tokens", "output_tokens", 2_500_000),
        ("4", "1K tokens", "USE1-Nova1Lite-input-tokens", "", "input_tokens", 4_000),
        ("4000", "Tokens", "EUC1-Claude-1000K-output-tokens", "", "output_tokens", 4_000),
    ],
)
def test_units_of_a_bill_as_they_are_written(
    tmp_path: Path, quantity: str, unit: str, meter: str, words: str, kind: str, tokens: int
) -> None:
    line = f"1.00,USD,{words},2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,{quantity},{unit},{unit},r,s,{meter}\n"
    (tmp_path / "bill.csv").write_text(FOCUS + line + line.replace("Tokens", "Hours").replace("tokens", "hours"))
    table = read_minutes(tmp_path / "bill.csv")
    sums = {each: int(table[each].sum()) for each in ("input_tokens", "cached_input_tokens", "output_tokens")}
    wanted = dict.fromkeys(sums, 0) | {kind: tokens}
    assert sums == wanted | ({"input_tokens": tokens} if kind == "cached_input_tokens" else {})


@pytest.mark.parametrize(
    "name", ["openai-cost-csv", "anthropic-cost-csv", "openai-costs", "anthropic-cost", "deepseek-cost"]
)
def test_a_bill_alone_tells_its_sum_and_asks_for_the_usage(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = (GOLDEN / name).glob("input.*")
    expected = json.loads((GOLDEN / name / "expected.json").read_text())["totals"]["cost_nano"] / 1e9
    assert run(monkeypatch, str(path), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    if found["currencies"] == ["USD"]:
        assert found["bill"]["bill_usd"] == pytest.approx(expected)
    assert "input_tokens" not in found
    assert any("holds no tokens" in each for each in found["notices"])
    assert run(monkeypatch, str(path)) == 0
    assert "This is a bill, and holds no tokens" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(Problem, match="this is a bill, and holds no tokens"):
        read_request_log(path)


@pytest.mark.parametrize(
    "text",
    [
        "# HELP vllm:prompt_tokens_total Number of prefill tokens.\n# TYPE vllm:prompt_tokens_total counter\n",
        'sglang:prompt_tokens_total{model_name="m"} 123456.0\n',
    ],
)
def test_one_scrape_of_a_server_holds_no_time(tmp_path: Path, text: str) -> None:
    (tmp_path / "metrics.txt").write_text(text * 3)
    with pytest.raises(Problem, match="one scrape of a server's /metrics, and holds no time") as found:
        read_log(tmp_path / "metrics.txt")
    assert "/api/v1/query_range" in str(found.value.fix)


def test_times_as_the_portal_of_azure_writes_them(tmp_path: Path) -> None:
    header = '"TimeGenerated [UTC]",CorrelationId,ModelName,PromptTokens,CompletionTokens\n'
    moments = ["2/1/2026, 12:30:00.000 AM", "2/1/2026, 12:30:00.5 PM", "2026-02-01T23:00:00Z"]
    (tmp_path / "apim.csv").write_text(header + "".join(f'"{each}",,gpt,10,1\n' for each in moments))
    demand = read_request_log(tmp_path / "apim.csv")
    assert (demand.first, demand.last) == ("2026-02-01T00:30:00Z", "2026-02-01T23:00:00Z")
    assert demand.set_aside == ()


def test_a_text_where_the_map_has_keys_below_it(tmp_path: Path) -> None:
    """A document of JSON in which metadata is a text is read like one in which it is an object."""
    rows = json.loads((GOLDEN / "cloudflare" / "input.json").read_text())
    for each in rows["result"]:
        each["metadata"] = {"app": "search"}
    (tmp_path / "log.json").write_text(json.dumps(rows, indent=1))
    assert set(read_minutes(tmp_path / "log.json").workload) == {"search"}
    assert set(read_minutes(GOLDEN / "cloudflare" / "input.json").workload) == {"all"}


@pytest.mark.parametrize("wrap", ["rows", "page.items", "hits.hits"])
@pytest.mark.parametrize("indent", [None, 1])
def test_rows_may_lie_in_a_list_under_any_key(tmp_path: Path, wrap: str, indent: int | None) -> None:
    rows: object = [request(each, tokens_in=100, tokens_out=5) for each in range(3)]
    for key in reversed(wrap.split(".")):
        rows = {key: rows, "total": 3}
    (tmp_path / "log.json").write_text(json.dumps(rows, indent=indent))
    table = read_minutes(tmp_path / "log.json")
    assert (table["requests"].sum(), table["input_tokens"].sum(), table.set_aside) == (3, 300, ())


def test_the_message_on_a_form_that_is_not_known_names_what_is_in_the_list(tmp_path: Path) -> None:
    rows = {"ok": True, "rows": [{"when": "2026-03-01T10:00:00Z", "prompt_size": 100, "output_tokens": 5}]}
    path = tmp_path / "log.json"
    path.write_text(json.dumps(rows))
    with pytest.raises(Problem, match="no column for timestamp and input_tokens") as found:
        read_minutes(path)
    assert "The log has when, prompt_size, output_tokens." in str(found.value.fix)
    assert "output_tokens: output_tokens" in draft_map(str(path), {})
    named = {"timestamp": "when", "input_tokens": "prompt_size"}
    assert read_minutes(path, columns=named)["input_tokens"].sum() == 100


def totals(paths: object, name: str | None = None) -> dict[str, int]:
    table = read_minutes(paths, log_format=name)  # type: ignore[arg-type]
    left = {each.reason: each.rows for each in table.set_aside}
    return {name: int(values.sum()) for name, values in table.columns.items() if name != "minute"} | left


@pytest.mark.parametrize("name", format_names())
def test_other_columns_another_order_and_several_files_change_nothing(tmp_path: Path, name: str) -> None:
    (path,) = (GOLDEN / name).glob("input.*")
    expected, parts = totals(path), [tmp_path / f"{place}{path.suffix}" for place in range(2)]
    if path.suffix == ".csv":
        header = log_files(path)[0].header
        assert header is not None
        lines = path.read_text().splitlines()[header.above :]
        rows = list(csv.DictReader(lines, delimiter=header.delimiter))
        other = [{"note_of_ours": "x, y"} | dict(reversed(each.items())) for each in rows]
    elif path.suffix == ".jsonl":
        other = [reordered(json.loads(each)) for each in path.read_text().splitlines() if each.strip()]
    else:
        (tmp_path / "whole.json").write_text(json.dumps(reordered(json.loads(path.read_text()))))
        assert totals(tmp_path / "whole.json") == expected
        return
    written(tmp_path / f"whole{path.suffix}", other)
    assert totals(tmp_path / f"whole{path.suffix}") == expected
    if len(other) > 1:
        for place, part in enumerate(parts):
            written(part, other[place::2])
        assert totals(parts, name) == expected  # a part may lack what its format is known by


def reordered(value: object) -> object:
    """The keys of objects the other way round, and one more."""
    if isinstance(value, dict):
        return {"note_of_ours": [1, 2]} | {key: reordered(each) for key, each in reversed(value.items())}
    return [reordered(each) for each in value] if isinstance(value, list) else value
