"""Names, places and networks of a connectome's regions, from the graph or from an atlas."""

import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import torch
from torch_geometric.explain import Explanation

from pyg_siamex._arrays import regular
from pyg_siamex._numbers import shown
from pyg_siamex._once import check_once
from pyg_siamex._visible import in_one_line
from pyg_siamex.datasets.connectome.coordinate_unit import check_unit

_logger = logging.getLogger(__name__)

_ON_THE_GRAPH = {"names": "roi_names", "coordinates": "pos", "networks": "networks"}
"""Attribute of a graph by what it holds."""

NO_NETWORK = "no network"


@dataclass(frozen=True)
class Regions:
    """The regions of one graph, node by node.

    Attributes:
        names: A name per node; its number where none is known.
        networks: A functional network per node, or ``None``.
        coordinates: MNI coordinates in mm, ``[n, 3]``, or ``None``.
    """

    names: list[str]
    networks: list[str] | None
    coordinates: np.ndarray | None

    def placed(self, which: str, *, in_mm: bool = True) -> np.ndarray:
        """The coordinates.

        Args:
            which: What errors call the graph.
            in_mm: Whether they must be in mm, as those of a glass brain.

        Raises:
            ValueError: If there are none, or they are in another unit.
        """
        if self.coordinates is None:
            raise ValueError(
                f"{which} has no region coordinates: set data.pos ([n, 3], MNI mm) or give an "
                f"atlas with 'coordinates'"
            )
        if in_mm:
            check_unit(self.coordinates, which)
        return self.coordinates

    def grouped(self, which: str) -> list[str]:
        """The networks.

        Raises:
            ValueError: If there are none.
        """
        if self.networks is None:
            raise ValueError(
                f"{which} has no networks: set data.networks (a name per node) or give an atlas "
                f"with 'networks'"
            )
        return self.networks


def regions_of(explanation: Explanation, atlas: Any = None, which: str = "the graph") -> Regions:
    """Look up names, networks and coordinates of a graph's nodes.

    Args:
        explanation: The graph. Its ``roi`` (``[n]``, from 0), where it has one, says which region
            of the atlas each node is; otherwise node k is region k.
        atlas: A mapping or an object with any of ``names``, ``coordinates`` and ``networks``.
            The graph's ``roi_names``, ``pos`` and ``networks`` stand in for what is missing.
        which: What errors call the graph.

    Names of which none is the graph's are logged.

    Raises:
        TypeError: If an atlas is a text, or names or numbers of regions are none.
        ValueError: If an atlas has nothing of this, or the graph's regions in another order, a list
            does not fit the nodes, a name is missing, two nodes are one region, or coordinates are
            not finite numbers in three columns.
    """
    nodes = int(explanation.num_nodes or 0)
    if isinstance(atlas, str):
        raise TypeError(
            f"`atlas` is a text ({shown(atlas)}): give an Atlas, or a dict of names and coordinates"
        )
    if atlas is not None and all(_field(atlas, name) is None for name in _ON_THE_GRAPH):
        raise ValueError(f"the atlas has none of {', '.join(_ON_THE_GRAPH)}: give at least one")
    found = {}
    for name, attribute in _ON_THE_GRAPH.items():
        value = _field(atlas, name)
        if value is not None:
            found[name] = _of_nodes(value, explanation, f"the atlas' {name}", which)
        elif explanation.get(attribute) is not None:
            found[name] = _fitting(explanation[attribute], nodes, f"{which}'s {attribute}")
    names = found.get("names") or [f"region {k}" for k in range(nodes)]
    _doubt_atlas(names, explanation.get("roi_names"), which)
    networks = found.get("networks")
    return Regions(
        [_name(name, k, which) for k, name in enumerate(names)],
        None if networks is None else [_network(name, which) for name in networks],
        _coordinates(found.get("coordinates"), which),
    )


def _doubt_atlas(names: Sequence[Any], own: Any, which: str) -> None:
    """Log an atlas that calls all regions otherwise than the graph: it may be of other regions.

    Raises:
        ValueError: If it has the graph's regions in another order.
    """
    own = [] if own is None else [str(name) for name in _rows(own, "roi_names")]
    names = [str(name) for name in names]
    if own != names and sorted(own) == sorted(names):
        place = next(k for k, name in enumerate(own) if name != names[k])
        raise ValueError(
            f"the atlas has the regions of {which} in another order: node {place} is "
            f"'{in_one_line(own[place], 60)}' in the graph and '{in_one_line(names[place], 60)}' "
            f"in the atlas"
        )
    if len(own) == len(names) and own and not {*map(str, own)} & {*map(str, names)}:
        _logger.warning(
            "%s has regions such as '%s', which the atlas calls '%s': is it the graph's atlas?",
            *(which, in_one_line(str(own[0]), 60), in_one_line(str(names[0]), 60)),
        )


def _field(atlas: Any, name: str) -> Any:
    return atlas.get(name) if isinstance(atlas, Mapping) else getattr(atlas, name, None)


def _of_nodes(values: Any, explanation: Explanation, what: str, which: str) -> list[Any]:
    """Look up the entry of an atlas for each node."""
    rows, nodes = _rows(values, what), int(explanation.num_nodes or 0)
    roi = explanation.get("roi")
    if roi is None:
        return _fitting(rows, nodes, f"{what}, for {which},")
    numbers = _numbered(_fitting(roi, nodes, f"{which}'s roi"), f"{which}'s roi")
    if numbers and not 0 <= min(numbers) <= max(numbers) < len(rows):
        raise ValueError(
            f"{which}'s roi has numbers from {min(numbers)} to {max(numbers)}, and {what} "
            f"{len(rows)} entries: regions are numbered from 0"
        )
    return [rows[number] for number in numbers]


def _numbered(values: list[Any], what: str) -> list[int]:
    """Numbers of regions, each of one node.

    Raises:
        TypeError: If one is no whole number.
        ValueError: If a region is there twice.
    """
    for value in values:
        if isinstance(value, bool) or not isinstance(value, Real) or value != value // 1:
            raise TypeError(f"{what} must have a whole number for each node (got {shown(value)})")
    check_once(what, values)
    return [int(value) for value in values]


def _fitting(values: Any, nodes: int, what: str) -> list[Any]:
    rows = _rows(values, what)
    if len(rows) == 1 != nodes and isinstance(rows[0], Sequence) and not isinstance(rows[0], str):
        rows = list(rows[0])  # a batch of one
    if len(rows) != nodes:
        raise ValueError(f"{what} has {len(rows)} entries for {nodes} nodes")
    return rows


def _rows(values: Any, what: str) -> list[Any]:
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu().numpy()
    if isinstance(values, Mapping | Set):
        raise TypeError(f"{what} must be a list (got {type(values).__name__})")
    try:
        rows = np.asarray(values).tolist() if hasattr(values, "__array__") else list(values)
    except Exception as error:  # of an object with methods of its own
        raise TypeError(f"{what} must be a list (got {type(values).__name__})") from error
    if not isinstance(rows, list):
        raise TypeError(f"{what} must be a list (got {type(values).__name__})")
    return rows


def _is_missing(name: Any, what: str) -> bool:
    """Whether a name is none.

    Raises:
        TypeError: If it is neither a text nor a number.
    """
    if name is not None and not isinstance(name, str | Real):
        raise TypeError(f"{what} must be texts (got {type(name).__name__})")
    return name is None or name != name or not str(name).strip()  # NaN is not itself


def _name(name: Any, node: int, which: str) -> str:
    if _is_missing(name, f"names of {which}'s regions"):
        raise ValueError(f"node {node} of {which} has no name: give each region one, or no names")
    return str(name)


def _network(name: Any, which: str) -> str:
    return NO_NETWORK if _is_missing(name, f"networks of {which}'s regions") else str(name)


def _coordinates(rows: list[Any] | None, which: str) -> np.ndarray | None:
    if rows is None:
        return None
    coordinates = regular(f"the coordinates of {which}'s regions", rows, float)
    coordinates = coordinates.reshape(len(rows), -1)
    if coordinates.shape[1] != 3 or not np.isfinite(coordinates).all():
        raise ValueError(
            f"the coordinates of {which}'s regions must be three finite numbers each, MNI mm "
            f"(got shape {list(coordinates.shape)})"
        )
    return coordinates
