"""Every option has an effect, or is refused where it would have none."""

import os
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from bad_options import calls, parameters
from typer.main import get_command
from typer.testing import CliRunner

from pyg_siamex.cli import app
from pyg_siamex.cli.errors import with_flags
from pyg_siamex.recipe import (
    CliffSearch,
    Connections,
    ConnectomeView,
    HitChoice,
    Judging,
    MatrixReading,
    MoleculeColumns,
    MoleculeView,
    PairColumns,
    Preparation,
    RowReading,
    RowView,
    Settings,
    Trained,
    explain_pairs,
    group,
    longitudinal,
    overview,
    search,
    train_connectomes,
    train_molecules,
    train_rows,
)
from pyg_siamex.recipe.pictured import check_no_picture

MOLECULES, BRAINS = ["train", "m.csv"], ["train", "matrices", "--labels", "labels.csv"]
PAIR = ["explain", "molecules.siamex", "CCO", "CCN"]
PAGE = [*PAIR, "--out=a.html"]
SUBJECTS = ["explain", "brains.siamex", "s00", "s01"]
TABLE = ["explain", "molecules.siamex", "--pairs", "pairs.csv"]
SEARCH = ["search", "molecules.siamex", "m.csv", "--query", "CCO"]
NEAREST = ["search", "brains.siamex", "matrices", "--query", "s00"]
OVERVIEW = ["overview", "molecules.siamex", "m.csv"]
NETWORKS = ["overview", "brains.siamex", "matrices", "--groups", "regions"]
GROUP = ["group", "brains.siamex", "matrices", "--labels", "labels.csv", "--label", "group"]
CHANGE = ["longitudinal", "brains.siamex", "scans"]

WITHOUT_EFFECT = [
    *((BRAINS, option) for option in ("classes", "log", "smiles=a", "name=a", "split=scaffold")),
    *((BRAINS, option) for option in ("largest_fragment", "neutral", "no_isotopes", "stereo")),
    *((MOLECULES, option) for option in ("labels=a", "subject=a", "file_name=a", "array=a")),
    *((MOLECULES, option) for option in ("atlas=aal", "group=a", "site=a", "drop_regions")),
    *((MOLECULES, option) for option in ("kind=partial", "triangle=upper", "density=0.1")),
    *((MOLECULES, option) for option in ("at_least=1", "neighbours=2", "sign=weight", "folds=3")),
    *((MOLECULES, option) for option in ("asymmetric=mean", "confounds=a", "permutations=0")),
    *((MOLECULES, option) for option in ("keep_names",)),
    ([*MOLECULES, "--label=kind", "--classes"], "max_difference=1"),
    ([*MOLECULES, "--label=kind", "--classes"], "measured"),
    ([*BRAINS, "--label=group"], "max_difference=1"),
    ([*BRAINS, "--label=group", "--site=site"], "folds=2"),
    ([*BRAINS, "--label=group", "--pool=mean"], "hidden=8"),
    ([*BRAINS, "--label=group"], "array=a"),
    ([*BRAINS, "--label=group"], "triangle=upper"),
    (["train", "matrices"], "subject=subject"),
    *((SUBJECTS, option) for option in ("atom_numbers", "size=300x300", "dpi=99", "scales=own")),
    *((SUBJECTS, option) for option in ("library=a", "smiles=a", "name=a")),
    *((PAIR, option) for option in ("matrices=a", "atlas=aal", "style=circles", "columns=1")),
    *((PAIR, option) for option in ("smiles=smiles", "name=name", "dpi=99")),
    *(
        ([*PAIR, "--out=a.html"], option)
        for option in ("atom_numbers", "size=300x300", "scales=own")
    ),
    *(([*SUBJECTS, "--out=a.html"], option) for option in ("style=circles", "columns=1")),
    *((PAIR, option) for option in ("query_column=a", "reference_column=a", "draw=svg")),
    *((PAIR, option) for option in ("measures=simplicity", "workers=1", "ray", "num_gpus=1")),
    *((PAIR, option) for option in ("rank=0", "world_size=2")),
    *((TABLE, option) for option in ("save=a.siamex", "names=a,b", "num_gpus=1", "rank=0")),
    *((TABLE, option) for option in ("world_size=2", "query_column=query", "atom_numbers")),
    *((TABLE, option) for option in ("reference_column=reference", "size=300x300", "scales=own")),
    *((SEARCH, option) for option in ("atlas=aal", "file_name=a", "array=a", "subject=a")),
    (SEARCH, "neighbours=5"),
    *((NEAREST, option) for option in ("smiles=a", "name=a", "activity=a", "neighbours=5")),
    *((NEAREST, option) for option in ("diverse", "duplicates", "grid=a.svg", "hits=a.sdf")),
    *((NEAREST, option) for option in ("array=a", "subject=a")),
    *((OVERVIEW, option) for option in ("labels=a", "subject=a", "atlas=aal", "file_name=a")),
    *((OVERVIEW, option) for option in ("array=a", "groups=networks")),
    *((NETWORKS, option) for option in ("smiles=a", "name=a", "array=a", "subject=a")),
    *((GROUP, option) for option in ("columns=1", "kind=partial", "array=a", "triangle=upper")),
    *((CHANGE, option) for option in ("columns=1", "map=likeness", "kind=partial", "array=a")),
    *((CHANGE, option) for option in ("triangle=upper", "subject=a")),
]
"""Calls that read no such thing, with an option that says what."""

WITH_EFFECT = {
    "train": "label strict encoder layers pool similarity biases loss epochs lr seed out domain",
    "explain": "pairs out method",
    "search": "query out index approximate k method",
    "overview": "label out sample",
    "group": "labels subject file_name atlas group site drop_regions permutations models label "
    "classes subject_map out table",
    "longitudinal": "atlas file_name drop_regions sessions out table permutations",
    "cliffs": "activity smiles name by least_similarity least_difference sample k out csv method",
    "report": "out model title top",
    "demo": "connectomes out epochs seed",
}
"""Options that always have an effect; a largest number has it where there is more."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Models and the files that they are from."""
    place = tmp_path_factory.mktemp("unused")
    before = Path.cwd()
    os.chdir(place)
    calls(place)
    yield place
    os.chdir(before)


def named(case):
    words, option = case
    return f"{' '.join(words)} {option}"


@pytest.mark.parametrize("case", WITHOUT_EFFECT, ids=map(named, WITHOUT_EFFECT))
def test_an_option_without_effect_is_refused_by_name(folder, case):
    words, option = case
    name, equals, value = option.partition("=")
    flag, before = with_flags(f"`{name}`"), sorted(folder.rglob("*"))
    result = CliRunner().invoke(app, [*words, f"{flag}{equals}{value}"])
    told = " ".join(result.output.split())
    assert result.exit_code == 2 and flag in told, result.output
    assert sorted(folder.rglob("*")) == before


def test_every_option_of_every_command_has_an_effect_or_is_tried_without():
    tried = {(words[0], option.partition("=")[0]) for words, option in WITHOUT_EFFECT}
    tried = {(command, {"map": "which"}.get(name, name)) for command, name in tried}
    known = {(command, name) for command, names in WITH_EFFECT.items() for name in names.split()}
    there = {
        (command, str(parameter.name))
        for command in get_command(app).commands
        for parameter in parameters(command)
        if parameter.param_type_name == "option"
    }
    assert there <= tried | known and tried | known <= there


UNREAD = {
    (search, MatrixReading): ("labels", "group", "site", "drop_regions", "kind", "triangle"),
    (overview, MatrixReading): ("group", "site", "drop_regions", "kind", "triangle", "array"),
    (longitudinal, MatrixReading): ("labels", "group", "site", "kind", "triangle", "subject"),
    (group, MatrixReading): ("kind", "triangle", "array"),
    (train_connectomes, MatrixReading): ("triangle", "array"),
    (train_connectomes, Settings): ("split", "hidden"),
    (train_molecules, Settings): ("folds",),
    (train_rows, Settings): ("folds", "split"),
    (explain_pairs, MoleculeView): ("atom_numbers", "size", "dpi", "scales"),
    (search, HitChoice): ("neighbours",),
}
"""Fields of a part of a recipe that a function would not read."""

READ = {
    MatrixReading: "atlas file_name",
    Settings: "encoder layers pool similarity biases loss epochs lr seed",
    MoleculeView: "library smiles name",
    HitChoice: "activity diverse duplicates",
    Connections: "density at_least neighbours sign asymmetric",
    Judging: "measured confounds permutations",
    MoleculeColumns: "smiles name",
    Preparation: "largest_fragment neutral no_isotopes stereo",
    CliffSearch: "by least_similarity least_difference sample",
    PairColumns: "query_column reference_column",
    RowReading: "name",
    RowView: "table",
    ConnectomeView: "matrices atlas",
}
"""Fields that are read wherever their class is, or refused by the other tests here."""

PICTURED = {RowView: ("most",), ConnectomeView: ("style", "columns")}

VALUES = {
    **dict.fromkeys(("labels", "group", "site", "array", "subject", "name", "size"), "labels.csv"),
    **{"drop_regions": True, "kind": "partial", "triangle": "upper", "split": "scaffold"},
    **{"hidden": 8, "folds": 3, "atom_numbers": True, "dpi": 99, "scales": "own", "neighbours": 5},
    **{"most": 3, "style": "circles", "columns": 1},
}


def called(function, part):
    """A call of a function with a part of its recipe."""
    if function is train_connectomes:
        reading = part if isinstance(part, MatrixReading) else MatrixReading(labels="labels.csv")
        settings = part if isinstance(part, Settings) else Settings(folds=2)
        return train_connectomes("matrices", "group", reading, settings=settings)
    if function is train_molecules:
        return train_molecules("m.csv", "kind", settings=part)
    if function is train_rows:
        return train_rows("labels.csv", "group", settings=part)
    brain = Trained.load("brains.siamex")
    if function is search and isinstance(part, HitChoice):
        return search(Trained.load("molecules.siamex"), "m.csv", "CCO", choice=part)
    if function is search:
        return search(brain, "matrices", "s00", reading=part)
    if function is explain_pairs:
        model = "molecules.siamex" if isinstance(part, MoleculeView) else "brains.siamex"
        return explain_pairs(model, [("CCO", "CCN")], "new", view=part)
    if function is longitudinal:
        return longitudinal(brain, "scans", reading=part)
    labels = {} if isinstance(part, MatrixReading) and part.labels else {"labels": "labels.csv"}
    part = MatrixReading(**{**vars(part), **labels})
    more = {"groups": "regions"} if function is overview else {}
    return function(brain, "matrices", "group", reading=part, **more)


UNREAD_CASES = [(f, part, name) for (f, part), names in UNREAD.items() for name in names]


@pytest.mark.parametrize(
    ("function", "part", "name"),
    UNREAD_CASES,
    ids=[f"{f.__name__}-{part.__name__}-{name}" for f, part, name in UNREAD_CASES],
)
def test_a_field_without_effect_is_refused_by_name(folder, function, part, name):
    more = {"pool": "mean"} if name == "hidden" else {}
    before = sorted(folder.rglob("*"))
    with pytest.raises(ValueError, match=f"`{name}`"):
        called(function, part(**{name: VALUES[name]}, **more))
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("view", list(PICTURED), ids=lambda view: view.__name__)
def test_views_say_which_fields_are_about_pictures(folder, view):
    assert view.pictured == PICTURED[view]
    for name in PICTURED[view]:
        with pytest.raises(ValueError, match=f"`{name}` is for pictures, and none is made"):
            check_no_picture(view(**{name: VALUES[name]}), view.pictured, "none is made")


def test_every_field_is_known():
    unread: dict[type, set[str]] = {kind: set(names) for kind, names in PICTURED.items()}
    for (_, part), names in UNREAD.items():
        unread.setdefault(part, set()).update(names)
    for kind, names in READ.items():
        assert {field.name for field in fields(kind)} == {*names.split(), *unread.get(kind, ())}


def test_a_model_of_time_series_is_asked_with_its_own_kind_alone(folder):
    draw = np.random.default_rng(0)
    series = folder / "series"
    series.mkdir()
    for k in range(16):
        np.savetxt(series / f"s{k:02d}.csv", draw.standard_normal((20, 6)), delimiter=",")
    reading = MatrixReading(labels="labels.csv", kind="correlation")
    settings = Settings(hidden=4, epochs=1)
    train_connectomes("series", "group", reading, settings=settings).save("series.siamex")
    trained = Trained.load("series.siamex")
    found = search(trained, "series", "s00", k=1, reading=MatrixReading(kind="correlation"))
    assert len(found.result.hits) == 1
    with pytest.raises(ValueError, match="`kind` is tangent, and the model was trained on corr"):
        search(trained, "series", "s00", k=1, reading=MatrixReading(kind="tangent"))
