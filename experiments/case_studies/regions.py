"""The 68 cortical regions of the Desikan-Killiany atlas, by lobe."""

from pyg_siamex.datasets.connectome import Atlas

LOBES = {
    "frontal": (
        "caudalmiddlefrontal lateralorbitofrontal medialorbitofrontal paracentral "
        "parsopercularis parsorbitalis parstriangularis precentral rostralmiddlefrontal "
        "superiorfrontal frontalpole"
    ),
    "cingulate": (
        "caudalanteriorcingulate isthmuscingulate posteriorcingulate rostralanteriorcingulate"
    ),
    "parietal": "inferiorparietal postcentral precuneus superiorparietal supramarginal",
    "temporal": (
        "bankssts entorhinal fusiform inferiortemporal middletemporal parahippocampal "
        "superiortemporal temporalpole transversetemporal"
    ),
    "occipital": "cuneus lateraloccipital lingual pericalcarine",
    "insula": "insula",
}
LAST = ("frontalpole", "temporalpole", "transversetemporal", "insula")


def desikan() -> Atlas:
    """The regions in FreeSurfer's order, left hemisphere first, with their lobes as networks.

    The matrices' file names no region. That this is their order is seen in the matrices: in each
    half the pericalcarine region is joined first of all to the lingual region, the cuneus and the
    superior parietal one, the frontal pole to the orbitofrontal regions.
    """
    lobe_of = {region: lobe for lobe, names in LOBES.items() for region in names.split()}
    order = [*sorted(set(lobe_of) - set(LAST)), *LAST]
    names = [f"{side} {region}" for side in "LR" for region in order]
    lobes = [f"{side} {lobe_of[region]}" for side in ("left", "right") for region in order]
    return Atlas("Desikan-Killiany", names, networks=lobes)
