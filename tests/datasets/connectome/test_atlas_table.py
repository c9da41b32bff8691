import nibabel
import numpy as np
import pytest

from pyg_siamex.datasets.connectome import Atlas, Connectomes, Subjects
from pyg_siamex.datasets.connectome.atlas_table import read_atlas_table

DSEG = """index\tlabel\tnetwork_label\themisphere
0\tBackground\tn/a\tn/a
7\tL_V1\tVisual\tL
3\tR_V1\tVisual\tR
"""


def write(path, text):
    path.write_text(text)
    return path


def test_the_table_of_a_bids_atlas_is_read(tmp_path):
    found = read_atlas_table(write(tmp_path / "atlas-Own_dseg.tsv", DSEG))
    assert found.names == ["L_V1", "R_V1"] and found.numbers == [7, 3]
    assert found.networks == ["Visual", "Visual"] and found.coordinates is None


def test_places_come_from_the_image_beside_the_table(tmp_path):
    write(tmp_path / "atlas-Own_dseg.tsv", DSEG)
    volume = np.zeros((4, 4, 4), dtype=np.int16)
    volume[1, 0, 0], volume[3, 0, 0] = 7, 3
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    path = tmp_path / "atlas-Own_space-MNI152NLin2009cAsym_dseg.nii.gz"
    nibabel.save(nibabel.Nifti1Image(volume, affine), path)
    found = read_atlas_table(tmp_path / "atlas-Own_dseg.tsv")
    assert found.coordinates == [[2, 0, 0], [6, 0, 0]]
    nibabel.save(nibabel.Nifti1Image(volume * 0 + 7, affine), path)
    assert read_atlas_table(tmp_path / "atlas-Own_dseg.tsv").coordinates is None


def test_headings_of_other_tables_are_known(tmp_path):
    text = "ROI Label,ROI Name,R,A,S\n1,7Networks_LH_Vis_1,-26,-34,-18\n2,b,1,2,3\n"
    found = read_atlas_table(write(tmp_path / "centroids.csv", text))
    assert found.names[0] == "7Networks_LH_Vis_1" and found.numbers == [1, 2]
    assert found.coordinates[0] == [-26, -34, -18]


def test_files_of_brainnet_viewer_are_read(tmp_path):
    rows = ["# a comment", "-1 2.5 3 1 4 PreCG.L", "4 5 6 2 4 PreCG.R", "7 8 9 2 4 SFG.L"]
    found = read_atlas_table(write(tmp_path / "a.node", "\n".join(rows)))
    assert found.names == ["PreCG.L", "PreCG.R", "SFG.L"] and found.coordinates[0] == [-1, 2.5, 3]
    assert found.networks == ["module 1", "module 2", "module 2"]
    found = read_atlas_table(write(tmp_path / "b.node", "1 2 3 1 1 -\n4 5 6 1 1 -\n"))
    assert found.names == ["ROI 1", "ROI 2"] and found.networks is None
    with pytest.raises(ValueError, match="x, y, z, colour, size and label"):
        read_atlas_table(write(tmp_path / "c.node", "1 2 3\n"))
    with pytest.raises(ValueError, match="coordinate that is not a number"):
        read_atlas_table(write(tmp_path / "d.node", "1 2 x 1 1 a\n"))
    with pytest.raises(FileNotFoundError):
        read_atlas_table(tmp_path / "none.node")


def test_matrices_with_numbers_find_their_regions_in_the_table(tmp_path):
    atlas = Atlas.from_table(write(tmp_path / "atlas-Own_dseg.tsv", DSEG))
    matrix = np.array([[0, 0.5], [0.5, 0]])
    graphs = Connectomes(Subjects([matrix], regions=["3", "7"]), atlas=atlas)
    assert graphs[0].roi_names == ["L_V1", "R_V1"]


def test_modules_of_a_node_file_are_networks_where_all_are_numbers(tmp_path):
    rows = ["1 2 3 1 1 a", "4 5 6 2 1 b", "7 8 9 2 1 c"]
    found = read_atlas_table(write(tmp_path / "a.node", "\n".join(rows)))
    assert found.networks == ["module 1", "module 2", "module 2"]
    rows[0] = "1 2 3 1.5 1 a"
    assert read_atlas_table(write(tmp_path / "b.node", "\n".join(rows))).networks is None


def test_a_place_that_a_spreadsheet_could_not_compute_is_no_comment(tmp_path):
    path = write(tmp_path / "a.node", "# places\n1 2 3 1 1 A\n#N/A 5 6 1 1 B\n")
    with pytest.raises(ValueError, match="'#N/A' as x of region 2"):
        read_atlas_table(path)


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ("x", "'x' in row 3"),
        ("2.5", "'2.5' in row 3"),
        ("-3", "'-3' in row 3"),
        ("", "no number in row 3"),
        ("1", "1 in rows 1 and 3"),
    ],
)
def test_numbers_that_are_left_out_are_told_by_their_row(tmp_path, caplog, odd, told):
    path = tmp_path / "t.csv"
    path.write_text(f"name,index,network\na,1,n\nb,2,n\nc,{odd},n\n")
    assert read_atlas_table(path).numbers is None
    assert f"column 'index' has {told} and is left out" in caplog.text
    caplog.clear()
    path.write_text(f"name,index,network\na,1.0,n\nb,{odd},n\nc,,n\n")  # as pandas writes gaps
    assert read_atlas_table(path).numbers is None
    assert "column 'index' has no number in row" in caplog.text
    caplog.clear()
    path.write_text("name,index,network\na,1,n\nb,2,n\nc,3,n\n")
    assert read_atlas_table(path).numbers == [1, 2, 3] and not caplog.text


@pytest.mark.parametrize("ending", [".csv", ".node"])
@pytest.mark.parametrize(("unit", "refused"), [(1, False), (1000, True), (0.001, True)])
def test_places_are_in_mm(tmp_path, ending, unit, refused):
    places = [[-42 * unit, 10 * unit, 0], [38 * unit, -70 * unit, 60 * unit]]
    path = tmp_path / f"atlas{ending}"
    if ending == ".csv":
        lines = ["name,x,y,z", *(f"r{k},{','.join(map(str, p))}" for k, p in enumerate(places))]
    else:
        lines = [f"{' '.join(map(str, place))} 1 1 r{k}" for k, place in enumerate(places)]
    path.write_text("\n".join(lines))
    if refused:
        with pytest.raises(ValueError, match="give them in mm"):
            read_atlas_table(path)
    else:
        assert read_atlas_table(path).coordinates == places


def test_identifiers_that_are_words_are_no_numbers_and_not_told(tmp_path, caplog):
    path = tmp_path / "t.csv"
    path.write_text("name,id\na,LH_1\nb,RH_1\n")
    assert read_atlas_table(path).numbers is None and not caplog.text


@pytest.mark.parametrize("label", ["", " -"], ids=["none", "dash"])
def test_labels_of_a_node_file_are_of_all_regions_or_of_none(tmp_path, label):
    path = tmp_path / "brain.node"
    rows = [f"{k} {2 * k} {-9 * k} 1 1" for k in range(4)]
    path.write_text(
        "\n".join(f"{row}{label if k == 2 else f' R{k}'}" for k, row in enumerate(rows))
    )
    with pytest.raises(ValueError, match="has no label in row 3, and others have"):
        read_atlas_table(path)
    path.write_text("\n".join(f"{row}{label}" for row in rows))
    assert read_atlas_table(path).names == ["ROI 1", "ROI 2", "ROI 3", "ROI 4"]


@pytest.mark.parametrize(
    "heads", ["x (mm),y (mm),z (mm)", "X_mm,Y_mm,Z_mm", "mni_x [mm],mni_y [mm],mni_z [mm]"]
)
def test_units_in_headings_are_passed_over(tmp_path, heads):
    path = tmp_path / "atlas.csv"
    path.write_text(f"name,{heads}\nA,-20,-5,-20\nB,20,-5,-20\n")
    assert read_atlas_table(path).coordinates == [[-20, -5, -20], [20, -5, -20]]
    path.write_text("name,x,x (mm),y,z\nA,-20,7,-5,-20\nB,20,7,-5,-20\n")
    assert read_atlas_table(path).coordinates == [[-20, -5, -20], [20, -5, -20]]


@pytest.mark.parametrize("name", ["a.csv", "a.node"])
def test_places_that_are_all_zero_are_none(tmp_path, caplog, name):
    path = tmp_path / name
    rows = (
        ["name,x,y,z", "A,0,0,0", "B,0,0,0"] if name == "a.csv" else ["0 0 0 1 1 A", "0 0 0 1 1 B"]
    )
    path.write_text("\n".join(rows))
    found = read_atlas_table(path)
    assert found.names == ["A", "B"] and found.coordinates is None
    assert "lie at 0, 0, 0: it is read without coordinates" in caplog.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,x,y,z\na,,20,30\nb,,20,3\n", "'' as x of region 1"),
        ("name,network\na,n\nb,NA\n", "'NA' as 'network' of region 2"),
        ("name,x (cm),y (cm),z (cm)\na,1,2,3\n", r"column 'x \(cm\)': give coordinates in mm"),
    ],
    ids=["one axis", "network", "unit"],
)
def test_what_is_missing_or_of_another_unit_is_told(tmp_path, text, words):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(ValueError, match=words):
        read_atlas_table(tmp_path / "a.csv")


@pytest.mark.parametrize("columns", ["r,g,b", "r,g,b,a"])
def test_colours_are_no_coordinates(tmp_path, columns):
    numbers = ",".join("123"[: columns.count(",") + 1] + "4" * (columns.count(",") - 2))
    (tmp_path / "a.csv").write_text(f"name,{columns}\none,{numbers}\n")
    assert read_atlas_table(tmp_path / "a.csv").coordinates is None
