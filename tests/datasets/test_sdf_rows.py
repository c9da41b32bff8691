"""SD files."""

import pytest
from rdkit import Chem
from rdkit.Chem import AllChem

from pyg_siamex.datasets.sdf_rows import read_sdf_rows


def block(smiles, title="", **properties):
    mol = Chem.MolFromSmiles(smiles)
    AllChem.Compute2DCoords(mol)
    mol.SetProp("_Name", title)
    data = "".join(f">  <{key}>\n{value}\n\n" for key, value in properties.items())
    return Chem.MolToMolBlock(mol) + data + "$$$$\n"


def test_properties_are_columns_and_broken_records_have_a_line_and_a_reason(tmp_path):
    path = tmp_path / "a.sdf"
    first, last = block("CCO", "ethanol", pIC50="5.5"), block("C[C@H](N)C(=O)O", series="A")
    valence = block("CC", "odd").replace("  1  2  1  0", "  1  2  3  0").replace(" C ", " F ")
    path.write_text(first + "rubbish\nno molecule\n$$$$\n" + valence + last)
    rows = read_sdf_rows(path, ["pIC50"])
    assert [row.line for row in rows][:2] == [1, first.count("\n") + 1]
    assert rows[0].cells == {"smiles": "CCO", "name": "ethanol", "pIC50": "5.5", "series": ""}
    assert rows[3].cells["smiles"] == "C[C@H](N)C(=O)O" and rows[3].cells["series"] == "A"
    assert rows[1].problem == "RDKit cannot read the record" and rows[1].cells["name"] == "rubbish"
    assert "valence" in rows[2].problem and rows[2].cells["name"] == "odd"
    assert not rows[0].problem and not rows[3].problem


def test_a_property_may_be_the_name_and_a_last_mark_may_be_missing(tmp_path):
    path = tmp_path / "a.sdf"
    path.write_text(block("CC", name="ethane").removesuffix("$$$$\n"))
    assert read_sdf_rows(path, [])[0].cells == {"smiles": "CC", "name": "ethane"}


def test_an_empty_file_is_named(tmp_path):
    path = tmp_path / "a.sdf"
    path.write_text("\n")
    with pytest.raises(ValueError, match="is empty"):
        read_sdf_rows(path, [])


@pytest.mark.parametrize("molecules", [2, 3])
def test_molecules_that_no_line_parts_are_refused(tmp_path, molecules):
    path = tmp_path / "a.sdf"
    joined = "".join(block("CCO", f"m{k}").replace("$$$$\n", "") for k in range(molecules))
    path.write_text(block("CC", "alone") + joined + "$$$$\n" + block("CN", "last"))
    rows = read_sdf_rows(path, [])
    assert [row.cells["name"] for row in rows] == ["alone", "m0", "last"]
    assert rows[1].problem == f"the record has {molecules} molecules: end each with a line $$$$"
    assert not rows[0].problem and not rows[2].problem


@pytest.mark.parametrize("blank", ["\n", "\n \n\n"], ids=["one", "several"])
def test_blank_lines_between_records_are_no_part_of_them(tmp_path, blank):
    path = tmp_path / "a.sdf"
    records = [block("CCO", "ethanol"), block("CC"), block("CN", "last")]
    path.write_text(blank.join(records))
    rows = read_sdf_rows(path, [])
    assert [row.cells["smiles"] for row in rows] == ["CCO", "CC", "CN"]
    assert [row.cells["name"] for row in rows] == ["ethanol", "", "last"]
    lines = path.read_text().split("\n")
    assert lines[rows[2].line - 1] == "last"


def test_a_file_without_a_record_that_can_be_read_says_so(tmp_path):
    path = tmp_path / "a.sdf"
    path.write_text("rubbish\nno molecule\n$$$$\nmore\n$$$$\n")
    with pytest.raises(ValueError, match=r"none of the 2 records of .*a\.sdf can be read \(the f"):
        read_sdf_rows(path, ["value"])
    assert len(read_sdf_rows(path, [])) == 2


def test_a_property_that_stands_twice_is_refused(tmp_path):
    path = tmp_path / "a.sdf"
    more = block("CCN", "two", logP="1").replace("$$$$\n", ">  <logP>\n9.9\n\n$$$$\n")
    path.write_text(block("CCO", "one", logP="2") + more)
    rows = read_sdf_rows(path, ["logP"])
    assert rows[0].cells["logP"] == "2" and not rows[0].problem
    assert rows[1].problem == "the record has the property 'logP' twice: leave one"


def test_a_property_that_is_called_name_stands_before_the_title(tmp_path):
    path = tmp_path / "a.sdf"
    path.write_text(block("CCO", "C1", name="ethanol") + block("CC", "C2", name=""))
    assert [row.cells["name"] for row in read_sdf_rows(path, [])] == ["ethanol", "C2"]


@pytest.mark.parametrize(
    ("given", "told"), [("OCC", False), ("CCN", True), ("no molecule", True), ("", False)]
)
def test_the_structure_stands_before_a_property_and_a_warning_tells_it(
    tmp_path, caplog, given, told
):
    path = tmp_path / "a.sdf"
    path.write_text(block("CCO", "one").replace("$$$$", f">  <smiles>\n{given}\n\n$$$$"))
    (row,) = read_sdf_rows(path, [])
    assert row.cells["smiles"] == "CCO" and not row.problem
    assert ("the record on line 1 has the structure CCO" in caplog.text) == told


@pytest.mark.parametrize(
    "blanks",
    ["  ", "\t", " \t ", "\xa0", "\x0c"],
    ids=["blanks", "tab", "both", "unbroken", "a page"],
)
def test_blanks_at_line_ends_change_nothing(tmp_path, blanks):
    path = tmp_path / "a.sdf"
    text = block("CCO", "ethanol", group="act", pIC50="5.5") + block("CC", group="not", pIC50="4")
    path.write_text(text)
    plain = read_sdf_rows(path, [])
    path.write_text(text.replace("\n", f"{blanks}\n"))
    assert read_sdf_rows(path, []) == plain


def test_a_last_property_needs_no_blank_line(tmp_path):
    path = tmp_path / "a.sdf"
    path.write_text(block("CC", pIC50="5.5").replace("\n\n$$$$", "\n$$$$"))
    assert read_sdf_rows(path, [])[0].cells["pIC50"] == "5.5"


@pytest.mark.parametrize("heading", [">  <series>", "> <series>  (2)", "> DT12 <series>"])
def test_a_property_that_no_blank_line_ends_is_refused(tmp_path, heading):
    path = tmp_path / "a.sdf"
    first = block("CC", "ethane", pIC50="5.5", series="A").replace(">  <series>", heading)
    path.write_text(first.replace("5.5\n\n", "5.5\n") + block("CN", pIC50="6.5", series="B"))
    rows = read_sdf_rows(path, [])
    assert f"no blank line before '{heading}'" in rows[0].problem and not rows[1].problem


def test_lines_of_a_property_stay_together(tmp_path):
    path = tmp_path / "a.sdf"
    path.write_text(block("CC", note="first\n> 5 <b>bold</b>\n<i>", more="x"))
    cells = read_sdf_rows(path, [])[0].cells
    assert cells["note"] == "first\n> 5 <b>bold</b>\n<i>" and cells["more"] == "x"


@pytest.mark.parametrize("ending", ["2.", "2.\n", "2.5\n$$"])
def test_a_file_that_ends_within_a_property_is_told(tmp_path, ending):
    path = tmp_path / "cut.sdf"
    start = block("CCO", y="1.5") + Chem.MolToMolBlock(Chem.MolFromSmiles("CCN"))
    path.write_text(start + ">  <y>\n" + ending)
    first, second = read_sdf_rows(path, ["y"])
    assert first.cells["y"] == "1.5" and not first.problem
    assert "the file ends within a property" in second.problem


def test_blanks_around_the_name_of_a_property_are_no_part_of_it(tmp_path):
    path = tmp_path / "blanks.sdf"
    path.write_text(block("CCO", **{"y ": "1.5"}))
    assert read_sdf_rows(path, ["y"])[0].cells["y"] == "1.5"
    path.write_text(block("CCO", **{"y ": "1.5", "y": "7"}))
    assert "property 'y' twice" in read_sdf_rows(path, [])[0].problem
