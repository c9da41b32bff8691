"""Readouts by name."""

from torch_geometric.nn.aggr import Aggregation
from torch_geometric.nn.resolver import aggregation_resolver

from pyg_siamex._visible import in_one_line
from pyg_siamex.nn.root_readout import RootReadout


def readout_of(pool: str | Aggregation | None) -> Aggregation | None:
    """Look a readout up by name.

    Args:
        pool: ``"add"``, ``"mean"``, ``"max"``, the name of any other aggregation of PyG that takes
            no arguments, ``"root"``, an instance, or ``None``.

    Raises:
        ValueError: If the name is unknown, or the aggregation takes arguments.

    Example:
        >>> readout_of("add")
        SumAggregation()
    """
    if pool is None or isinstance(pool, Aggregation):
        return pool
    if pool == "root":
        return RootReadout()
    try:
        found = aggregation_resolver("sum" if pool == "add" else pool)
    except TypeError:
        raise ValueError(
            f"pool={in_one_line(pool, 60)!r} takes arguments: give an instance of it"
        ) from None
    except ValueError:
        found = None
    if not isinstance(found, Aggregation) or type(found) is Aggregation:
        raise ValueError(
            f"pool must be 'add', 'mean', 'max', 'root' or another aggregation of PyG (got "
            f"{in_one_line(pool, 60)!r})"
        )
    return found
