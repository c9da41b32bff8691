"""What can be chosen by name, known before anything that the names stand for is imported."""

from collections.abc import Iterable
from typing import Literal

from pyg_siamex._once import check_once
from pyg_siamex._writable import check_suffix as check_suffix

COMMANDED = ("molecules", "connectomes")
"""Names of the domains that files tell apart, and commands know."""

DOMAINS = (*COMMANDED, "rows")
"""Names of the domains."""

METHOD_NAMES = (
    "masks",
    "self-learned",
    "occlusion",
    "integrated",
    "gradient",
    "saliency",
    "bilrp",
    "jacobians",
)
"""Keys of :data:`~pyg_siamex.recipe.METHODS`."""

PAIR_MEASURES = ("insertion_deletion", "robust_fidelity", "fidelity", "simplicity", "completeness")
"""Measures that need nothing but an explained pair and its model."""

DOMAIN_PARTITIONS: dict[str, tuple[str, ...]] = {
    "molecules": ("functional-groups", "ring-systems", "murcko-scaffold"),
    "connectomes": ("networks", "regions"),
    "rows": ("columns",),
}
"""Partitions of a graph's nodes, or features, by domain, the usual one first."""

SIMILARITIES = ("cosine", "dot", "euclidean", "rbf", "bilinear", "mlp")
"""Similarity heads."""

Biases = Literal["nodes", "apart"]
"""What relevance does with biases, the advised choice first."""

LOSSES = ("bce", "regression", "contrastive", "triplet", "multi_similarity", "nt_xent")
"""Losses of the training."""

POOLS = (
    *("add", "mean", "max", "min", "mul", "sum", "std", "var", "median", "softmax"),
    *("power_mean", "deep_sets", "variance_preserving"),
)
"""Readouts of PyG that take no arguments; for connectomes there are also ``"regions"``."""

ENCODERS: dict[str, tuple[str, ...]] = {
    "molecules": (
        *("GCN", "GIN", "GINE", "GraphSAGE", "GAT", "EdgeCNN", "WeightedGCN", "WeightedGIN"),
        "HigherOrderGCN",
    ),
    "connectomes": ("RoiGCN", "GCN", "WeightedGCN", "WeightedGIN", "HigherOrderGCN"),
    "rows": ("GCN", "GIN", "GraphSAGE"),
}
"""Graph networks by domain."""


TO_TRAINING = "distance to training"
"""Name of the column of a molecule's distance to the training molecules."""


def check_choice(argument: str, chosen: str, choices: Iterable[str], why: str = "") -> None:
    """Refuse a value that cannot be chosen.

    Args:
        argument: Name of the argument.
        chosen: Its value.
        choices: What can be chosen.
        why: Why these are the choices, for the message.

    Raises:
        ValueError: If ``chosen`` is none of ``choices``.

    Example:
        >>> check_choice("sign", "positive", ("weight", "positive"))
    """
    if chosen not in choices:
        told = f"`{argument}` must be one of {', '.join(choices)} (got '{chosen}')"
        raise ValueError(f"{told}: {why}" if why else told)


def check_method(method: str | None) -> None:
    """Refuse a name that no explainer has.

    Args:
        method: A key of :data:`~pyg_siamex.recipe.METHODS`, or ``None`` for the domain's usual one.

    Raises:
        ValueError: If the name is unknown.

    Example:
        >>> check_method("masks")
    """
    if method is not None:
        check_choice("method", method, METHOD_NAMES)


def check_measures(measures: Iterable[str]) -> None:
    """Refuse a name that no measure of a pair has, or that is given twice.

    Args:
        measures: Some of :data:`PAIR_MEASURES`.

    Raises:
        ValueError: If a name is unknown or twice.

    Example:
        >>> check_measures(["fidelity"])
    """
    measures = list(measures)
    for name in measures:
        check_choice("measures", name, PAIR_MEASURES)
    check_once("measures", measures)


def check_spelling(argument: str, chosen: str, choices: Iterable[str], suffix: str) -> None:
    """Refuse a name that PyG's resolvers do not understand.

    Capitals, ``-`` and ``_`` do not matter to them, and the name may end as its class does.

    Args:
        argument: Name of the argument.
        chosen: Its value.
        choices: What can be chosen.
        suffix: What names of classes end in, such as ``"similarity"``.

    Raises:
        ValueError: If ``chosen`` is none of ``choices``.

    Example:
        >>> check_spelling("similarity", "CosineSimilarity", SIMILARITIES, "similarity")
    """
    if _plain(chosen).removesuffix(suffix) not in map(_plain, choices):
        check_choice(argument, chosen, choices)


def _plain(name: str) -> str:
    return name.lower().translate(dict.fromkeys(map(ord, "-_ ")))
