"""Occlusion of a similarity that is a function of SMILES: fingerprints, or any model."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import torch
from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex._called import called
from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex._numbers import shown
from pyg_siamex.explain.algorithm.group_occlusion import BY_CHEMISTRY
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.node_labels import node_labels
from pyg_siamex.explain.provenance import versions

Compare = str | Callable[[np.ndarray, np.ndarray], float]

_Groups = str | Callable[[Data], Sequence[Any]]


@checked
def explain_smiles(
    function: Callable[..., Any],
    query: str,
    reference: str,
    *,
    compare: Compare | None = None,
    groups: _Groups | None = None,
    leave_out: Literal["delete", "mask"] = "delete",
    name: str = "",
) -> PairExplanation:
    r"""Explain a similarity of your own by occlusion, atom by atom or group by group.

    .. math:: a_i = s(q, r) - s(q_{\setminus i}, r)

    for atom or group i of the query, and likewise for the reference. Values are signed; positive
    ones pull the pair together. A function of SMILES sees whole molecules only, so leaving an atom
    out makes another molecule:

    * ``"delete"`` removes the atom and puts hydrogens on its neighbours for the bonds that they
      lose. The rest has usual valences; it may be several fragments (``"C.O"``).
    * ``"mask"`` puts a dummy atom ``*`` in its place. The shape stays, but not every function
      knows dummy atoms.

    Where no atom is left, the similarity is 0. The result is drawn, reported and measured like that
    of any explainer; it has no model, so that pages show no fidelity.

    Args:
        function: From two SMILES to a similarity, or, with ``compare``, from one SMILES to a
            vector; of :func:`~pyg_siamex.chemistry.ecfp4` the bits are compared. It is called once
            for each different molecule.
        query: SMILES of the query.
        reference: SMILES of the reference.
        compare: ``"cosine"``, ``"dot"``, ``"tanimoto"`` (also of counts), or a function of two
            vectors. Default: ``function`` takes two SMILES.
        groups: ``"functional_groups"``, ``"ring_systems"``, ``"murcko_scaffold"``, or a function
            from a graph to a group of each atom. All atoms of a group are left out together, and
            each has the value of its group; ``info`` holds ``groups_query`` and
            ``groups_reference``. Default: each atom alone.
        leave_out: ``"delete"`` or ``"mask"``.
        name: Name of the similarity in captions.

    Raises:
        ValueError: If a SMILES is invalid, an argument is unknown, the molecules are so large that
            it would take minutes, the function fails or gives no finite number, vectors differ in
            length, or the cosine is asked of vectors of one number, or Tanimoto of numbers below 0.
        TypeError: If the function returns ``None``, or no number where one is expected.

    Example:
        >>> from pyg_siamex.chemistry import ecfp4
        >>> def fingerprint(smiles):
        ...     return ecfp4([smiles])[0]
        >>> explanation = explain_smiles(fingerprint, "CCCO", "CCCN", compare="tanimoto")
        >>> round(explanation.prediction, 3), explanation.query.node_mask.shape
        (0.333, torch.Size([4, 1]))
    """
    from pyg_siamex.chemistry import molecule
    from pyg_siamex.chemistry.leave_out import without_atoms

    graphs = molecule(query), molecule(reference)
    score = _Scores(function, compare)
    texts = [graph.smiles for graph in graphs]
    parts = [_labels(graph, groups) for graph in graphs]
    _check_size([(len(set(labels)), len(labels)) for labels in parts])
    whole = score(*texts)
    found, info = [], {}
    for side, (graph, labels) in enumerate(zip(graphs, parts, strict=True)):
        names = list(dict.fromkeys(labels))
        losses = []
        for label in names:
            atoms = [k for k, own in enumerate(labels) if own == label]
            rest = list(texts)
            rest[side] = _rest(graph, atoms, leave_out, without_atoms)
            losses.append(whole - score(*rest))
        place = {label: k for k, label in enumerate(names)}
        mask = torch.tensor([losses[place[label]] for label in labels]).view(-1, 1)
        found.append(Explanation(**graph.to_dict(), node_mask=mask))
        if groups is not None:
            info[f"groups_{('query', 'reference')[side]}"] = dict(zip(names, losses, strict=True))
    kind = "Occlusion" if groups is None else "GroupOcclusion"
    settings = {
        "algorithm": {
            "name": kind,
            "leave_out": leave_out,
            "compare": _named(compare),
            "groups": _named(groups),
        },
        "explainer": {"node_mask_type": "object", "edge_mask_type": None, "signed": True},
        "model": {"similarity": name or _named(function)},
        "versions": versions(),
    }
    title = f"{kind} of {name}" if name else kind
    return PairExplanation(found[0], found[1], whole, algorithm=title, info=info, settings=settings)


def _named(given: object) -> str:
    """A name for settings, the same in every run; empty for ``None``."""
    if given is None or isinstance(given, str):
        return either(given, "")
    return getattr(given, "__name__", type(given).__name__)


_MOST_ATOMS = 4_000_000
"""Most atoms of all molecules together that leaving atoms out makes."""

_PER_MINUTE = 3_500_000
"""Atoms of molecules that are made in a minute, without the time of the function."""


def _check_size(sides: Sequence[tuple[int, int]]) -> None:
    """Refuse molecules of which leaving atoms out makes too many large ones."""
    atoms = sum(parts * size for parts, size in sides)
    if atoms > _MOST_ATOMS:
        parts, size = max(sides)
        raise ValueError(
            f"leaving out {parts:,} parts of {size:,} atoms one by one makes {parts:,} molecules, "
            f"which takes about {atoms / _PER_MINUTE:.0f} minutes without the time of the "
            f"function: give fewer `groups`, such as a function that names large parts, or explain "
            f"fragments of the molecule"
        )


class _Scores:
    """Similarities of SMILES, each molecule and each pair computed once."""

    def __init__(self, function: Callable[..., Any], compare: Compare | None) -> None:
        self.function = function
        if isinstance(compare, str) and compare not in _COMPARISONS:
            known = ", ".join(_COMPARISONS)
            raise ValueError(f"`compare` must be one of {known}, or a function (got '{compare}')")
        self.compare = _COMPARISONS[compare] if isinstance(compare, str) else compare
        self.vectors: dict[str, np.ndarray] = {}
        self._worked = False

    def __call__(self, one: str, other: str) -> float:
        """The similarity of two SMILES; 0 for no molecule."""
        if not one or not other:
            return 0.0
        if self.compare is None:
            value = self._called(one, other)
        else:
            first, second = self._vector(one), self._vector(other)
            if self.compare in _COMPARISONS.values() and len(first) != len(second):
                raise ValueError(
                    f"`function` gives {len(first)} numbers for '{one}' and {len(second)} for "
                    f"'{other}': give vectors of one length, or a function as `compare`"
                )
            value = called("compare", self.compare, first, second)
        number = _number(value)
        if not np.isfinite(number):
            raise ValueError(f"the similarity of '{one}' and '{other}' is {number}")
        return number

    def _vector(self, smiles: str) -> np.ndarray:
        if smiles not in self.vectors:
            found = self._called(smiles)
            vector = called("function", lambda: _vector_of(found))
            if self.compare is _tanimoto and (vector < 0).any():
                raise ValueError(
                    f"`function` gives numbers below 0 for '{smiles}', and compare='tanimoto' is "
                    f"of bits or counts: use compare='cosine' or compare='dot'"
                )
            if self.compare is _cosine and len(vector) == 1:
                raise ValueError(
                    f"`function` gives one number for '{smiles}', and the cosine of two numbers is "
                    f"1 or -1 whatever they are: give a vector, or compare='dot'"
                )
            self.vectors[smiles] = vector
        return self.vectors[smiles]

    def _called(self, *smiles: str) -> Any:
        molecules = " and ".join(f"'{text}'" for text in smiles)
        try:
            found = self.function(*smiles)
        except Exception as error:
            raise ValueError(
                f"the similarity failed for {molecules} ({error}): {self._advice(smiles[0])}"
            ) from error
        if found is None:
            wanted = "a similarity" if self.compare is None else "a vector, with `compare`"
            raise TypeError(
                f"`function` returned None for {molecules}, and must return {wanted}: does it end "
                f"without `return`?"
            )
        self._worked = True
        return found

    def _advice(self, smiles: str) -> str:
        """What to do about a function that fails for a molecule."""
        if self._worked:
            return (
                "it must take molecules without some of their atoms; try leave_out='mask' or "
                "'delete'"
            )
        compare = "" if self.compare is not None else ", and compare='tanimoto'"
        if self.compare is None and self._takes(smiles):
            return "it takes one SMILES: give `compare` as well, such as compare='tanimoto'"
        if self._takes([smiles]):
            return (
                f"it takes a list of SMILES: give a function of one, "
                f"lambda smiles: function([smiles])[0]{compare}"
            )
        if self.compare is not None and self._takes(smiles, smiles):
            return "it takes two SMILES: leave `compare` out"
        return f"it must take {'two SMILES' if self.compare is None else 'one SMILES'} as text"

    def _takes(self, *arguments: Any) -> bool:
        try:
            return self.function(*arguments) is not None
        except Exception:
            return False


_NO_NUMBERS = {
    "c": "complex numbers",
    "U": "texts",
    "S": "bytes",
    "M": "dates",
    "m": "times",
}
"""Kinds of arrays that are not compared."""


def _vector_of(found: Any) -> np.ndarray:
    """Numbers in a row; the bits of fingerprints, which are packed into numbers of 16."""
    from pyg_siamex.chemistry.fingerprints import are_fingerprints, bits_of

    values = np.asarray(found)
    if are_fingerprints(values):
        values = bits_of(values)
    if values.dtype.kind in _NO_NUMBERS or not values.size:
        what = _NO_NUMBERS[values.dtype.kind] if values.size else "a vector without numbers"
        raise ValueError(f"it gives {what}, and real numbers are compared")
    return values.astype(float).reshape(-1)


def _number(value: Any) -> float:
    """A similarity as a number; also of an array or a tensor with one."""
    if isinstance(value, str | bytes):
        raise TypeError(f"a similarity must be a number (got {shown(value)})")
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"a similarity must be a number (got {shown(value)})") from None


def _rest(graph: Data, atoms: list[int], how: Any, without_atoms: Callable[..., str]) -> str:
    from pyg_siamex.chemistry import molecule_of

    return without_atoms(molecule_of(graph), atoms, how)


def _labels(graph: Data, groups: _Groups | None) -> list[str]:
    """The group of each atom; its number where each is alone."""
    count = int(graph.num_nodes or 0)
    if groups is None:
        return [str(k) for k in range(count)]
    if callable(groups):
        found = node_labels(called("groups", groups, graph), "groups")
    elif groups in BY_CHEMISTRY:
        from pyg_siamex.chemistry import PARTITIONS

        found = PARTITIONS[groups](graph)
    else:
        raise ValueError(
            f"`groups` must be one of {', '.join(BY_CHEMISTRY)}, or a function (got '{groups}')"
        )
    if len(found) != count:
        raise ValueError(f"groups gave {len(found)} names for {count} atoms of '{graph.smiles}'")
    return found


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    norms = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / norms if norms else 0.0


def _dot(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other)


def _tanimoto(one: np.ndarray, other: np.ndarray) -> float:
    """Smaller over larger entries, which is the share of common bits for bits."""
    union = float(np.maximum(one, other).sum())
    return float(np.minimum(one, other).sum()) / union if union else 0.0


_COMPARISONS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "cosine": _cosine,
    "dot": _dot,
    "tanimoto": _tanimoto,
}
