"""What the usual explainer of a pair keeps of each group, over some pairs of a library."""

import logging
from dataclasses import replace
from statistics import median_low

import torch
from torch_geometric.data import Data

from pyg_siamex.explain import Overview, kept_groups
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.recipe.domain_type import Domain
from pyg_siamex.recipe.labelled import Labelled

PAIRS_OF_A_KIND = 100
"""Most pairs of one class, and most pairs of two classes, that are explained."""

_LEAST_PAIRS, _EDGES = 5, 1_000_000

_MANY_TIMES, _ALWAYS = 10, 1000
"""Times as many edges as others that a graph may have, and edges that any graph may have."""

_logger = logging.getLogger(__name__)


def with_kept_groups(
    found: Overview, domain: Domain, model: SiameseGNN, data: Labelled
) -> Overview:
    """The overview with the masks of some pairs, group by group.

    The pairs are drawn at random with a fixed seed, half of them of one class. They are explained
    by the domain's usual explainer with what the model keeps, as ``explain`` does. Graphs many
    times as large as most are left out, which is logged: masks of one of them would take longer
    than all others together.

    Args:
        found: The overview.
        domain: Molecules, connectomes or rows.
        model: The model.
        data: The graphs, with a group for each of their nodes.

    Example:
        >>> seen = overview(trained, "molecules.csv", "active")
        >>> seen.overview.kept_by
        'SelfLearned (GDA)'
    """
    usual = _usual(data.graphs)
    graphs, labels = ([many[k] for k in usual] for many in (data.graphs, data.labels))
    drawn = mixed_pairs(labels, _affordable(graphs))
    pairs = [(usual[one], usual[other]) for one, other in drawn]
    explainer = domain.explainer(model, domain.method)
    queries, references = ([data.graphs[pair[side]] for pair in pairs] for side in (0, 1))
    try:
        explained = explainer.explain(queries, references)
    except ValueError as error:  # factors explain some models that masks do not
        _logger.warning("no masks of pairs: %s", error)
        return found
    kept = kept_groups(explained, pairs, data.groups, data.labels)
    return replace(found, kept=kept, kept_by=explained[0].algorithm)


def _usual(graphs: list[Data]) -> list[int]:
    """Positions of all graphs but those many times as large as most."""
    edges = [graph.num_edges for graph in graphs]
    most = max(_ALWAYS, _MANY_TIMES * median_low(edges))
    found = [k for k, count in enumerate(edges) if count <= most]
    if len(found) < len(graphs):
        _logger.warning(
            "masks of pairs leave out %d of %d graphs, which have more than %d edges",
            *(len(graphs) - len(found), len(graphs), most),
        )
    return found


def _affordable(graphs: list[Data]) -> int:
    """Pairs of each kind: fewer of large graphs."""
    edges = sum(graph.num_edges for graph in graphs) / len(graphs)
    return max(_LEAST_PAIRS, min(PAIRS_OF_A_KIND, int(_EDGES / (4 * max(edges, 1.0)))))


def mixed_pairs(labels: list[int], most: int) -> list[tuple[int, int]]:
    """At most so many pairs of one class and so many of two classes, drawn with a fixed seed.

    No pair occurs twice, nor in both orders.

    Args:
        labels: Class of each graph; at least 2 graphs.
        most: Most pairs of each kind.

    Example:
        >>> mixed_pairs([0, 0, 1], 1)
        [(0, 1), (2, 0)]
    """
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0)).tolist()
    kinds: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    # Neighbours in a random order, then graphs two places apart, and so on.
    for step in range(1, len(order)):
        for place, one in enumerate(order[:-step]):
            other = order[place + step]
            chosen = kinds[labels[one] == labels[other]]
            if len(chosen) < most:
                chosen.append((one, other))
        if all(len(chosen) == most for chosen in kinds.values()) or step > most:
            break
    return kinds[True] + kinds[False]
