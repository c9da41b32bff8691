"""Similarities of pairs with one masked and one whole graph, and sums of attributions."""

import torch
from torch import Tensor

from pyg_siamex.explain.engine.masked_pairs import MaskedPairs


def against_whole(pairs: MaskedPairs, masked: Tensor, whole: Tensor) -> Tensor:
    """Similarity of each masked graph to the whole other graph of its pair.

    Args:
        pairs: The pairs.
        masked: Embeddings of the masked graphs, ``[copies, G, D]``.
        whole: Embeddings of the whole graphs, ``[1, G, D]``.

    Returns:
        ``[copies, G]``, the masked queries before the masked references.
    """
    query, reference = pairs.sides(masked)
    whole_query, whole_reference = pairs.sides(whole)
    parts = []
    if pairs.problem.side in ("both", "query"):
        parts.append(pairs.compare(query, whole_reference))
    if pairs.problem.side in ("both", "reference"):
        parts.append(pairs.compare(whole_query, reference))
    return torch.cat(parts, dim=1)


@torch.no_grad()
def terms_and_errors(
    pairs: MaskedPairs, values: dict[str, Tensor]
) -> tuple[list[dict[str, float]], list[float]]:
    r"""Compare the sum of each graph's attributions with the effect of its masked parts.

    .. math:: \frac{\sum_g |A_g - (s - s_{g = 0})|}{\sum_g |s - s_{g = 0}|}

    over the masked graphs g of a pair, with :math:`A_g` the sum of a graph's attributions and
    :math:`s_{g = 0}` the similarity with its masks at 0 and the other graph whole. It is 0 if the
    gap is below rounding.

    Args:
        pairs: The pairs.
        values: Attribution of each mask element, ``{name: [M]}``.

    Returns:
        For each pair its terms (``similarity``, ``empty_<side>``, ``sum_<side>``) and its error.
    """
    nothing = {name: torch.zeros_like(mask) for name, mask in pairs.ones().items()}
    with pairs.encoding() as encode:
        whole = encode(pairs.ones())
        empty = against_whole(pairs, encode(nothing), whole)[0].double()
        full = against_whole(pairs, whole, whole)[0].double()
    sums = torch.zeros_like(full)
    for name, value in values.items():
        sums = sums.index_add(0, pairs.spaces[name].graph, value.double())
    rounding = 8 * torch.finfo(whole.dtype).eps * full.abs().clamp_min(1.0)
    gap = (sums - (full - empty)).abs()
    gap = torch.where(gap <= rounding, 0.0, gap).view(-1, pairs.num_pairs).sum(0)
    worth = (full - empty).abs().view(-1, pairs.num_pairs).sum(0)
    error = torch.where(gap == 0, 0.0, gap / worth)
    sides = pairs.problem.masked_sides
    terms = []
    for pair in range(pairs.num_pairs):
        term = {"similarity": float(full[pair])}
        for position, side in enumerate(sides):
            graph = position * pairs.num_pairs + pair
            term |= {f"empty_{side}": float(empty[graph]), f"sum_{side}": float(sums[graph])}
        terms.append(term)
    return terms, error.tolist()
