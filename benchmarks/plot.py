"""A plot of the figures as SVG: time of all findings over the number of rules, both on logarithmic scales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from math import ceil, floor, log10
from typing import Any

_WIDTH, _HEIGHT = 760, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 230, 20, 50
_COLOURS = ("#0b5cad", "#63a4e0", "#b5372b", "#d98a1f", "#3f8f4f", "#7a4fa3", "#8a6d3b", "#555555")


def plot(figures: Mapping[str, Any]) -> str:
    """The plot as the text of an SVG file."""
    lines = _lines(figures)
    if not lines:
        return '<svg xmlns="http://www.w3.org/2000/svg"/>\n'
    across = [log10(rules) for line in lines.values() for rules, _ in line]
    up = [log10(taken) for line in lines.values() for _, taken in line]
    scale = _Scale(min(across), max(across), floor(min(up)), ceil(max(up)))
    parts = [*_axes(scale, sorted({rules for line in lines.values() for rules, _ in line})), *_drawn(scale, lines)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif"'
    return "\n".join([f'{head} font-size="12">', '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>\n"])


def _lines(figures: Mapping[str, Any]) -> dict[str, list[tuple[int, float]]]:
    lines: dict[str, list[tuple[int, float]]] = {}
    for size in figures["sizes"]:
        for name, one in size["contenders"].items():
            lines.setdefault(name, []).append((size["rules"], one["p50_us"]))
    return lines


class _Scale:
    def __init__(self, left: float, right: float, low: int, high: int) -> None:
        self.left, self.across = left, max(right - left, 0.1)
        self.low, self.high = low, max(high, low + 1)

    def x(self, rules: float) -> float:
        return round(_LEFT + (log10(rules) - self.left) / self.across * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, taken: float) -> float:
        share = (log10(taken) - self.low) / (self.high - self.low)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)


def _axes(scale: _Scale, sizes: list[int]) -> Iterator[str]:
    for power in range(scale.low, scale.high + 1):
        y = scale.y(10.0**power)
        yield f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}" stroke="#dddddd"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{10.0**power:,g} µs</text>'
    for rules in sizes:
        x = scale.x(rules)
        yield f'<text x="{x}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{rules:,}</text>'
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield f'<text x="{middle}" y="{_HEIGHT - 10}" text-anchor="middle">rules</text>'


def _drawn(scale: _Scale, lines: Mapping[str, list[tuple[int, float]]]) -> Iterator[str]:
    in_order = sorted(lines.items(), key=lambda item: -item[1][-1][1])
    for n, (name, line) in enumerate(in_order):
        colour = _COLOURS[n % len(_COLOURS)]
        points = " ".join(f"{scale.x(rules)},{scale.y(taken)}" for rules, taken in line)
        y = _TOP + 20 + n * 20
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield f'<rect x="{_WIDTH - _RIGHT + 16}" y="{y - 9}" width="12" height="10" fill="{colour}"/>'
        yield f'<text x="{_WIDTH - _RIGHT + 34}" y="{y}">{escape(name)}</text>'
