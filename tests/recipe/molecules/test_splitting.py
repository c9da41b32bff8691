"""Parts of a table of molecules."""

import pytest
from rdkit import Chem
from rdkit.Chem.Scaffolds import MurckoScaffold

from pyg_siamex.data import PairDataset
from pyg_siamex.data.graph_keys import graph_keys
from pyg_siamex.datasets import FunctionalGroups, MoleculeTable, OneHotMolecule, molecule
from pyg_siamex.recipe.molecules.splitting import held_out


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Molecules twice, the second time written otherwise and a year later."""
    whole = FunctionalGroups()
    lines = ["smiles,y,year,date,part,series"]
    keys = graph_keys(OneHotMolecule()(molecule(graph.smiles)) for graph in whole)
    for k in (k for k in range(0, len(whole), 12) if keys.count(keys[k]) == 1):
        mol, part = Chem.MolFromSmiles(whole[k].smiles), ("train", "Test", "valid")[k // 12 % 3]
        year = 2000 + k // 12 % 7
        for more, text in enumerate((Chem.MolToSmiles(mol), Chem.MolToSmiles(mol, doRandom=True))):
            row = (text, k // 12 % 2, year + more, f"{year + more}-01-02", part, f"s{k % 60}")
            lines.append(",".join(map(str, row)))
    path = tmp_path_factory.mktemp("split") / "table.csv"
    path.write_text("\n".join(lines))
    return path


@pytest.fixture(scope="module")
def table(path):
    return MoleculeTable(path, label="y")


def smiles_of(parts):
    return [
        {Chem.CanonSmiles(graph.smiles) for graph in part.graphs}
        for part in (parts.learn, parts.validation, parts.test)
    ]


@pytest.mark.parametrize(
    "split", [None, "random", "scaffold", "time year", "time:date", "series", "part"]
)
def test_the_same_molecule_is_in_one_part(table, split):
    found = smiles_of(held_out(PairDataset(table), table, split))
    assert sum(map(len, found)) == len(set.union(*found)) == len(table) // 2


def test_scaffolds_are_in_one_part(table):
    parts = held_out(PairDataset(table), table, "scaffold")
    found = [
        {MurckoScaffold.MurckoScaffoldSmiles(smiles) for smiles in part} - {""}
        for part in smiles_of(parts)
    ]
    assert sum(map(len, found)) == len(set.union(*found))
    assert parts.how == "by Murcko scaffold" and parts.judged == "test"


def test_the_latest_judge(table):
    parts = held_out(PairDataset(table), table, "time year")
    year = dict(zip(table.canonical_smiles, table.cells("year"), strict=True))
    first = {}
    for smiles, when in zip(table.canonical_smiles, table.cells("year"), strict=True):
        first[smiles] = min(int(when), first.get(smiles, 9999))
    ages = [[first[smiles] for smiles in part] for part in smiles_of(parts)]
    assert max(ages[0]) < min(ages[1]) and max(ages[1]) < min(ages[2]) and year
    dates = held_out(PairDataset(table), table, "time date")
    assert smiles_of(dates) == smiles_of(parts)


def test_a_column_names_the_parts_or_what_stays_together(table):
    parts = held_out(PairDataset(table), table, "part")
    part = dict(zip(table.canonical_smiles, table.cells("part"), strict=True))
    assert [{part[s] for s in found} for found in smiles_of(parts)] == [
        {"train"},
        {"valid"},
        {"Test"},
    ]
    together = held_out(PairDataset(table), table, "series")
    series = dict(zip(table.canonical_smiles, table.cells("series"), strict=True))
    found = [{series[s] for s in part} for part in smiles_of(together)]
    assert sum(map(len, found)) == len(set.union(*found))
    assert together.how == "by column 'series'"


def test_a_molecule_of_two_parts_is_left_to_the_earlier(path, tmp_path, caplog):
    lines = path.read_text().splitlines()
    lines[2] = lines[2].replace(",train,", ",test,")
    other = tmp_path / "table.csv"
    other.write_text("\n".join(lines).replace(",valid,", ",train,"))
    table = MoleculeTable(other, label="y")
    parts = held_out(PairDataset(table), table, "part")
    assert "1 molecules of column 'part' are in an earlier part too" in caplog.text
    assert set(parts.sizes) == {"training", "validation", "test"}  # of train a tenth stops
    assert table.canonical_smiles[0] not in smiles_of(parts)[2]


@pytest.mark.parametrize(
    ("split", "message"),
    [
        ("colour", "random, scaffold, 'time COLUMN' or a column .*the table has smiles, y, year"),
        ("time colour", "no column 'colour'"),
        ("time part", "is no date"),
        ("y", "fractions|both kinds|alike"),
    ],
)
def test_what_cannot_be_split_so_is_refused(table, split, message):
    with pytest.raises(ValueError, match=message):
        held_out(PairDataset(table), table, split)


def test_few_molecules_are_not_held_out_unless_asked(tmp_path, caplog):
    path = tmp_path / "few.csv"
    path.write_text("smiles,y\n" + "\n".join(f"{'C' * k},{k % 2}" for k in range(1, 20)))
    table = MoleculeTable(path, label="y")
    parts = held_out(PairDataset(table), table)
    assert parts.judged == "training" and parts.sizes == {"training": 19}
    assert "19 molecules are too few to hold some out (fewer than 50)" in caplog.text
    with pytest.raises(ValueError, match="`split` scaffold: 19 molecules cannot be split so"):
        held_out(PairDataset(table), table, "scaffold")


def test_only_what_is_read_tells_molecules_apart(tmp_path):
    path = tmp_path / "twins.csv"
    rows = [f"{'C' * k}{x}C,{k % 2}" for k in range(2, 40) for x in ("[C@H](F)", "[C@@H](F)")]
    path.write_text("smiles,y\n" + "\n".join(rows))
    table = MoleculeTable(path, label="y")
    part = held_out(PairDataset(table), table, reads=["x"]).test
    names = {graph.smiles.replace("@", "") for graph in part.graphs}
    assert len(part.graphs) == 2 * len(names)


@pytest.mark.parametrize("count", [30, 60, 99])
def test_parts_that_are_given_hold_for_small_tables(tmp_path, count):
    whole = FunctionalGroups()
    parts = ["train"] * 8 + ["validation", "test"]
    lines = [f"{whole[7 * k].smiles},{k // 10 % 2},{parts[k % 10]}" for k in range(count)]
    path = tmp_path / "small.csv"
    path.write_text("\n".join(["smiles,y,part", *lines]))
    table = MoleculeTable(path, label="y", invalid="skip")
    found = held_out(PairDataset(table), table, "part")
    assert set(found.sizes) == {"training", "validation", "test"}
    wanted = {name: set() for name in parts}
    for line in lines:
        smiles, _, name = line.split(",")
        wanted[name].add(Chem.CanonSmiles(smiles))
    learn, stop, judge = smiles_of(found)
    assert judge <= wanted["test"] and stop <= wanted["validation"]
    assert learn <= wanted["train"] and learn


def test_a_column_that_keeps_nothing_together_is_told(tmp_path, caplog):
    path = tmp_path / "table.csv"
    rows = "".join(f"{'C' * (k + 1)},{k % 2},k{k},s{k // 2}\n" for k in range(60))
    path.write_text("smiles,y,key,series\n" + rows)
    table = MoleculeTable(path, label="y")
    held_out(PairDataset(table), table, "series")
    assert "has another value in each row" not in caplog.text
    held_out(PairDataset(table), table, "key")
    assert "column 'key' has another value in each row" in caplog.text
