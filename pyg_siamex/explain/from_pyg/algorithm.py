"""``FromPyG``: PyG's explainers of single graphs as explainers of pairs."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, Literal, get_args

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain import (
    CaptumExplainer,
    ExplainerAlgorithm,
    Explanation,
    PGExplainer,
)
from torch_geometric.explain.config import MaskType

from pyg_siamex._door import checked
from pyg_siamex._numbers import SEEDS, shown, whole
from pyg_siamex.data.checked_graph import check_types
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.contract.head_gradient import try_head
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.encoder import encoder_of
from pyg_siamex.explain.engine.guard import message_layers, untouched
from pyg_siamex.explain.engine.mask_space import tied
from pyg_siamex.explain.engine.problem import Attribution, Masks, PairProblem
from pyg_siamex.explain.from_pyg.cached import CachedOther
from pyg_siamex.explain.from_pyg.stock_run import View, connect, like, run
from pyg_siamex.explain.from_pyg.train_explainer import trained_copy
from pyg_siamex.explain.from_pyg.upstream import copied, own_coefficients
from pyg_siamex.explain.joint import JointSimilarity, loops_last
from pyg_siamex.nn.device import device_of
from pyg_siamex.nn.siamese import SiameseGNN

_Adapter = Literal["cached", "joint"]


@checked
class FromPyG(PairAlgorithm):
    r"""Explain pairs by an algorithm of :mod:`torch_geometric.explain`.

    Supports GNNExplainer, PGExplainer, CaptumExplainer (every method that PyG lists),
    AttentionExplainer, GraphMaskExplainer (on a copy of the model) and any other
    :class:`~torch_geometric.explain.ExplainerAlgorithm` for graph-level regression.

    The algorithm sees a function of one graph. With ``adapter="cached"`` it is the similarity of
    the query to the embedded reference, and then of the reference to the embedded query, as in the
    other methods of this library. With ``adapter="joint"`` it is the similarity as a function of
    the union of both graphs, whose masks are found together.

    The algorithm is copied. The algorithm, the model and the random state are left unchanged, also
    after an error. Pairs are explained one at a time, because PyG's algorithms give other results
    on a batch: they average losses and sum sizes over it. Known problems of PyG's algorithms
    remain, see ``docs/plug_in.md``.

    Masks act on messages (no ``mask_mode="weight"``). ``undirected=True`` gives both directions of
    an edge their mean, or their sum for Captum's attributions. Captum's ``"object"`` and
    ``"common_attributes"`` node masks are sums of its masks over attributes.

    Args:
        algorithm: The algorithm, with its settings. PGExplainer must be trained, see :meth:`fit`.
        adapter: ``"cached"`` or ``"joint"``.
        seed: Seed of every single run; all pairs start from the same random numbers. Measure the
            stability of GNNExplainer over seeds too, since with one seed its start is the same
            against every reference.

    Raises:
        TypeError: If ``algorithm`` is not a PyG algorithm, or is an algorithm of this library,
            which explains pairs itself.
        ValueError: If the adapter is unknown.

    Example:
        >>> from torch_geometric.explain import GNNExplainer
        >>> algorithm = FromPyG(GNNExplainer(epochs=5))
        >>> explainer = PairExplainer(model, algorithm, edge_mask_type="object")
        >>> explainer(query, reference).query.edge_mask.shape
        torch.Size([4])
    """

    stochastic = True
    reads_graphs = True

    def __init__(
        self, algorithm: ExplainerAlgorithm, adapter: _Adapter = "cached", seed: int = 0
    ) -> None:
        super().__init__()
        if not isinstance(algorithm, ExplainerAlgorithm):
            raise TypeError(
                f"algorithm must be an instance of a torch_geometric.explain algorithm, "
                f"got {algorithm!r}"
            )
        if isinstance(algorithm, PairAlgorithm):
            raise TypeError(f"{algorithm.name} explains pairs already: use it without FromPyG")
        if adapter not in get_args(_Adapter):
            raise ValueError(f"adapter must be one of {get_args(_Adapter)} (got '{adapter}')")
        own_coefficients(algorithm)
        self.algorithm: ExplainerAlgorithm = copied(algorithm)
        self.adapter = adapter
        self.seed: int = whole("seed", seed, -SEEDS)

    @property
    def name(self) -> str:
        """Name in captions and tables."""
        name = type(self.algorithm).__name__
        if isinstance(self.algorithm, CaptumExplainer):
            name = f"{name}({self.algorithm.attribution_method_class.__name__})"
        return f"joint {name}" if self.adapter == "joint" else name

    def check(self, problem: PairProblem) -> None:
        """Refuse requests that the algorithm or the adapter cannot fulfil."""
        if problem.kinds.mask_mode != "message":
            raise ValueError(f"{self.name} masks messages: use mask_mode='message'")
        if problem.kinds.edge_mask_type is not None and not message_layers(problem.model.encoder):
            raise ValueError(
                "the encoder has no MessagePassing layer that an edge mask could act on "
                "(a scripted or traced encoder hides them): use a node mask, or the eager module"
            )
        if self.adapter == "joint" and problem.side != "both":
            raise ValueError(
                f"adapter='joint' masks both graphs at once: use side='both', or adapter='cached' "
                f"for side='{problem.side}'"
            )
        if self.adapter == "joint" and problem.kinds.node_mask_type is MaskType.common_attributes:
            raise ValueError(
                "adapter='joint' has one mask of common attributes for both graphs: use "
                "adapter='cached', or node_mask_type='attributes'"
            )
        if isinstance(self.algorithm, PGExplainer) and not _is_trained(self.algorithm):
            raise ValueError(
                "PGExplainer must be trained first: FromPyG(PGExplainer(...)).fit(model, pairs)"
            )
        for inputs in (problem.query, problem.reference):
            contract = contract_of(problem.model, inputs)
            edges = problem.kinds.edge_mask_type is not None
            nodes = problem.kinds.node_mask_type is not None
            with encoder_of(problem.model, inputs, edges=edges, nodes=nodes):
                pass  # tests gates and gradients
            try_head(problem.model, contract)
            if problem.kinds.node_mask_type is not None and contract.discrete:
                raise ValueError(
                    f"{self.name} masks float features, and x holds types ({inputs.x.dtype}): use "
                    f"an edge mask, or one of this library's algorithms"
                )
        connect(copied(self.algorithm), problem.kinds.node_mask_type, problem.kinds.edge_mask_type)

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain the pairs of ``problem`` one after the other."""
        found = [self._pair(problem, pair) for pair in range(problem.num_pairs)]
        query, reference = (
            Masks(_joined([m.node for m in side]), _joined([m.edge for m in side]))
            for side in zip(*found, strict=True)
        )
        info = [{"adapter": self.adapter, "seed": self.seed} for _ in found]
        return Attribution(query, reference, info=info)

    @checked
    def fit(
        self, model: SiameseGNN, pairs: Iterable[tuple[Data, Data, Tensor] | tuple[Data, Data]]
    ) -> "FromPyG":
        """Train PGExplainer's network, from scratch, to explain pairs (arXiv 2011.04573).

        Each epoch takes one step for every graph of every pair (one for every pair with
        ``adapter="joint"``). The network sees only the embeddings of the explained graph, so a
        query gets the same mask against every reference.

        Args:
            model: The Siamese model; left unchanged.
            pairs: A :class:`~pyg_siamex.data.PairDataset` or any pairs; targets are not used, and
                may be left out.

        Returns:
            The trained instance itself.

        Raises:
            TypeError: If ``model`` is not a :class:`~pyg_siamex.nn.SiameseGNN`, or ``pairs`` holds
                something else than pairs of graphs.
            ValueError: If the algorithm does not need training, or the pairs have no edges.
        """
        if not isinstance(model, SiameseGNN):
            raise TypeError(f"model must be a SiameseGNN, got {type(model).__name__}")
        if not isinstance(self.algorithm, PGExplainer):
            raise ValueError(f"{self.name} does not need training: only PGExplainer does")
        device = device_of(model)
        with untouched(model), torch.enable_grad():
            views = [
                view
                for query, reference in map(_ends, pairs, count())
                for _, view in self._views(
                    model, model.inputs(query.to(device)), model.inputs(reference.to(device))
                )
            ]
            self.algorithm = trained_copy(self.algorithm, views, self.seed)
        return self

    def _views(
        self, model: SiameseGNN, query: GraphInputs, reference: GraphInputs
    ) -> Iterator[tuple[str, View]]:
        """The functions of one graph that represent a pair, and the side that each explains."""
        if self.adapter == "joint":
            yield "both", JointSimilarity(model, query, reference)
        else:
            of_query, of_reference = loops_last(query), loops_last(reference)
            yield "query", CachedOther(model, query, reference, order=of_query)
            yield "reference", CachedOther(model, reference, query, True, of_reference)

    def _pair(self, problem: PairProblem, pair: int) -> tuple[Masks, Masks]:
        chosen = torch.tensor([pair], device=problem.query.x.device)
        query, reference = (u.select_graphs(chosen) for u in (problem.query, problem.reference))
        masks = {"query": Masks(), "reference": Masks()}
        for side, view in self._views(problem.model, query, reference):
            if side != "both" and problem.side not in ("both", side):
                continue
            found = self._explain(problem, view)
            if side == "both":
                cut = len(query.x), query.edge_index.size(1)
                masks["query"], masks["reference"] = _cut(found, *cut)
            else:
                masks[side] = found
        return masks["query"], masks["reference"]

    def _explain(self, problem: PairProblem, view: View) -> Masks:
        """Masks of a view's graph, edges in the order of the data."""
        proper = ~view.union.loops
        edge_type = problem.kinds.edge_mask_type if proper.any() else None
        out = Masks()
        explanation = Explanation()
        if edge_type is not None or problem.kinds.node_mask_type is not None:
            kinds = problem.kinds.node_mask_type, edge_type
            explanation = run(self.algorithm, view, *kinds, self.seed)
        if problem.kinds.node_mask_type is not None:
            mask = explanation.node_mask.to(like(view))
            out.node = self._reduced(mask, problem.kinds.node_mask_type)
        if problem.kinds.edge_mask_type is not None:
            mask = like(view).new_zeros(len(proper))
            if edge_type is not None:  # self loops are not elements
                mask = torch.where(proper, explanation.edge_mask.to(mask), mask)
            if problem.kinds.undirected:
                sums = isinstance(self.algorithm, CaptumExplainer)
                mask = tied(view.union.edge_index, mask, "sum" if sums else "mean")
            out.edge = torch.empty_like(mask).index_copy(0, view.order, mask)
        return out

    def _reduced(self, mask: Tensor, kind: MaskType) -> Tensor:
        if not isinstance(self.algorithm, CaptumExplainer) or kind is MaskType.attributes:
            return mask
        return mask.sum(-1 if kind is MaskType.object else 0, keepdim=True)


def _cut(masks: Masks, nodes: int, edges: int) -> tuple[Masks, Masks]:
    """The masks of the first ``nodes`` and ``edges``, and of the rest."""
    node, edge = masks.node, masks.edge
    return (
        Masks(None if node is None else node[:nodes], None if edge is None else edge[:edges]),
        Masks(None if node is None else node[nodes:], None if edge is None else edge[edges:]),
    )


def _joined(parts: list[Tensor | None]) -> Tensor | None:
    masks = [part for part in parts if part is not None]
    return torch.cat(masks) if masks else None


def _is_trained(algorithm: PGExplainer) -> bool:
    return bool(algorithm._curr_epoch >= algorithm.epochs - 1)


def _ends(pair: Any, place: int) -> tuple[Data, Data]:
    """Query and reference of a pair, without its target."""
    if not isinstance(pair, tuple | list) or len(pair) not in (2, 3):
        raise TypeError(
            f"`pairs` must hold pairs of graphs, (query, reference) or (query, reference, target), "
            f"and entry {place} is {shown(pair)}"
        )
    for name, graph in zip(("query", "reference"), pair, strict=False):
        check_types(graph, f"{name} of pair {place}")
    return pair[0], pair[1]
