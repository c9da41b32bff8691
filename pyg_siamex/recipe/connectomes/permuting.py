"""Whether a pair AUC could be chance: the whole cross-validation with permuted labels."""

from collections.abc import Callable

import numpy as np
from torch import Tensor

from pyg_siamex.metric.relabelling import Relabelling
from pyg_siamex.recipe.connectomes.cross_validation import CrossValidation, mean_of
from pyg_siamex.recipe.connectomes.study import Study
from pyg_siamex.recipe.progress import steps


def permutation_p(
    found: CrossValidation,
    judge: Callable[[Tensor], CrossValidation],
    study: Study,
    count: int,
    seed: int,
) -> float:
    r"""Share of relabelled studies whose mean pair AUC is at least as high.

    .. math:: p = \frac{1 + \#\{b : A_b \ge A\}}{1 + B}

    Labels are permuted over persons, and within sites where sites are known. Splits, training and
    judging are repeated for each permutation, so p is exact although labels are used for training.
    A study that no fold could judge counts as one that is as high.

    Args:
        found: The cross-validation with the labels as they are.
        judge: The same for other labels, ``[S]``.
        study: The subjects.
        count: Number B of permutations, at least 1.
        seed: Seed of the permutations.

    Raises:
        ValueError: If no label can move.
    """
    draw = Relabelling(study.labels.tolist(), study.together, study.graphs.sites)
    rng, own = np.random.default_rng(seed), mean_of(found.pair_auc)
    orders = (draw(rng) for _ in range(count))
    above = sum(
        not mean_of(judge(study.labels[order]).pair_auc) < own  # NaN is not below
        for order in steps(orders, count, "permuted labels")
    )
    return (1 + above) / (1 + count)
