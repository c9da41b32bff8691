r"""Explain why one reference is closer to the query than another."""

from dataclasses import dataclass

from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain import Explanation
from torch_geometric.explain.config import MaskType

from pyg_siamex._door import check_fields, checked
from pyg_siamex._numbers import whole
from pyg_siamex.explain.carried import Carried
from pyg_siamex.explain.elements import strongest
from pyg_siamex.explain.explainer import PairExplainer
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.intake import named_graphs
from pyg_siamex.explain.unpack import without_masks

_ROUNDING = 1e-6
"""Difference of two similarities that does not count."""


@dataclass
class Contrast:
    r"""Why the query is more like ``preferred`` than like ``other``, on the query's nodes.

    With explainers whose relevance sums to the similarity (``biases="nodes"``) the nodes carry the
    whole difference. Otherwise see :attr:`carried` before you conclude from them.

    Attributes:
        query: The query with ``node_mask`` ``[n, 1]``: positive nodes support the preferred
            reference, negative nodes the other.
        difference: The explained part of s(q, preferred) - s(q, other).
        terms: ``difference``, ``query`` (the sum of the node mask) and ``remainder``, the part
            that does not depend on the query's nodes: biases, corners of the integration path, and
            the references' own norms under a distance. ``difference = query + remainder``.
        preferred: The explanation against the preferred reference.
        other: The explanation against the other reference.
    """

    query: Explanation
    difference: float
    terms: dict[str, float]
    preferred: PairExplanation
    other: PairExplanation

    def _check_parts(self, name: str) -> None:
        """Refuse a contrast that was changed after it was made, and has no terms.

        Args:
            name: Name of the contrast in messages.

        Raises:
            TypeError: If a part is of another kind.
            ValueError: If a term is missing, or parts of a part do not fit together.
        """
        check_fields(name.strip("`"), self)
        missing = [term for term in ("difference", "query") if term not in self.terms]
        if missing:
            raise ValueError(
                f"terms of {name} has no {', '.join(map(repr, missing))}: it was changed after it "
                f"was made"
            )

    def __repr__(self) -> str:
        """The difference and the strongest nodes, in one line."""
        nodes = ", ".join(f"{node}: {value:+.3g}" for node, value in self.top_nodes(3))
        return f"Contrast(difference={self.difference:.4g}, strongest nodes={{{nodes}}})"

    @property
    def carried(self) -> Carried:
        """How much of the difference the query's nodes carry."""
        head = str(self.preferred.settings.get("model", {}).get("similarity", ""))
        most = 2.0 if head == "CosineSimilarity" else None
        return Carried(self.terms["query"], self.terms["difference"], most=most, slack=_ROUNDING)

    @property
    def node(self) -> Tensor:
        """Relevance of each query node for the difference, ``[n]``."""
        values: Tensor = self.query.node_mask[:, 0]
        return values

    @checked
    def top_nodes(self, k: int = 5) -> list[tuple[int, float]]:
        """The ``k`` query nodes with the largest absolute relevance, as (node, relevance).

        Raises:
            ValueError: If ``k`` is below 1.
        """
        whole("k", k)
        return [(node, float(self.node[node])) for node in strongest(self.node, k)]


@checked
def contrast(explainer: PairExplainer, query: Data, preferred: Data, other: Data) -> Contrast:
    r"""Explain why ``query`` is more similar to ``preferred`` than to ``other``.

    Computes the difference of the row sums of two pair matrices, by linearity of the similarity in
    either factor:

    .. math:: c_i = \sum_j R_{ij}(q, \text{preferred}) - \sum_j R_{ij}(q, \text{other}),
              \qquad \sum_i c_i + \text{remainder} = s(q, \text{preferred}) - s(q, \text{other}) .

    For a distance, the query's own block :math:`-\Phi_q^\top\Phi_q` is the same in both and
    cancels.

    Args:
        explainer: An explainer with :class:`~pyg_siamex.explain.BiLRP` or
            :class:`~pyg_siamex.explain.IntegratedJacobians` and a ``node_mask_type``.
        query: The graph to explain.
        preferred: The reference expected to be closer.
        other: The reference to compare with.

    Raises:
        ValueError: If the explainer does not give a pair matrix, or a graph cannot be explained.

    Example:
        >>> explainer = PairExplainer(model, BiLRP(), node_mask_type="object")
        >>> why = contrast(explainer, query, graphs[1], graphs[2])
        >>> len(why.top_nodes(3))
        3
    """
    named_graphs([query], ["query"], explainer.model)
    named_graphs([preferred, other], ["preferred", "other"], explainer.model)
    first, second = explainer.explain([query, query], [preferred, other])
    if not (first.gives_pairs and second.gives_pairs):
        raise ValueError(
            f"{first.algorithm} does not give a pair matrix: contrast needs BiLRP or "
            f"IntegratedJacobians"
        )
    node = _on_query(explainer, first) - _on_query(explainer, second)
    difference = _explained(first) - _explained(second)
    total = float(node.double().sum())
    terms = {"difference": difference, "query": total, "remainder": difference - total}
    explained = Explanation(**without_masks(query), node_mask=node.unsqueeze(1))
    return Contrast(explained, difference, terms, first, second)


def _on_query(explainer: PairExplainer, explanation: PairExplanation) -> Tensor:
    """Row sums of the pair matrix, ``[n]``, which a node mask has without the matrix."""
    per_node = explainer.kinds.node_mask_type in (MaskType.object, MaskType.attributes)
    if per_node and explainer.side != "reference" and explainer.threshold_config is None:
        importance: Tensor = explanation.query.node_mask.sum(1)
        return importance
    assert explanation.relevance is not None
    return explanation.relevance.sum(1)


def _explained(explanation: PairExplanation) -> float:
    """The similarity, or the function of it that is explained (for a Gaussian, its logarithm)."""
    return explanation.terms.get("explained", explanation.prediction)
