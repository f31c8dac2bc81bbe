"""Result files of load generators, made up, with the keys that each tool documents; times of the same run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from breakeven.capacity.benchmarks.given import Given
from breakeven.capacity.benchmarks.measurement import Measurement
from breakeven.capacity.benchmarks.reading import read_measurements

GIVEN = Given(model="llama-3.1-8b", gpu="h100", gpus=1, precision="fp8")

# One run: 200 requests of 1,000 in and 250 out, 16 in flight, 20 s: 2,500 output tokens/s.
STATISTICS = {"mean": 1.0, "p50": 0.98, "p90": 1.1, "p95": 1.2, "p99": 1.5}
TTFT, TPOT, END_TO_END = 0.1, 0.006, 1.594  # s; END_TO_END = TTFT + 249 TPOT


def _flat(name: str, seconds: float, suffix: str, scale: float) -> dict[str, float]:
    theirs = {"p50": "median"}
    return {f"{theirs.get(each, each)}_{name}{suffix}": seconds * f * scale for each, f in STATISTICS.items()}


def vllm(**changes: Any) -> dict[str, Any]:
    """`vllm bench serve --save-result`."""
    return {
        "date": "20261118-093000",
        "endpoint_type": "vllm",
        "backend": "vllm",
        "model_id": "meta-llama/Llama-3.1-8B-Instruct",
        "tokenizer_id": "meta-llama/Llama-3.1-8B-Instruct",
        "num_prompts": 200,
        "request_rate": "inf",
        "burstiness": 1.0,
        "max_concurrency": 16,
        "duration": 20.0,
        "completed": 200,
        "failed": 0,
        "total_input_tokens": 200_000,
        "total_output_tokens": 50_000,
        "request_throughput": 10.0,
        "request_goodput": None,
        "output_throughput": 2500.0,
        "total_token_throughput": 12_500.0,
        **_flat("ttft", TTFT, "_ms", 1000),
        **_flat("tpot", TPOT, "_ms", 1000),
        **_flat("itl", TPOT, "_ms", 1000),
        **_flat("e2el", END_TO_END, "_ms", 1000),
        **changes,
    }


def sglang(**changes: Any) -> dict[str, Any]:
    """A line of SGLang's bench_serving."""
    return {
        "backend": "sglang",
        "dataset_name": "random",
        "request_rate": float("inf"),
        "max_concurrency": 16,
        "random_input_len": 1000,
        "server_info": {"model_path": "meta-llama/Llama-3.1-8B-Instruct", "tp_size": 1, "quantization": "fp8"},
        "duration": 20.0,
        "completed": 200,
        "total_input_tokens": 200_000,
        "total_output_tokens": 50_000,
        "total_output_tokens_retokenized": 49_900,
        "request_throughput": 10.0,
        "input_throughput": 10_000.0,
        "output_throughput": 2500.0,
        "total_throughput": 12_500.0,
        "concurrency": 15.94,
        **_flat("ttft", TTFT, "_ms", 1000),
        **_flat("tpot", TPOT, "_ms", 1000),
        **_flat("itl", TPOT, "_ms", 1000),
        **_flat("e2e_latency", END_TO_END, "_ms", 1000),
        **changes,
    }


def _guidellm_statistics(value: float) -> dict[str, Any]:
    percentiles = {each: value * f for each, f in STATISTICS.items() if each != "mean"}
    return {"successful": {"mean": value, "percentiles": percentiles}}


def guidellm(**changes: Any) -> dict[str, Any]:
    """guidellm's JSON report with one benchmark."""
    run = {
        "config": {
            "backend": {"model": "meta-llama/Llama-3.1-8B-Instruct"},
            "strategy": {"type_": "concurrent", "streams": 16},
        },
        "start_time": 1794994200.0,
        "duration": 20.0,
        "metrics": {
            "request_totals": {"successful": 200, "errored": 0, "incomplete": 0, "total": 200},
            "request_concurrency": {"successful": {"mean": 15.94}},
            "prompt_token_count": {"successful": {"mean": 1000.0, "total_sum": 200_000.0}},
            "output_token_count": {"successful": {"mean": 250.0, "total_sum": 50_000.0}},
            "output_tokens_per_second": {"successful": {"mean": 2500.0}},
            "time_to_first_token_ms": _guidellm_statistics(1000 * TTFT),
            "time_per_output_token_ms": _guidellm_statistics(1000 * END_TO_END / 250),
            "inter_token_latency_ms": _guidellm_statistics(1000 * TPOT),
            "request_latency": _guidellm_statistics(END_TO_END),
        },
    }
    return {"metadata": {"version": 2, "guidellm_version": "0.8.1"}, "benchmarks": [run], **changes}


def _with_unit(value: float, unit: str = "ms") -> dict[str, Any]:
    return {"unit": unit, "avg": value} | {each: value * f for each, f in STATISTICS.items() if each != "mean"}


def aiperf(**changes: Any) -> dict[str, Any]:
    """aiperf's profile_export_aiperf.json."""
    return {
        "schema_version": "1.4",
        "aiperf_version": "0.13.0",
        "start_time": "2026-11-18T09:30:00",
        "input_config": {
            "models": {"items": [{"name": "meta-llama/Llama-3.1-8B-Instruct"}]},
            "phases": [{"type": "concurrency", "requests": 200, "concurrency": 16}],
        },
        "request_throughput": {"unit": "requests/sec", "avg": 10.0},
        "output_token_throughput": {"unit": "tokens/sec", "avg": 2500.0},
        "request_count": {"unit": "requests", "avg": 200.0},
        "benchmark_duration": {"unit": "sec", "avg": 20.0},
        "total_isl": {"unit": "tokens", "avg": 200_000.0},
        "total_osl": {"unit": "tokens", "avg": 50_000.0},
        "total_usage_prompt_tokens": {"unit": "tokens", "avg": 200_000.0},
        "total_usage_completion_tokens": {"unit": "tokens", "avg": 50_000.0},
        "input_sequence_length": _with_unit(1000.0, "tokens"),
        "output_sequence_length": _with_unit(250.0, "tokens"),
        "time_to_first_token": _with_unit(1000 * TTFT),
        "inter_token_latency": _with_unit(1000 * TPOT),
        "request_latency": _with_unit(1000 * END_TO_END),
        **changes,
    }


def genai_perf(**changes: Any) -> dict[str, Any]:
    """genai-perf's *_genai_perf.json."""
    return {
        "input_config": {"model": ["meta-llama/Llama-3.1-8B-Instruct"], "concurrency": 16},
        "request_throughput": {"unit": "requests/sec", "avg": 10.0},
        "request_count": {"unit": "count", "avg": 200.0},
        "output_token_throughput": {"unit": "tokens/sec", "avg": 2500.0},
        "output_sequence_length": _with_unit(250.0, "tokens"),
        "input_sequence_length": _with_unit(1000.0, "tokens"),
        "time_to_first_token": _with_unit(1000 * TTFT),
        "inter_token_latency": _with_unit(1000 * TPOT),
        "request_latency": _with_unit(1000 * END_TO_END),
        **changes,
    }


def inference_perf(**changes: Any) -> dict[str, Any]:
    """A stage file of inference-perf."""
    named = {"p50": "median"}

    def statistics(value: float) -> dict[str, float]:
        return {named.get(each, each): value * f for each, f in STATISTICS.items()}

    return {
        "benchmark_time_seconds": 20.0,
        "load_summary": {"count": 200, "requested_rate": 40.0, "achieved_rate": 10.0, "concurrency": 16},
        "successes": {
            "count": 200,
            "latency": {
                "request_latency": statistics(END_TO_END),
                "time_to_first_token": statistics(TTFT),
                "time_per_output_token": statistics(TPOT),
                "inter_token_latency": statistics(TPOT),
            },
            "throughput": {"output_tokens_per_sec": 2500.0},
            "prompt_tokens": {"total": 200_000.0},
            "output_len": {"mean": 250.0},
            "output_tokens": {"total": 50_000.0},
        },
        "failures": {"count": 0},
        **changes,
    }


def breakeven_send(**changes: Any) -> dict[str, Any]:
    """`breakeven shadow send --measured`."""

    def statistics(seconds: float) -> dict[str, float]:
        return {each: seconds * f for each, f in STATISTICS.items()}

    return {
        "breakeven_send": 1,
        "model": "meta-llama/Llama-3.1-8B-Instruct",
        "arm": "self",
        "date": "2026-11-18T09:30:00+00:00",
        "rate": 1.0,
        "requests_per_second_asked": None,
        "max_concurrency": 16,
        "completed": 200,
        "failed": 0,
        "duration": 20.0,
        "mean_concurrency": 15.94,
        "input_tokens": 200_000.0,
        "output_tokens": 50_000.0,
        "ttft": statistics(TTFT),
        "tpot": statistics(TPOT),
        "end_to_end": statistics(END_TO_END),
        **changes,
    }


def llmperf(**changes: Any) -> dict[str, Any]:
    """llmperf's *_summary.json. Its inter-token latency includes the first token."""
    found: dict[str, Any] = {
        "version": "2023-08-31",
        "model": "meta-llama/Llama-3.1-8B-Instruct",
        "num_concurrent_requests": 16,
        "results_num_completed_requests": 200,
        "results_number_errors": 0,
        "results_num_completed_requests_per_min": 600.0,
        "results_number_input_tokens_mean": 1000.0,
        "results_number_output_tokens_mean": 250.0,
        "results_mean_output_throughput_token_per_s": 2500.0,
        "results_inter_token_latency_s_mean": END_TO_END / 250,
        "timestamp": 1794994200,
    }
    for name, value in (("ttft_s", TTFT), ("end_to_end_latency_s", END_TO_END)):
        for each, factor in STATISTICS.items():
            found[f"results_{name}_{'mean' if each == 'mean' else f'quantiles_{each}'}"] = value * factor
    return found | changes


AIPERF_CSV = """Metric,avg,min,max,p50,p90,p95,p99
Time to First Token (ms),100.00,90,160,98.00,110.00,120.00,150.00
Inter Token Latency (ms),6.00,5,9,5.88,6.60,7.20,9.00
Request Latency (ms),"1,594.00",1500,2400,1562.12,1753.40,1912.80,2391.00
Output Sequence Length (tokens),250.00,250,250,250,250,250,250
Input Sequence Length (tokens),"1,000.00",1000,1000,1000,1000,1000,1000

Metric,Value
Output Token Throughput (tokens/sec),"2,500.00"
Request Throughput (requests/sec),10.00
Request Count (count),200.00
"""


def written(folder: Path, content: Any, name: str = "result.json") -> Path:
    """The content as a file: text as it is, a list of records as JSON lines."""
    path = folder / name
    if isinstance(content, str):
        text = content
    elif isinstance(content, list):
        text = "".join(json.dumps(each) + "\n" for each in content)
    else:
        text = json.dumps(content, indent=1)
    path.write_text(text, encoding="utf-8")
    return path


def measured(folder: Path, content: Any, given: Given = GIVEN, form: str | None = None) -> list[Measurement]:
    """The measurements in such a file."""
    return read_measurements([written(folder, content)], given, form)
