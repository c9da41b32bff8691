"""Tables of results are refused by name once they are edited, and never by another library."""

import traceback
from dataclasses import dataclass, fields, replace
from typing import Annotated

import numpy as np
import pandas as pd
import pytest
import torch
from explained import molecule, small_model
from matplotlib import pyplot as plt
from sessions import model, scans
from small_study import study

from pyg_siamex import BiLRP, Occlusion, PairExplainer
from pyg_siamex._door import checked
from pyg_siamex._fields import field_kinds
from pyg_siamex._tables import Columns, Tables
from pyg_siamex.explain import functional_groups, kept_groups, overview
from pyg_siamex.explain.cliffs import Cliff, Cliffs, mark_changed
from pyg_siamex.explain.overview.r_groups import RGroups
from pyg_siamex.metric import Randomisation
from pyg_siamex.recipe import Settings
from pyg_siamex.recipe.connectomes.group_inference import group_of_study
from pyg_siamex.recipe.connectomes.longitudinal import changes_of
from pyg_siamex.recipe.connectomes.study import Study
from pyg_siamex.visualize import (
    change_report,
    cliffs_report,
    draw_group_relevance,
    group_report,
    overview_report,
    report,
)

NEEDED = Columns(["name"], ["count"], ["mean"], ["any"], known=["more"], each=["name"])
TABLE = pd.DataFrame({"name": ["a", "b"], "count": [1, 2], "mean": [0.5, np.nan], "any": [1, "x"]})


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        TABLE.assign(other=[None, {}]),
        TABLE.iloc[:0],
        pd.DataFrame([], columns=list(TABLE)),
        TABLE.astype(object),
        TABLE.astype({"name": "category", "count": "Int64", "mean": "float32"}),
        TABLE.assign(mean=[1, 2], more=1.0),
    ],
    ids=["usual", "more", "no rows", "no types", "objects", "types of pandas", "whole means"],
)
def test_tables_that_readers_can_read_fit(table):
    assert NEEDED.wrong(table) == ""


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE.drop(columns=["mean", "any"]), "it has no 'any', 'mean'"),
        (pd.concat([TABLE, TABLE[["mean"]]], axis=1), "it has 2 columns 'mean'"),
        (TABLE.iloc[[0, 0]], "it has rows with the same label in its index"),
        (TABLE.assign(mean="x"), "its 'mean' are not all numbers"),
        (TABLE.assign(mean=True), "its 'mean' are not all numbers"),
        (TABLE.assign(mean=[None, "1"]), "its 'mean' are not all numbers"),
        (TABLE.assign(count=0.5), "its 'count' are not all whole numbers"),
        (TABLE.assign(name=[1, 2]), "its 'name' are not all texts"),
        (TABLE.assign(name=["a", None]), "its 'name' are not all texts"),
        (TABLE.assign(more="x"), "its 'more' are not all numbers"),
        (TABLE.assign(name="a"), "it has two rows of the same name"),
        (TABLE.astype({"mean": "Float64"}), "its 'mean' are not all numbers"),
    ],
    ids=[
        *("missing", "twice", "index", "texts", "truths", "mixed", "parts", "numbers"),
        *("no text", "known", "each", "missing number"),
    ],
)
def test_what_is_wrong_with_a_table_is_named(table, message):
    assert NEEDED.wrong(table).startswith(message)


@dataclass
class Edited:
    table: Annotated[pd.DataFrame, NEEDED]
    kept: Annotated[pd.DataFrame | None, Columns(["name"])] = None
    levels: "Annotated[dict[str, pd.DataFrame] | None, Tables({'a': NEEDED}, {'b': NEEDED})]" = None


Edited.__module__ = "pyg_siamex.made_for_tests"


@checked
def read(result: Edited) -> int:
    return len(result.table)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"table": TABLE[["name", "count", "any"]]},
            r"`result\.table` must be a table with the columns name, count, mean, any "
            r"\(it has no 'mean'\): it was changed after it was made",
        ),
        ({"table": None}, r"`result\.table` must be a table .* \(got NoneType\)"),
        ({"kept": TABLE[["mean"]]}, r"the columns name or None \(it has no 'name'\)"),
        ({"levels": {}}, r"`result\.levels` must be a dict of the tables 'a', .*\(it has no 'a'\)"),
        ({"levels": {"a": TABLE, "c": TABLE}}, r"\(it has 'c', which is none of them\)"),
        ({"levels": {"a": TABLE, "b": TABLE[["name"]]}}, r"\(of its 'b': it has no 'any'"),
    ],
    ids=["column", "none", "optional", "missing", "unknown", "of one"],
)
def test_edited_tables_are_refused_with_their_place(changes, message):
    assert read(Edited(TABLE, TABLE, {"a": TABLE})) == read(Edited(TABLE)) == 2
    with pytest.raises(TypeError, match=message):
        read(replace(Edited(TABLE), **changes))


@pytest.fixture(scope="module")
def results():
    """Results with tables, by name, and what reads them."""
    graphs = [molecule(head + tail) for head in ("OC(=O)", "NC(=O)") for tail in ("C", "CC", "CF")]
    groups = [functional_groups(graph) for graph in graphs]
    net = small_model(9, biases="nodes")
    masks = PairExplainer(net, Occlusion(), node_mask_type="object")(graphs[0], graphs[3])
    kept = kept_groups([masks], [(0, 3)], groups, ["a"] * 3 + ["b"] * 3)
    seen = overview(net, graphs, groups, ["a"] * 3 + ["b"] * 3)
    seen = replace(seen, kept=kept, outliers=seen.outliers.assign(score=1.0))
    pairs = PairExplainer(net, BiLRP(), node_mask_type="object")(graphs[0], graphs[3])
    mark_changed(masks, ([0], [0]))
    numbers = {"mean": [1.0], "std": [0.1], "similarity": [0.5], "probability": [0.5]}
    cliffs = Cliffs(
        [Cliff(1, (0, 3), ("a", "b"), (5.0, 7.0), 0.7, 0.3, 0.4, 10.0, explanation=masks)],
        pd.DataFrame({"change": ["C[*:1]>>F[*:1]"], "pairs": [2], **numbers}),
        *("activity", "structure", 0.6, 1.0, 9, 7, 2, "Occlusion"),
    )
    hanging = pd.DataFrame({"name": ["a", "b"], "label": [1.0, 2.0], "R1": ["H", "C"]})
    settings = Settings(epochs=1, hidden=4, lr=1e-2)
    group = group_of_study(Study(study(24)), settings, permutations=20, models=1)
    rows = pd.DataFrame({"step": [0, 1], "layer": ["a", "b"], "pair": 0, "spearman": 0.1})
    changed = rows.assign(magnitude=0.2, similarity=0.5)
    return {
        "overview": (seen, lambda one, path: overview_report(one, path, graphs=graphs)),
        "r_groups": (
            RGroups("[*:1]c1ccccc1", hanging, 9),
            lambda one, path: overview_report(seen, path, r_groups=one),
        ),
        "cliffs": (cliffs, cliffs_report),
        "group": (group, group_report),
        "saved group": (group, lambda one, path: one.save(path.with_suffix(".csv"))),
        "changes": (changes_of(scans(12), model(), None, 20), change_report),
        "explanation": (pairs, report),
        "relevance": (
            pairs.group(groups[0], groups[3]),
            lambda one, path: draw_group_relevance(one),
        ),
        "randomisation": (
            Randomisation(changed, 0.5),
            lambda one, path: (one.by_layer, one.unchanged),
        ),
    }


NAMES = (
    *("overview", "r_groups", "cliffs", "group", "saved group", "changes", "explanation"),
    *("relevance", "randomisation"),
)


def edits(value):
    """Other values for a part."""
    out = [None, -1, "x", [], {"a": {1}}, pd.DataFrame()]
    if isinstance(value, pd.DataFrame):
        out += [value.iloc[:, 1:], value.iloc[:, :-1], value.iloc[:0], value.iloc[:1]]
        out += [value.map(lambda _, new=new: new) for new in ("x", 5)]
    elif isinstance(value, dict):
        out += [{k: v for k, v in value.items() if k != name} for name in value]
        out += [{**value, "connections": one} for one in edits(value.get("connections", 1.0))]
    elif isinstance(value, list | tuple):
        out += [value[:-1], type(value)([5] * len(value)), [*value, *value[:1]]]
    elif isinstance(value, torch.Tensor):
        out += [value[:-1], torch.tensor(1.0)]
    return out


@pytest.mark.parametrize("name", NAMES)
def test_edited_results_are_read_or_refused_in_the_library_s_own_words(name, results, tmp_path):
    result, reads = results[name]
    reads(result, tmp_path / "page.html")
    for part in fields(result):
        for new in edits(vars(result)[part.name]):
            edited = replace(result)
            put = setattr if name == "explanation" else object.__setattr__
            try:
                put(edited, part.name, new)
                reads(edited, tmp_path / "page.html")
            except (TypeError, ValueError) as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                assert "pyg_siamex" in last.filename and last.line.startswith("raise"), error
    plt.close("all")


@pytest.mark.parametrize("name", NAMES)
def test_tables_that_the_library_makes_fit(name, results):
    result = results[name][0]
    kinds = field_kinds(type(result))
    assert all(kinds[part].fits(vars(result)[part]) for part in kinds.keys() & vars(result).keys())
