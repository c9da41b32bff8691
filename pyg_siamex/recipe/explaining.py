"""Why a model finds two molecules, two brains or two rows alike or not."""

from typing import Any

from pyg_siamex._given import either
from pyg_siamex.recipe.choices import check_method
from pyg_siamex.recipe.domain import domain_of_model
from pyg_siamex.recipe.explained import Explained
from pyg_siamex.recipe.trained import Trained


def explain(
    trained: Trained,
    query: str,
    reference: str,
    *,
    method: str | None = None,
    names: tuple[str, str] | None = None,
    view: Any = None,
) -> Explained:
    """Explain two graphs by the names that users give, as ``pyg-siamex explain`` does.

    Args:
        trained: The model.
        query: SMILES of the query molecule, or name of the query subject or row.
        reference: SMILES of the reference molecule, or name of the reference subject or row.
        method: Key of :data:`~pyg_siamex.recipe.METHODS`. Default: self-learned masks.
        names: Names of the two in pictures.
        view: How the pair is drawn: a :class:`~pyg_siamex.recipe.MoleculeView`, a
            :class:`~pyg_siamex.recipe.ConnectomeView` or a :class:`~pyg_siamex.recipe.RowView`.
            The domain's usual view by default.

    Returns:
        The explanation, the probability that the two are alike, and the strongest parts.

    Raises:
        ValueError: If the method is unknown, or a graph cannot be read.
        TypeError: If ``view`` is for another domain.

    Example:
        >>> trained = Trained.load("model.siamex")
        >>> explained = explain(trained, "CCO", "CCN", method="occlusion")
        >>> explained.draw("pair.svg")
    """
    check_method(method)
    domain = domain_of_model(trained)
    return domain.explain(
        trained, (query, reference), either(method, domain.method), names, domain.viewed_by(view)
    )
