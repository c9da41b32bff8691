"""Why a model finds two molecules, two brains or two rows alike or not."""

from copy import copy
from typing import Any

import torch

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex.explain import PairExplainer, PairExplanation
from pyg_siamex.recipe.choices import check_method
from pyg_siamex.recipe.domain import domain_of_model
from pyg_siamex.recipe.explained import Explained
from pyg_siamex.recipe.named_graphs import NamedGraphs
from pyg_siamex.recipe.one_thread import one_thread
from pyg_siamex.recipe.trained import Trained


@checked
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
        query: SMILES of the query molecule, or name of the query molecule (of the view's library),
            subject or row.
        reference: The same of the reference.
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
    graphs = domain.named(trained, domain.viewed_by(view))
    with one_thread():
        one, other = (copy(graphs.graph(name)) for name in (query, reference))
        if names is not None:
            one.name, other.name = names
        explainer = explainer_for(trained, method, graphs)
        [explanation] = explainer.explain([one], [other])
    probability = probability_of(trained, explanation)
    return graphs.explained(explanation, probability, (query, reference), names)


def explainer_for(trained: Trained, method: str | None, graphs: NamedGraphs) -> PairExplainer:
    """The explainer of a name; self-learned masks learn from graphs that share their nodes.

    Args:
        trained: The model.
        method: Key of :data:`~pyg_siamex.recipe.METHODS`, or ``None`` for the domain's usual one.
        graphs: The graphs.

    Example:
        >>> explainer_for(trained, "occlusion", graphs).algorithm.name
        'Occlusion'
    """
    domain = domain_of_model(trained)
    chosen = either(method, domain.method)
    learns = chosen == "self-learned" and trained.model.invariance is None
    return domain.explainer(trained.model, chosen, graphs.shared if learns else None)


def probability_of(trained: Trained, explanation: PairExplanation) -> float:
    """That an explained pair is alike: its calibrated similarity, in (0, 1).

    Args:
        trained: The model.
        explanation: The pair.

    Example:
        >>> 0 < probability_of(trained, explained.explanation) < 1
        True
    """
    with torch.no_grad():
        similarity = torch.tensor(explanation.prediction)
        return float(trained.model.calibration(similarity).sigmoid())
