"""What local explainers must be able to do, so that an invariance can learn from them."""

from collections.abc import Iterable

from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import PairProblem


def check_against_embeddings(algorithms: Iterable[PairAlgorithm]) -> None:
    """Raise ``ValueError`` if an algorithm needs more than the embeddings of references."""
    for one in algorithms:
        if one.reads_graphs:
            raise ValueError(
                f"`algorithms` holds {one.name}, which reads the graphs of a pair, and an "
                f"invariance knows its references by their embeddings alone: use explainers that "
                f"compare embeddings, such as Occlusion or IntegratedGradients"
            )


def check_masks(
    algorithms: Iterable[PairAlgorithm], graphs: MaskedGraphs, pairs: MaskedPairs | None
) -> None:
    """Raise ``ValueError`` if an algorithm alone would refuse the masks or the model.

    Args:
        algorithms: The local explainers.
        graphs: The graphs to explain, and their masks.
        pairs: The same graphs in their pairs, or ``None``.
    """
    if pairs is not None:
        problem = pairs.problem
    else:
        problem = PairProblem(graphs.model, graphs.union, graphs.union, graphs.kinds, "query")
    for one in algorithms:
        one.check(problem)
