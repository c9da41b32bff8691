"""One invariance for all graphs that share their nodes or columns."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import check_options, checked
from pyg_siamex.data.pool import Pool, draw_graphs
from pyg_siamex.explain.algorithm.integrated_gradients import IntegratedGradients
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.mask_space import FREE
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.self_learned.invariance.invariance import SETTINGS, Invariance
from pyg_siamex.explain.self_learned.invariance.learned_kinds import check_kinds
from pyg_siamex.explain.self_learned.invariance.parts import parts_of
from pyg_siamex.explain.self_learned.invariance.reference_embeddings import embed
from pyg_siamex.explain.self_learned.invariance.voices import Voices
from pyg_siamex.nn.fingerprint import similarity_fingerprint
from pyg_siamex.nn.siamese import SiameseGNN

_SUBJECTS_AT_ONCE = 8


@checked
class SharedInvariance(Invariance):
    r"""Invariance pooled over a population whose graphs share their nodes.

    Use it for connectomes, which share their ROIs, and for table rows, which share their columns.
    Each of N graphs of the pool gives V voices: its explanations against K references by each local
    explainer. An element of a new graph takes the voices of all graphs that have this element (an
    edge between the same nodes, the same node, the same feature), weighed by how far the mean
    explanation of their reference agrees with the own evidence of its pair. A relation must hold
    over references and graphs, without averages over references, which would turn "more important
    against most" into "more important against all".

    Args:
        elements: Numbers of the elements of the population, increasing, by mask name.
        voices: Importance of each element by each graph, and within a graph by each local explainer
            against each reference, ``{name: [N * V, elements]}``, scaled to a maximum of 1 and
            turned towards what each pair is, ``nan`` if a graph lacks it; stored in half precision.
        num_nodes: Number of nodes that all graphs share.
        kinds: Kinds of masks that it was learned for.
        references: As for :class:`Invariance`.
        **settings: As for :class:`Invariance`.

    Raises:
        ValueError: If the elements and the voices do not fit together.

    See Also: :meth:`learn`, the usual way to create an instance.
    """

    kind: ClassVar[str] = "shared"

    def __init__(
        self,
        elements: dict[str, Tensor],
        voices: dict[str, Tensor],
        num_nodes: int,
        kinds: MaskKinds,
        references: Tensor,
        **settings: Any,
    ) -> None:
        super().__init__(references, **settings)
        if elements.keys() != set(kinds.names):
            raise ValueError(f"elements of {[*elements]} do not fit masks of {kinds.names}")
        rows = {name: len(references) * len(self._algorithms_of(name)) for name in elements}
        _check_table(elements, voices, rows)
        if type(num_nodes) is not int or num_nodes < 1:
            raise ValueError(f"num_nodes must be a positive integer (got {num_nodes!r})")
        self.elements = elements
        self.voices = voices
        self.num_nodes = num_nodes
        self.kinds = kinds

    @classmethod
    @checked
    def learn(
        cls,
        model: SiameseGNN,
        pool: Pool,
        references: int = 20,
        *,
        subjects: int = 20,
        seed: int = 0,
        progress: bool = False,
        **options: Any,
    ) -> "SharedInvariance":
        """Explain graphs of an unlabelled pool against references of the same pool.

        Args:
            model: The trained model; left unchanged.
            pool: Graphs with the same nodes in the same order; labels are not read.
            references: Number K, as for :meth:`Invariance.learn`.
            subjects: Number N of graphs of the pool to explain.
            seed: Seed of the draws.
            progress: Show a progress bar over graphs.
            **options: ``node_mask_type``, ``edge_mask_type`` (default if neither is given),
                ``undirected`` and ``mask_mode`` as for :class:`PairExplainer`; the settings of
                :meth:`Invariance.learn`. Default of ``algorithms``: integrated gradients at 16
                points.

        Raises:
            TypeError: If there is no such option.
            ValueError: If the pool is empty, its graphs differ in their number of nodes, or an
                argument is out of range.
        """
        kinds, settings = MaskKinds.split(options)
        check_options("SharedInvariance.learn", settings, [*SETTINGS, *MaskKinds.__annotations__])
        settings.setdefault("algorithms", IntegratedGradients(steps=16))
        base = Invariance(embed(model, draw_graphs(pool, references, seed)), **settings)
        graphs = draw_graphs(pool, subjects, seed + 1, "subjects")
        num_nodes = _common_size(graphs)
        found: dict[str, list[tuple[Tensor, Tensor]]] = {}
        with untouched(model):
            for some in parts_of(graphs, _SUBJECTS_AT_ONCE, progress):
                masked = MaskedGraphs(model, model.inputs_of(some), kinds)
                for name, voices in _voices(base, masked, num_nodes).items():
                    found.setdefault(name, []).extend(voices)
        elements = {n: torch.cat([e for e, _ in v]).unique() for n, v in found.items()}
        return cls(
            elements,
            {n: _table(elements[n], v) for n, v in found.items()},
            num_nodes,
            kinds,
            base.references,
            algorithms=base.algorithms,
            alpha=base.alpha,
            margin=base.margin,
            own=base.own,
            model_digest=similarity_fingerprint(model),
        )

    def evidence(self, graphs: MaskedGraphs, pairs: MaskedPairs | None) -> dict[str, Voices]:
        """The population's voices on the elements of graphs, and the graphs' own in their pairs.

        Args:
            graphs: The graphs.
            pairs: The same graphs in their pairs; ``None`` for graphs without pairs.

        Raises:
            ValueError: If a graph has another number of nodes, or the requested masks differ from
                the masks that it was learned for.
        """
        sizes = graphs.union.batch.bincount(minlength=graphs.union.num_graphs)
        if bool((sizes != self.num_nodes).any()):
            raise ValueError(
                f"the invariance was learned on graphs that share {self.num_nodes} nodes, and a "
                f"graph has {int(sizes[sizes != self.num_nodes][0])}: use Invariance for graphs "
                f"of different sizes"
            )
        check_kinds(self.kinds, graphs.kinds)
        none = self.references[:0].to(graphs.like)
        own = {} if pairs is None else self._heard(graphs, pairs, none)
        out = {}
        for name, space in graphs.spaces.items():
            number = _element_numbers(graphs, name, self.num_nodes)
            known = self.elements[name].to(number.device)
            place = torch.searchsorted(known, number).clamp_max(max(len(known) - 1, 0))
            voices = self.voices[name].to(graphs.like)
            values = voices.new_zeros(len(number), len(voices))
            if len(known):
                values = voices.T.contiguous()[place]
            unknown = known[place] != number if len(known) else torch.ones_like(number).bool()
            values[unknown] = float("nan")
            parts = []
            explainer = self._explainers(name).to(number.device)
            reference = torch.arange(len(explainer), device=number.device)
            reference = reference % max(1, len(self.references))
            for k in range(len(self._algorithms_of(name))):
                heard = Voices.scaled(values[:, explainer == k], space.graph, len(sizes))
                if pairs is not None:
                    one = own[name].take(torch.tensor([k]))
                    heard = heard.attuned(one, self.own, reference[explainer == k])
                parts.append(heard)
            out[name] = Voices.joined(parts)
        return out

    def _explainers(self, name: str) -> Tensor:
        """Number of the local explainer that each voice of the population is from, ``[N * V]``."""
        row = torch.arange(len(self.voices[name]))
        return row // max(1, len(self.references)) % len(self._algorithms_of(name))

    def _own_kinds(self) -> MaskKinds:
        return self.kinds

    def _state(self) -> dict[str, Any]:
        return {
            **super()._state(),
            "elements": self.elements,
            "voices": self.voices,
            "num_nodes": self.num_nodes,
            "kinds": self.kinds.plain(),
        }

    @classmethod
    def _from_state(cls, state: dict[str, Any]) -> Invariance:
        return super()._from_state({**state, "kinds": MaskKinds.from_plain(state["kinds"])})


def _element_numbers(graphs: MaskedGraphs, name: str, num_nodes: int) -> Tensor:
    """Number of each element, equal in every graph with these nodes, ``[M]``."""
    union, space = graphs.union, graphs.spaces[name]
    number = torch.zeros_like(space.graph)
    if name == "edge":
        row, col = union.edge_index % num_nodes  # graphs have num_nodes nodes each
        if graphs.kinds.undirected:
            row, col = torch.minimum(row, col), torch.maximum(row, col)
        proper = space.index != FREE
        return number.index_copy(0, space.index[proper], (row * num_nodes + col)[proper])
    per_graph = len(space) // union.num_graphs
    return torch.arange(len(space), device=number.device) % per_graph


def _voices(
    base: Invariance, graphs: MaskedGraphs, num_nodes: int
) -> dict[str, list[tuple[Tensor, Tensor]]]:
    """The numbers of the elements of each graph, ``[m]``, and its scaled voices, ``[m, V]``."""
    out = {}
    for name, voices in base.evidence(graphs, None).items():
        number = _element_numbers(graphs, name, num_nodes)
        inside = [voices.graph == k for k in range(graphs.union.num_graphs)]
        out[name] = [_distinct(number[own].cpu(), voices.values[own].cpu()) for own in inside]
    return out


def _distinct(number: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """Elements and their voices, with parallel edges as one element with their mean."""
    one, place, count = number.unique(return_inverse=True, return_counts=True)
    total = values.new_zeros(len(one), values.size(1)).index_add(0, place, values)
    return one, total / count.unsqueeze(1)


def _table(elements: Tensor, voices: list[tuple[Tensor, Tensor]]) -> Tensor:
    per_graph = voices[0][1].size(1)
    table = torch.full((len(voices), per_graph, len(elements)), float("nan"), dtype=torch.half)
    for rows, (number, value) in zip(table, voices, strict=True):
        rows[:, torch.searchsorted(elements, number)] = value.T.half()
    return table.flatten(0, 1)


def _check_table(
    elements: dict[str, Tensor], voices: dict[str, Tensor], rows: dict[str, int]
) -> None:
    """Raise ``ValueError`` if elements and voices of a population do not fit together.

    Args:
        elements: Numbers of the elements.
        voices: The voices.
        rows: Number of voices of each graph.
    """
    if elements.keys() != voices.keys():
        raise ValueError(f"elements of {[*elements]} do not fit voices of {[*voices]}")
    for name, number in elements.items():
        table, size, per_graph = voices[name], tuple(voices[name].shape), rows[name]
        if number.dim() != 1 or number.is_floating_point() or bool((number.diff() <= 0).any()):
            raise ValueError(f"elements['{name}'] must be increasing integers")
        if len(size) != 2 or size[1] != len(number) or size[0] % max(1, per_graph):
            raise ValueError(
                f"voices['{name}'] must have a multiple of {per_graph} rows (a row for each local "
                f"explainer and reference) and {len(number)} columns (got {size})"
            )
        if not bool((table.isnan() | (table.abs() <= 1)).all()):
            raise ValueError(
                f"voices['{name}'] must be in [-1, 1], or nan where one does not apply"
            )


def _common_size(graphs: Sequence[Data]) -> int:
    sizes = {int(graph.num_nodes or 0) for graph in graphs}
    if len(sizes) > 1:
        raise ValueError(
            f"graphs of the pool have {min(sizes)} to {max(sizes)} nodes: a shared invariance "
            f"needs the same nodes in every graph, use Invariance or AmortisedInvariance"
        )
    return sizes.pop()
