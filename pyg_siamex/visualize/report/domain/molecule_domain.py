"""Molecules on a page: atoms and bonds, functional groups, structures side by side."""

from typing import ClassVar

from torch_geometric.explain import Explanation

from pyg_siamex.data.named_atoms import names_atoms
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.report.domain.page_domain import Names, PageDomain
from pyg_siamex.visualize.report.domain.sketch import Sketch

_MOST_NUMBERED = 14
"""Functional groups of a molecule beyond which occurrences are not told apart."""


class MoleculePage(PageDomain):
    """Graphs with SMILES whose atoms and bonds they are; RDKit is imported when there is one."""

    name: ClassVar[str] = "molecules"
    node: ClassVar[str] = "atom"
    edge: ClassVar[str] = "bond"

    def holds(self, explanation: PairExplanation) -> bool:
        """Whether node k of both graphs is atom k of their SMILES."""
        graphs = explanation.query, explanation.reference
        if not all(names_atoms(graph) for graph in graphs):
            return False
        from pyg_siamex.chemistry import drawable_molecule

        try:
            for graph in graphs:
                drawable_molecule(graph)
        except ValueError:  # the SMILES does not fit its nodes: drawn as a graph
            return False
        return True

    def labels(self, explanation: PairExplanation) -> Names:
        """Element and number of each atom."""
        from pyg_siamex.chemistry import atom_names, molecule_of

        query, reference = explanation.query, explanation.reference
        return atom_names(molecule_of(query)), atom_names(molecule_of(reference))

    def own_groups(self, graph: Explanation) -> list[str]:
        """Functional groups, numbered where one occurs more than once and there are few."""
        from pyg_siamex.chemistry import functional_groups

        names, numbered = functional_groups(graph), functional_groups(graph, numbered=True)
        if len(set(numbered)) > _MOST_NUMBERED:
            return names
        repeated = {name for name in names if f"{name} 2" in numbered}
        return [
            number if name in repeated else name
            for name, number in zip(names, numbered, strict=True)
        ]

    def shared(self, labels: Names) -> bool:
        """Atoms of two molecules are never the same."""
        return False

    def sketches(self, explanation: PairExplanation, shared: bool) -> tuple[Sketch, Sketch]:
        """Both structures, their common scaffold at the same angle."""
        from pyg_siamex.visualize.report.domain.molecule_sketch import molecule_sketches

        return molecule_sketches(explanation)
