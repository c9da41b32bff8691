"""A pair as a single graph, so that explainers of single graphs explain both at once."""

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch, Data
from torch_geometric.explain import Explanation

from pyg_siamex._door import checked
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.union_tensors import changed
from pyg_siamex.explain.engine.contract.contract import Contract
from pyg_siamex.explain.engine.contract.head_gradient import try_head
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.gates import MessageGates, edge_notes
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import compare


@checked
class JointSimilarity(nn.Module):
    r"""Similarity of pairs as a function of one graph, :math:`x \mapsto s(q, r)` with x of both.

    The shared encoder sees queries and references once, as one disjoint union. Masks that an
    explainer sets on the encoder then have an entry for every edge of both graphs. All other inputs
    of the encoder (``edge_attr``, ``edge_weight``, ``batch``, ``pos``, ...) are bound when the
    module is made.

    Args:
        model: The Siamese model, shared and not copied.
        query: One graph, a ``Batch`` of B, or the inputs of a union.
        reference: The same number of graphs, in any of these forms.

    Attributes:
        x: Node features of the union, queries first, ``[N, F]``.
        edge_index: Its edges, ``[2, E]``, with self loops last, so layers that replace self loops
            keep the order of all other edges.

    Shape:
        - x: ``[N, F]``, edge_index: ``[2, E]``
        - output: ``[B]``

    Raises:
        ValueError: If the numbers of graphs differ, or the encoder mixes the graphs of a batch.

    Example:
        >>> from torch_geometric.explain import Explainer, GNNExplainer
        >>> joint = JointSimilarity(model, query, reference)
        >>> explainer = Explainer(
        ...     joint,
        ...     GNNExplainer(epochs=5),
        ...     explanation_type="model",
        ...     edge_mask_type="object",
        ...     model_config=dict(mode="regression", task_level="graph", return_type="raw"),
        ... )
        >>> of_query, of_reference = joint.split(explainer(joint.x, joint.edge_index))
    """

    def __init__(
        self,
        model: SiameseGNN,
        query: Data | Batch | GraphInputs,
        reference: Data | Batch | GraphInputs,
    ) -> None:
        super().__init__()
        self.model = model
        self.query: GraphInputs = query if isinstance(query, GraphInputs) else model.inputs(query)
        self.reference: GraphInputs = (
            reference if isinstance(reference, GraphInputs) else model.inputs(reference)
        )
        if self.query.num_graphs != self.reference.num_graphs:
            raise ValueError(
                f"{self.query.num_graphs} queries and {self.reference.num_graphs} references: "
                f"give one reference per query"
            )
        union = self.query.concat(self.reference)
        with untouched(model):
            contract = contract_of(model, union)
        self.contract: Contract = contract
        if contract.apart:
            raise ValueError(
                f"the encoder mixes the graphs of a batch ({contract.why_apart}), so both graphs "
                f"cannot be explained as one: use model.against(reference), or "
                f"adapter='cached' of FromPyG"
            )
        self.order: Tensor = loops_last(union)
        self.union: GraphInputs = union.select_edges(self.order)
        self.edges: MessageGates = edge_notes(model.encoder, contract.follows(union))
        # After a run, explainers set the mode of this module on all modules inside.
        self.training: bool = model.training

    @property
    def x(self) -> Tensor:
        """Node features of the union, ``[N, F]``."""
        return self.union.x.view(len(self.union.x), -1)

    @property
    def edge_index(self) -> Tensor:
        """Edges of the union, ``[2, E]``."""
        return self.union.edge_index

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Similarities ``[B]`` of the pairs in the union.

        Raises:
            ValueError: If there are other numbers of nodes, features or edges than in the union, or
                gradients are requested from a head that cuts them.
        """
        if x.requires_grad:
            try_head(self.model, self.contract)
        if x.numel() != self.union.x.numel() or edge_index.shape != self.union.edge_index.shape:
            raise ValueError(
                f"x {list(x.shape)} and edge_index {list(edge_index.shape)} must be those of both "
                f"graphs together, {list(self.x.shape)} and {list(self.edge_index.shape)}: start "
                f"from .x and .edge_index of this module"
            )
        inputs = changed(self.union, x=x.view(self.union.x.shape), edge_index=edge_index)
        h = self.edges.note(edge_index, lambda: self.model.encode(inputs))
        return compare(self.model.similarity, *h.split(self.query.num_graphs))

    @checked
    def split(self, explanation: Explanation) -> tuple[Explanation, Explanation]:
        """Split an explanation of the union into explanations of the queries and the references.

        Args:
            explanation: Explanation with ``node_mask`` or ``edge_mask`` of the union, or both. A
                ``[1, F]`` mask belongs to both parts.

        Raises:
            TypeError: If it is no explanation.
            ValueError: If it has no mask, or one of another number of rows than the union has nodes
                or edges.
        """
        if explanation.get("node_mask") is None and explanation.get("edge_mask") is None:
            raise ValueError("`explanation` has no mask: give one with node_mask or edge_mask")
        rows = {"node_mask": (1, len(self.x)), "edge_mask": (self.edge_index.size(1),)}
        for name, known in rows.items():
            given = explanation.get(name)
            if given is not None and len(given) not in known:
                raise ValueError(
                    f"{name} has {len(given)} rows, and both graphs together {known[-1]}: give an "
                    f"explanation of both graphs"
                )
        nodes, edges = len(self.query.x), self.query.edge_index.size(1)
        out = []
        for inputs, node, edge in (
            (self.query, slice(None, nodes), slice(None, edges)),
            (self.reference, slice(nodes, None), slice(edges, None)),
        ):
            part = Explanation(x=inputs.x, edge_index=inputs.edge_index)
            mask = explanation.get("node_mask")
            if mask is not None:
                part.node_mask = mask if len(mask) != len(self.x) else mask[node]
            mask = explanation.get("edge_mask")
            if mask is not None:
                part.edge_mask = torch.empty_like(mask).index_copy(0, self.order, mask)[edge]
            out.append(part)
        return out[0], out[1]


def loops_last(inputs: GraphInputs) -> Tensor:
    """Order of the edges with self loops at the end, as in layers that add self loops."""
    return inputs.loops.to(torch.uint8).argsort(stable=True)
