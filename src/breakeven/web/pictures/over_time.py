"""What was saved by each month with the band of the draws, and the load of a month with what is owned of it."""

from __future__ import annotations

from collections.abc import Iterator

from breakeven.report.wording import money, percent, plain
from breakeven.study.questions.pictures import FanPicture, LoadPicture
from breakeven.web.markup import Html, el
from breakeven.web.pictures.frame import Frame, at_both_widths, axes, drawing, ends, line


def fan(picture: FanPicture, currency: str, words: str) -> Html:
    """Saved so far, month by month; the band holds eight draws in ten."""
    return at_both_widths(lambda width: _fan(width, picture, currency, words))


def _fan(width: int, picture: FanPicture, currency: str, words: str) -> Html:
    months = [*range(1, len(picture.at_means) + 1)]
    frame = Frame(x=(1, months[-1]), y=ends([*picture.p10, *picture.p90, *picture.at_means]), width=width)
    upper = [frame.point(month, value) for month, value in zip(months, picture.p90, strict=True)]
    lower = [frame.point(month, value) for month, value in zip(months, picture.p10, strict=True)]
    return drawing(
        frame,
        "Savings over time, and how sure",
        words,
        el("polygon", class_="band", points=" ".join([*upper, *reversed(lower)])),
        axes(frame, plain, lambda at: money(at, currency), "month"),
        line(frame, zip(months, picture.at_means, strict=True), "s0 plain"),
        line(frame, zip(months, picture.p50, strict=True), "s0 dashed"),
    )


def load(picture: LoadPicture, words: str) -> Html:
    """The busiest hours first: what the fleet takes, and what goes to the API."""
    return at_both_widths(lambda width: _load(width, picture, words))


def _load(width: int, picture: LoadPicture, words: str) -> Html:
    most = ends([*picture.load_replicas, picture.usable_replicas, *(usable for _, usable in picture.sizes)])[1]
    frame = Frame(x=(0.0, 1.0), y=(0.0, most), width=width, height=260)
    usable = f"{frame.down(picture.usable_replicas):.1f}"
    places = " ".join(f"{frame.down(taken):.1f}" for _, taken in picture.sizes)
    right = frame.width - frame.right
    return drawing(
        frame,
        "The load, busiest hours first",
        words,
        *blocks(frame, picture),
        axes(frame, percent, plain, "share of the time; load in busy replicas"),
        el("line", class_="plan", x1=frame.left, x2=right, y1=usable, y2=usable, data_places=places),
        el("text", "what the fleet takes", class_="tick", x=right - 4, y=f"{float(usable) - 5:.1f}", text_anchor="end"),
    )


def blocks(frame: Frame, picture: LoadPicture) -> Iterator[Html]:
    """A block of hours: its load up to what the fleet takes, and above it what bursts."""
    start = 0.0
    for share, height in zip(picture.share_of_time, picture.load_replicas, strict=True):
        own = min(height, picture.usable_replicas)
        yield _block(frame, start, share, (0.0, own), "own")
        if height > own:
            yield _block(frame, start, share, (own, height), "burst")
        start += share


def _block(frame: Frame, start: float, share: float, span: tuple[float, float], kind: str) -> Html:
    x, y = frame.across(start), frame.down(span[1])
    wide, high = frame.across(start + share) - x, frame.down(span[0]) - y
    return el("rect", class_=kind, x=f"{x:.2f}", y=f"{y:.2f}", width=f"{wide:.2f}", height=f"{high:.2f}")
