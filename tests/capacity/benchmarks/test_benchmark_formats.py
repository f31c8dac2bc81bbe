"""Result files of seven load generators: the same run read from each, and what each tool gets wrong put right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import benchmark_files as files
import pytest
from benchmark_files import GIVEN, measured

from breakeven.capacity.benchmarks.formats import benchmark_format, format_names
from breakeven.capacity.benchmarks.given import Given
from breakeven.capacity.benchmarks.reading import read_measurements
from breakeven.problems import Problem

TOOLS: dict[str, Any] = {
    "vllm": files.vllm(),
    "sglang": files.sglang(),
    "guidellm": files.guidellm(),
    "aiperf": files.aiperf(),
    "genai-perf": files.genai_perf(),
    "inference-perf": files.inference_perf(),
    "llmperf": files.llmperf(),
    "breakeven-send": files.breakeven_send(),
}
CLIENT_COUNTS = ("vllm", "genai-perf", "llmperf")


@pytest.mark.parametrize("tool", TOOLS)
def test_the_same_run_is_read_from_every_tool(tool: str, tmp_path: Path) -> None:
    (one,) = measured(tmp_path, TOOLS[tool])
    assert one.format == tool
    assert (one.model, one.gpu, one.gpus, one.precision) == ("llama-3.1-8b", "H100-SXM-80GB", 1, "fp8")
    assert (one.completed, one.failed, one.duration_seconds) == (200, 0, 20.0)
    assert (one.mean_input_tokens, one.mean_output_tokens) == (1000, 250)
    assert one.output_tokens_per_second == 2500
    assert one.concurrency == pytest.approx(15.94)
    assert one.load.concurrency == 16
    assert one.ttft.mean == pytest.approx(0.1)
    assert one.ttft.p99 == pytest.approx(0.15)
    assert one.tpot.mean == pytest.approx(0.006)
    assert one.end_to_end.p90 == pytest.approx(1.594 * 1.1)
    assert one.counted_by == ("client" if tool in CLIENT_COUNTS else "server")
    assert one.evidence.split(":")[0] in ("real file", "source", "documentation")
    assert one.date == ("unknown" if tool in ("sglang", "genai-perf", "inference-perf") else "2026-11-18")


def test_every_format_says_what_it_rests_on_and_how_to_write_one() -> None:
    assert len(format_names()) == 11
    for name in format_names():
        about = benchmark_format(name)
        assert about.evidence in ("real file", "source", "documentation")
        assert about.evidence_source
        assert about.counted
        assert about.how


def test_lines_are_runs(tmp_path: Path) -> None:
    for tool in (files.vllm, files.sglang):
        first, second = measured(tmp_path, [tool(), tool(max_concurrency=32)])
        assert (first.load.concurrency, second.load.concurrency) == (16, 32)


def test_older_forks_of_vllm_are_read(tmp_path: Path) -> None:
    old = files.vllm()
    del old["failed"]
    old["request_goodput:"] = old.pop("request_goodput")
    assert measured(tmp_path, old)[0].failed == 0


def test_details_of_vllm_give_the_percentiles_the_summary_leaves_out(tmp_path: Path) -> None:
    plain = {key: value for key, value in files.vllm().items() if not key.startswith(("p90", "p95"))}
    lists = {"output_lens": [3, 0, 5], "ttfts": [0.1, 0.0, 0.3], "itls": [[0.01, 0.03], [], [0.02] * 4]}
    (one,) = measured(tmp_path, plain | lists)
    assert one.ttft.p90 == pytest.approx(0.1 + 0.9 * 0.2)  # of the two requests that were answered
    assert one.tpot.p95 == pytest.approx(0.02)  # 0.04 / 2 and 0.08 / 4
    assert one.ttft.p99 == pytest.approx(0.15)  # the summary's own
    assert one.itl.mean == pytest.approx(0.006)


def test_a_csv_of_aiperf_or_genai_perf(tmp_path: Path) -> None:
    (one,) = measured(tmp_path, files.AIPERF_CSV)
    assert one.format == "genai-perf"
    assert one.duration_seconds == 20
    assert one.end_to_end.mean == pytest.approx(1.594)
    assert one.tpot.p99 == pytest.approx(0.009)
    more = files.AIPERF_CSV + "Benchmark Duration (sec),20.00\n"
    assert measured(tmp_path, more)[0].format == "aiperf"


def test_a_wrong_tokenizer_is_said_and_the_server_believed(tmp_path: Path) -> None:
    wrong = files.aiperf(
        total_osl={"unit": "tokens", "avg": 75_000.0},
        output_sequence_length={"unit": "tokens", "avg": 375.0},
        output_token_throughput={"unit": "tokens/sec", "avg": 3750.0},
        inter_token_latency={"unit": "ms", "avg": 1000 * 1.494 / 374},
    )
    (one,) = measured(tmp_path, wrong)
    assert one.output_tokens_per_second == 2500
    assert one.tpot.mean == pytest.approx(0.006)
    assert "wrong tokenizer" in one.notices[0]
    assert "1.50 times the true ones" in one.notices[0]
    (other,) = measured(tmp_path, files.sglang(total_output_tokens_retokenized=40_000))
    assert "wrong tokenizer" in other.notices[0]
    assert not any("wrong tokenizer" in each for each in measured(tmp_path, files.aiperf())[0].notices)


def test_counts_of_the_client_are_said_to_be(tmp_path: Path) -> None:
    assert any("counted by the client" in each for each in measured(tmp_path, files.vllm())[0].notices)


def test_the_first_token_is_taken_out_of_llmperfs_latency(tmp_path: Path) -> None:
    (one,) = measured(tmp_path, files.llmperf())
    assert one.tpot.mean == pytest.approx((1.594 - 0.1) / 249)
    assert one.tpot.p90 is None


def test_the_file_says_what_nobody_else_does(tmp_path: Path) -> None:
    (one,) = measured(tmp_path, files.sglang(), Given(gpu="h100"))
    assert (one.model, one.precision, one.engine, one.gpus) == ("llama-3.1-8b", "fp8", "SGLang", 1)
    (own,) = measured(tmp_path, files.vllm(gpu="l40s", precision="int8", tensor_parallel_size="2"), Given())
    assert (own.gpu, own.precision, own.gpus, own.engine) == ("L40S-48GB", "int8", 2, "vLLM")


def test_a_rate_gives_the_requests_in_flight_by_littles_law(tmp_path: Path) -> None:
    slow = files.vllm(request_rate=5.0, max_concurrency=None, duration=40.0, output_throughput=1250.0)
    (one,) = measured(tmp_path, slow)
    assert one.load.requests_per_second == 5
    assert one.concurrency == pytest.approx(5 * 1.594)


@pytest.mark.parametrize(
    ("name", "tpot", "tokens"),
    [
        ("guidellm.json", 5.710e-3, 2560),
        ("profile_export_aiperf.json", 5.340e-3, 2560),
        ("profile_export.jsonl", 5.341e-3, 2560),
        ("inference_perf_stage_0.json", 5.978e-3, 2522),
        ("inference_perf_summary.json", 5.978e-3, 2522),
    ],
)
def test_real_files_of_one_server(shared: Path, name: str, tpot: float, tokens: float) -> None:
    (one,) = read_measurements([shared / "data" / "benchmarks" / name], GIVEN)
    assert (one.completed, one.output_tokens, one.counted_by) == (40, tokens, "server")
    assert one.tpot.mean == pytest.approx(tpot, rel=1e-3)
    assert 3.7 < one.concurrency < 4
    assert any("wrong tokenizer" in each for each in one.notices) == (name != "guidellm.json")
    assert one.date == ("unknown" if "perf_s" in name else "2026-11-21")


def test_half_the_time_per_token_is_not_believed(tmp_path: Path) -> None:
    """Two pieces of the stream to a token: 9.29 ms are written; 1,955 tokens/s of 37.2 in flight take 19.0 each."""
    answers = {
        "completed": 782,
        "num_prompts": 782,
        "duration": 100.0,
        "total_input_tokens": 782_000,
        "total_output_tokens": 195_500,
        "output_throughput": 1955.0,
        "total_token_throughput": 9775.0,
        "request_throughput": 7.82,
        "max_concurrency": 40,
        "mean_ttft_ms": 100.0,
        "mean_e2el_ms": 100.0 + 18.7 * 249,
        "mean_tpot_ms": 9.29,
    }
    half = measured(tmp_path, files.vllm(**answers))[0]
    assert half.tpot.mean == pytest.approx(0.0187)
    assert half.concurrency == pytest.approx(37.2, abs=0.1)  # 7.82 requests a second, 4.756 s each
    told = next(each for each in half.notices if "not believed" in each)
    assert "the file says 9.29 ms" in told
    assert "took 18.70 ms each" in told
    near = measured(tmp_path, files.vllm(**answers | {"mean_tpot_ms": 17.0}))[0]
    assert near.tpot.mean == pytest.approx(0.017)
    assert not any("not believed" in each for each in near.notices)


def test_the_engine_is_the_one_that_the_file_says_was_asked(tmp_path: Path) -> None:
    """vLLM's tool of 2024 wrote input_throughput too; SGLang's tool asks other servers; "openai" is no engine."""
    of_2024 = {key: value for key, value in files.vllm().items() if key not in ("total_token_throughput", "failed")}
    of_2024 |= {"input_throughput": 10_000.0}
    assert [measured(tmp_path, each)[0].engine for each in (of_2024, files.vllm(backend="tensorrt-llm"))] == [
        "vLLM", "TensorRT-LLM",
    ]  # fmt: skip
    assert measured(tmp_path, of_2024)[0].format == "vllm"
    assert measured(tmp_path, files.vllm(backend="openai-chat", endpoint_type="openai-chat"))[0].engine == "vLLM"
    assert measured(tmp_path, files.sglang())[0].engine == "SGLang"
    assert measured(tmp_path, files.sglang(backend="sglang-oai-chat"))[0].engine == "SGLang"
    assert measured(tmp_path, files.sglang(backend="vllm-chat"))[0].engine == "vLLM"


def test_prompts_that_did_not_complete_are_told(tmp_path: Path) -> None:
    lost = {key: value for key, value in files.vllm(num_prompts=2000).items() if key != "failed"}
    (one,) = measured(tmp_path, lost)
    assert one.failed == 1800
    assert any("200 of 2,000 requests completed" in each for each in one.notices)
    (whole,) = measured(tmp_path, {key: value for key, value in files.vllm().items() if key != "failed"})
    assert not any("requests completed" in each for each in whole.notices)


def test_without_the_latency_of_a_request_long_answers_count_for_more(tmp_path: Path) -> None:
    """100 answers of 5 tokens at 20 ms each, and 100 of 495 at 6 ms: the mean of the requests says 13 ms, the mean of
    the gaps 6.1; in flight are 10 requests/s x (0.1 + 249 x 0.0061) s.
    """
    gaps = (100 * 4 * 0.020 + 100 * 494 * 0.006) / (100 * 498)
    mixed = {key: value for key, value in files.vllm(max_concurrency=None).items() if "e2el" not in key}
    mixed |= {"mean_tpot_ms": 13.0, "mean_itl_ms": 1000 * gaps}
    (one,) = measured(tmp_path, mixed)
    assert one.concurrency == pytest.approx(10 * (0.1 + 249 * gaps), rel=1e-6)
    (pieces,) = measured(tmp_path, mixed | {"mean_tpot_ms": 6.1, "mean_itl_ms": 12.2})  # two tokens a piece
    assert pieces.concurrency == pytest.approx(10 * (0.1 + 249 * 0.0061), rel=1e-6)
    (capped,) = measured(tmp_path, mixed | {"mean_itl_ms": None, "max_concurrency": 16})
    assert capped.concurrency == 16


def test_the_precision_in_the_name_of_a_model_is_taken(tmp_path: Path) -> None:
    given = Given(gpu="h100")
    named = files.vllm(model_id="/models/RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8-dynamic/")
    (one,) = measured(tmp_path, named, given)
    assert (one.model, one.precision) == ("llama-3.1-8b", "fp8")
    (told,) = measured(tmp_path, named, Given(gpu="h100", precision="bf16"))
    assert told.precision == "bf16"


def test_an_older_report_of_inference_perf(tmp_path: Path) -> None:
    """Without the seconds of the run and without the server's counts: lengths by the client, time by the rate."""
    old = files.inference_perf()
    del old["benchmark_time_seconds"]
    done = old["successes"]
    for key in ("prompt_tokens", "output_tokens"):
        done.pop(key, None)
    done |= {"prompt_len": {"mean": 1000.0}, "output_len": {"mean": 250.0}}
    done["throughput"] = {"requests_per_sec": 10.0, "output_tokens_per_sec": 2500.0}
    (one,) = measured(tmp_path, old)
    assert (one.format, one.counted_by) == ("inference-perf", "client")
    assert (one.mean_input_tokens, one.mean_output_tokens, one.duration_seconds) == (1000, 250, 20)
    assert one.output_tokens_per_second == 2500


TRTLLM: dict[str, Any] = {
    "engine": {"model": "meta-llama/Llama-3.1-8B-Instruct", "backend": "Pytorch", "dtype": "bfloat16", "tp_size": 2},
    "world_info": {"tp_size": 2, "world_size": 2},
    "request_info": {
        "num_requests": 500, "avg_num_concurrent_requests": 90.5, "avg_input_length": 800.0, "avg_output_length": 200.0
    },
    "performance": {
        "total_latency_ms": 25000.0, "request_throughput_req_s": 20.0, "system_output_throughput_tok_s": 4000.0
    },
}  # fmt: skip


def test_a_report_of_trtllm_bench(tmp_path: Path) -> None:
    (one,) = measured(tmp_path, TRTLLM, Given(gpu="h100"))
    assert (one.format, one.engine, one.model, one.gpus) == ("trtllm-bench", "TensorRT-LLM", "llama-3.1-8b", 2)
    assert (one.completed, one.mean_input_tokens, one.mean_output_tokens) == (500, 800, 200)
    assert (one.duration_seconds, one.output_tokens_per_second, one.concurrency) == (25, 4000, 90.5)
    assert one.precision == "bf16"
    narrow = TRTLLM | {"engine": TRTLLM["engine"] | {"quantization": "FP8"}}
    assert measured(tmp_path, narrow, Given(gpu="h100"))[0].precision == "fp8"


LLM_D = """
version: '0.1'
scenario:
  host:
    accelerator:
      - {model: H100, memory: 80, parallelism: {dp: 1, tp: 2}}
  platform:
    engine: [{name: sglang, version: 0.9}]
  model: {name: Qwen/Qwen3-8B, quantization: bf16}
metrics:
  time: {duration: 20.0}
  requests: {total: 200, failures: 4, input_length: {mean: 640.5}, output_length: {mean: 50.0}}
  latency:
    request_latency: {units: ms, mean: 1600.0, p99: 2000.0}
    time_per_output_token: {units: ms/token, mean: 20.0}
    time_to_first_token: {units: s, mean: 0.62}
  throughput: {output_tokens_per_sec: 500.0, requests_per_sec: 10.0}
"""


def test_a_report_of_llm_d_in_yaml(tmp_path: Path) -> None:
    path = tmp_path / "report.yaml"
    path.write_text(LLM_D, encoding="utf-8")
    (one,) = read_measurements([path], Given(gpu="h100"))
    assert (one.format, one.engine, one.model, one.gpus, one.precision) == ("llm-d", "SGLang", "qwen3-8b", 2, "bf16")
    assert (one.completed, one.failed, one.mean_input_tokens) == (200, 4, 640.5)
    assert (one.tpot.mean, one.ttft.mean, one.end_to_end.p99) == (0.02, 0.62, 2.0)
    assert one.concurrency == pytest.approx(200 * 1.6 / 20)


def test_a_report_of_another_version_or_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.yaml"
    path.write_text(LLM_D.replace("'0.1'", "'9.9'"), encoding="utf-8")
    with pytest.raises(Problem, match=r"version 9\.9 of the report is not known"):
        read_measurements([path], Given(gpu="h100"))
    path.write_text(LLM_D[:300] + "\n  : [", encoding="utf-8")
    with pytest.raises(Problem):
        read_measurements([path], Given(gpu="h100"))
