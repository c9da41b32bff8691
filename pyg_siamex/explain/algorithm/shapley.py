"""Shapley values of edges, nodes or features, by sampled permutations."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._extras import needed_for
from pyg_siamex._numbers import SEEDS, whole
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.affordable import announce, check_leave_outs
from pyg_siamex.explain.engine.leave_outs import COPY_BUDGET, present_elements
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.one_sided import terms_and_errors
from pyg_siamex.explain.engine.problem import Attribution, PairProblem, Side
from pyg_siamex.explain.engine.seeded import seeded

_Coalitions = Callable[[Tensor], Tensor]


@checked
class ShapleySampling(PairAlgorithm):
    r"""Shapley values by permutation sampling (Castro et al., Comput. Oper. Res. 2009).

    .. math:: a_e = \frac{1}{|\Pi|} \sum_{\pi \in \Pi} v(\pi_{<e} \cup \{e\}) - v(\pi_{<e}), \qquad
              \sum_e a_e = s(q, r) - s(q_0, r)

    with v(S) the similarity of a graph with only the mask elements S to the whole other graph of
    its pair, and :math:`\pi_{<e}` the elements before e in a random order. Values are signed.
    Permutations come from Captum's :class:`captum.attr.ShapleyValueSampling`, and coalitions go
    through the encoder in large batches. Every graph is sampled separately with the same seed, so
    it gets the same values alone and in any batch. It needs ``samples`` times the number of
    elements of a graph in encodings, much more than a gradient.

    ``terms`` and ``completeness_error`` are the same as for :class:`IntegratedGradients`. The error
    is the rounding of single precision for any number of samples. It does not measure convergence.

    Args:
        samples: Permutations for each graph, at least 1. The standard error decreases as
            1 / sqrt(samples).
        seed: Seed of the permutations; the global random state is not changed.

    Raises:
        ValueError: If ``samples`` is below 1.
        ImportError: When explaining without Captum.
    """

    signed = True

    joint = stochastic = True

    def __init__(self, samples: int = 25, seed: int = 0) -> None:
        super().__init__()
        why = "the model runs for each of them and each element"
        self.samples: int = whole("samples", samples, most=100_000, why=why)
        self.seed: int = whole("seed", seed, -SEEDS)

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        pairs = MaskedPairs(problem)
        times = check_leave_outs(pairs, self.samples)
        with torch.no_grad(), pairs.encoding() as encode:
            announce(times, lambda: encode(pairs.ones()))
        values = {name: torch.zeros_like(mask) for name, mask in pairs.ones().items()}
        sides: list[Side] = ["query", "reference"] if problem.side == "both" else [problem.side]
        for graph in range(pairs.union.num_graphs):
            side = sides[graph // problem.num_pairs]
            found = self._graph(
                MaskedPairs(replace(problem.one(graph % problem.num_pairs), side=side))
            )
            for name, value in found.items():
                element = (pairs.spaces[name].graph == graph).nonzero().flatten()
                values[name] = values[name].index_copy(0, element, value)
        terms, errors = terms_and_errors(pairs, values)
        return Attribution(*pairs.split(values), terms=terms, completeness_error=errors)

    @torch.no_grad()
    def _graph(self, game: MaskedPairs) -> dict[str, Tensor]:
        """Shapley values of one graph's elements, ``{name: [M]}``."""
        with needed_for("ShapleySampling"):
            from captum.attr import ShapleyValueSampling

        present = torch.cat([present_elements(game, space) for space in game.spaces.values()])
        values = game.like.new_zeros(len(present))
        player = present.nonzero().flatten()
        if len(player):
            size = len(game.union.x) + game.union.edge_index.size(1)
            with seeded(self.seed):
                (found,) = ShapleyValueSampling(_value(game, player, len(present))).attribute(
                    values.new_ones(1, len(player)),
                    n_samples=self.samples,
                    perturbations_per_eval=max(1, COPY_BUDGET // size),
                )
            values = values.index_copy(0, player, found.to(values))  # Captum sums in float32
        sizes = [len(space) for space in game.spaces.values()]
        return dict(zip(game.spaces, values.split(sizes), strict=True))


def _value(game: MaskedPairs, player: Tensor, elements: int) -> _Coalitions:
    """The value of coalitions, from ``[P, players]`` to similarities ``[P]``."""
    sizes = [len(space) for space in game.spaces.values()]

    def value(coalitions: Tensor) -> Tensor:
        count = len(coalitions)
        masks = coalitions.new_ones(count, elements).index_copy(1, player, coalitions)
        parts = zip(game.spaces, masks.split(sizes, dim=1), strict=True)
        with game.encoding(count) as encode:
            h = encode({name: part.flatten() for name, part in parts})
        return game.similarity(h)[:, 0]

    return value
