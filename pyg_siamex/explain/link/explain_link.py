"""Explain links by one mask on the part of the graph that both of their nodes read."""

from collections.abc import Sequence
from inspect import signature
from typing import Any

from torch import Tensor
from torch_geometric.data import Data
from tqdm.auto import tqdm

from pyg_siamex._door import check_options, checked
from pyg_siamex.data.checked_graph import check_types
from pyg_siamex.data.neighbourhood import Neighbourhoods
from pyg_siamex.data.node_pairs import NodePairs, read_links
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.algorithm.integrated_jacobians import IntegratedJacobians
from pyg_siamex.explain.explainer import PairExplainer
from pyg_siamex.explain.link.between_roots import link_model
from pyg_siamex.explain.link.link_explanation import LinkExplanation
from pyg_siamex.nn.hops import check_hops, find_hops
from pyg_siamex.nn.siamese import SiameseGNN

_AT_ONCE = 64
"""Links whose neighbourhoods are in memory at the same time."""


@checked
def explain_link(
    model: SiameseGNN,
    data: Data,
    link: tuple[int, int],
    algorithm: PairAlgorithm,
    **options: Any,
) -> LinkExplanation:
    """Explain the score of one link; takes the arguments of :func:`explain_links`.

    Example:
        >>> from torch_geometric.nn import GIN
        >>> edges = torch.tensor([[0, 1, 1, 2, 2, 3], [1, 0, 2, 1, 3, 2]])
        >>> data = Data(x=torch.eye(4), edge_index=edges)
        >>> model = SiameseGNN(GIN(4, 8, 1), pool="root", similarity="dot")
        >>> explanation = explain_link(model, data, (0, 2), Occlusion(), edge_mask_type="object")
        >>> explanation.graph.n_id, explanation.on(data).edge_mask.shape
        (tensor([0, 1, 2, 3]), torch.Size([6]))
    """
    return explain_links(model, data, [link], algorithm, **options)[0]


@checked
def explain_links(
    model: SiameseGNN,
    data: Data,
    pairs: Sequence[tuple[int, int]] | Tensor,
    algorithm: PairAlgorithm,
    *,
    num_hops: int | None = None,
    remove_link: bool = False,
    progress: bool = False,
    **options: Any,
) -> list[LinkExplanation]:
    r"""Explain the scores of links by one mask on the graph.

    The score is a function of one graph, :math:`s(h_u(G), h_v(G))`. A masked edge or node is masked
    for both ends at once, so that its value is what the graph without it would change. With
    :class:`~pyg_siamex.data.NodePairs` and :class:`~pyg_siamex.explain.PairExplainer`, each end has
    a mask of its own instead, and the other end keeps the whole graph.

    Args:
        model: A model with ``pool="root"``.
        data: The whole graph.
        pairs: The nodes, as a list of ``(u, v)`` or as PyG's ``edge_label_index``, ``[2, P]``. They
            need not be linked.
        algorithm: An algorithm that gives masks.
        num_hops: Hops around each node. Default: found by :func:`~pyg_siamex.nn.find_hops`.
        remove_link: Whether edges between the two nodes of a link are removed from the graph
            before, so that the link does not explain itself. The score is then the score of the
            graph without them.
        progress: Show a progress bar.
        **options: Further arguments of :class:`~pyg_siamex.explain.PairExplainer`:
            ``edge_mask_type``, ``node_mask_type``, ``undirected``, ``mask_mode``, ...

    Raises:
        TypeError: If explainers do not have an option, or ``data`` holds something else than
            tensors.
        ValueError: If the model has another pool, ``num_hops`` is too small, no neighbourhood
            covers what the encoder reads, or the algorithm relates two graphs to each other.
    """
    if isinstance(algorithm, BiLRP | IntegratedJacobians):
        raise ValueError(
            f"{algorithm.name} relates the neighbours of one node to those of the other: use it "
            f"with NodePairs and PairExplainer, where each end has its own graph"
        )
    if "side" in options:
        raise ValueError("a shared mask has no sides: use NodePairs and PairExplainer")
    check_options("explain_links", options, _options())
    check_types(data, "data")
    explainer = PairExplainer(link_model(model), algorithm, side="query", **options)
    index = read_links(pairs, int(data.num_nodes or 0))
    if num_hops is None:
        num_hops = find_hops(model, data, index.t())
    else:
        check_hops(model, data, NodePairs(data, index.t(), num_hops))
    around = Neighbourhoods(data, num_hops)
    out = []
    for some in tqdm(index.split(_AT_ONCE), desc="links", disable=not progress):
        graphs = around.around(some, some if remove_link else None)
        found = explainer.explain(graphs, graphs)
        links = [(u, v) for u, v in some.tolist()]
        out += [
            LinkExplanation(link, pair, num_hops, remove_link)
            for link, pair in zip(links, found, strict=True)
        ]
    return out


def _options() -> set[str]:
    """Further options of explainers."""
    known = set(signature(PairExplainer).parameters)
    return known - {"model", "algorithm", "side"}
