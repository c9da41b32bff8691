r"""Straight paths from a reference input to a graph, through features, edges or both."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.utils import scatter

from pyg_siamex._called import called
from pyg_siamex._door import checked
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.union_tensors import changed
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.encoder import encoder_of
from pyg_siamex.explain.engine.gated_sum import fused_sums
from pyg_siamex.explain.engine.like import check_precision, mask_like
from pyg_siamex.explain.relevance.jacobian.moving_biases import MovingBiases
from pyg_siamex.explain.relevance.node_shares import NodeShares, feature_parts, unambiguous
from pyg_siamex.nn.siamese import SiameseGNN

Along = Literal["features", "messages", "weights"]
Start = Literal["zero", "own"] | Tensor | Callable[[GraphInputs], Tensor]


@checked
def mean_features(graphs: Sequence[Data]) -> Tensor:
    """Mean node features of a pool, ``[F]``: a reference input that is a typical node.

    Args:
        graphs: At least one graph.

    Raises:
        TypeError: If one is not a graph of tensors.
        ValueError: If there is none, or one has no features, or another number of them.
    """
    return GraphInputs.from_graphs(graphs).x.mean(0)


def check_start(name: str, start: Start) -> None:
    """Refuse a text that names no start of a path.

    Args:
        name: The argument, for messages.
        start: What is given.

    Raises:
        ValueError: If it is a text other than ``"zero"`` and ``"own"``.
    """
    if isinstance(start, str) and start not in ("zero", "own"):
        raise ValueError(
            f"{name} must be 'zero', 'own', features or a function (got {start!r:.60})"
        )


@checked
@dataclass(frozen=True)
class Path:
    r"""The inputs :math:`x(t) = x_0 + t\,(x - x_0)`, and edges fading in as t goes to 1.

    Attributes:
        along: What moves: ``"features"`` and at most one of ``"messages"`` and ``"weights"``.
            ``"messages"`` puts a gate from 0 to 1 on each message, with normalisation as in the
            whole graph, and works without edge weights. ``"weights"`` moves ``edge_weight`` from 0
            to its value, normalised anew at each point.
        start: Features that the path starts at: ``"zero"``, ``"own"`` (the mean of the graph's own
            nodes), a tensor ``[F]`` or ``[N, F]``, or a function of the graphs.
        biases: Whether the biases of the encoder fade in with the features of the node that they
            act on (:class:`~pyg_siamex.explain.relevance.node_shares.NodeShares`), so that a node
            is absent at the start. Not for encoders that mix the graphs of a batch.

    Raises:
        ValueError: If ``along`` is empty, unknown, or has both kinds of edge path; if ``biases``
            fade in without features, or elsewhere than from zero.
    """

    along: tuple[Along, ...] = ("features",)
    start: Start = "zero"
    biases: bool = False

    def __post_init__(self) -> None:
        unknown = [name for name in self.along if name not in get_args(Along)]
        if unknown or not self.along or {"messages", "weights"} <= set(self.along):
            raise ValueError(
                f"a path goes along 'features' and/or one of 'messages' and 'weights' "
                f"(got {self.along})"
            )
        check_start("start", self.start)
        from_zero = isinstance(self.start, str) and self.start == "zero"
        if self.biases and not (from_zero and "features" in self.along):
            raise ValueError(
                "biases fade in with features that start at zero: use path='features' or 'both' "
                "and reference='zero', or biases='apart'"
            )

    @property
    def moves_edges(self) -> bool:
        """Whether edges fade in."""
        return "messages" in self.along or "weights" in self.along

    def of_nodes(self, inputs: GraphInputs) -> bool:
        """Whether each node has a start of its own, so that equal graphs may differ in it."""
        return isinstance(self.start, Tensor) and self.start.shape == inputs.x.shape

    def start_features(self, inputs: GraphInputs, discrete: bool = False) -> Tensor:
        """Features at t = 0, ``[N, F]``: the graph's own if features do not move.

        Args:
            inputs: The graphs.
            discrete: Features are types that the encoder looks up in embedding tables. The path
                goes through the embeddings.

        Raises:
            ValueError: If the given features have another shape or are not finite, or the path of
                types starts elsewhere than at zero.
        """
        x = inputs.x
        if "features" not in self.along:
            return x
        if discrete or not x.is_floating_point():
            if self.start != "zero":
                raise ValueError(
                    f"the encoder looks embeddings up by x, and a path through them starts at zero "
                    f"(got start={self.start!r})"
                )
            return x
        if isinstance(self.start, str):
            if self.start == "zero":
                return torch.zeros_like(x)
            mean = scatter(x, inputs.batch, dim=0, dim_size=inputs.num_graphs, reduce="mean")
            of_nodes: Tensor = mean[inputs.batch]
            return of_nodes
        start = called("reference", self.start, inputs) if callable(self.start) else self.start
        if start is None:
            raise ValueError("`reference` returned nothing: return the features to start from")
        start = called("reference", torch.as_tensor, start).to(x)
        if start.shape not in (x.shape, x.shape[1:], (1, *x.shape[1:])):
            raise ValueError(
                f"the reference input has shape {list(start.shape)}, and the graphs need "
                f"{list(x.shape)} or {list(x.shape[1:])}"
            )
        if not bool(start.isfinite().all()):
            raise ValueError("`reference` has NaN or infinite features: give finite ones")
        return start.expand_as(x)

    @contextmanager
    def encoder(
        self, model: SiameseGNN, inputs: GraphInputs, copies: int, fused: bool = False
    ) -> Iterator[Callable[[Tensor, Tensor, Tensor], Tensor]]:
        """Encode ``copies`` points of the path at once.

        Args:
            model: The Siamese model.
            inputs: The graphs.
            copies: Number of points.
            fused: Whether layers may aggregate by sparse products, which are faster but allow no
                vectorised backward pass.

        Yields:
            A function from times ``[copies]``, node steps ``[copies or 1, N, 1 or F]`` and edge
            steps ``[copies or 1, E]`` to embeddings ``[copies, num_graphs, D]``. Steps are added to
            the time of each element: zeros, to take derivatives by.

        Raises:
            ValueError: If the encoder computes in half precision.
        """
        check_precision(model, inputs)
        contract, graphs = contract_of(model, inputs), inputs.num_graphs
        by_table = "features" in self.along and contract.discrete
        by_message = "messages" in self.along
        by_bias = self.biases and not contract.apart
        inputs = unambiguous(inputs) if by_bias else inputs
        union = inputs.repeat(copies)
        moved = self._movement(model, inputs, union, by_table)
        owners = NodeShares.of_model(model, union)

        def encode(times: Tensor, node: Tensor, edge: Tensor) -> Tensor:
            if node.size(1) not in (1, len(inputs.x)):  # appended nodes have no steps
                more = node.new_zeros(node.size(0), len(inputs.x) - node.size(1), node.size(2))
                node = torch.cat([node, more], dim=1)
            shares = times.view(-1, 1, 1) + node  # [copies, N, 1 or F]
            gate = _edge_gate(inputs, times, edge) if self.moves_edges else None
            node_gate = None
            if by_table:
                node_gate = shares.expand(copies, len(inputs.x), 1).reshape(-1, 1)
            biases: AbstractContextManager[None] = nullcontext()
            if by_bias:
                biases = MovingBiases(model, owners, _bias_gate(inputs, times, node))
            with biases:
                h = encoder(moved(shares, gate), gate if by_message else None, node_gate)
            return h.view(copies, inputs.num_graphs, -1)[:, :graphs]

        sums = fused_sums(model.encoder.modules()) if fused and not by_message else nullcontext()
        with (
            encoder_of(model, inputs, edges=by_message, nodes=by_table, fused=fused) as encoder,
            sums,
        ):
            yield encode

    def _movement(
        self, model: SiameseGNN, inputs: GraphInputs, union: GraphInputs, by_table: bool
    ) -> Callable[[Tensor, Tensor | None], GraphInputs]:
        """From shares of the features and the gate of the edges to the inputs at these points.

        Embeddings that the encoder looks up, and messages, move inside the encoder instead.
        """
        x0 = self.start_features(inputs, by_table)
        whole = mask_like(model, inputs).new_ones(union.edge_index.size(1))
        weight = union.edge_extras.get("edge_weight", whole)

        def moved(shares: Tensor, gate: Tensor | None) -> GraphInputs:
            out = union
            if "features" in self.along and not by_table:
                x = (x0 + shares * (inputs.x - x0)).reshape(len(union.x), -1)
                out = changed(out, x=x.to(inputs.x.dtype))
            if "weights" in self.along and gate is not None:
                out = out.with_values(edge_weight=(weight * gate).to(weight.dtype))
            return out

        return moved


def _bias_gate(inputs: GraphInputs, times: Tensor, node: Tensor) -> Tensor:
    """Gates on the biases at the nodes of all copies, ``[copies * N]``."""
    if node.size(-1) > 1:
        node = (node * feature_parts(inputs.x.detach()).to(node.dtype)).sum(-1, keepdim=True)
    gate = times.view(-1, 1) + node[..., 0]  # [copies, N]
    return gate.expand(len(times), len(inputs.x)).flatten()


def _edge_gate(inputs: GraphInputs, times: Tensor, edge: Tensor) -> Tensor:
    """Gates on the edges of all copies, ``[copies * E]``; self loops stay whole."""
    row, col = inputs.edge_index
    gate = (times.view(-1, 1) + edge).expand(len(times), len(row))
    return torch.where(row == col, torch.ones_like(gate), gate).flatten()
