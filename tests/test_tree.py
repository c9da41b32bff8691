"""Tests mirror the tree by name: the test of a module is where the name of the module says."""

from collections import Counter
from pathlib import Path

import pytest

import pyg_siamex

PACKAGE, TESTS = Path(pyg_siamex.__file__).parent, Path(__file__).parent

TESTED_IN = {
    # Commands are tested as users run them, molecules and connectomes by turns.
    "cli/test_cli.py": [
        *("cli/explain.py", "cli/train.py", "cli/train_options.py", "cli/library_options.py"),
        "recipe/molecules/demo.py",
    ],
    "cli/test_demo_connectomes.py": ["cli/demo.py", "recipe/connectomes/demo.py"],
    # Plain records: their users test what is in them.
    "data/test_pair_dataset.py": ["data/pair.py"],
    "datasets/connectome/test_atlas_table.py": ["datasets/connectome/atlas_image.py"],
    "datasets/test_molecule_table.py": ["datasets/rejected.py"],
    "recipe/test_labelled.py": ["recipe/listing.py"],
    "recipe/test_domain.py": ["recipe/domain_type.py"],
    "recipe/graphs/test_domain_of_graphs.py": [
        f"recipe/graphs/{name}.py"
        for name in ("explaining", "library", "reading", "training", "view")
    ],
    "recipe/rows/test_table.py": ["recipe/rows/reading.py"],
    "recipe/test_choices.py": ["recipe/molecules/columns.py"],
    # What several modules do together is tested at their one door.
    "data/test_node_pairs.py": ["data/neighbourhood.py"],
    "explain/engine/test_joint_problem.py": [
        *("data/joint_union.py", "explain/engine/unshared.py"),
    ],
    "explain/engine/test_towers_problem.py": ["nn/two_towers.py"],
    "explain/link/test_explain_link.py": [
        *("explain/link/between_roots.py", "explain/link/link_explanation.py"),
    ],
    "explain/check/test_check_explainer.py": [
        *("explain/check/integers.py", "explain/check/results.py"),
        *("explain/check/side_effects.py", "explain/check/symmetries.py"),
    ],
    "explain/engine/contract/test_trials.py": [
        f"explain/engine/contract/{name}.py"
        for name in ("contract", "find", "known", "probe", "recorded", "watch")
    ],
    "explain/engine/test_encoder.py": ["explain/engine/gates.py"],
    "explain/from_pyg/test_algorithm.py": ["explain/from_pyg/stock_run.py"],
    "explain/algorithm/test_integrated_jacobians.py": ["explain/relevance/jacobian/coupled.py"],
    "explain/relevance/test_marginals.py": [
        "explain/relevance/jacobian/jacobian_marginals.py",
        "explain/relevance/lrp/lrp_marginals.py",
    ],
    "explain/relevance/lrp/test_lrp_factors.py": ["explain/relevance/lrp/lrp_tape.py"],
    "explain/relevance/lrp/test_aggregation.py": ["explain/relevance/lrp/attention.py"],
    "explain/self_learned/solver/test_descent_ascent.py": [
        "explain/self_learned/solver/mask_problem.py"
    ],
    # Recipes are what commands do: both are run and compared.
    "recipe/connectomes/test_confounds.py": ["recipe/connectomes/known_matrix.py"],
    "recipe/test_connectomes_as_commanded.py": [
        f"recipe/connectomes/{name}.py"
        for name in (*("advised", "domain", "explaining", "labelled", "library", "training"),)
    ],
    "recipe/connectomes/test_cross_validation.py": ["recipe/connectomes/judged_fold.py"],
    "recipe/test_molecules_as_commanded.py": [
        *(f"recipe/molecules/{name}.py" for name in ("domain", "labelled")),
        *(f"recipe/{name}.py" for name in ("explained", "explaining", "overviewing", "searching")),
        *(f"recipe/{name}.py" for name in ("demo", "graph_library")),
    ],
    "recipe/pair_table/test_table_explainer.py": [
        *("recipe/named_graphs.py", "recipe/pair_table/pair_row.py"),
    ],
    "recipe/molecules/test_searching.py": [
        *("recipe/hit_file.py", "recipe/molecules/hit_choice.py", "recipe/nearest_hits.py"),
    ],
    "recipe/molecules/test_cliffs.py": [
        *("cli/cliffs.py", "recipe/molecules/cliff_pairs.py"),
        "visualize/report/cliffs_page.py",
    ],
    "recipe/rows/test_using.py": [
        f"recipe/rows/{name}.py" for name in ("domain", "explaining", "labelled", "library", "view")
    ],
    "test_extras.py": ["__main__.py"],
    # Parts of one picture are read off the picture.
    "visualize/connectome/test_brains.py": [
        "visualize/connectome/brain_legend.py",
        "visualize/connectome/brain_lists.py",
        "visualize/connectome/page_width.py",
        "visualize/connectome/glass_brain.py",
    ],
    "visualize/graph/test_graphs.py": ["visualize/graph/network_axes.py"],
    "visualize/molecule/test_molecules.py": ["visualize/paper/caption.py"],
    "visualize/report/test_overview_page.py": ["visualize/report/class_maps.py"],
    "visualize/report/test_search_page.py": ["visualize/report/contrast_view.py"],
    "visualize/report/domain/test_page_domain.py": [
        f"visualize/report/domain/{name}_domain.py"
        for name in ("connectome", "graph", "molecule", "row")
    ],
    "visualize/report/pair/test_drawing.py": [
        *(f"visualize/report/domain/{name}_sketch.py" for name in ("brain", "graph", "molecule")),
        *("visualize/report/domain/row_sketch.py", "visualize/report/domain/sketch.py"),
        *("visualize/report/pair/drawing_marks.py", "visualize/report/pair/pair_drawings.py"),
    ],
    "visualize/report/pair/test_subject.py": ["visualize/report/domain/node_values.py"],
    "visualize/report/pair/test_pair_section.py": [
        f"visualize/report/pair/{name}.py" for name in ("known_trust", "pair_data", "shown_pair")
    ],
}
"""Modules without a test of their own name, by the test that covers them."""

ACROSS = {
    "chemistry/test_examples.py": "all examples of the room",
    "cli/test_cli.py": "commands on molecules",
    "cli/test_connectomes.py": "commands on connectomes",
    "cli/test_demo_connectomes.py": "the demonstration of connectomes",
    "cli/test_hcp.py": "commands on published matrices",
    "cli/test_light.py": "what commands load",
    "visualize/connectome/test_brain_browser.py": "brains in a browser",
    "datasets/test_cards.py": "cards of data sets",
    "datasets/test_pyg_sets.py": "data sets of PyG",
    "explain/algorithm/test_baselines.py": "what all baselines promise",
    "explain/check/test_encoder_families.py": "kinds of encoders",
    "explain/from_pyg/test_traps.py": "traps of PyG's explainers",
    "explain/relevance/test_encoder_table.py": "kinds of encoders under relevance",
    "explain/relevance/lrp/test_frozen_weights.py": "layers at gamma 0",
    "explain/test_interruption.py": "exceptions at any line",
    "explain/test_stock_explainer.py": "algorithms inside PyG's Explainer",
    "explain/self_learned/invariance/test_kept.py": "an invariance that a model keeps",
    "explain/test_node_pairs.py": "pairs of nodes with every explainer",
    "explain/test_threads.py": "explanations in threads",
    "explain/link/test_pyg_datasets.py": "links of PyG's own data sets",
    "metric/test_unshared.py": "measures of models without one encoder",
    "metric/test_on_molecules.py": "all measures on a trained model",
    "nn/training/test_processes.py": "training by several processes",
    "nn/similarity/test_own_head.py": "a user's head with every part",
    "recipe/rows/test_using.py": "recipes of rows",
    "recipe/connectomes/test_sources.py": "the files of every tool",
    "recipe/test_connectomes_as_commanded.py": "recipes and commands on connectomes",
    "recipe/test_molecules_as_commanded.py": "recipes and commands on molecules",
    "recipe/test_names.py": "names of the room",
    "test_domains_doc.py": "the guide to domains",
    "recipe/test_shown.py": "what recipes return, in notebooks",
    "recipe/test_without_chemistry.py": "connectomes without RDKit",
    "test_bad_arguments.py": "arguments that functions should not have",
    "test_varied_arguments.py": "arguments that are right, varied by their kind",
    "test_bad_options.py": "values that options should not have",
    "test_unused_options.py": "options that have no effect beside others",
    "test_bad_inputs.py": "files that are damaged, strange, or unfold",
    "test_contributing.py": "the contribution guide",
    "test_dependencies.py": "what setup.cfg declares",
    "test_encoders_of_your_own.py": "a page of the documentation",
    "test_environments.py": "fresh environments",
    "test_how_to.py": "answers of the documentation",
    "test_imports.py": "imports of the package",
    "test_one_value_of_an_edge.py": "an edge's value wherever it is shown",
    "test_plug_in.py": "a page of the documentation",
    "test_public_types.py": "types of public names",
    "test_readme.py": "the readme",
    "test_recipes_doc.py": "a page of the documentation",
    "test_release.py": "files of a release and of the repository",
    "test_self_learned_doc.py": "a page of the documentation",
    "test_site.py": "the site of the documentation",
    "test_tree.py": "the tree",
    "test_tutorials.py": "notebooks of the documentation",
    "visualize/connectome/test_print_size.py": "sizes of printed pictures",
    "visualize/report/test_browser.py": "pages in a browser",
    "visualize/test_headlines.py": "what pictures and pages say of parts that do not carry",
    "visualize/test_rooms.py": "imports between pictures",
}
"""Tests of what no single module does, and what that is."""

SAME_NAMES = {
    "base": "the base class of a room",
    "cliffs": "what cliffs are, how they are found, and the command",
    "demo": "per domain, and the command",
    "domain": "per domain",
    "explaining": "per domain",
    "labelled": "per domain",
    "library": "a library, and how each domain reads one",
    "longitudinal": "two sessions of the same persons, and the command",
    "methods": "explainers by name",
    "overview": "what an overview is, and the command",
    "rank": "ranks of values, and the number of a process",
    "reading": "per domain",
    "search": "what a search is, and the command",
    "r_groups": "what hangs on a scaffold, for chemistry and as a table",
    "searching": "the recipe, and per domain",
    "training": "per domain",
    "view": "per domain",
}
"""Names of modules in several rooms that mean the same there."""


def names(folder, pattern):
    return {str(path.relative_to(folder)) for path in folder.rglob(pattern)}


MODULES = {name for name in names(PACKAGE, "*.py") if not name.endswith("__init__.py")}
FILES = {name for name in names(TESTS, "test_*.py") if not name.startswith("experiments/")}


def own_test(module):
    path = Path(module)
    return str(path.with_name(f"test_{path.name.lstrip('_')}"))


OWN = {module: own_test(module) for module in MODULES}
ELSEWHERE = {module: file for file, modules in TESTED_IN.items() for module in modules}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_module_has_a_test(module):
    if module in ELSEWHERE:
        assert ELSEWHERE[module] in FILES, f"tests/{ELSEWHERE[module]} is gone"
        assert OWN[module] not in FILES, f"{module} has a test of its own: leave TESTED_IN"
    else:
        assert OWN[module] in FILES, f"write tests/{OWN[module]}"


def test_every_test_is_of_a_module_or_says_what_it_is_of():
    strange = FILES - set(OWN.values()) - set(ACROSS)
    assert not strange, f"tests of no module: {sorted(strange)}"
    assert not set(ACROSS) - FILES and not set(ACROSS) & set(OWN.values())
    assert not set(ELSEWHERE) - MODULES


def test_names_in_several_rooms_mean_the_same():
    count = Counter(Path(module).stem for module in MODULES)
    assert {name for name, times in count.items() if times > 1} == set(SAME_NAMES)
