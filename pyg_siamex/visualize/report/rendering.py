"""Self-contained pages: templates with their style and script inlined, and nothing to load."""

import math
from collections.abc import Mapping, Sequence, Set
from functools import cache
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pyg_siamex.visualize.paper.content_policy import POLICY, with_policy
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import drawable
from pyg_siamex.visualize.report.palette import DARK, LIGHT

_TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, *folders: Path, **context: Any) -> str:
    """Fill a template; every value is escaped.

    A page extends ``page.html.jinja`` and fills its blocks ``title``, ``main`` and ``data``.

    Args:
        template: Its file name.
        *folders: Further folders of templates.
        **context: What the template speaks of.

    Raises:
        jinja2.TemplateNotFound: If the template does not exist.
        jinja2.UndefinedError: If ``context`` lacks something that the template speaks of.
    """
    return with_policy(environment(*folders).get_template(template).render(**context))


@cache
def environment(*folders: Path) -> Environment:
    """Make the environment of the report's templates, which escapes every value.

    Args:
        *folders: Further folders of templates.
    """
    loaders: list[BaseLoader] = [FileSystemLoader(folder) for folder in (_TEMPLATES, *folders)]
    found = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalised,
    )
    found.policies["json.dumps_kwargs"] = {"allow_nan": False, "separators": (",", ":")}
    found.globals.update(inline=inline, light=LIGHT, dark=DARK, policy=POLICY)
    found.filters["number"] = number
    return found


def inline(name: str) -> Markup:
    """Read a style or script file of the report."""
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))


def plain(value: Any) -> Any:
    """Turn anything into what a page can hold: texts that can be shown, and finite numbers.

    Numbers that are not finite are ``None``, sets are lists, and other objects are texts.
    """
    if isinstance(value, str):
        return drawable(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Integral | Real):
        return plain(int(value) if isinstance(value, Integral) else float(value))
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, Set):
        return [plain(entry) for entry in sorted(value, key=str)]
    if isinstance(value, Sequence):
        return [plain(entry) for entry in value]
    return drawable(str(value))


def _finalised(value: Any) -> Any:
    """Replace characters that no page can hold, such as NUL."""
    return drawable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
