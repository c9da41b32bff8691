import nibabel
import numpy as np
import pytest
from nilearn.datasets import fetch_atlas_schaefer_2018

from pyg_siamex.datasets.connectome import (
    aal,
    desikan_68,
    destrieux,
    dosenbach_160,
    power_264,
    schaefer,
    seitzman_300,
    yeo,
)

AFFINE = np.array([[2.0, 0, 0, -6], [0, 2, 0, -8], [0, 0, 2, -10], [0, 0, 0, 1]])


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def image(path, *numbers):
    """Voxel (k, 0, 0) and (k, 2, 0) have the k-th number; the centre is at (2k - 6, -6, -10)."""
    volume = np.zeros((len(numbers) + 1, 4, 4), dtype=np.int16)
    for k, number in enumerate(numbers):
        volume[k, 0, 0] = volume[k, 2, 0] = number
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(volume, AFFINE), path)


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


def test_seitzman_has_places_and_networks_in_the_published_order():
    atlas = seitzman_300()
    assert len(atlas) == 300 and atlas.networks[0] == "unassigned"
    assert atlas.coordinates[0].tolist() == pytest.approx([-56.16, -44.76, -24.23])
    assert "DefaultMode" in atlas.network_names


def test_desikan_has_the_names_and_numbers_of_freesurfer():
    atlas = desikan_68()
    number = dict(zip(atlas.names, atlas.numbers, strict=True))
    assert len(atlas) == 68 and 1004 not in atlas.numbers
    known = {"lh_bankssts": 1001, "lh_cuneus": 1005, "lh_insula": 1035, "rh_precuneus": 2025}
    assert {name: number[name] for name in known} == known


def test_aal_is_read_in_the_layout_that_nilearn_keeps(tmp_path):
    folder = tmp_path / "aal_SPM12" / "aal" / "atlas"
    folder.mkdir(parents=True)
    volume = np.zeros((6, 6, 6), dtype=np.int16)
    volume[0:2, 0, 0], volume[4, 4, 4] = 2001, 9170
    nibabel.save(nibabel.Nifti1Image(volume, AFFINE), folder / "AAL.nii")
    labels = "".join(
        f"<label><index>{number}</index><name>{name}</name></label>"
        for number, name in ((9170, "Vermis_10"), (2001, "Precentral_L"))
    )
    write(folder / "AAL.xml", f"<atlas><data>{labels}</data></atlas>")
    atlas = aal("SPM12", tmp_path)
    assert atlas.names == ["Precentral_L", "Vermis_10"]
    assert atlas.numbers == [2001, 9170]
    assert atlas.coordinates.tolist() == [[-5, -8, -10], [2, 0, -2]]


def test_schaefer_is_read_in_the_layout_that_nilearn_keeps(tmp_path):
    names = ["17Networks_LH_VisCent_ExStr_1", "17Networks_RH_DefaultA_PFCm_2"]
    rows = [f"{k}\t{name}\t120\t18\t131\t0" for k, name in enumerate(names, 1)]
    stem = "Schaefer2018_200Parcels_17Networks_order"
    write(tmp_path / "schaefer_2018" / f"{stem}.txt", "\n".join(rows))
    image(tmp_path / "schaefer_2018" / f"{stem}_FSLMNI152_2mm.nii.gz", 1, 2)
    found = fetch_atlas_schaefer_2018(200, 17, 2, data_dir=str(tmp_path), verbose=0)
    assert found.labels == ["Background", *names]
    atlas = schaefer(200, 17, tmp_path)
    assert atlas.name == "Schaefer 200 (17 networks)" and atlas.names == names
    assert atlas.networks == ["VisCent", "DefaultA"] and atlas.numbers == [1, 2]
    assert atlas.coordinates.tolist() == [[-6, -6, -10], [-4, -6, -10]]
    with pytest.raises(ValueError, match="`regions` must be one of"):
        schaefer(150)


def test_destrieux_leaves_out_what_is_not_in_the_image(tmp_path):
    folder = tmp_path / "destrieux_2009"
    table = "index,name\n0,Background\n1,L G_cuneus\n42,L Medial_wall\n2,R S_calcarine\n"
    write(folder / "destrieux2009_rois_labels_lateralized.csv", table)
    write(folder / "destrieux2009.rst", "Destrieux")
    image(folder / "destrieux2009_rois_lateralized.nii.gz", 1, 2)
    atlas = destrieux(tmp_path)
    assert atlas.names == ["L G_cuneus", "R S_calcarine"] and atlas.numbers == [1, 2]
    assert atlas.coordinates[1].tolist() == [-4, -6, -10]


def test_damaged_downloads_are_named(tmp_path):
    test_destrieux_leaves_out_what_is_not_in_the_image(tmp_path)
    path = tmp_path / "destrieux_2009" / "destrieux2009_rois_lateralized.nii.gz"
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(OSError, match=r"could not read the atlas Destrieux .*downloads it anew"):
        destrieux(tmp_path)


@pytest.mark.parametrize(("networks", "first"), [(7, "Vis"), (17, "17Networks_1")])
def test_networks_of_yeo_are_regions(tmp_path, networks, first):
    folder = tmp_path / "yeo_2011" / "Yeo_JNeurophysiol11_MNI152"
    for count in (7, 17):
        rows = [f"{k} {count}Networks_{k} 120 18 131 0" for k in range(count + 1)]
        rows[0] = "0 NONE 0 0 0 0"
        write(folder / f"Yeo2011_{count}Networks_ColorLUT.txt", "\n".join(rows))
        for mask in ("", "_LiberalMask"):
            stem = f"Yeo2011_{count}Networks_MNI152_FreeSurferConformed1mm{mask}"
            image(folder / f"{stem}.nii.gz", *range(1, count + 1))
    image(folder / "FSL_MNI152_FreeSurferConformed_1mm.nii.gz", 1)
    atlas = yeo(networks, tmp_path)
    assert len(atlas) == networks == len(atlas.network_names)
    assert atlas.names[0] == first and atlas.coordinates[0].tolist() == [-6, -6, -10]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: schaefer(150, data_dir=folder), r"`regions` must be .* 1000 \(got 150\)"),
        (lambda folder: schaefer(400, 150, folder), r"`networks` must be one of 7, 17 \(got 150\)"),
        (lambda folder: schaefer(400, 7, folder, 3), r"`resolution` must be one of 1, 2 \(got 3\)"),
        (lambda folder: yeo(150, folder), r"`networks` must be one of 7, 17 \(got 150\)"),
        (lambda folder: aal("", folder), r"`version` must be one of SPM12, .* \(got ''\)"),
    ],
    ids=["regions", "networks", "resolution", "yeo", "version"],
)
def test_atlases_that_there_are_not_are_refused_before_a_download(make, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        make(tmp_path)
    assert not list(tmp_path.iterdir())
