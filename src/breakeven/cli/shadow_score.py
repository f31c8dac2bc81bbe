"""`breakeven shadow score`: scores from the texts, by rules or by a judge model, for `shadow judge --judged`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import typer

from breakeven.problems import Problem

PATIENCE = 60.0  # seconds
RULES = ("alike", "same", "fields", "valid")


def score(
    texts: Annotated[list[Path], typer.Argument(metavar="TEXTS…", help="Files of texts of the shadow log.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE.jsonl", help="One score a pair: --judged takes it.")
    ],
    by: Annotated[str, typer.Option("--by", help=f"judge, or a rule: {', '.join(RULES)}.")] = "judge",
    url: Annotated[str, typer.Option("--url", help="Of the judge's endpoint, up to /v1.")] = "",
    model: Annotated[str, typer.Option("--model", help="The judge: a third party's, not one of the two arms.")] = "",
    key: Annotated[
        str, typer.Option("--key", metavar="NAME", help="The variable that holds its key.")
    ] = "OPENAI_API_KEY",
    budget: Annotated[float, typer.Option(min=0.0, help="Dollars at most.")] = 5.0,
    input_price: Annotated[float, typer.Option(min=0.0, help="Dollars for a million tokens read.")] = 3.0,
    output_price: Annotated[float, typer.Option(min=0.0, help="Dollars for a million tokens written.")] = 15.0,
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="Of the pairs, drawn at random.")] = 1.0,
    swapped: Annotated[float, typer.Option(min=0.0, max=1.0, help="Of those, asked in both orders.")] = 0.3,
    labels: Annotated[
        Path | None, typer.Option("--labels", metavar="FILE", help="Human scores, JSON lines of pair and score.")
    ] = None,
    candidate: Annotated[str, typer.Option(help="The arm that is judged.")] = "self",
    control: Annotated[str, typer.Option(help="The arm it is held against.")] = "api",
    noise: Annotated[str, typer.Option(help="That arm asked again: rules of likeness need its texts.")] = "aa",
) -> None:
    """Score pairs of answers from their texts. With a judge: random order, both orders on a part, within a budget."""
    from breakeven.outputs import tried, write
    from breakeven.proof.judge.judge_model import Ledger, Terms, judged

    tried(out, sources=[*texts, *filter(None, [labels])])
    pairs = list(contests(texts, candidate, control, share))
    if not pairs:
        raise Problem(
            "no pair has the texts of both arms", where=str(texts[0]), fix="Log texts at the gateway (opt-in)."
        )
    lines: list[dict[str, Any]] = []
    if by in RULES:
        lines = [{"pair": name, "score": value} for name, value in by_rule(by, pairs, texts, noise, control)]
    elif by == "judge":
        terms = Terms(input_price=input_price, output_price=output_price, budget=budget, swapped=swapped)
        ledger = Ledger()
        try:
            for name, value, ledger in judged((pair.contest for pair in pairs), terms, endpoint(url, model, key)):  # noqa: B007
                if value is not None:
                    lines.append({"pair": name, "score": value, "by": model})
        except KeyboardInterrupt:
            typer.echo("Stopped: what was scored so far is paid for, and is written.")
        tell(ledger)
    else:
        raise typer.BadParameter(f'"{by}" is none of judge, {", ".join(RULES)}')
    write(out, "".join(json.dumps(line) + "\n" for line in lines))
    typer.echo(f"Written: {out}, {len(lines):,} of {len(pairs):,} pairs. Judge with score: judged and --judged {out}.")
    if labels is not None:
        tell_calibration(lines, labels)


def tell(ledger: Any) -> None:
    """How the judge judged."""
    from breakeven.texts import shown

    typer.echo(
        f"Asked {ledger.asked:,} times for ${ledger.spent:,.2f}. Position bias {_share(ledger.position_bias)}, "
        f"decisive {_share(ledger.decisiveness)}, the same in both orders: {ledger.consistent:,} of "
        f"{ledger.both_orders:,}."
    )
    if ledger.nonsense:
        examples = shown("; ".join(ledger.examples)[:300])
        typer.echo(f"{ledger.nonsense:,} answers were nonsense or did not come{': ' + examples if examples else '.'}")
    if ledger.gave_up:
        typer.echo(f"The judge did not answer {ledger.silent} times in a row, and was not asked any more: is it there?")
    if ledger.not_judged:
        typer.echo(f"{ledger.not_judged:,} pairs have no score: the budget, nonsense, or no answer.")
    if ledger.failed_candidates:
        typer.echo(f"{ledger.failed_candidates:,} pairs lost without asking: the candidate gave no answer.")


def tell_calibration(lines: Sequence[dict[str, Any]], labels: Path) -> None:
    """What humans would have said over all pairs. Raises `Problem` for labels that cannot be read."""
    from breakeven.proof.judge.judge_model import calibrated

    known = {line["pair"]: float(line["score"]) for line in lines}
    human = {str(label["pair"]): float(label["score"]) for label in _objects(labels, ("pair", "score"))}
    both = [(known[pair], value) for pair, value in human.items() if pair in known]
    calibration = calibrated([value for pair, value in known.items() if pair not in human], both)
    if calibration is None:
        typer.echo(f"{len(both):,} pairs have both a score and a human one: too few to calibrate with, 10 are needed.")
        return
    typer.echo(
        f"Held against {calibration.labels:,} human labels: agrees on {calibration.agreement:.0%}; humans would score "
        f"{calibration.mean:+.3f} ± {calibration.half_width:.3f} over all "
        f"(labels alone ± {calibration.humans_alone:.3f})."
    )


def contests(texts: Sequence[Path], candidate: str, control: str, share: float) -> Iterator[Any]:
    """Pairs whose texts are there, drawn by their names. Raises `Problem`."""
    from breakeven.proof.judge.judge_model import drawn
    from breakeven.proof.judge.text_pairs import paired_texts

    for each in paired_texts(texts, candidate, control):
        if drawn(each.pair, share, 1):
            yield each


def by_rule(
    rule: str, pairs: Sequence[Any], texts: Sequence[Path], noise: str, control: str
) -> Iterator[tuple[str, float]]:
    """Each pair's score: its likeness to the control's answer less that of the control asked again, or validity."""
    from breakeven.proof.judge.text_pairs import paired_texts
    from breakeven.proof.judge.text_scores import LIKENESS, is_valid

    again = {} if rule == "valid" else {text_pair.pair: text_pair for text_pair in paired_texts(texts, noise, control)}
    for pair in pairs:
        if rule == "valid":
            if pair.schema is not None:
                answers = (pair.contest.candidate or "", pair.contest.control)
                valid, reference = (float(is_valid(answer, pair.schema)) for answer in answers)
                yield pair.pair, valid - reference
        elif pair.pair in again:
            one, other = (
                LIKENESS[rule](text_pair.contest.candidate or "", text_pair.contest.control)
                for text_pair in (pair, again[pair.pair])
            )
            if other is not None:
                yield pair.pair, (one or 0.0) - other


def endpoint(url: str, model: str, key: str) -> Callable[[Sequence[str]], Sequence[Any]]:
    """Ask an OpenAI-compatible endpoint; None for each call that failed. Raises `Problem` where none is named."""
    if not url or not model:
        raise Problem("a judge needs --url and --model", fix="Or score by a rule: --by alike.")
    try:
        import httpx2
    except ImportError:
        raise Problem("a judge needs httpx2, which is not installed", fix="pip install httpx2") from None
    from breakeven.proof.judge.judge_model import ANSWER_TOKENS, Asked

    secret = os.environ.get(key, "")
    client = httpx2.Client(timeout=PATIENCE, headers={"Authorization": f"Bearer {secret}"} if secret else {})

    def one(prompt: str) -> Any:
        body = {"model": model, "messages": [{"role": "user", "content": prompt}], "max_tokens": ANSWER_TOKENS}
        try:
            answer = client.post(f"{url.rstrip('/')}/chat/completions", json=body | {"temperature": 0})
            answer.raise_for_status()
            data = answer.json()
            used = data.get("usage") or {}
            text = data["choices"][0]["message"]["content"] or ""
            read, wrote = (used.get(name) for name in ("prompt_tokens", "completion_tokens"))
            counts = [count if type(count) is int and count >= 0 else None for count in (read, wrote)]
            return Asked(text=str(text), input_tokens=counts[0], output_tokens=counts[1])
        except (httpx2.HTTPError, ValueError, LookupError, TypeError, AttributeError):
            return None

    pool = ThreadPoolExecutor(2)
    return lambda prompts: list(pool.map(one, prompts))


def _objects(path: Path, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    from breakeven.files import LARGEST_MADE, text_of
    from breakeven.written import json_of

    for number, line in enumerate(text_of(path, largest=LARGEST_MADE).splitlines(), 1):
        if line.strip():
            try:
                label = json_of(line)
                known = all(key in label for key in keys) and -1 <= float(label["score"]) <= 1
            except (ValueError, TypeError, LookupError):
                known = False
            if not known:
                fix = f"Write JSON lines with {' and '.join(keys)}; a score is from -1 to 1."
                raise Problem("this line is no human score", where=f"{path}:{number}", fix=fix)
            yield label


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:+.0%}" if value < 0 else f"{value:.0%}"
