"""Simulated connectomes with a planted group difference."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex._memory import check_memory
from pyg_siamex._numbers import real, whole
from pyg_siamex.data.checked_graph import check_edges
from pyg_siamex.data.transformed import Transform
from pyg_siamex.datasets.connectome.atlas import Atlas
from pyg_siamex.datasets.connectome.connection_rule import AtLeast
from pyg_siamex.datasets.connectome.connectome_graph import connectome_graph
from pyg_siamex.datasets.connectome.named_atlases import dosenbach_160
from pyg_siamex.datasets.graph_dataset import Filter, GraphDataset

Block = str | tuple[str, str]

# Fisher z of an average connection; it falls with distance and rises inside a network.
_REACH = 40.0  # mm
_NEAR, _WITHIN, _FAR = 0.45, 0.25, 0.05
_ANATOMY = 0.1  # sd of a connection's own strength, common to all subjects
# sd over subjects of one connection's z, by source. The sources are independent; total sd 0.25.
_CONNECTION, _NETWORK, _GLOBAL = 0.243, 0.05, 0.03
_SPREAD = (_CONNECTION**2 + _NETWORK**2 + _GLOBAL**2) ** 0.5


@checked
class PlantedConnectomes(GraphDataset):
    r"""Simulated subjects whose classes differ exactly in the connections of chosen networks.

    Only the ROIs' positions and networks are real; no measured brain is in this set. The
    correlation of a connection is :math:`\tanh z`. The z of subject s and ROIs i, j in networks
    a, b is

    .. math::
        z_{sij} = 0.45 e^{-d_{ij}/40} + 0.25 [a = b] + 0.05 + \alpha_{ij}
                  + g_s + u_{sab} + \varepsilon_{sij} + 0.25\, e\, P_{s,ab},

    with the distance d in mm, an anatomy :math:`\alpha` common to all, normal noise of the subject
    (g), of its network pairs (u) and of its connections (:math:`\varepsilon`), and P, which is 1
    if the block is planted in the subject. The noise of one connection has standard deviation 0.25
    over subjects, so the effect e is Cohen's d of every planted connection.

    Connections of at least a cut-off become edges. The cut-off is the same for all subjects and is
    found before any block is planted. Everything outside the blocks is therefore independent of
    the class, and the truth is exact. Two sets with the same seed and different ``effect`` hold
    the same subjects with a stronger or weaker difference.

    Args:
        num_subjects: Number of subjects, divided as evenly as possible over the classes.
        classes: Name of each class and the blocks planted in its subjects: a network (inside it) or
            a pair of networks (between them). One class may have none. Default: controls against a
            stronger default network.
        effect: Cohen's d of a planted connection, any sign; 0 plants nothing.
        density: Share of the connections that are edges in subjects without a block, in (0, 1), at
            most all positive ones.
        features: Node features, see :func:`~pyg_siamex.datasets.connectome.features.node_features`.
            With ``"network"`` or ``"identity"`` only the edges tell subjects apart.
        atlas: ROIs with coordinates and networks. Default: :func:`dosenbach_160`.
        seed: Seed.
        transform: Applied to a graph at every access.
        pre_transform: Applied to each graph once, after its features are made.
        pre_filter: Which graphs are kept, asked before ``pre_transform``.

    Attributes:
        class_names: Name of each class.
        blocks: The planted blocks, as pairs of networks, in the order of ``data.planted``.
        matrices: Correlations before the cut-off, ``[num_subjects, R, R]``.
        cutoff: Smallest correlation of an edge.
        atlas: The ROIs.

    Each item is a graph as :func:`connectome_graph` makes it, with ``y`` (class), ``name``,
    ``planted`` (bool ``[1, blocks]``: which blocks the subject carries), ``edge_block`` (block of
    each edge, -1 outside, ``[E]``), ``edge_truth`` (bool ``[E]``, both directions) and
    ``node_truth`` (bool ``[R]``: ends of connections in these blocks). The truth of a subject is
    its own blocks. The truth of a subject without blocks is all blocks, since their absence defines
    its class. See :func:`planted_truth` for pairs.

    Raises:
        ValueError: If there are fewer than two classes, two carry the same blocks, a network is
            unknown, or a number is out of range.
    """

    _per_graph = ("_graphs", "matrices")

    def __init__(
        self,
        num_subjects: int = 200,
        classes: Mapping[str, Sequence[Block]] | None = None,
        effect: float = 1.25,
        density: float = 0.15,
        features: str | Sequence[str] = "network",
        atlas: Atlas | None = None,
        seed: int = 0,
        transform: Transform | None = None,
        pre_transform: Transform | None = None,
        pre_filter: Filter | None = None,
    ) -> None:
        super().__init__(transform, pre_transform, pre_filter)
        self.atlas: Atlas = dosenbach_160() if atlas is None else atlas
        classes = {"control": (), "patient": ("default",)} if classes is None else classes
        carried = [[_block(b, self.atlas) for b in blocks] for blocks in classes.values()]
        _check(num_subjects, classes, carried, effect, density)
        _check_size(num_subjects, len(self.atlas))
        self.class_names: list[str] = [str(name) for name in classes]
        self.blocks: list[tuple[str, str]] = list(
            dict.fromkeys(block for blocks in carried for block in blocks)
        )
        self.effect = effect
        self._block_of = _block_matrix(self.blocks, self.atlas)
        planted = torch.tensor([[block in blocks for block in self.blocks] for blocks in carried])
        z = np.stack(list(_subjects(num_subjects, self.atlas, seed)))
        row, col = np.triu_indices(len(self.atlas), 1)
        self.cutoff: float = max(0.0, float(np.tanh(np.quantile(z[:, row, col], 1 - density))))
        for k, matrix in enumerate(z):
            for block in planted[k % len(classes)].nonzero().flatten().tolist():
                matrix[self._block_of.numpy() == block] += effect * _SPREAD
        self.matrices: Tensor = torch.from_numpy(np.tanh(z)).float()
        self._graphs = [
            self._graph(k, k % len(classes), planted[k % len(classes)], features)
            for k in range(num_subjects)
        ]
        self._prepare()

    def __repr__(self) -> str:
        """Number of subjects, and that they are simulated."""
        return f"PlantedConnectomes({len(self)} simulated subjects, effect={self.effect})"

    def _graph(self, number: int, y: int, planted: Tensor, features: str | Sequence[str]) -> Data:
        rule = AtLeast(self.cutoff)
        matrix = self.matrices[number]
        data = connectome_graph(matrix, self.atlas, rule, "positive", features)
        data.y = torch.tensor(y)
        data.name = f"simulated subject {number + 1} ({self.class_names[y]})"
        data.planted = planted[None].clone()
        data.edge_block = self._block_of[tuple(data.edge_index)]
        data.edge_truth, _ = planted_truth(data, data)
        inside = torch.isin(self._block_of, _blocks_of_pair(data, data))
        data.node_truth = inside.any(1)
        return data


@checked
def planted_truth(query: Data, reference: Data) -> tuple[Tensor, Tensor]:
    """Edges that make two simulated subjects alike or unlike: bool ``[E_q]`` and ``[E_r]``.

    They are the edges of the blocks that both subjects carry. If the subjects share no block, they
    are the edges of the blocks that one of them carries. If neither carries a block, they are the
    edges of all blocks, since the subjects share the absence of all.

    Args:
        query: A graph of :class:`PlantedConnectomes`.
        reference: Another graph of the same set.

    Raises:
        ValueError: If a graph is of no such set, or the two are of sets with other blocks.
    """
    _check_planted(query, reference)
    blocks = _blocks_of_pair(query, reference)
    return torch.isin(query.edge_block, blocks), torch.isin(reference.edge_block, blocks)


def _check_planted(query: Data, reference: Data) -> None:
    """Raise ``ValueError`` for graphs that do not tell which blocks they carry."""
    for name, graph in (("query", query), ("reference", reference)):
        check_edges(graph.edge_index, f"`{name}`")
        for key, rows, dtype in (
            ("planted", 1, torch.bool),
            ("edge_block", graph.num_edges, torch.long),
        ):
            value = graph.get(key)
            known = isinstance(value, Tensor) and not value.is_meta and value.dtype is dtype
            if (
                not known
                or value.dim() != (2 if key == "planted" else 1)
                or len(value) != rows
                or value.is_sparse
            ):
                raise ValueError(
                    f"`{name}` is no graph of PlantedConnectomes: it has no {key} of {rows} "
                    f"rows of {dtype}, which tells its blocks"
                )
    if query.planted.shape != reference.planted.shape:
        raise ValueError(
            f"`query` and `reference` are of two sets: one has {query.planted.size(-1)} blocks and "
            f"the other {reference.planted.size(-1)}"
        )
    own, other = _networks_of_blocks(query), _networks_of_blocks(reference)
    for block in own.keys() & other.keys():
        if own[block] != other[block]:
            pairs = [" and ".join(sorted(one)) for one in (own[block], other[block])]
            raise ValueError(
                f"`query` and `reference` are of two sets: block {block} is of {pairs[0]} in one "
                f"and of {pairs[1]} in the other"
            )


def _networks_of_blocks(graph: Data) -> dict[int, frozenset[str]]:
    """Networks of each block that has an edge, where the graph has networks."""
    networks = graph.get("networks")
    if not isinstance(networks, list | tuple) or len(networks) != graph.num_nodes:
        return {}
    edges = zip(graph.edge_block.tolist(), *graph.edge_index.tolist(), strict=True)
    return {
        block: frozenset((str(networks[source]), str(networks[target])))
        for block, source, target in edges
        if block >= 0
    }


def _blocks_of_pair(query: Data, reference: Data) -> Tensor:
    shared = query.planted[0] & reference.planted[0]
    either = query.planted[0] | reference.planted[0]
    told = shared if shared.any() else either if either.any() else ~either
    nodes: Tensor = told.nonzero().flatten()
    return nodes


def _block(given: Block, atlas: Atlas) -> tuple[str, str]:
    names = (given, given) if isinstance(given, str) else tuple(given)
    if len(names) != 2 or not set(names) <= set(atlas.required_networks()):
        raise ValueError(
            f"a block is a network or a pair of networks among {', '.join(atlas.network_names)} "
            f"(got {given!r})"
        )
    first, second = sorted(names)
    return first, second


_MOST_EFFECT = 1000


def _check(
    num_subjects: int,
    classes: Mapping[str, Sequence[Block]],
    carried: Sequence[Sequence[tuple[str, str]]],
    effect: float,
    density: float,
) -> None:
    if len(classes) < 2:
        raise ValueError(f"a group difference needs at least two classes (got {list(classes)})")
    if len({frozenset(blocks) for blocks in carried}) < len(carried):
        raise ValueError("two classes carry the same blocks: nothing tells them apart")
    whole("num_subjects", num_subjects, len(classes))  # at least one of each class
    if abs(real("effect", effect)) > _MOST_EFFECT:
        raise ValueError(f"effect must be from -1000 to 1000 (got {effect:g})")
    real("density", density, "(0, 1)")


def _check_size(num_subjects: int, regions: int) -> None:
    """Refuse matrices of normal numbers, their correlations and graphs that exceed the memory."""
    check_memory(
        num_subjects * regions**2 * (8 + 8 + 4), f"{num_subjects:,} subjects", "give fewer"
    )


def _block_matrix(blocks: Sequence[tuple[str, str]], atlas: Atlas) -> Tensor:
    """Block of each connection, or -1 outside all blocks, ``[R, R]`` long."""
    networks = np.asarray(atlas.required_networks())
    out = torch.full((len(atlas), len(atlas)), -1)
    for number, (first, second) in enumerate(blocks):
        inside = np.outer(networks == first, networks == second)
        np.fill_diagonal(inside, False)
        if not inside.any():
            raise ValueError(f"'{first}' has one ROI and so no connection inside it")
        out[torch.from_numpy(inside | inside.T)] = number
    return out


def _subjects(count: int, atlas: Atlas, seed: int) -> Iterator[np.ndarray]:
    """Fisher z of each subject before any block is planted, ``[R, R]`` symmetric."""
    rng = np.random.default_rng(seed)
    size, network = len(atlas), atlas.network_index.numpy()
    places = atlas.required_coordinates().double().numpy()
    distance = np.linalg.norm(places[:, None] - places[None], axis=-1)
    average = _NEAR * np.exp(-distance / _REACH) + _WITHIN * np.equal.outer(network, network) + _FAR
    average += _ANATOMY * _symmetric_normal(rng, size)
    for _ in range(count):
        own = _GLOBAL * rng.standard_normal()
        of_networks = _NETWORK * _symmetric_normal(rng, network.max() + 1)
        own = own + of_networks[np.ix_(network, network)]
        yield average + own + _CONNECTION * _symmetric_normal(rng, size)


def _symmetric_normal(rng: np.random.Generator, size: int) -> np.ndarray:
    upper = np.triu(rng.standard_normal((size, size)))
    symmetric: np.ndarray = upper + np.triu(upper, 1).T
    return symmetric
