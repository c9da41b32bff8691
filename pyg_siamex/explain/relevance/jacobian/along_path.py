"""Derivatives along the path of a union of graphs, read in both directions."""

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.relevance.jacobian.integration import Points
from pyg_siamex.explain.relevance.jacobian.path import Path
from pyg_siamex.explain.relevance.jacobian.points import is_one_chunk, path_tapes
from pyg_siamex.explain.relevance.tape import Tape
from pyg_siamex.nn.siamese import SiameseGNN


class AlongPath:
    """Products of integrated Jacobians with vectors, for graphs with the same points.

    Args:
        model: The Siamese model, inside ``untouched(model)``.
        inputs: The graphs.
        path: From where, and what moves.
        points: The points and their weights.
        features: Derive by single features.
    """

    def __init__(
        self,
        model: SiameseGNN,
        inputs: GraphInputs,
        path: Path,
        points: Points,
        features: bool = False,
    ) -> None:
        self._arguments = model, inputs, path, points, features
        self._once = is_one_chunk(model, inputs, points)
        self._tapes: list[Tape] = []

    def carried(self) -> dict[str, Tensor]:
        """What each leaf carries of each embedding coordinate, ``[G, D]`` by name."""
        return _added([tape.carried(list(tape.leaves)) for tape in self._run()])

    def pulled(self, seeds: Sequence[Mapping[str, Tensor]]) -> list[dict[str, Tensor]]:
        """Relevance of weighted sums of the embedding coordinates.

        Args:
            seeds: Some times, the weights for each leaf, ``[G, D]`` by name.

        Returns:
            Each time, the relevance by name, in the shape of the leaf.
        """
        found = [
            [
                {name: tape.pulled(rows, [name])[name] for name, rows in turn.items()}
                for turn in seeds
            ]
            for tape in self._run()
        ]
        return [_added(list(parts)) for parts in zip(*found, strict=True)]

    def _run(self) -> Iterator[Tape]:
        """Runs of the encoder. All points at once are run only once."""
        if self._tapes:
            yield from self._tapes
            return
        for tape in path_tapes(*self._arguments):
            if self._once:
                self._tapes.append(tape)
            yield tape


def _added(parts: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    return {name: torch.stack([part[name] for part in parts]).sum(0) for name in parts[0]}
