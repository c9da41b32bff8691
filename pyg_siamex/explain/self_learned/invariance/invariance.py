"""Properties of explanations that should not depend on the reference, learned without labels."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch_geometric.data import Data
from typing_extensions import Self, Unpack

from pyg_siamex._door import check_options, checked
from pyg_siamex._numbers import FROM_ZERO, real
from pyg_siamex._visible import in_one_line
from pyg_siamex.data.plain_tree import join_tree, split_tree
from pyg_siamex.data.pool import Pool, draw_graphs
from pyg_siamex.data.sealed_file import SealedFormat
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds, MaskOptions
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.self_learned.invariance.base_algorithms import (
    BY_MASK,
    from_plain,
    plain,
)
from pyg_siamex.explain.self_learned.invariance.consensus import Consensus, agree
from pyg_siamex.explain.self_learned.invariance.evidence import Effect, gather
from pyg_siamex.explain.self_learned.invariance.local_checks import (
    check_against_embeddings,
    check_masks,
)
from pyg_siamex.explain.self_learned.invariance.of_graph import GraphInvariance, element_names
from pyg_siamex.explain.self_learned.invariance.reference_embeddings import embed
from pyg_siamex.explain.self_learned.invariance.voices import Voices
from pyg_siamex.nn.fingerprint import fingerprints_agree, similarity_fingerprint
from pyg_siamex.nn.kept_invariance import KeptInvariance
from pyg_siamex.nn.siamese import SiameseGNN

SETTINGS = ("algorithms", "alpha", "margin", "own")
"""Settings that every invariance learns with."""

_FORMAT = 2
_FILE = SealedFormat("invariance", version=3, again="learn it again", oldest=3)


@checked
class Invariance:
    r"""Consensus of local explanations of a graph over many references (arXiv 2109.07371).

    Explains a graph against K references of an unlabelled pool and against the other graph of its
    pair, its own evidence. The consensus
    (:func:`~pyg_siamex.explain.self_learned.invariance.agree`) is a ``score`` for each element,
    and an ``order`` of O(M log M) relations that at least a share :math:`1 - \alpha` of the
    explanations has in common. References count by how far their explanations agree with the own
    evidence (:meth:`Voices.attuned`), so the consensus follows what the pair shares. Labels are not
    read.

    This class explains every graph on request (each distinct graph of a batch once).
    :class:`SharedInvariance` learns the explanations of a population of graphs with common nodes or
    columns. :class:`AmortisedInvariance` predicts the consensus over references by a network.

    Args:
        references: Embeddings of the pool's references, ``[K, D]``. Without references, the
            consensus is the own evidence.
        algorithms: The local explainers, each with an equal say. Default (``None``):
            :class:`Occlusion`, and for node masks also :class:`NeighbourhoodOcclusion`, which need
            forward passes only. Their number grows with the number of elements, so
            :class:`IntegratedGradients` is faster for graphs of many hundred elements.
        alpha: Share of the local explanations that may contradict a relation, in [0, 1).
        margin: Least difference between the more important element and the other, in units of the
            largest importance, in [0, 1).
        own: Weight of the own evidence that references confirm, in units of all references
            together, at least 0. Larger values follow the pair more closely and are less stable
            over references.
        model_digest: Digest of the model that made ``references``; an empty digest fits all models.

    Raises:
        ValueError: If an argument is out of range, or a local explainer needs the graphs of the
            references.

    Example:
        >>> invariance = Invariance.learn(model, dataset, references=20)
        >>> algorithm = SelfLearned(invariance=invariance)
        >>> explainer = PairExplainer(model, algorithm, edge_mask_type="object")

    See Also: :meth:`learn`, the usual way to create an instance.
    """

    kind: ClassVar[str] = "references"

    _source: str = ""
    """The file that it was read from, for messages."""

    def __init__(
        self,
        references: Tensor,
        *,
        algorithms: PairAlgorithm | Sequence[PairAlgorithm] | None = None,
        alpha: float = 0.3,
        margin: float = 0.0,
        own: float = 0.1,
        model_digest: str = "",
    ) -> None:
        real("alpha", alpha, "[0, 1)")
        real("margin", margin, "[0, 1)")
        real("own", own, FROM_ZERO)
        if not isinstance(model_digest, str):
            raise TypeError(f"model_digest must be a string (got {model_digest!r})")
        _check_references(references)
        self.algorithms: tuple[PairAlgorithm, ...] | None = (
            None if algorithms is None else _algorithms(algorithms)
        )
        if self.algorithms is not None and len(references):
            check_against_embeddings(self.algorithms)
        self.references: Tensor = references.detach()
        self.alpha = alpha
        self.margin = margin
        self.own = own
        self.model_digest = model_digest

    @classmethod
    @checked
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
            **settings: ``algorithms``, ``alpha``, ``margin`` and ``own``, see the class.

        Raises:
            TypeError: If there is no such setting.
            ValueError: If the pool is empty, an argument is out of range, or a local explainer
                needs the graphs of the references.
        """
        check_options("Invariance.learn", settings, SETTINGS)
        graphs = draw_graphs(pool, references, seed)
        return cls(embed(model, graphs), model_digest=similarity_fingerprint(model), **settings)

    def consensus(self, pairs: MaskedPairs) -> dict[str, Consensus]:
        """Consensus for each masked graph of each pair over its mask elements.

        Args:
            pairs: The pairs and their masks.

        Raises:
            ValueError: If the model is not the model that the invariance was learned with.
        """
        self.check(pairs.model)
        return {
            name: agree(voices, self.alpha, self.margin)
            for name, voices in self.evidence(pairs, pairs).items()
        }

    @checked
    def of(self, model: SiameseGNN, graph: Data, **masks: Unpack[MaskOptions]) -> GraphInvariance:
        """What the explanations of one graph share over all references, to inspect or draw.

        Args:
            model: The model that it was learned with.
            graph: The graph.
            **masks: ``node_mask_type``, ``edge_mask_type`` (default if neither is given),
                ``undirected`` and ``mask_mode``, as for :class:`PairExplainer`.

        Raises:
            ValueError: If the invariance has no references.
        """
        self.check(model)
        if not len(self.references):
            raise ValueError("the invariance has no references: learn it from a pool of graphs")
        with untouched(model):
            graphs = MaskedGraphs(model, model.inputs_of([graph]), MaskKinds.of(masks))
            found = self._consensus(graphs)
        names = {name: element_names(graphs, name, graph) for name in graphs.spaces}
        scores = graphs.masks({name: one.score for name, one in found.items()})
        return GraphInvariance(scores, found, names)

    @checked
    def check(self, model: SiameseGNN) -> None:
        """Raise ``ValueError`` if the invariance was learned with another model."""
        if not self._is_of(model):
            raise ValueError(
                f"the invariance{self._source} was learned with another model (or before further "
                f"training): learn it again with this one"
            )

    @checked
    def keep_with(self, model: SiameseGNN) -> None:
        """Store with the model and in its file, so that a plain ``SelfLearned()`` uses it.

        Args:
            model: The model that it was learned with.

        Raises:
            ValueError: If it was learned with another model.
            TypeError: If a local explainer has settings that cannot be saved.
        """
        self.check(model)
        model.invariance = KeptInvariance(self.to_plain())

    @checked
    def fits(self, model: SiameseGNN, kinds: MaskKinds) -> bool:
        """Whether it was learned with this model, and for these masks if it is for some only.

        Args:
            model: The model.
            kinds: The masks.
        """
        own = self._own_kinds()
        same = own is None or own.plain() == kinds.plain()
        return same and self._is_of(model)

    @checked
    def save(self, path: str | Path) -> None:
        """Write to ``path``, complete or not at all (tensors and plain values, no code).

        Raises:
            TypeError: If a local explainer has settings that cannot be saved.
        """
        tensors, rest = split_tree(self.to_plain(), "state", "the invariance")
        _FILE.write(path, tensors, {"state": rest})

    @classmethod
    @checked
    def load(cls, path: str | Path) -> Self:
        """Read a file of :meth:`save`; no code in the file is run.

        ``Invariance.load`` reads those of all kinds.

        Raises:
            FileNotFoundError: If the file does not exist.
            ValueError: If the file does not hold an invariance of this class, has changed since it
                was written, or is of an older version.
        """
        with _FILE.opened(path) as sealed:
            plain = join_tree(sealed.tensors(), sealed.header["state"])
        found = Invariance.from_plain(plain, str(path))
        if not isinstance(found, cls):
            kind = type(found).__name__
            raise ValueError(f"{path} holds another kind of invariance: use {kind}.load")
        found._source = f" of {path}"
        return found

    def to_plain(self) -> dict[str, Any]:
        """Tensors and plain values that hold the invariance.

        Raises:
            TypeError: If a local explainer has settings that cannot be saved.
        """
        return {"format": _FORMAT, "kind": self.kind, **self._state()}

    @staticmethod
    @checked
    def from_plain(plain: Any, source: str = "the data") -> "Invariance":
        """The invariance of :meth:`to_plain`.

        Args:
            plain: Tensors and plain values.
            source: Their source, for messages.

        Raises:
            ValueError: If they do not hold an invariance.
        """
        number = plain.get("format") if isinstance(plain, dict) else None
        if not isinstance(number, int) or number != _FORMAT:
            raise ValueError(f"{source} is not a saved Invariance of format {_FORMAT}")
        state = {key: value for key, value in plain.items() if key not in ("format", "kind")}
        known: tuple[type[Invariance], ...] = (Invariance, *Invariance.__subclasses__())
        classes = {found.kind: found for found in known}
        kind = plain.get("kind")
        if not isinstance(kind, str) or kind not in classes:
            raise ValueError(f"{source} holds an invariance of unknown kind '{kind}'")
        try:
            return classes[kind]._from_state(state)
        except (ValueError, LookupError, TypeError, AttributeError, RuntimeError) as error:
            lacks = isinstance(error, KeyError)
            words = f"it lacks {error}" if lacks else in_one_line(str(error), 200)
            raise ValueError(f"{source} is not a saved Invariance: {words}") from error

    def evidence(self, graphs: MaskedGraphs, pairs: MaskedPairs | None) -> dict[str, Voices]:
        """The local explanations of graphs against the references, and in their pairs.

        Args:
            graphs: The graphs.
            pairs: The same graphs in their pairs; ``None`` for graphs without pairs.
        """
        return self._heard(graphs, pairs, self.references.to(graphs.like))

    def _consensus(self, graphs: MaskedGraphs) -> dict[str, Consensus]:
        """Consensus of graphs without pairs."""
        return {
            name: agree(voices, self.alpha, self.margin)
            for name, voices in self.evidence(graphs, None).items()
        }

    @torch.no_grad()
    def _heard(
        self, graphs: MaskedGraphs, pairs: MaskedPairs | None, references: Tensor
    ) -> dict[str, Voices]:
        """Voices of all algorithms against references and, for pairs, attuned to the own voice."""
        by_name = {name: self._algorithms_of(name) for name in graphs.spaces}
        algorithms = list(dict.fromkeys(one for some in by_name.values() for one in some))
        check_masks(algorithms, graphs, pairs)
        parts: dict[str, list[Voices]] = {name: [] for name in graphs.spaces}
        try:
            against = Effect.against(graphs, references)
        except ValueError as error:
            raise ValueError(f"the invariance{self._source}: {error}") from error
        in_pairs = None if pairs is None else Effect.in_pairs(pairs)
        like = graphs.like  # ties are judged by the precision of the encoder
        for algorithm in algorithms:
            names = [name for name, some in by_name.items() if algorithm in some]
            with torch.enable_grad():
                found = gather(algorithm, graphs, references, pairs)
            for name in names:
                space = graphs.spaces[name]
                one = Voices.of(
                    found.shared[name].detach().to(like),
                    space.graph,
                    against.sign,
                    against.rounding,
                    algorithm.differences,
                )
                if in_pairs is not None:
                    own = Voices.of(
                        found.own[name].detach()[:, None].to(like),
                        space.graph,
                        in_pairs.sign,
                        in_pairs.rounding,
                        algorithm.differences,
                    )
                    one = one.attuned(own, self.own)
                parts[name].append(one)
        return {name: Voices.joined(voices) for name, voices in parts.items()}

    def _is_of(self, model: SiameseGNN) -> bool:
        digest = self.model_digest
        return not digest or fingerprints_agree(digest, similarity_fingerprint(model))

    def _own_kinds(self) -> MaskKinds | None:
        """The masks that it was learned for; ``None`` for any."""
        return None

    def _algorithms_of(self, name: str) -> tuple[PairAlgorithm, ...]:
        """The local explainers of the named mask."""
        return BY_MASK[name] if self.algorithms is None else self.algorithms

    def _state(self) -> dict[str, Any]:
        given = self.algorithms
        return {
            "references": self.references.cpu(),
            "algorithms": None if given is None else [plain(one) for one in given],
            "alpha": self.alpha,
            "margin": self.margin,
            "own": self.own,
            "model_digest": self.model_digest,
        }

    @classmethod
    def _from_state(cls, state: dict[str, Any]) -> "Invariance":
        missing = [name for name in ("alpha", "margin", "own", "model_digest") if name not in state]
        if missing:
            raise KeyError(", ".join(missing))
        named = state.pop("algorithms")
        algorithms = None if named is None else [from_plain(one) for one in named]
        return cls(**state, algorithms=algorithms)


def _algorithms(given: PairAlgorithm | Sequence[PairAlgorithm]) -> tuple[PairAlgorithm, ...]:
    algorithms = (given,) if isinstance(given, PairAlgorithm) else tuple(given)
    if not algorithms or not all(isinstance(one, PairAlgorithm) for one in algorithms):
        raise ValueError(f"algorithms must be one or more PairAlgorithms (got {given!r})")
    return algorithms


def _check_references(references: Tensor) -> None:
    """Raise ``ValueError`` if references are not a finite matrix."""
    if references.dim() != 2 or not references.is_floating_point():
        raise ValueError(
            f"references must be embeddings [K, D] (got {tuple(references.shape)} of "
            f"{references.dtype})"
        )
    bad = references.isfinite().all(1).logical_not()
    if bool(bad.any()):
        raise ValueError(
            f"references must be finite: {int(bad.sum())} of {len(bad)} embeddings are not; remove "
            f"the graphs that the model has no finite embedding for"
        )
