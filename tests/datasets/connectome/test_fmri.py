"""Collections that nilearn downloads, read offline from the layout it keeps them in."""

import nibabel
import numpy as np
import pandas as pd
import pytest
import torch
from connectomes import series
from nilearn.datasets import fetch_coords_dosenbach_2010
from nilearn.datasets.func import adhd_ids
from scipy.signal import detrend

from pyg_siamex.datasets import Connectomes
from pyg_siamex.datasets.connectome import (
    Atlas,
    abide_series,
    adhd_series,
    connectivity,
    development_series,
    dosenbach_160,
    region_series,
)

AFFINE = np.diag([4.0, 4.0, 4.0, 1.0])
PLACES = torch.tensor([[8.0, 8.0, 8.0], [24.0, 24.0, 24.0], [24.0, 8.0, 8.0]])
ATLAS = Atlas("small", ["a", "b", "c"], PLACES, ["x", "x", "y"])


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """A missing file is an error here, not a download."""

    def refuse(*arguments, **options):
        raise AssertionError("a download was tried")

    monkeypatch.setattr("requests.Session.send", refuse)


def image(path, seed, time_points=40):
    """An image whose signal at each place of the atlas is known."""
    signals = np.random.default_rng(seed).standard_normal((time_points, 3))
    volume = np.zeros((9, 9, 9, time_points), dtype=np.float32)
    for place, signal in zip(PLACES.long().tolist(), signals.T, strict=True):
        x, y, z = (k // 4 for k in place)
        volume[x - 1 : x + 2, y - 1 : y + 2, z - 1 : z + 2] += signal.astype(np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(volume, AFFINE), path)
    return signals


@pytest.fixture
def abide(tmp_path):
    folder = tmp_path / "ABIDE_pcp"
    folder.mkdir()
    raters = dict.fromkeys(
        ["qc_rater_1", "qc_anat_rater_2", "qc_func_rater_2", "qc_anat_rater_3", "qc_func_rater_3"],
        "OK",
    )
    rows = [
        {"SUB_ID": 50001 + k, "FILE_ID": f"Pitt_{50001 + k:07d}", "DX_GROUP": 1 + k % 2,
         "SITE_ID": "PITT", **raters}
        for k in range(4)
    ]  # fmt: skip
    rows[2]["qc_rater_1"] = "fail"
    rows.append({**rows[0], "SUB_ID": 50009, "FILE_ID": "no_filename"})
    pd.DataFrame(rows).to_csv(folder / "Phenotypic_V1_0b_preprocessed1.csv")
    save_abide(tmp_path, "rois_aal", series(4), range(2001, 2006))
    return tmp_path


def save_abide(root, derivative, arrays, labels):
    folder = root / "ABIDE_pcp" / "cpac" / "nofilt_noglobal"
    folder.mkdir(parents=True, exist_ok=True)
    header = "\t".join(f"#{label}" for label in labels)
    for k, array in enumerate(arrays):
        path = folder / f"Pitt_{50001 + k:07d}_{derivative}.1D"
        np.savetxt(path, array, delimiter="\t", header=header, comments="")


def test_abide_series_have_their_diagnoses(abide):
    subjects = abide_series("rois_aal", data_dir=abide)
    assert subjects.names == ["50001", "50002", "50004"]
    assert subjects.class_names == ["autism", "control"] and subjects.labels.tolist() == [0, 1, 1]
    assert np.allclose(subjects.arrays[2], series(4)[3])
    assert len(Connectomes(connectivity(subjects))) == 3


def test_abide_subjects_are_chosen_as_nilearn_chooses_them(abide):
    everyone = abide_series(data_dir=abide, quality_checked=False, label="SITE_ID")
    assert len(everyone) == 4 and everyone.class_names == ["PITT"]
    assert len(abide_series(data_dir=abide, n_subjects=2)) == 2
    with pytest.raises(ValueError, match="no column 'DIAGNOSIS': there are"):
        abide_series(data_dir=abide, label="DIAGNOSIS")
    with pytest.raises(ValueError, match="must be one of regions"):
        abide_series("func_preproc")


def test_abide_columns_of_dosenbach_are_put_in_the_order_of_the_atlas(abide):
    """The files have the regions by number, and a last label 223 where two of them overlap."""
    labels = [*range(1, 161), 223]
    arrays = [np.tile(np.array(labels, dtype=float), (2, 1)) for _ in range(4)]
    save_abide(abide, "rois_dosenbach160", arrays, labels)
    found = abide_series("rois_dosenbach160", data_dir=abide).arrays[0]
    published = fetch_coords_dosenbach_2010(ordered_regions=False).rois  # by number
    atlas = dosenbach_160()
    for column, place in zip(found[0].astype(int), atlas.coordinates.tolist(), strict=True):
        assert published.iloc[column - 1].tolist() == place
    save_abide(abide, "rois_dosenbach160", [array[:, :9] for array in arrays], labels[:9])
    with pytest.raises(ValueError, match=r"160 or 161 columns of Dosenbach's regions, got \{9\}"):
        abide_series("rois_dosenbach160", data_dir=abide)


def test_development_series_come_from_the_images(tmp_path):
    folder = tmp_path / "development_fmri"
    folder.mkdir()
    people = ["sub-pixar001", "sub-pixar123"]
    pd.DataFrame(
        {"participant_id": people, "Age": [4.8, 20.5], "AgeGroup": ["4yo", "Adult"],
         "Child_Adult": ["child", "adult"], "Gender": ["M", "F"], "Handedness": ["R", "R"]}
    ).to_csv(folder / "participants.tsv", sep="\t", index=False)  # fmt: skip
    columns = ["trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z", "csf", "white_matter"]
    columns += ["framewise_displacement", *(f"a_comp_cor_0{k}" for k in range(6))]
    for k, name in enumerate(people):
        bold = f"{name}_task-pixar_space-MNI152NLin2009cAsym_desc-preproc_bold.nii.gz"
        image(folder / bold, k, 60)
        table = np.random.default_rng(k).standard_normal((60, len(columns)))
        path = folder / f"{name}_task-pixar_desc-confounds_regressors.tsv"
        pd.DataFrame(table, columns=columns).to_csv(path, sep="\t", index=False)
    subjects = development_series(ATLAS, data_dir=tmp_path)
    assert dict(zip(subjects.names, subjects.labels.tolist(), strict=True)) == {
        "sub-pixar123": 0,
        "sub-pixar001": 1,
    }
    assert subjects.class_names == ["adult", "child"]
    assert [array.shape for array in subjects.arrays] == [(60, 3), (60, 3)]
    ages = development_series(ATLAS, "Age", data_dir=tmp_path)
    assert ages.labels.tolist() == pytest.approx([20.5, 4.8])


def test_adhd_labels_follow_the_images_and_not_the_order_of_the_table(tmp_path):
    names = adhd_ids()[:3]
    folder = tmp_path / "adhd"
    for k, name in enumerate(names):
        image(folder / "data" / name / f"{name}_rest_tshift_RPI_voreg_mni.nii.gz", k)
        path = folder / "data" / name / f"{name}_regressors.csv"
        motion = {"roll": np.linspace(0, 1 + k, 40), "pitch": np.cos(np.arange(40.0))}
        pd.DataFrame(motion).to_csv(path, index=False)
    table = pd.DataFrame({"Subject": [int(n) for n in names], "adhd": [1, 0, 0]})
    path = folder / "ADHD200_40subs_motion_parameters_and_phenotypics.csv"
    table[::-1].to_csv(path, index=False)
    subjects = adhd_series(ATLAS, n_subjects=3, data_dir=tmp_path)
    assert subjects.names == names and subjects.labels.tolist() == [1, 0, 0]
    with pytest.raises(ValueError, match="no column 'tdc'"):
        adhd_series(ATLAS, "tdc", n_subjects=3, data_dir=tmp_path)


def test_a_regions_series_is_the_detrended_signal_at_its_place(tmp_path):
    signals = image(tmp_path / "a.nii.gz", 0)
    found = region_series([tmp_path / "a.nii.gz"], ATLAS)[0]
    expected = detrend(signals, axis=0)
    assert np.allclose(found, expected / expected.std(0, ddof=1), atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"atlas": Atlas.numbered(3)}, "has no coordinates"),
        ({"radius": 0.0}, "radius must be above 0"),
        ({"confounds": []}, "0 confounds for 1 images"),
    ],
)
def test_bad_arguments_are_named_before_any_image_is_read(arguments, message):
    with pytest.raises(ValueError, match=message):
        region_series(**{"images": ["none.nii"], "atlas": ATLAS, **arguments})


def volumes(path, values, name="a.nii.gz"):
    nibabel.save(nibabel.Nifti1Image(values, AFFINE), path / name)
    return path / name


def cut(folder, name):
    image(folder / name, 0)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    return folder / name


BAD_IMAGES = {
    "absent": (lambda folder: folder / "none.nii", "no file .*none.nii"),
    "no image": (lambda folder: folder / "b.txt", "b.txt is damaged, or no brain image"),
    "cut": (lambda folder: cut(folder, "c.nii"), "c.nii is damaged"),
    "cut in gzip": (lambda folder: cut(folder, "c.nii.gz"), "c.nii.gz is damaged"),
    "3-D": (lambda f: volumes(f, np.ones((9, 9, 9))), r"a.nii.gz has shape \[9, 9, 9\].*4-D"),
    "no time": (lambda f: volumes(f, np.ones((9, 9, 9, 1))), "two time points or more"),
    "NaN": (lambda f: volumes(f, np.full((9, 9, 9, 40), np.nan)), "a.nii.gz has no signal in any"),
    "complex": (
        lambda f: volumes(f, np.ones((9, 9, 9, 40), dtype=np.complex64)),
        "a.nii.gz has values of complex64",
    ),
    "3-D in memory": (
        lambda folder: nibabel.Nifti1Image(np.ones((9, 9, 9)), AFFINE),
        r"images\[1\] has shape \[9, 9, 9\]",
    ),
    "complex in memory": (
        lambda folder: nibabel.Nifti1Image(np.ones((9, 9, 9, 40), dtype=np.complex64), AFFINE),
        r"images\[1\] has values of complex64",
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", BAD_IMAGES)
def test_images_that_cannot_be_used_are_named(tmp_path, kind):
    make, words = BAD_IMAGES[kind]
    (tmp_path / "b.txt").write_text("<html>404</html>")
    image(tmp_path / "good.nii.gz", 0)
    with pytest.raises((ValueError, FileNotFoundError), match=words):
        region_series([tmp_path / "good.nii.gz", make(tmp_path)], ATLAS)


@pytest.mark.parametrize("value", [0.0, -2.0, float("nan"), float("inf"), 50.0])
def test_repetition_times_out_of_range_are_refused(value):
    with pytest.raises(ValueError, match="t_r must be in"):
        region_series(["none.nii"], ATLAS, t_r=value)


def test_confounds_are_named_and_not_the_images(tmp_path):
    image(tmp_path / "a.nii", 0)
    with pytest.raises(FileNotFoundError, match=r"no file nope.tsv \(`confounds`\)"):
        region_series(["none.nii"], ATLAS, ["nope.tsv"])
    with pytest.raises(ValueError, match=r"`confounds\[0\]` has 7 rows, and its image"):
        region_series([tmp_path / "a.nii"], ATLAS, [np.ones((7, 2))])


@pytest.mark.filterwarnings("ignore")
def test_images_in_memory_have_the_series_of_their_files(tmp_path):
    image(tmp_path / "a.nii.gz", 0)
    loaded = nibabel.load(tmp_path / "a.nii.gz")
    for t_r in (None, 2.0, 40.0):
        one, other = (
            region_series([i], ATLAS, t_r=t_r)[0] for i in (loaded, loaded.get_filename())
        )
        assert one.shape == (40, 3) and np.array_equal(one, other)


@pytest.mark.parametrize("read", [adhd_series, development_series])
def test_a_radius_is_refused_before_a_download(read, tmp_path):
    with pytest.raises(ValueError, match="radius must be above 0"):
        read(ATLAS, radius=-1, data_dir=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("points", "t_r", "place", "words"),
    [
        (33, 2.0, 0.0, "33 time points, and filtering needs more than 33: leave `t_r` out"),
        (12, None, 900.0, "no voxel in region 'far'"),
    ],
    ids=["short", "outside"],
)
def test_images_that_do_not_fit_are_told(points, t_r, place, words):
    values = np.random.default_rng(0).normal(size=(6, 6, 6, points))
    image = nibabel.Nifti1Image(values, np.diag([4.0, 4, 4, 1]))
    atlas = Atlas("two", ["near", "far"], torch.tensor([[8.0, 8, 8], [12.0, 12, place]]))
    with pytest.raises(ValueError, match=words):
        region_series([image], atlas, None, t_r)
