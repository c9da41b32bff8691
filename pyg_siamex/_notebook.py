"""Display in notebooks: tables, and explanations by the function that the package sets."""

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

_DRAWN_BY: list[Callable[[Any], str | None]] = []


def drawn_by(draw: Callable[[Any], str | None]) -> None:
    """Set the function that draws explanations, from an explanation to HTML."""
    _DRAWN_BY[:] = [draw]


def drawn(explanation: Any) -> str | None:
    """HTML of an explanation, or ``None`` if nothing draws it."""
    return _DRAWN_BY[0](explanation) if _DRAWN_BY else None


def rows_html(title: str, rows: Iterable[tuple[str, object]]) -> str:
    """A table of names and values under a title; its colours are the notebook's own."""
    body = "".join(
        f'<tr><th style="text-align:left">{escape(str(name))}</th>'
        f'<td style="text-align:left">{escape(str(value))}</td></tr>'
        for name, value in rows
    )
    return f'{title_html(title)}<table class="dataframe">{body}</table>'


def frame_html(title: str, frame: Any, most: int = 10) -> str:
    """The first rows of a data frame under a title."""
    left = len(frame) - most
    more = f"<p>and {left} more</p>" if left > 0 else ""
    table = frame.head(most).to_html(index=False, float_format=lambda value: f"{value:.3g}")
    return f"{title_html(title)}{table}{more}"


def title_html(text: str) -> str:
    """A line above a table."""
    return f"<p><strong>{escape(text)}</strong></p>"


def settings_text(name: str, settings: Iterable[tuple[str, object]]) -> str:
    """A call with its settings, in one line of at most 200 characters."""
    text = ", ".join(f"{key}={_short(value)}" for key, value in settings)
    return f"{name}({text if len(text) <= 200 else text[:197] + '...'})"


def _short(value: object) -> str:
    if isinstance(value, dict) and "type" in value:
        inner = {key: entry for key, entry in value.items() if key != "type"}
        return settings_text(value["type"], inner.items())
    return repr(value)
