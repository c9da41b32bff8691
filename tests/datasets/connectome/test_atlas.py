import pytest
import torch

from pyg_siamex.datasets.connectome import Atlas, dosenbach_160


def write(path, text):
    path.write_text(text)
    return path


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
        ("name,x,y,z\nA,1,2,nan\n", "'nan' as z of region 1"),
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


@pytest.mark.parametrize("size", [0, -1])
def test_an_atlas_has_regions(size):
    with pytest.raises(ValueError, match="size must be at least 1"):
        Atlas.numbered(size)
    for names in ([], ()):
        with pytest.raises(ValueError, match="atlas 'mine' has no ROIs"):
            Atlas("mine", names)
    assert Atlas.numbered(2).names == ["ROI 1", "ROI 2"]


def test_a_subset_keeps_what_is_known_of_its_regions():
    atlas = dosenbach_160().subset([5, 2])
    whole = dosenbach_160()
    assert atlas.names == [whole.names[5], whole.names[2]]
    assert torch.equal(atlas.coordinates, whole.coordinates[[5, 2]])
    assert atlas.networks == [whole.networks[5], whole.networks[2]]


@pytest.mark.parametrize(
    ("rois", "error", "message"),
    [
        ([-1], IndexError, "no position -1 among 160 regions: give positions from 0 to 159"),
        ([0, 160], IndexError, "no position 160 among 160 regions"),
        ([], ValueError, "`rois` is empty"),
    ],
    ids=["negative", "beyond", "none"],
)
def test_a_subset_is_of_positions_that_the_atlas_has(rois, error, message):
    with pytest.raises(error, match=message):
        dosenbach_160().subset(rois)


def test_atlases_are_compared_by_all_that_is_known():
    def two(**parts):
        return Atlas("two", ["a", "b"], **parts)

    places = torch.tensor([[10.0, 20, 30], [-10, 20, 30]])
    assert two() == two() and two() != two(numbers=[1, 2]) and two() != "two"
    assert two(coordinates=places) == two(coordinates=places.clone()) != two()
    assert len({two(coordinates=places), two(coordinates=places.clone())}) == 1


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"names": ["a", " "]}, "a ROI without a name, number 2"),
        ({"names": ["a", "a "]}, "two ROIs named 'a'"),
        ({"numbers": torch.tensor([1, 1])}, "2 ROIs and 1 different numbers"),
    ],
    ids=["empty", "blank", "numbers"],
)
def test_regions_that_cannot_be_told_apart_are_refused(parts, words):
    with pytest.raises(ValueError, match=words):
        Atlas("two", **{"names": ["a", "b"], **parts})


def test_numbers_and_networks_are_plain():
    found = Atlas("two", ["a", "b"], networks=["n", "n "], numbers=torch.tensor([7, 8]))
    assert found.network_names == ["n"] and found.numbers == [7, 8]
