"""The board pack: the same content in every form, the same bytes twice, a failing part that costs only itself."""

from __future__ import annotations

import errno
import io
import json
import re
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import jsonschema
import numpy as np
import pypdf
import pytest

from assessed import CASES, study
from breakeven.outputs import replacing
from breakeven.problems import Problem
from breakeven.report.board.blocks import Grid, Memo, Paragraph, sentence
from breakeven.report.board.content import memo
from breakeven.report.board.counter import counter_memo
from breakeven.report.board.html import html
from breakeven.report.board.markdown import markdown
from breakeven.report.board.pdf import pdf
from breakeven.report.board.pictures import png, svg
from breakeven.report.board.write import PARTS, parts_named, write_report
from breakeven.report.charts.charts import charts
from breakeven.report.pages.parts.answer import rests_on, two_steps, why
from breakeven.report.pages.parts.evidence import bought
from breakeven.report.wording import money
from breakeven.study.case.case import Case
from breakeven.study.designs.settle import assess
from breakeven.study.judge.basis import fingerprint, study_document
from breakeven.study.judge.study_schema import study_schema
from breakeven.study.questions.pictures import Pictures, pictures
from breakeven.study.study import Study

NAMES = sorted(CASES)


@cache
def numbers(name: str) -> Pictures:
    return pictures(study(name))


@cache
def the_memo(name: str) -> Memo:
    return memo(study(name), numbers(name))


@cache
def the_pdf(name: str) -> bytes:
    return pdf(the_memo(name))


def squeezed(text: str) -> str:
    """Text without spaces and hyphenation: a PDF breaks lines where it likes."""
    return re.sub(r"[\s\u00ad\u2060-]", "", text)


@pytest.mark.parametrize("name", NAMES)
def test_every_section_is_in_the_markdown_and_the_page(name: str) -> None:
    whole = the_memo(name)
    titles = [each.title for each in (*whole.decision, *whole.evidence)]
    text, page = markdown(whole), html(whole, interactive=False)
    assert len(titles) == len(set(titles)) >= 10
    for title in titles:
        assert f"## {title}" in text
        assert f"<h2>{title}</h2>" in page
    assert fingerprint(study(name).basis) in text
    assert fingerprint(study(name).basis) in page


def test_the_pdf_is_tagged_says_the_decision_first_and_describes_its_pictures() -> None:
    whole = the_memo("support-chat")
    read = pypdf.PdfReader(io.BytesIO(the_pdf("support-chat")))
    catalog = read.trailer["/Root"]
    first = squeezed(read.pages[0].extract_text())
    assert catalog["/MarkInfo"]["/Marked"].value is True
    assert catalog["/Lang"].startswith("en")
    assert "pdfuaid" in read.xmp_metadata.stream.get_data().decode()
    for part in (whole.question, whole.answer, *(each.value for each in whole.figures)):
        assert squeezed(part) in first
    assert squeezed(whole.evidence[0].title) not in first, "the decision is a page of its own"
    assert squeezed(whole.evidence[0].title) in squeezed(read.pages[1].extract_text())
    words = {each.get("/Alt") for each in tags(catalog["/StructTreeRoot"]) if each.get("/S") == "/Figure"}
    drawn = {each.key: each for each in charts(study("support-chat"), numbers("support-chat"))}
    assert bought(study("support-chat")), "what is forgotten in serving is told where serving is advised"
    pictured = {f"{each.title}: {each.alt}" for key, each in drawn.items() if key != "hidden-costs"}
    assert pictured <= words


@pytest.mark.parametrize("name", NAMES)
def test_the_first_page_says_what_the_terminal_says_under_its_verdict(name: str) -> None:
    whole = the_memo(name)
    assert whole.why == why(study(name))
    told = [block.text for section in whole.evidence for block in section.blocks if isinstance(block, Paragraph)]
    for said in (two_steps, rests_on):
        assert any(said(study(name))[1:] in each for each in told)


def tags(root: pypdf.generic.DictionaryObject) -> list[pypdf.generic.DictionaryObject]:
    """Every structure element of a tagged PDF."""
    found, waiting = [], [root]
    while waiting:
        one = waiting.pop().get_object()
        if isinstance(one, pypdf.generic.ArrayObject):
            waiting += one
        elif isinstance(one, pypdf.generic.DictionaryObject):
            found.append(one)
            if "/K" in one:
                waiting.append(one["/K"])
    return found


def test_one_open_font_is_embedded() -> None:
    read = pypdf.PdfReader(io.BytesIO(the_pdf("support-chat")))
    held = [page["/Resources"]["/Font"].values() for page in read.pages]
    fonts = {each.get_object()["/BaseFont"] for page in held for each in page}
    assert fonts
    assert all("Inter" in font and "+" in font for font in fonts), fonts


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        assert not [each for each in write_report(study("support-chat"), folder) if each.failed]
    files = sorted(each.relative_to(one) for each in one.rglob("*") if each.is_file())
    assert {"memo.pdf", "memo.html", "memo.md", "study.json", "model.xlsx"} <= {str(each) for each in files}
    assert [each for each in files if (one / each).read_bytes() != (two / each).read_bytes()] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_hash_changes_with_any_input(name: str) -> None:
    basis = study(name).basis
    before = fingerprint(basis)
    same = []
    for key, one in basis.inputs.items():
        if one.likely is None:
            continue
        moved = replace(one, likely=np.asarray(one.likely, dtype=float) * 1.5 + 1)
        if fingerprint(replace(basis, inputs={**basis.inputs, key: moved})) == before:
            same.append(key)
    assert same == []


@pytest.mark.parametrize("name", NAMES)
def test_the_study_keeps_to_its_published_schema(name: str) -> None:
    document = json.loads(json.dumps(study_document(study(name))))
    jsonschema.Draft202012Validator(study_schema()).validate(document)
    del document["verdict"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(study_schema()).validate(document)


@pytest.mark.parametrize("name", NAMES)
def test_pictures_agree_with_the_study(name: str) -> None:
    found, made = study(name), numbers(name)
    at = made.volume.volumes_mtok.index(min(made.volume.volumes_mtok, key=lambda each: abs(each - found.volume_mtok)))
    for drawn, option in zip(made.volume.options, found.options, strict=True):
        shortfall = option.depth.owned_bases is not None and found.basis.columns[found.options.index(option) + 1].hybrid
        if not shortfall:
            # The fleet follows the volume here; over a growing horizon the decided one may never shrink.
            assert drawn.net_present_values[at] == pytest.approx(option.horizon.net_present_value, rel=0.2, abs=1.0)
        for root in drawn.break_evens_mtok:
            signs = [value > 0 for at, value in zip(made.volume.volumes_mtok, drawn.net_present_values, strict=True)]
            assert len(set(signs)) == 2 or root in (*option.break_evens.jumps_mtok, *option.break_evens.roots_mtok)
    if made.load is not None:
        assert sum(made.load.share_of_time) == pytest.approx(1)
        assert list(made.load.load_replicas) == sorted(made.load.load_replicas, reverse=True)
    assert all(
        low <= middle <= high for low, middle, high in zip(made.fan.p10, made.fan.p50, made.fan.p90, strict=True)
    )
    best = found.options[found.verdict.best_option - 1]
    assert made.fan.at_means[-1] == pytest.approx(float(best.horizon.best_cumulative), abs=1e-6) or (
        made.fan.at_means[-1] < best.horizon.best_cumulative
    )


def test_charts_draw_as_vectors_and_dots_with_their_words() -> None:
    for each in charts(study("support-chat"), numbers("support-chat")):
        assert each.alt
        assert each.title in each.spec["description"]
        drawn = svg(each)
        assert drawn.startswith("<svg")
        assert not re.search(r'transform="[^"]*\.\d{4}', drawn), "the last digit of a place differs between machines"
        assert png(each)[1:4] == b"PNG"


def test_no_part_of_the_page_comes_from_elsewhere_or_is_taken_as_markup() -> None:
    named = replace(study("support-chat").basis.header, name="<script>alert(1)</script> & Co")
    odd = replace(study("support-chat"), basis=replace(study("support-chat").basis, header=named))
    page = html(memo(odd, numbers("support-chat")), interactive=False)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in page
    assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', page) == []
    assert "@import" not in page
    assert "\\<script\\>" in markdown(memo(odd, numbers("support-chat")))


def test_the_counter_memo_argues_the_other_side() -> None:
    sides = {}
    for name in NAMES:
        section = counter_memo(study(name))
        moves = study(name).verdict.answer not in ("KEEP BUYING", "NO COMPLIANT OPTION")
        sides[moves] = section
        start = section.blocks[0].text  # type: ignore[union-attr]
        assert ("keep buying" in start) == moves
    assert set(sides) == {True, False}, "the cases hold both answers"


def test_the_register_puts_what_turns_the_verdict_first() -> None:
    blocks = [block for section in the_memo("support-chat").evidence for block in section.blocks]
    grid = next(each for each in blocks if isinstance(each, Grid) and "percentile" in each.caption)
    assert grid.rows[0][0] == "hosted input price"
    assert len(grid.rows) > 40


def test_a_sentence_starts_with_a_capital_but_keeps_the_names_of_models() -> None:
    assert sentence("rent pays") == "Rent pays."
    assert sentence("llama-3.3-70b is slow") == "llama-3.3-70b is slow."
    assert sentence("") == ""


@pytest.fixture
def odd_part(monkeypatch: pytest.MonkeyPatch):
    def put(name: str, error: Exception) -> None:
        def fails(_pack: object, folder: Path) -> tuple[Path, ...]:
            with replacing(folder / "half.bin") as part:
                part.write_bytes(b"half of it")
                raise error

        monkeypatch.setitem(PARTS, name, fails)  # type: ignore[arg-type]

    return put


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (Problem("it is wrong", fix="mend it"), "it is wrong"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError"),
    ],
)
def test_a_failing_part_names_itself_and_the_others_are_written(
    tmp_path: Path, odd_part, error: Exception, said: str
) -> None:
    odd_part("md", error)
    found = {each.part: each for each in write_report(study("support-chat"), tmp_path, ("md", "json"))}
    assert said in found["md"].failed
    assert found["md"].files == ()
    assert found["json"].files == (tmp_path / "study.json",)
    assert [each.name for each in tmp_path.iterdir()] == ["study.json"], "nothing half-written stays"


@pytest.mark.parametrize(("part", "module"), [("pdf", "typst"), ("charts", "vl_convert")])
def test_a_missing_extra_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, module: str
) -> None:
    from breakeven.report.board import pictures as drawing

    drawing.converter.cache_clear()
    drawing._svg.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    found = {each.part: each for each in write_report(study("support-chat"), tmp_path, (part, "md"))}
    drawing.converter.cache_clear()
    assert "pip install 'breakeven[report]'" in found[part].failed
    assert found["md"].files


def test_parts_are_checked_before_any_work() -> None:
    assert parts_named(None) == tuple(PARTS)
    assert parts_named(" PDF, md") == ("pdf", "md")
    with pytest.raises(Problem, match='Did you mean "pdf"'):
        parts_named("pfd")
    with pytest.raises(Problem, match="names no part"):
        parts_named(" , ")


def test_a_study_of_many_workloads_is_still_written(tmp_path: Path) -> None:
    found: Study = study("support-chat")
    many = tuple(replace(found.basis.demand.workloads[0], name=f"w{i}") for i in range(10_000))
    wide = replace(found, basis=replace(found.basis, demand=replace(found.basis.demand, workloads=many)))
    assert not [each for each in write_report(wide, tmp_path, ("md", "html", "json")) if each.failed]


def test_where_nothing_may_be_done_the_counter_memo_prices_the_rules() -> None:
    """It once argued for the option that the answer had just ruled out."""
    gates = [
        {"name": "residency", "applies_to": "hosted", "verdict": "fail"},
        {"name": "quality", "applies_to": "self-hosting", "verdict": "fail"},
    ]
    five_keys = {
        "as_of": "2026-11-21",
        "api_spend_per_month": 40_000,
        "hosted_model": "anthropic/claude-haiku-4-5",
        "open_model": "llama-3.3-70b",
        "gpu_offer": {"gpu": "h100", "price_per_gpu_hour": 2.69},
        "team": 1,
    }
    found = assess(Case.from_dict({**five_keys, "gates": gates, "hosts": {"refuse": ["nebius"]}}))
    assert found.verdict.answer == "NO COMPLIANT OPTION"
    words, points = counter_memo(found).blocks
    assert "Nothing may be done" in words.text  # type: ignore[union-attr]
    assert points.items[0].startswith("Without residency, today's model could stay")  # type: ignore[union-attr]
    assert all("your list of hosts" not in each for each in points.items)  # type: ignore[union-attr]
    worth = money(max(each.expected_net_present_value for each in found.options), "USD").removeprefix("−")
    assert worth in points.items[1]  # type: ignore[union-attr]
