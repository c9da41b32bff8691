"""Places of atoms where a molecule as a whole is too large, or too strange, to be laid out."""

from collections.abc import Callable

import networkx as nx
import numpy as np
from rdkit import Chem
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

_PIECE, _LEAST = 60, 15
"""Atoms of a piece, and fewest atoms that are cut off."""

_SPACE = 3.0
"""Room around a piece, in angstrom."""

_BOND, _STEPS = 1.5, 20
"""Length of a bond in angstrom; steps that fit distances."""


def plain_places(molecule: Chem.Mol) -> np.ndarray:
    """Place atoms so that distances fit the numbers of bonds between them, ``[n, 2]``.

    Classical scaling followed by majorisation of the stress (Gansner, Koren and North, Graph
    Drawing 2004, Eq. 3). Fragments lie in rows.

    Args:
        molecule: Any molecule.

    Example:
        >>> plain_places(parse_smiles("C")).tolist()
        [[0.0, 0.0]]
    """
    parts = [list(part) for part in Chem.GetMolFrags(molecule)]
    adjacency = Chem.GetAdjacencyMatrix(molecule)
    boxes = [_fitted(adjacency[np.ix_(part, part)]) for part in parts]
    return _in_rows(molecule.GetNumAtoms(), parts, boxes)


def piece_places(molecule: Chem.Mol, lay_out: Callable[[Chem.Mol], None]) -> np.ndarray:
    """Cut a molecule at bonds outside rings, lay out every piece, and set them in rows, ``[n, 2]``.

    The bonds that are cut connect the pieces as long lines. Rows alternate in direction, so that
    pieces that follow one another lie side by side.

    Args:
        molecule: Any molecule.
        lay_out: Gives a piece its coordinates.

    Example:
        >>> from pyg_siamex.chemistry.layout import lay_out
        >>> piece_places(parse_smiles("NCC(=O)" * 100), lay_out).shape
        (400, 2)
    """
    parts, boxes = pieces(molecule), []
    for part in parts:
        piece = _submolecule(molecule, part)
        lay_out(piece)
        boxes.append(piece.GetConformer().GetPositions()[:, :2])
    return _in_rows(molecule.GetNumAtoms(), parts, boxes)


def pieces(molecule: Chem.Mol) -> list[list[int]]:
    """Connected pieces of about 60 atoms, in order; ring systems and short branches stay whole.

    Args:
        molecule: Any molecule.

    Example:
        >>> [len(piece) for piece in pieces(parse_smiles("C" * 100))]
        [40, 60]
    """
    graph = nx.Graph()
    graph.add_nodes_from(range(molecule.GetNumAtoms()))
    graph.add_edges_from((b.GetBeginAtomIdx(), b.GetEndAtomIdx()) for b in molecule.GetBonds())
    bridges = list(nx.bridges(graph))
    rigid = graph.copy()
    rigid.remove_edges_from(bridges)
    parts = sorted(map(sorted, nx.connected_components(rigid)))
    part_of = {atom: k for k, part in enumerate(parts) for atom in part}
    forest = nx.Graph()
    forest.add_nodes_from(range(len(parts)))
    for u, v in bridges:
        forest.add_edge(part_of[u], part_of[v], bond=(u, v))
    graph.remove_edges_from(_cuts(forest, [len(part) for part in parts]))
    return sorted(map(sorted, nx.connected_components(graph)))


def _cuts(forest: nx.Graph, sizes: list[int]) -> list[tuple[int, int]]:
    """Bonds to cut so that no piece is above the limit, from the leaves of each tree upwards."""
    out, weight = [], dict(enumerate(sizes))
    for tree in nx.connected_components(forest):
        for parent, child in reversed(list(nx.bfs_edges(forest, min(tree)))):
            if weight[child] >= _LEAST and weight[parent] + weight[child] > _PIECE:
                out.append(forest.edges[parent, child]["bond"])
            else:
                weight[parent] += weight[child]
    return out


def _submolecule(molecule: Chem.Mol, atoms: list[int]) -> Chem.Mol:
    """Some atoms, in order, and the bonds between them."""
    out, place = Chem.RWMol(), {atom: k for k, atom in enumerate(atoms)}
    for atom in atoms:
        out.AddAtom(molecule.GetAtomWithIdx(atom))
    for bond in molecule.GetBonds():
        ends = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        if all(end in place for end in ends):
            out.AddBond(place[ends[0]], place[ends[1]], bond.GetBondType())
    piece = out.GetMol()
    piece.UpdatePropertyCache(strict=False)
    Chem.FastFindRings(piece)
    return piece


def _fitted(adjacency: np.ndarray) -> np.ndarray:
    count = len(adjacency)
    if count < 3:
        return np.column_stack([np.arange(count) * _BOND, np.zeros(count)])
    wanted = _BOND * shortest_path(csr_array(adjacency), unweighted=True)
    weights = 1.0 / np.where(wanted > 0, wanted, np.inf) ** 2
    places = _scaled_classically(wanted)
    inverse = np.linalg.inv(np.diag(weights.sum(1)) - weights + 1.0 / count) - 1.0 / count
    for _ in range(_STEPS):
        gaps = np.linalg.norm(places[:, None] - places[None], axis=-1)
        pull = -weights * wanted / np.maximum(gaps, 1e-3)
        pull[np.diag_indices(count)] = 0.0
        pull[np.diag_indices(count)] = -pull.sum(1)
        places = inverse @ (pull @ places)
    return places


def _scaled_classically(wanted: np.ndarray) -> np.ndarray:
    """Classical multidimensional scaling, shifted a little so that twins lie apart."""
    centred = -0.5 * wanted**2
    centred -= centred.mean(0)
    centred -= centred.mean(1, keepdims=True)
    values, vectors = np.linalg.eigh(centred)
    places = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 1e-6))
    moved: np.ndarray = places + 0.1 * np.random.default_rng(0).standard_normal(places.shape)
    return moved


def _in_rows(atoms: int, parts: list[list[int]], boxes: list[np.ndarray]) -> np.ndarray:
    """Set boxes in rows of alternating direction, about as wide as they are high together."""
    sizes = [np.ptp(box, axis=0) + _SPACE for box in boxes]
    width = max([sum(size[0] * size[1] for size in sizes) ** 0.5, *(size[0] for size in sizes)])
    places, x, y, tallest, forth = np.zeros((atoms, 2)), 0.0, 0.0, 0.0, True
    for part, box, size in zip(parts, boxes, sizes, strict=True):
        if x + size[0] > width + 1e-9:
            x, y, tallest, forth = 0.0, y - tallest, 0.0, not forth
        left = x if forth else width - x - size[0]
        if (box[-1, 0] >= box[0, 0]) != forth:
            box = -box  # atoms follow one another in the direction of the row
        places[part] = box - box.min(0) + np.array([left, y - size[1]])
        x, tallest = x + size[0], max(tallest, size[1])
    return places - places.min(0) if atoms else places
