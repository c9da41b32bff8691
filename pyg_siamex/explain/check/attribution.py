"""A wrapper of an algorithm that compares its result with the request."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch_geometric.explain.config import MaskType

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.check.outcome import CheckError
from pyg_siamex.explain.engine.later import Later
from pyg_siamex.explain.engine.problem import Attribution, Masks, PairProblem


class Observed(PairAlgorithm):
    """Explain like ``algorithm`` and raise if an attribution does not have the requested form.

    Args:
        algorithm: The algorithm.
    """

    def __init__(self, algorithm: PairAlgorithm) -> None:
        super().__init__()
        self.algorithm = algorithm

    @property
    def name(self) -> str:
        """Name of the algorithm."""
        return self.algorithm.name

    def check(self, problem: PairProblem) -> None:
        """Run the check of the algorithm."""
        self.algorithm.check(problem)

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain and check the result.

        Raises:
            CheckError: If a shape, a length or a type differs from the request.
        """
        attribution = self.algorithm.attribute(problem)
        if not isinstance(attribution, Attribution):
            raise _wrong(f"attribute() returned a {type(attribution).__name__}, not an Attribution")
        for side in ("query", "reference"):
            _check_masks(side, getattr(attribution, side), problem)
        _check_relevance(attribution.relevance, problem)
        for name in ("terms", "completeness_error", "info"):
            count = len(getattr(attribution, name))
            if count not in (0, problem.num_pairs):
                raise _wrong(f"{name} has {count} entries for {problem.num_pairs} pairs")
        return attribution


def _check_masks(side: str, masks: Masks, problem: PairProblem) -> None:
    if not isinstance(masks, Masks):
        raise _wrong(f"{side} is a {type(masks).__name__}, not Masks")
    asked = problem.side in ("both", side)
    inputs: GraphInputs = getattr(problem, side)
    for name, shape in _shapes(inputs, problem):
        mask = getattr(masks, name)
        if (mask is None) == (asked and shape is not None):
            found = "none" if mask is None else "one"
            kinds = problem.kinds
            raise _wrong(
                f"side='{problem.side}', node_mask_type={_named(kinds.node_mask_type)} and "
                f"edge_mask_type={_named(kinds.edge_mask_type)} were asked for: the {side} has "
                f"{found} for '{name}'",
                "shapes" if problem.side == "both" else "one side",
            )
        if mask is not None:
            _check_tensor(f"{side}.{name}", mask, shape or [])


def _shapes(inputs: GraphInputs, problem: PairProblem) -> Iterator[tuple[str, list[int] | None]]:
    nodes, width = len(inputs.x), inputs.x[0].numel()
    shapes = {
        None: None,
        MaskType.object: [nodes, 1],
        MaskType.attributes: [nodes, width],
        MaskType.common_attributes: [inputs.num_graphs, width],
    }
    yield "node", shapes[problem.kinds.node_mask_type]
    yield "edge", None if problem.kinds.edge_mask_type is None else [inputs.edge_index.size(1)]


def _check_relevance(
    relevance: Sequence[Tensor | Later[Tensor]] | None, problem: PairProblem
) -> None:
    if relevance is None:
        return
    if len(relevance) != problem.num_pairs:
        raise _wrong(f"relevance has {len(relevance)} matrices for {problem.num_pairs} pairs")
    sizes = (side.batch.bincount(minlength=side.num_graphs).tolist() for side in _sides(problem))
    for pair, (rows, columns) in enumerate(zip(*sizes, strict=True)):
        matrix = relevance[pair]
        matrix = matrix() if isinstance(matrix, Later) else matrix
        _check_tensor(f"relevance of pair {pair}", matrix, [rows, columns])


def _sides(problem: PairProblem) -> tuple[GraphInputs, GraphInputs]:
    return problem.query, problem.reference


def _check_tensor(name: str, value: Tensor, shape: list[int]) -> None:
    if not isinstance(value, Tensor) or list(value.shape) != shape:
        found = list(value.shape) if isinstance(value, Tensor) else type(value).__name__
        raise _wrong(f"{name} is {found}, and must be a tensor {shape}")
    if not torch.is_floating_point(value):
        raise _wrong(f"{name} is {value.dtype}, and must be floating point", "floating")


def _named(kind: MaskType | None) -> str:
    return "None" if kind is None else f"'{kind.value}'"


def _wrong(message: str, check: str = "shapes") -> CheckError:
    return CheckError(message, check)
