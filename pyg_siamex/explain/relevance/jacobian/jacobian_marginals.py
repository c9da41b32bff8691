r"""Marginals of integrated Jacobians, from a few passes along the path.

The sum of an integrated Jacobian over the inputs is :math:`\bar J (x - x_0)`. Where the quadrature
has converged, it is :math:`h(x) - h(x_0)` and needs no passes of its own.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.relevance.copies import Copies
from pyg_siamex.explain.relevance.jacobian.along_path import AlongPath
from pyg_siamex.explain.relevance.jacobian.choose_points import first_points, settled
from pyg_siamex.explain.relevance.jacobian.converged import relative_gaps, rounding
from pyg_siamex.explain.relevance.jacobian.integration import Integration, Points
from pyg_siamex.explain.relevance.jacobian.path import Path
from pyg_siamex.explain.relevance.jacobian.points import start_embedding, subset
from pyg_siamex.nn.siamese import SiameseGNN

Rows = dict[str, Tensor]

# Relevance is rounded at each part and each point, embeddings once.
_SUMS = 4.0


class JacobianMarginals:
    """Products of the integrated Jacobians of G graphs with vectors.

    Args:
        model: The Siamese model, inside ``untouched(model)``.
        inputs: The graphs. Equal graphs are encoded once for every few of them.
        path: From where, and what moves.
        integration: Points, rule, tolerance.
        features: Relevance by feature, not by node.
        checked: Whether :meth:`relevance` will be asked for all graphs, so that it can confirm
            sums that were not added up.

    Attributes:
        embedding: h(x), ``[G, D]``.
        start: h(x0), ``[G, D]``.
        sums: What nodes (``"node"``) and edges that move (``"edge"``) carry, ``[G, D]``.
        points: Points used for each graph.
        added: Whether ``sums`` were added up over the points. Otherwise the points have converged
            for the largest graph, and ``sums`` are h(x) - h(x0).

    Raises:
        ValueError: As for :func:`~pyg_siamex.explain.relevance.jacobian_factors`.
    """

    def __init__(
        self,
        model: SiameseGNN,
        inputs: GraphInputs,
        path: Path,
        integration: Integration,
        *,
        features: bool = False,
        checked: bool = True,
    ) -> None:
        self._copies = Copies.of(inputs, most=1) if path.of_nodes(inputs) else Copies.of(inputs)
        self._model, self._path = model, path
        self._integration = settled(model, self._copies.union, path, integration)
        self._features = features
        h = embed_alone(model, self._copies.union)
        start = start_embedding(model, self._copies.union, path)
        self.embedding: Tensor = self._spread(h)
        self.start: Tensor = self._spread(start)
        self._embedded, self._started, self._change = h, start, h - start
        self._allowed = rounding(h, start)
        self._points = first_points(model, self._copies.union, path, self._integration)
        self.added: bool = not (checked and self._has_converged())
        if self.added:
            self.add_up()
        else:
            still, moves = torch.zeros_like(h), "edge" if path.moves_edges else "node"
            self._use({"node": still, moves: self._change})

    def add_up(self) -> None:
        """Add the sums up over the points, with more points for graphs out of tolerance."""
        rule, graphs = self._integration, list(range(len(self._change)))
        rows = self._carried(graphs)
        better = rule.doubled()
        while rule.tolerance is not None and better is not None:
            carried = torch.stack(list(rows.values())).sum(0)
            gaps = relative_gaps(self._embedded, self._started, carried).tolist()
            graphs = [graph for graph in graphs if gaps[graph] > rule.tolerance]
            if not graphs:
                break
            for graph in graphs:
                self._points[graph] = better.points
            for name, row in self._carried(graphs).items():
                rows[name][graphs] = row
            better = better.doubled()
        self.added = True
        self._use(rows)

    def relevance(self, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """See :class:`~pyg_siamex.explain.relevance.marginals.Marginals`."""
        copies, out = self._copies, {}
        turns = [
            {name: copies.seeds(rows, turn) for name, rows in weights.items()}
            for turn in range(copies.turns)
        ]
        found = self._pulled(turns)
        for name in weights:
            spread = copies.spread_edges if name == "edge" else copies.spread_nodes
            values = spread([turn[name] for turn in found])
            out[name] = values[:, 0] if name == "node" else values
        return out

    def agrees(self, name: str, weights: Tensor, values: Tensor) -> bool:
        """Whether relevance sums to what ``sums`` imply, graph by graph.

        Args:
            name: ``"node"``, ``"feature"`` or ``"edge"``.
            weights: What :meth:`relevance` was asked for, ``[G, D]``.
            values: What it returned.
        """
        sums = self.sums["edge" if name == "edge" else "node"]
        gap = (self.totals(name, values) - (weights * sums).sum(1)).abs()
        allowed = _SUMS * weights.norm(dim=1) * self._spread(self._allowed)
        return bool((gap <= allowed).all())

    def totals(self, name: str, values: Tensor) -> Tensor:
        """Sums of relevance by graph, ``[G]``."""
        whole = self._copies.whole
        graph = whole.edge_graph if name == "edge" else whole.batch
        own = values.flatten(1).sum(1) if values.dim() > 1 else values
        return own.new_zeros(whole.num_graphs).index_add(0, graph, own)

    def _use(self, rows: Rows) -> None:
        self.sums: dict[str, Tensor] = {name: self._spread(row) for name, row in rows.items()}
        self.points: list[Points] = [self._points[copy] for copy in self._copies.which.tolist()]

    def _spread(self, rows: Tensor) -> Tensor:
        """From a row for each copy to a row for each graph."""
        return rows[self._copies.which]

    @cached_property
    def _runs(self) -> dict[tuple[Points, tuple[int, ...]], AlongPath]:
        return {}

    def _parts(self, graphs: Sequence[int]) -> list[tuple[list[int], AlongPath]]:
        """Some of the copies, those with the same points together."""
        groups: dict[Points, list[int]] = {}
        for graph in graphs:
            groups.setdefault(self._points[graph], []).append(graph)
        return [(own, self._along(own, points)) for points, own in groups.items()]

    def _along(self, graphs: list[int], points: Points) -> AlongPath:
        key = (points, tuple(graphs))
        if key not in self._runs:
            union, path = self._copies.union, self._path
            if len(graphs) < union.num_graphs:
                union, path = subset(union, graphs, path)
            self._runs[key] = AlongPath(self._model, union, path, points, self._features)
        return self._runs[key]

    def _carried(self, graphs: Sequence[int]) -> Rows:
        """What the leaves of some copies carry, in their order."""
        place = {graph: k for k, graph in enumerate(graphs)}
        out: Rows = {}
        for own, along in self._parts(graphs):
            for name, row in along.carried().items():
                name = "node" if name == "feature" else name
                out.setdefault(name, row.new_zeros(len(graphs), row.size(1)))
                out[name][[place[graph] for graph in own]] = row
        return out

    def _pulled(self, turns: list[Rows]) -> list[Rows]:
        """Relevance for the copies, for several seeds each."""
        union, out = self._copies.union, []
        parts = [
            (graphs, along.pulled([_rows(turn, graphs) for turn in turns]))
            for graphs, along in self._parts(range(union.num_graphs))
        ]
        if len(parts) == 1:
            return parts[0][1]
        for turn, names in enumerate(turns):
            values = {}
            for name in names:
                owner = union.edge_graph if name == "edge" else union.batch
                like = parts[0][1][turn][name]
                values[name] = like.new_zeros(len(owner), *like.shape[1:])
                for graphs, found in parts:
                    chosen = torch.tensor(graphs, device=owner.device)
                    values[name][torch.isin(owner, chosen)] = found[turn][name]
            out.append(values)
        return out

    def _has_converged(self) -> bool:
        """Whether the points give the largest graph's h(x) - h(x0) to rounding."""
        union, rule = self._copies.union, self._integration
        if len(self._path.along) > 1:
            return False
        if rule.kind == "kinks":
            return all(points is not rule.points for points in self._points)
        if union.num_graphs <= 2:
            return False
        graph = int((union.node_counts + union.edge_counts).argmax())
        missing = self._change[graph] - sum(row[0] for row in self._carried([graph]).values())
        return bool(missing.norm() <= self._allowed[graph])


def _rows(turn: Rows, graphs: Sequence[int]) -> Rows:
    return {name: rows[list(graphs)] for name, rows in turn.items()}
