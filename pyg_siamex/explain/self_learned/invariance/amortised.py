"""An invariance that needs one forward pass for an unseen graph."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import check_options, checked
from pyg_siamex.data.pool import Pool, draw_graphs
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.self_learned.invariance.consensus import Consensus
from pyg_siamex.explain.self_learned.invariance.invariance import SETTINGS, Invariance
from pyg_siamex.explain.self_learned.invariance.learned_kinds import check_kinds
from pyg_siamex.explain.self_learned.invariance.levels import Levels, certain
from pyg_siamex.explain.self_learned.invariance.order import partial_order
from pyg_siamex.explain.self_learned.invariance.parts import parts_of
from pyg_siamex.explain.self_learned.invariance.reference_embeddings import embed
from pyg_siamex.explain.self_learned.invariance.scorer import (
    ElementScorer,
    Reliability,
    element_features,
    train_scorer,
)
from pyg_siamex.explain.self_learned.invariance.voices import Chosen, Voices
from pyg_siamex.nn.fingerprint import similarity_fingerprint
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.weights_misfit import shapes_of, weights_misfit

_HELD_OUT = 0.2
_AT_ONCE = 64


@checked
class AmortisedInvariance(Invariance):
    r"""Consensus scores predicted from node features and the frozen encoder's embeddings.

    Use it for large graphs that do not share nodes, where explaining each graph against references
    takes long. A small network per kind of mask learns the consensus scores of the pool's graphs.
    For a pair, predicted scores and the pair's own evidence count in equal parts. Held-out graphs
    of the pool determine how often a relation holds by the difference of two predicted scores.

    Args:
        scorers: The networks by mask name.
        reliability: How often predicted relations hold, by mask name.
        kinds: Kinds of masks that it was learned for.
        references: As for :class:`Invariance`.
        **settings: As for :class:`Invariance`.

    Raises:
        ValueError: If the scorers do not fit the reliability or are not finite.

    See Also: :meth:`learn`, the usual way to create an instance.
    """

    kind: ClassVar[str] = "amortised"

    def __init__(
        self,
        scorers: dict[str, ElementScorer],
        reliability: dict[str, Reliability],
        kinds: MaskKinds,
        references: Tensor,
        **settings: Any,
    ) -> None:
        super().__init__(references, **settings)
        if scorers.keys() != reliability.keys():
            raise ValueError(
                f"scorers of {[*scorers]} do not fit the reliability of {[*reliability]}"
            )
        if scorers.keys() != set(kinds.names):
            raise ValueError(f"scorers of {[*scorers]} do not fit masks of {kinds.names}")
        for name, scorer in scorers.items():
            if not all(bool(weight.isfinite().all()) for weight in scorer.state_dict().values()):
                raise ValueError(f"the weights of scorers['{name}'] must be finite")
        self.scorers = scorers
        self.reliability = reliability
        self.kinds = kinds

    @classmethod
    @checked
    def learn(
        cls,
        model: SiameseGNN,
        pool: Pool,
        references: int = 20,
        *,
        graphs: int = 200,
        seed: int = 0,
        progress: bool = False,
        **options: Any,
    ) -> "AmortisedInvariance":
        """Explain graphs of an unlabelled pool and learn to predict their consensus.

        Args:
            model: The trained model; left unchanged. Its encoder returns a row per node.
            pool: At least 5 graphs; labels are not read.
            references: Number K, as for :meth:`Invariance.learn`.
            graphs: Number of graphs of the pool to explain; a fifth of them is held out.
            seed: Seed of the draws and of the networks.
            progress: Show a progress bar over graphs.
            **options: As for :meth:`SharedInvariance.learn`.

        Raises:
            TypeError: If there is no such option.
            ValueError: If the pool has fewer than 5 graphs, the encoder pools nodes itself, or an
                argument is out of range.
        """
        if len(pool) < 5:  # type: ignore[arg-type]
            raise ValueError(
                f"the pool holds {len(pool)} graphs: 5 at least, to learn from some "  # type: ignore[arg-type]
                f"and judge by others"
            )
        kinds, settings = MaskKinds.split(options)
        check_options(
            "AmortisedInvariance.learn", settings, [*SETTINGS, *MaskKinds.__annotations__]
        )
        base = Invariance(embed(model, draw_graphs(pool, references, seed)), **settings)
        chosen = draw_graphs(pool, graphs, seed + 1, "graphs")
        held = len(chosen) - max(1, round(_HELD_OUT * len(chosen)))
        scorers, reliability = {}, {}
        with untouched(model):
            explained = _explained(base, model, chosen, kinds, progress)
            for name, (features, voices) in explained.items():
                learn = voices.graph < held
                scorers[name] = train_scorer(features[learn], voices.score()[learn], seed)
                others = voices.select(~learn)
                reliability[name] = Reliability.learn(
                    scorers[name](features[~learn]),
                    others.graph - held,
                    others.confidence(base.margin),
                )
        return cls(
            scorers,
            reliability,
            kinds,
            base.references,
            algorithms=base.algorithms,
            alpha=base.alpha,
            margin=base.margin,
            own=base.own,
            model_digest=similarity_fingerprint(model),
        )

    def consensus(self, pairs: MaskedPairs) -> dict[str, Consensus]:
        """Predicted consensus and own evidence of each pair, in equal parts.

        Raises:
            ValueError: If the model or the masks are not the ones that it was learned with.
        """
        self.check(pairs.model)
        own = self._heard(pairs, pairs, self.references[:0].to(pairs.like))
        return {name: self._mixed(pairs, name, voices) for name, voices in own.items()}

    def _mixed(self, pairs: MaskedPairs, name: str, own: Voices) -> Consensus:
        predicted, _ = self._predicted(pairs, name)
        score = (predicted + own.score().to(predicted).nan_to_num(0.0)) / 2
        levels = Levels.of_score(score, own.graph, own.tolerance().to(score))
        # The elements of a level may share the mean and differ in what it is the mean of.
        of_level = predicted.new_zeros(len(levels)).index_add(0, levels.of, predicted)
        of_level = of_level / levels.size
        heard, reliability = own.confidence(self.margin, levels.of), self.reliability[name]

        def confidence(i: Chosen, j: Chosen) -> Tensor:
            return (reliability(of_level[i] - of_level[j]) + heard(i, j)) / 2

        return Consensus(score, own.direction(), partial_order(levels, self.alpha, confidence))

    def _consensus(self, graphs: MaskedGraphs) -> dict[str, Consensus]:
        return {name: self._alone(graphs, name) for name in graphs.spaces}

    def _alone(self, graphs: MaskedGraphs, name: str) -> Consensus:
        score, levels = self._predicted(graphs, name)
        reliability = self.reliability[name]

        def confidence(i: Chosen, j: Chosen) -> Tensor:
            return reliability(levels.score[i] - levels.score[j])

        order = partial_order(levels, self.alpha, confidence)
        return Consensus(score, torch.ones_like(score), order)

    def _predicted(self, graphs: MaskedGraphs, name: str) -> tuple[Tensor, Levels]:
        check_kinds(self.kinds, graphs.kinds)
        features = element_features(graphs, name)
        score = self.scorers[name](features)
        rounding = score.new_full((graphs.union.num_graphs,), certain(features.dtype))
        return score, Levels.of_score(score, graphs.spaces[name].graph, rounding)

    def _own_kinds(self) -> MaskKinds:
        return self.kinds

    def _state(self) -> dict[str, Any]:
        return {
            **super()._state(),
            "scorers": {name: scorer.state_dict() for name, scorer in self.scorers.items()},
            "reliability": {n: [r.gap, r.share] for n, r in self.reliability.items()},
            "kinds": self.kinds.plain(),
        }

    @classmethod
    def _from_state(cls, state: dict[str, Any]) -> Invariance:
        scorers = {}
        for name, weights in state.pop("scorers").items():
            scorer = ElementScorer(len(weights["mean"])).double()
            if wrong := weights_misfit(scorer.state_dict(), shapes_of(weights), "a scorer"):
                raise ValueError(wrong)
            scorer.load_state_dict(weights)
            scorers[name] = scorer.eval().requires_grad_(False)
        reliability = {n: Reliability(*pair) for n, pair in state.pop("reliability").items()}
        kinds = MaskKinds.from_plain(state["kinds"])
        learned = {"scorers": scorers, "reliability": reliability, "kinds": kinds}
        return super()._from_state({**state, **learned})


def _explained(
    base: Invariance, model: SiameseGNN, graphs: Sequence[Data], kinds: MaskKinds, progress: bool
) -> dict[str, tuple[Tensor, Voices]]:
    """Features and voices of the elements of graphs, by mask name."""
    features: dict[str, list[Tensor]] = {name: [] for name in kinds.names}
    voices: dict[str, list[Voices]] = {name: [] for name in kinds.names}
    for some in parts_of(graphs, _AT_ONCE, progress):
        masked = MaskedGraphs(model, model.inputs_of(some), kinds)
        for name, found in base.evidence(masked, None).items():
            features[name].append(element_features(masked, name))
            voices[name].append(found)
    return {n: (torch.cat(features[n]), Voices.of_more_graphs(voices[n])) for n in kinds.names}
