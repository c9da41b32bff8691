"""Whether what a model's file says of its graphs agrees with itself and with the model."""

from collections.abc import Mapping
from itertools import chain
from math import isfinite
from typing import Any

import numpy as np

from pyg_siamex.nn import SiameseGNN


def check_fit(metadata: Mapping[str, Any], model: SiameseGNN) -> None:
    """Refuse settings of graphs whose lists do not fit each other, or that the model cannot read.

    Args:
        metadata: What a model's file says of it, of the right types.
        model: The model.

    Raises:
        ValueError: Says what does not fit.
    """
    try:
        for key, check in _CHECKS.items():
            if key in metadata:
                check(metadata[key], model.config or {})
    except KeyError as error:
        raise ValueError(f"its graphs have an unknown setting {error}") from error
    except (TypeError, OverflowError) as error:
        raise ValueError(str(error)) from error


def _check_molecules(features: Any, config: Mapping[str, Any]) -> None:
    from pyg_siamex.datasets.one_hot import OneHotMolecule

    made = OneHotMolecule.from_dict(features)
    for kind, wanted, width in (
        ("node", config.get("in_channels"), made.num_node_features),
        ("edge", config.get("edge_dim"), made.num_edge_features),
    ):
        if wanted is not None and wanted != width:
            raise ValueError(
                f"its molecules have {width} {kind} features, and its model takes {wanted}"
            )


def _check_rows(rows: Mapping[str, Any], config: Mapping[str, Any]) -> None:
    scaling = rows["scaling"]
    sizes = {name: len(scaling[name]) for name in ("columns", "mean", "scale")}
    if len(set(sizes.values())) > 1 or len(set(scaling["columns"])) < sizes["columns"]:
        words = ", ".join(f"{count} of {name}" for name, count in sizes.items())
        raise ValueError(f"its scaling is not one of different columns ({words})")
    if not all(map(isfinite, scaling["mean"])):
        raise ValueError("its scaling has means that are not finite")
    if not all(0 < one < float("inf") for one in scaling["scale"]):
        raise ValueError("its scaling has scales that are not above 0, and finite")
    _check_width(sizes["columns"], "columns", config)


def _check_connectomes(graphs: Mapping[str, Any], config: Mapping[str, Any]) -> None:
    from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe

    regions = set()
    if graphs.get("mean") is not None:
        regions.add(_size_of_origin(graphs["mean"]))
    if graphs.get("confounds") is not None:
        _check_confounds(graphs["confounds"])
        regions.add(graphs["confounds"]["regions"])
    recipe = GraphRecipe.from_dict(dict(graphs))
    recipe.connection_rule()
    regions |= set() if recipe.atlas is None else {len(recipe.atlas)}
    if len(regions) > 1:
        raise ValueError(f"its graphs have {' and '.join(map(str, sorted(regions)))} regions")
    for count in regions:
        _check_width(count, "regions", config)


def _size_of_origin(rows: list[list[float]]) -> int:
    """Number of regions of the origin of tangent space, a positive definite matrix."""
    if not rows or any(len(row) != len(rows) for row in rows):
        raise ValueError("its origin of tangent space is not a square matrix")
    matrix = np.asarray(rows, dtype=float)
    right = np.isfinite(matrix).all() and np.allclose(matrix, matrix.T)
    if not right or np.linalg.eigvalsh(matrix).min() <= 0:
        raise ValueError("its origin of tangent space is not positive definite")
    return len(rows)


def _check_confounds(confounds: Mapping[str, Any]) -> None:
    count, known = len(confounds["names"]), list(confounds["known"].values())
    lists = [confounds["mean"], *known]
    if not all(isinstance(one, list) and len(one) == count for one in lists):
        raise ValueError(f"its confounds are {count} names and other numbers of values")
    if len(confounds["slopes"]) != count:
        raise ValueError(f"its confounds are {count} names and {len(confounds['slopes'])} slopes")
    for value in chain(*lists, *confounds["slopes"]):
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise ValueError("its confounds have values that are not finite numbers")


def _check_width(count: int, of: str, config: Mapping[str, Any]) -> None:
    wanted = config.get("in_channels", config.get("num_rois"))
    if wanted is not None and wanted != count:
        raise ValueError(f"its graphs have {count} {of}, and its model takes {wanted}")


_CHECKS = {"features": _check_molecules, "rows": _check_rows, "graphs": _check_connectomes}
