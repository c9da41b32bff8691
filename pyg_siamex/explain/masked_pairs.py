r"""The batched engine: B pairs as one disjoint union of 2B graphs, masked and encoded at once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

import torch
from torch import Tensor
from torch_geometric.explain.config import MaskType

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract import Contract
from pyg_siamex.explain.engine.encoder import embed_alone, encoder_of
from pyg_siamex.explain.engine.known import contract_of
from pyg_siamex.explain.engine.like import mask_like
from pyg_siamex.explain.mask_space import MaskSpace, edge_space, node_space
from pyg_siamex.explain.problem import Masks, PairProblem
from pyg_siamex.nn.similarity import compare

# A little below the largest size that glibc's malloc adapts to.
LARGE_BLOCK = 31 * 2**20

Gates = Mapping[str, Tensor]
Encode = Callable[[Gates], Tensor]


class MaskedPairs:
    """Similarities of B pairs as a function of masks.

    The graphs that are masked form one union, so that the encoder runs once for all of them; the
    graphs of a side that is not masked are embedded once.

    Args:
        problem: The pairs and which masks they get.

    Attributes:
        spaces: The mask spaces by name, ``"edge"`` and/or ``"node"``.
        like: An empty tensor with the device and the type of masks.
        pairs: For each name, the pair of each element, ``[M]``.
    """

    def __init__(self, problem: PairProblem) -> None:
        self.problem = problem
        self.model = problem.model
        if problem.side == "both":
            self.union = problem.query.concat(problem.reference)
        else:
            self.union = problem.query if problem.side == "query" else problem.reference
        self.spaces = _spaces(self.union, problem)
        self.pairs = {name: space.graph % problem.num_pairs for name, space in self.spaces.items()}
        self.like = mask_like(problem.model, self.union)
        self.fixed = self._embed_fixed_side()
        # Freeing one large block makes malloc reuse memory for blocks of this size and below,
        # where it would otherwise map and fault in fresh pages for every message tensor.
        torch.empty(LARGE_BLOCK, dtype=torch.uint8)

    @property
    def num_pairs(self) -> int:
        """Number B of pairs."""
        return self.problem.num_pairs

    @cached_property
    def contract(self) -> Contract:
        """What holds of the encoder on these graphs."""
        return contract_of(self.model, self.union)

    @property
    def passes(self) -> int:
        """How often the encoder runs for one encoding: once, or once for each graph."""
        return self.union.num_graphs if self.contract.apart else 1

    @contextmanager
    def encoding(self, copies: int = 1) -> Iterator[Encode]:
        """Open the gates of the model.

        Args:
            copies: How many differently masked copies of the union each call encodes.

        Yields:
            A function from masks ``{name: [copies * M]}`` (values in [0, 1]; a missing name means
            all ones) to embeddings ``[copies, graphs of the union, D]``.
        """
        union = self.union if copies == 1 else self.union.repeat(copies)
        spaces = self.spaces
        if copies > 1:
            spaces = {name: space.repeat(copies) for name, space in spaces.items()}
        by_message = "edge" in spaces and self.problem.mask_mode == "message"
        with encoder_of(
            self.model, self.union, edges=by_message, nodes="node" in spaces
        ) as encoder:

            def encode(masks: Gates) -> Tensor:
                gates = {name: spaces[name].gate(mask) for name, mask in masks.items()}
                inputs = union
                if "edge" in gates and not by_message:
                    weight = union.edge_extras["edge_weight"]
                    gated = weight * gates.pop("edge").to(weight.dtype)
                    inputs = union.with_values(edge_weight=gated)
                h = encoder(inputs, gates.get("edge"), gates.get("node"))
                return h.view(copies, self.union.num_graphs, -1)

            yield encode

    def similarity(self, h: Tensor) -> Tensor:
        """Similarities ``[copies, B]`` of embeddings ``[copies, graphs of the union, D]``."""
        return self.compare(*self.sides(h))

    def compare(self, query: Tensor, reference: Tensor) -> Tensor:
        """Similarities of embeddings, in double precision for the library's heads without weights.

        A similarity near 1 is a difference in the last digits: rounding there would be amplified
        when masks are scaled to what there is to explain.
        """
        head = self.model.similarity
        if head.broadcasts and next(head.parameters(), None) is None:
            query, reference = query.double(), reference.double()
        return compare(head, query, reference)

    def sides(self, h: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings of the queries and of the references, the unmasked side filled in."""
        if self.fixed is None:
            return h[..., : self.num_pairs, :], h[..., self.num_pairs :, :]
        return (h, self.fixed) if self.problem.side == "query" else (self.fixed, h)

    def ones(self) -> dict[str, Tensor]:
        """Masks that keep everything."""
        return {name: self.like.new_ones(len(s)) for name, s in self.spaces.items()}

    def split(self, masks: Gates) -> tuple[Masks, Masks]:
        """Element values to masks of the queries' and the references' unions."""
        out = {}
        for name, space in self.spaces.items():
            values = space.values(masks[name])
            if name == "node" and self.problem.node_mask_type is MaskType.common_attributes:
                values = masks[name].view(self.union.num_graphs, -1)
            out[name] = values
        return self._side(out, "query"), self._side(out, "reference")

    def elements(self, name: str, values: Tensor) -> Tensor:
        """Values of the named mask's elements, ``[M]``, from what :meth:`split` returned for them.

        For one masked side: the values are those of the whole union.
        """
        index, values = self.spaces[name].index.flatten(), values.flatten()
        if len(values) == len(self.spaces[name]):  # an element each: objects, common attributes
            return values
        scope = index >= 0
        out = values.new_zeros(len(self.spaces[name]))
        return out.index_copy(0, index[scope], values[scope])

    def _side(self, values: dict[str, Tensor], side: str) -> Masks:
        problem = self.problem
        if problem.side not in ("both", side):
            return Masks()
        if problem.side == "both":
            common = problem.node_mask_type is MaskType.common_attributes
            nodes = problem.num_pairs if common else len(problem.query.x)
            cut = {"edge": problem.query.edge_index.size(1), "node": nodes}
            values = {
                name: value[: cut[name]] if side == "query" else value[cut[name] :]
                for name, value in values.items()
            }
        return Masks(node=values.get("node"), edge=values.get("edge"))

    @torch.no_grad()
    def _embed_fixed_side(self) -> Tensor | None:
        problem = self.problem
        if problem.side == "both":
            return None
        if problem.reference_embedding is not None:
            return problem.reference_embedding
        other = problem.reference if problem.side == "query" else problem.query
        return embed_alone(self.model, other)


def _spaces(union: GraphInputs, problem: PairProblem) -> dict[str, MaskSpace]:
    spaces = {}
    if problem.edge_mask_type is not None:
        spaces["edge"] = edge_space(union, problem.undirected)
    if problem.node_mask_type is not None:
        spaces["node"] = node_space(union, problem.node_mask_type)
    return spaces
