import os

import pytest

from pyg_siamex.datasets.connectome.subject_files import say_unread, subject_files


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
    return folder


def xcp_d(folder, subject, session, *, atlases=("Gordon",)):
    """Files as XCP-D writes them."""
    stem = f"sub-{subject}/ses-{session}/func/sub-{subject}_ses-{session}_task-rest"
    for atlas in atlases:
        touch(
            folder,
            f"{stem}_space-MNI_seg-{atlas}_stat-mean_timeseries.tsv",
            f"{stem}_space-MNI_seg-{atlas}_stat-pearsoncorrelation_relmat.tsv",
            f"{stem}_space-MNI_seg-{atlas}_stat-coverage_bold.tsv",
        )
    touch(folder, f"{stem}_motion.tsv", f"{stem}_desc-abcc_qc.hdf5", f"sub-{subject}.html")


def test_matrices_of_nested_derivatives_are_found(tmp_path):
    for subject in ("01", "02"):
        xcp_d(tmp_path, subject, "1")
    touch(tmp_path, "dataset_description.json", "desc-linc_qc.tsv", "atlases/atlas-Gordon_dseg.tsv")
    found = subject_files(tmp_path)
    assert list(found) == ["sub-01", "sub-02"]
    assert all(path.name.endswith("_relmat.tsv") for path in found.values())
    series = subject_files(tmp_path, series=True)
    assert all(path.name.endswith("_timeseries.tsv") for path in series.values())


def test_sessions_are_scans_of_their_own(tmp_path):
    for session in ("1", "2"):
        xcp_d(tmp_path, "01", session)
    xcp_d(tmp_path, "02", "1")
    assert list(subject_files(tmp_path)) == ["sub-01_ses-1", "sub-01_ses-2", "sub-02_ses-1"]


def test_several_atlases_are_listed_and_chosen_by_a_pattern(tmp_path):
    for subject in ("01", "02"):
        xcp_d(tmp_path, subject, "1", atlases=("Gordon", "Tian"))
    with pytest.raises(ValueError, match=r"2 kinds: .*seg-Gordon.*\(2\).*`file_name`"):
        subject_files(tmp_path)
    found = subject_files(tmp_path, "*_seg-Tian_*_relmat")
    assert all("Tian" in path.name for path in found.values()) and len(found) == 2


def test_a_flat_folder_of_other_names_is_read_as_it_is(tmp_path):
    touch(tmp_path, "b.csv", "a.npy", "labels.csv", ".hidden.csv", "notes.md", "deep/sub-1.csv")
    found = subject_files(tmp_path, leave_out=tmp_path / "labels.csv")
    assert list(found) == ["a", "b"]
    assert list(subject_files(tmp_path, "{subject}ls")) == ["labe"]


def test_endings_of_two_parts_are_no_part_of_the_name(tmp_path):
    touch(tmp_path, "100307.pconn.nii", "100408.pconn.nii")
    assert list(subject_files(tmp_path)) == ["100307", "100408"]


def test_what_cannot_be_found_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder below it has files named sub-"):
        subject_files(tmp_path)
    with pytest.raises(ValueError, match=r"'{subject}' once, or \*"):
        subject_files(tmp_path, "x")
    touch(tmp_path, "ses/sub-1_relmat.tsv", "ses/sub-1_relmat.csv")
    with pytest.raises(ValueError, match="2 kinds"):
        subject_files(tmp_path)
    touch(tmp_path / "twins", "x/sub-1_relmat.tsv", "y/sub-1_relmat.tsv")
    with pytest.raises(ValueError, match=r"two files: x/sub-1_relmat.tsv and y/sub-1"):
        subject_files(tmp_path / "twins")


def test_files_that_are_not_read_are_named_for_what_they_are(tmp_path):
    touch(tmp_path, "sub-1/func/sub-1_bold.nii.gz", "sub-2/func/sub-2_bold.nii.gz")
    with pytest.raises(FileNotFoundError, match=r"It has 2 \.nii\.gz files \(brain images"):
        subject_files(tmp_path)


def test_a_whole_disk_is_not_searched(tmp_path, monkeypatch):
    monkeypatch.setattr("pyg_siamex.datasets.connectome.subject_files._MOST", 3)
    touch(tmp_path, "a/b/x.md", "a/y.md", "z.md")
    with pytest.raises(FileNotFoundError):
        subject_files(tmp_path)
    touch(tmp_path, "c/x.md")
    with pytest.raises(ValueError, match=r"more than 3 files lie below .*: name the folder"):
        subject_files(tmp_path)


def test_confounds_and_motion_are_no_regions(tmp_path):
    func = tmp_path / "sub-01" / "func"
    func.mkdir(parents=True)
    beside = ["desc-confounds_timeseries", "motion", "outliers", "desc-linc_qc"]
    for name in beside:
        (func / f"sub-01_task-rest_{name}.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(FileNotFoundError, match=r"4 tables beside scans.*no regions \(confounds"):
        subject_files(tmp_path, series=True)
    own = func / "sub-01_task-rest_seg-Gordon_stat-mean_timeseries.tsv"
    own.write_text("a\tb\n1\t2\n")
    assert subject_files(tmp_path, series=True) == {"sub-01": own}
    for name in beside:  # in a flat folder too
        (tmp_path / f"sub-02_{name}.tsv").write_text("a\tb\n1\t2\n")
    assert subject_files(tmp_path, series=True) == {"sub-01": own}


def test_links_that_lead_nowhere_are_named_and_left_out(tmp_path, caplog):
    touch(tmp_path, "a.csv", "b.csv")
    os.symlink("none.csv", tmp_path / "c.csv")
    os.symlink("d.csv", tmp_path / "d.csv")
    assert list(subject_files(tmp_path)) == ["a", "b"]
    assert "2 names lead to no file and are left out, such as" in caplog.text
    assert "c.csv: fetch or mend them" in caplog.text


def test_files_that_are_not_read_are_told_beside_those_that_are(tmp_path, caplog):
    def said():
        caplog.clear()
        say_unread(tmp_path, subject_files(tmp_path).values())
        return [record.getMessage() for record in caplog.records]

    touch(tmp_path, "s1.csv", "s2.csv", "readme.md", "labels.xlsx")
    assert said() == []
    touch(tmp_path, "s3.graphml", "s4.csv.gz", "s5.npz", "s6.npz")
    found = said()
    assert len(found) == 3 and all("left out" in line and "not read" in line for line in found)
    assert "2 .npz files" in found[0] and "s5.npz" in found[0]
    assert any("1 .csv.gz files" in line and "unpack them" in line for line in found)
    assert any("s3.graphml" in line for line in found)


def test_a_folder_of_compressed_files_says_so(tmp_path):
    touch(tmp_path, "s1.csv.gz", "s2.csv.gz")
    with pytest.raises(FileNotFoundError, match=r"It has 2 .csv.gz files \(compressed: unpack"):
        subject_files(tmp_path)


@pytest.mark.parametrize("deep", [True, False])
def test_other_files_of_derivatives_are_as_usual(tmp_path, caplog, deep):
    if deep:
        xcp_d(tmp_path, "01", "1")
    else:
        touch(tmp_path, "sub-01_relmat.tsv")
    touch(tmp_path, "group.h5", "sub-01_T1w.nii.gz")
    say_unread(tmp_path, subject_files(tmp_path).values())
    assert not caplog.text


LOST = [".csv.gz", ".TSV.GZ", ".npy.zip", ".xlsx", ".parquet", ".feather", ".npz", ".h5", ".csv/"]


def place_named(folder, name):
    (folder / name).mkdir(parents=True) if name.endswith("/") else touch(folder, name)


@pytest.mark.parametrize("ending", LOST)
@pytest.mark.parametrize("form", ["sub-{}", "sub-{}_relmat", "sub-{}/ses-1/sub-{}_ses-1_relmat"])
def test_a_subject_of_derivatives_whose_file_is_not_read_is_told(tmp_path, caplog, form, ending):
    touch(tmp_path, *(form.format(name, name) + ".csv" for name in ("01", "02")))
    place_named(tmp_path, form.format("02", "02") + (ending if ending != ".csv/" else ".tsv/"))
    say_unread(tmp_path, subject_files(tmp_path).values())
    assert not caplog.text  # the subject is read from another file
    place_named(tmp_path, form.format("03", "03") + ending)
    say_unread(tmp_path, subject_files(tmp_path).values())
    (line,) = (record.getMessage() for record in caplog.records)
    assert f"left out: 1 {ending.lower().strip('/')} files" in line and "are not read" in line
    assert form.format("03", "03") + ending.strip("/") in line


def test_a_second_scan_that_is_not_read_is_told(tmp_path, caplog):
    touch(tmp_path, "sub-01_ses-1.csv", "sub-01_ses-2.csv.gz", "sub-02_ses-1.csv")
    say_unread(tmp_path, subject_files(tmp_path).values())
    assert "sub-01_ses-2.csv.gz, are not read (compressed: unpack them)" in caplog.text


USUAL = [
    "_physio.tsv.gz",
    "_T1w.nii.gz",
    ".nii.gz",
    ".NII.GZ",
    ".html",
    ".json",
    ".csv.bak",
    "_xfm.h5",
]


@pytest.mark.parametrize("ending", USUAL)
def test_usual_files_of_a_subject_without_a_matrix_are_not_told(tmp_path, caplog, ending):
    touch(tmp_path, "sub-01.csv", "sub-02.csv", f"sub-03{ending}", "._sub-03.csv.gz")
    (tmp_path / "sub-03").mkdir()
    say_unread(tmp_path, subject_files(tmp_path).values())
    assert not caplog.text


def test_a_folder_named_as_a_matrix_is_told(tmp_path, caplog):
    touch(tmp_path, "s1.csv", "s2.csv")
    place_named(tmp_path, "s3.csv/")
    say_unread(tmp_path, subject_files(tmp_path).values())
    assert "such as s3.csv, are not read (these are folders" in caplog.text


@pytest.mark.parametrize("pattern", ["*.csv", "{subject}_x.npy", "*.1D"])
def test_an_ending_in_a_pattern_is_named(tmp_path, pattern):
    (tmp_path / "s1.csv").write_text("1,2\n2,1\n")
    with pytest.raises(FileNotFoundError, match=r"leave the ending out: ") as error:
        subject_files(tmp_path, pattern)
    assert pattern.rpartition(".")[0] + ")" in str(error.value)


KINDS = [
    (["a_relmat.tsv", "relmat.tsv"], "such as '*_a_relmat'"),
    (["seg-A_relmat.tsv", "seg-B_relmat.tsv"], "such as '*_seg-A_relmat'"),
    (["relmat.csv", "relmat.tsv"], "into a folder of their own"),
]


@pytest.mark.parametrize(("kinds", "advice"), KINDS, ids=[advice for _, advice in KINDS])
def test_the_pattern_that_is_advised_chooses_one_kind(tmp_path, kinds, advice):
    touch(tmp_path, *(f"sub-0{k}_{kind}" for k in (1, 2) for kind in kinds))
    with pytest.raises(ValueError, match="2 kinds") as caught:
        subject_files(tmp_path)
    assert advice in str(caught.value)
    if "such as" in advice:
        assert len(subject_files(tmp_path, advice.split("'")[1])) == 2


def test_endings_alone_are_told_apart_by_folders(tmp_path):
    touch(tmp_path, "sub-01.csv", "sub-02.csv", "sub-03.tsv")
    with pytest.raises(ValueError, match=r"\*\.csv \(2\), \*\.tsv \(1\)\. Put those of one kind"):
        subject_files(tmp_path)


@pytest.mark.parametrize("name", ["s5_AAL.csv", "s6.csv", "s07_gordon.csv", "S8_aal.csv"])
def test_files_of_subjects_without_one_of_the_pattern_are_logged(tmp_path, caplog, name):
    for k in range(3):
        (tmp_path / f"s{k}_aal.csv").write_text("1")
    (tmp_path / name).write_text("1")
    found = subject_files(tmp_path, "{subject}_aal")
    assert len(found) == 3 + (name == "S8_aal.csv")
    assert (f"such as {name}" in caplog.text) == (len(found) == 3)


@pytest.mark.parametrize("names", [["s{}"], ["1{}"], ["anna{}b"], ["KKI_00{}"], ["s{}_ses-1"]])
def test_other_files_of_subjects_and_of_none_are_not_logged(tmp_path, caplog, names):
    for k in range(3):
        for end in ("aal", "gordon"):
            (tmp_path / f"{names[0].format(k)}_{end}.csv").write_text("1")
    for other in ("atlas", "labels", "notes_aal2", "roi_90"):
        (tmp_path / f"{other}.csv").write_text("1")
    subject_files(tmp_path, "{subject}_aal")
    assert not caplog.text
