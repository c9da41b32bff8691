"""Properties of explanations that should not depend on the reference, learned without labels."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Unpack

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data.file import whole_file
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.algorithm.integrated_gradients import IntegratedGradients
from pyg_siamex.explain.engine.distinct_graphs import distinct_graphs
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds, MaskOptions
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.self_learned.invariance.consensus import Consensus, agree
from pyg_siamex.explain.self_learned.invariance.distinct import to_all
from pyg_siamex.explain.self_learned.invariance.evidence import (
    local_importances,
    similarity_rounding,
)
from pyg_siamex.explain.self_learned.invariance.of_graph import GraphInvariance, element_names
from pyg_siamex.explain.self_learned.invariance.pool import Pool, draw, embed
from pyg_siamex.explain.self_learned.invariance.voices import Voices
from pyg_siamex.nn.fingerprint import weights_fingerprint
from pyg_siamex.nn.siamese import SiameseGNN

_FORMAT = 1
_VIEWS = (0.75, 0.5, 0.25)


class Invariance:
    r"""Consensus of local explanations of a graph over many references (arXiv 2109.07371).

    Explains a graph against K references of an unlabelled pool, against itself, and against views
    of itself in which all masked parts are scaled to a level. The consensus
    (:func:`~pyg_siamex.explain.self_learned.invariance.agree`) is a ``score`` for each element,
    and an ``order`` of O(M log M) relations that at least a share :math:`1 - \alpha` of the
    explanations has in common. Labels are not read.

    This class explains every graph on request (each distinct graph of a batch once).
    :class:`SharedInvariance` learns one consensus for graphs with common nodes or columns.
    :class:`AmortisedInvariance` predicts the consensus of an unseen graph in one forward pass.

    Args:
        references: Embeddings of the pool's references, ``[K, D]``.
        algorithm: The local explainer. Default: integrated gradients at 16 points.
        alpha: Share of the local explanations that may contradict a relation, in [0, 1). Keep it
            below the share of the pool against which a graph is explained differently (for example
            a class). Otherwise these explanations are forced into the order of the others.
        margin: Least difference between the more important element and the other, in units of the
            largest importance, in [0, 1).
        views: Levels of the scaled views, in [0, 1].
        model_digest: Digest of the model that made ``references``; an empty digest fits all models.

    Raises:
        ValueError: If an argument is out of range.

    Example:
        >>> invariance = Invariance.learn(model, dataset, references=20)
        >>> explainer = PairExplainer(model, SelfLearned(invariance=invariance), ...)

    See Also: :meth:`learn`, the usual way to create an instance.
    """

    kind: ClassVar[str] = "references"

    def __init__(
        self,
        references: Tensor,
        *,
        algorithm: PairAlgorithm | None = None,
        alpha: float = 0.2,
        margin: float = 0.0,
        views: Sequence[float] = _VIEWS,
        model_digest: str = "",
    ) -> None:
        if not 0 <= alpha < 1:
            raise ValueError(f"alpha must be in [0, 1) (got {alpha})")
        if not 0 <= margin < 1:
            raise ValueError(f"margin must be in [0, 1) (got {margin})")
        for level in views:
            if not 0 <= level <= 1:
                raise ValueError(f"views are levels in [0, 1] (got {level})")
        self.references, self.alpha, self.margin = references.detach(), alpha, margin
        self.views, self.model_digest = tuple(views), model_digest
        self.algorithm = algorithm or IntegratedGradients(steps=16)

    @classmethod
    def learn(
        cls,
        model: SiameseGNN,
        pool: Pool,
        references: int = 20,
        *,
        seed: int = 0,
        **settings: Any,
    ) -> "Invariance":
        """Draw references from an unlabelled pool.

        Args:
            model: The trained model; left unchanged.
            pool: Graphs; labels are not read. References should differ, so a random sample of all
                graphs is better than the neighbours of one graph.
            references: Number K of references, at least 1; a smaller pool is used whole.
            seed: Seed of the draw.
            **settings: ``algorithm``, ``alpha``, ``margin`` and ``views``, see the class.

        Raises:
            ValueError: If the pool is empty or an argument is out of range.
        """
        graphs = draw(pool, references, seed)
        return cls(embed(model, graphs), model_digest=weights_fingerprint(model), **settings)

    def consensus(self, graphs: MaskedGraphs) -> dict[str, Consensus]:
        """Consensus of each graph over all its mask elements; equal graphs are explained once.

        Args:
            graphs: The graphs and their masks.

        Raises:
            ValueError: If the model is not the model that the invariance was learned with.
        """
        self.check(graphs.model)
        first, which = distinct_graphs(graphs.union)
        distinct = MaskedGraphs(graphs.model, graphs.union.select_graphs(first), graphs.kinds)
        found = self._consensus(distinct)
        return {
            name: to_all(found[name], distinct.spaces[name].graph, which, space.graph)
            for name, space in graphs.spaces.items()
        }

    def of(self, model: SiameseGNN, graph: Data, **masks: Unpack[MaskOptions]) -> GraphInvariance:
        """The invariance of one graph, to inspect, draw or compare.

        Args:
            model: The model that it was learned with.
            graph: The graph.
            **masks: ``node_mask_type``, ``edge_mask_type`` (default if neither is given),
                ``undirected`` and ``mask_mode``, as for :class:`PairExplainer`.
        """
        with untouched(model):
            graphs = MaskedGraphs(model, model.inputs_of([graph]), MaskKinds.of(masks))
            found = self.consensus(graphs)
        names = {name: element_names(graphs, name, graph) for name in graphs.spaces}
        scores = graphs.masks({name: one.score for name, one in found.items()})
        return GraphInvariance(scores, found, names)

    def check(self, model: SiameseGNN) -> None:
        """Raise ``ValueError`` if the invariance was learned with another model."""
        if self.model_digest and weights_fingerprint(model) != self.model_digest:
            raise ValueError(
                "the invariance was learned with another model (or before further training): "
                "learn it again with this one"
            )

    def save(self, path: str | Path) -> None:
        """Write to ``path``, complete or not at all (tensors and plain values, no code).

        Raises:
            TypeError: If the local explainer is not :class:`IntegratedGradients`, the only one
                whose settings can be saved.
        """
        plain = {"format": _FORMAT, "kind": self.kind, **self._state()}
        with whole_file(path) as temporary:
            torch.save(plain, temporary)

    @staticmethod
    def load(path: str | Path) -> "Invariance":
        """Read a file of :meth:`save`; no code in the file is run.

        Raises:
            FileNotFoundError: If the file does not exist.
            ValueError: If the file does not hold an invariance.
        """
        if not Path(path).is_file():
            raise FileNotFoundError(f"no invariance at {path}")
        try:
            plain = torch.load(path, weights_only=True)
        except Exception as error:
            raise ValueError(f"{path} is not a saved Invariance ({error})") from error
        if not isinstance(plain, dict) or plain.pop("format", None) != _FORMAT:
            raise ValueError(f"{path} is not a saved Invariance of format {_FORMAT}")
        kind = plain.pop("kind")
        known: tuple[type[Invariance], ...] = (Invariance, *Invariance.__subclasses__())
        classes = {found.kind: found for found in known}
        if kind not in classes:
            raise ValueError(f"{path} holds an invariance of unknown kind '{kind}'")
        return classes[kind]._from_state(plain)

    def _consensus(self, graphs: MaskedGraphs) -> dict[str, Consensus]:
        """Consensus of distinct graphs."""
        return {
            name: agree(voices, self.alpha, self.margin)
            for name, voices in self.evidence(graphs).items()
        }

    def evidence(self, graphs: MaskedGraphs) -> dict[str, Voices]:
        """The K + 1 + views local explanations of graphs."""
        with torch.no_grad(), graphs.encoding() as encode:
            ones = graphs.ones()
            own = [encode(ones)[0]]
            own += [encode({n: m * level for n, m in ones.items()})[0] for level in self.views]
        references = torch.stack(own, dim=1)
        if len(self.references):
            shared = self.references.to(own[0]).expand(len(own[0]), *self.references.shape)
            references = torch.cat([shared, references], dim=1)  # [G, K + 1 + views, D]
        found = local_importances(self.algorithm, graphs, references)
        rounding = similarity_rounding(graphs, own[0], references)
        return {
            name: Voices.of(importance, graphs.spaces[name].graph, rounding)
            for name, importance in found.items()
        }

    def _state(self) -> dict[str, Any]:
        if not isinstance(self.algorithm, IntegratedGradients):
            raise TypeError(
                f"an invariance that explains by {self.algorithm.name} cannot be saved: "
                f"learn a SharedInvariance or AmortisedInvariance from it"
            )
        return {
            "references": self.references.cpu(),
            "steps": self.algorithm.steps,
            "quadrature": self.algorithm.quadrature,
            "alpha": self.alpha,
            "margin": self.margin,
            "views": list(self.views),
            "model_digest": self.model_digest,
        }

    @classmethod
    def _from_state(cls, state: dict[str, Any]) -> "Invariance":
        algorithm = IntegratedGradients(state.pop("steps"), state.pop("quadrature"))
        return cls(**state, algorithm=algorithm)
