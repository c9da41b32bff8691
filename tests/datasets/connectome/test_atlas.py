import nibabel
import numpy as np
import pytest
import torch

from pyg_siamex.datasets.connectome import Atlas, aal, dosenbach_160, power_264


def write(path, text):
    path.write_text(text)
    return path


def test_dosenbach_has_names_places_and_six_networks():
    atlas = dosenbach_160()
    assert len(atlas) == 160 and len(atlas.network_names) == 6
    assert atlas.names[0] == "inf cerebellum 155" and atlas.networks[0] == "cerebellum"
    assert atlas.coordinates[0].tolist() == [18, -81, -33]
    named = [atlas.network_names[k] for k in atlas.network_index.tolist()]
    assert named == list(atlas.networks)


def test_power_has_places_and_no_networks():
    atlas = power_264()
    assert atlas.coordinates.shape == (264, 3) and atlas.coordinates[0].tolist() == [-25, -98, -12]
    assert atlas.names[263] == "ROI 264"
    with pytest.raises(ValueError, match="'Power 264' has no networks"):
        atlas.network_index  # noqa: B018


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_users_table_is_an_atlas(tmp_path, delimiter):
    rows = [["Name", "X", "y", "z", "Network"], ["A 1", "1", "-2.5", "3", "visual"]]
    rows.append(["B", "4", "5", "6", "default"])
    path = write(tmp_path / "mine.csv", "\n".join(delimiter.join(row) for row in rows))
    atlas = Atlas.from_table(path)
    assert atlas.name == "mine" and atlas.names == ["A 1", "B"]
    assert atlas.coordinates.tolist() == [[1, -2.5, 3], [4, 5, 6]]
    assert atlas.networks == ["visual", "default"] and atlas.network_index.tolist() == [1, 0]


def test_a_table_of_names_alone_is_an_atlas(tmp_path):
    atlas = Atlas.from_table(write(tmp_path / "a.tsv", "name\tside\nX\tL\nY\tR\n"), "mine")
    assert atlas.name == "mine" and atlas.coordinates is None and atlas.networks is None
    assert Atlas.from_table(write(tmp_path / "b.csv", "name\nX\nY\n")).names == ["X", "Y"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("roi,x\nA,1\n", "no column 'name' with a ROI"),
        ("name\n", "no column 'name' with a ROI"),
        ("name,x\nA,1,2\n", r"line 2 of .*: 3 cells under 2 columns"),
        ("name,x,y\nA,1,2\n", "has coordinates x, y: give x, y and z"),
        ("name,x,y,z\nA,1,2,left\n", "coordinate that is not a number .*'left'"),
        ("name,x,y,z\nA,1,2,nan\n", "coordinates that are not finite"),
        ("name,network\nA,v\nB,\n", "no 'network' in row 2"),
        ("name,network\nA,v\nA,w\n", "two ROIs named 'A': number them"),
    ],
)
def test_bad_tables_are_named(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        Atlas.from_table(write(tmp_path / "a.csv", text))


def test_a_missing_table_and_unequal_lengths_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no table at"):
        Atlas.from_table(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="2 ROIs and 1 networks"):
        Atlas("t", ["a", "b"], networks=["x"])
    with pytest.raises(ValueError, match=r"shape \[2, 2\]: give \[2, 3\]"):
        Atlas("t", ["a", "b"], torch.zeros(2, 2))


def test_a_subset_keeps_what_is_known_of_its_regions():
    atlas = dosenbach_160().subset([5, 2])
    whole = dosenbach_160()
    assert atlas.names == [whole.names[5], whole.names[2]]
    assert torch.equal(atlas.coordinates, whole.coordinates[[5, 2]])
    assert atlas.networks == [whole.networks[5], whole.networks[2]]


def test_aal_is_read_in_the_layout_that_nilearn_keeps(tmp_path):
    folder = tmp_path / "aal_SPM12" / "aal" / "atlas"
    folder.mkdir(parents=True)
    volume = np.zeros((6, 6, 6), dtype=np.int16)
    volume[0:2, 0, 0], volume[4, 4, 4] = 2001, 9170
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    affine[:3, 3] = [-6, -8, -10]
    nibabel.save(nibabel.Nifti1Image(volume, affine), folder / "AAL.nii")
    labels = "".join(
        f"<label><index>{number}</index><name>{name}</name></label>"
        for number, name in ((9170, "Vermis_10"), (2001, "Precentral_L"))
    )
    write(folder / "AAL.xml", f"<atlas><data>{labels}</data></atlas>")
    atlas = aal("SPM12", tmp_path)
    assert atlas.names == ["Precentral_L", "Vermis_10"]
    assert atlas.coordinates.tolist() == [[-5, -8, -10], [2, 0, -2]]
