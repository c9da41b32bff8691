"""``pyg-siamex report``: saved explanations as a page."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pyg_siamex._temporary import temporary_folder
from pyg_siamex._there import check_there
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.files import check_page
from pyg_siamex.cli.terminal import Terminal

if TYPE_CHECKING:
    from pyg_siamex.explain import PairExplanation

_Files = Annotated[
    list[Path],
    typer.Argument(
        help="Explanations that `pyg-siamex explain --save` or `PairExplanation.save` wrote."
    ),
]
_Model = Annotated[
    Path | None,
    typer.Option(
        help="The model that was explained, as `pyg-siamex train` wrote it, for the fidelity "
        "of parts; saved explanations do not hold it."
    ),
]
_Top = Annotated[
    int, typer.Option(help="How many pairs to draw; the others are rows of a table.", min=1)
]


@one_line_errors
def write_report(
    files: _Files,
    out: Annotated[Path, typer.Option(help="Page to write, .html.")] = Path("report.html"),
    model: _Model = None,
    title: Annotated[str | None, typer.Option(help="Title of the page.")] = None,
    top: _Top = 50,
) -> None:
    """Write one page, for any browser, that tells why pairs are alike and how far to trust that."""
    check_page(out, [*files, model])
    if model is not None:
        check_there(model, "model")
    for k, path in enumerate(files):
        check_there(path, "explanation")
        if any(path.samefile(other) for other in files[:k]):
            raise ValueError(f"{path} is given twice: leave one out")

    from pyg_siamex.explain import PairExplanation
    from pyg_siamex.nn import load_model
    from pyg_siamex.recipe.one_thread import one_thread
    from pyg_siamex.visualize import report

    siamese = None if model is None else load_model(model)[0]
    explanations = [PairExplanation.load(path) for path in files]

    def write(found: "list[PairExplanation]", page: Path) -> None:
        report(found if len(found) > 1 else found[0], page, model=siamese, title=title, top=top)

    with one_thread():
        try:
            write(explanations, out)
        except ValueError as error:
            culprit = _culprit(files, explanations, write)
            raise ValueError(str(error) if culprit is None else f"{culprit}: {error}") from error
    Terminal().print(f"page: {out}", soft_wrap=True)


def _culprit(
    files: list[Path],
    explanations: "list[PairExplanation]",
    write: "Callable[[list[PairExplanation], Path], None]",
) -> Path | None:
    """The first file that no page can be written of; ``None`` if there is one of each."""
    with temporary_folder() as folder:
        for path, explanation in zip(files, explanations, strict=True):
            try:
                write([explanation], Path(folder) / "page.html")
            except ValueError:
                return path
    return None
