"""Pairs whose targets do not depend on their graphs."""

from pyg_siamex._door import checked
from pyg_siamex.data.pair_dataset import PairDataset


@checked
def permuted(pairs: PairDataset, seed: int = 0) -> PairDataset:
    """The same graphs with permuted labels, values or, for listed pairs, targets.

    Args:
        pairs: Labelled pairs; the same number is drawn anew by the same rule.
        seed: Seed of the permutation and of the pairs.

    Raises:
        ValueError: If the pairs have no targets.
    """
    if pairs.target.isnan().all():
        raise ValueError("the pairs are unlabelled: there are no labels to permute")
    relation = pairs.relation.permuted(seed)
    return PairDataset.from_relation(pairs.graphs, relation, len(pairs), seed)
