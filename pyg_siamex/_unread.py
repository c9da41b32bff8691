"""What files are that labs have and that are not read, with the way to files that are."""

_KINDS = {
    ".dtseries.nii": "CIFTI time series of vertices: parcellate them first (.ptseries.nii)",
    ".dconn.nii": "CIFTI connectivity of vertices: parcellate it first (.pconn.nii)",
    ".dscalar.nii": "CIFTI maps of vertices, not connectivity",
    ".dlabel.nii": "CIFTI labels of vertices, not connectivity",
    ".nii.gz": "brain images: extract time series of regions first",
    ".nii": "brain images: extract time series of regions first",
    ".mgz": "brain images: extract time series of regions first",
    ".gii": "surfaces: parcellate them first",
    ".annot": "labels of a surface, not connectivity",
    ".h5": "HDF5: save matrices as .npy or .mat",
    ".hdf5": "HDF5: save matrices as .npy or .mat",
    ".pkl": "pickles, which can run code: save matrices as .npy",
    ".pickle": "pickles, which can run code: save matrices as .npy",
    ".rds": "R objects: save each matrix as .csv",
    ".rdata": "R objects: save each matrix as .csv",
    ".graphml": "graphs: save each adjacency matrix as .csv",
    ".gexf": "graphs: save each adjacency matrix as .csv",
    ".tck": "streamlines: save a connectivity matrix of them (tck2connectome)",
    ".trk": "streamlines: save a connectivity matrix of them",
}
"""By ending, the longest first where one ends in another."""


_READ = (".pconn.nii", ".ptseries.nii")


def kind_unread(name: str) -> tuple[str, str] | None:
    """Ending and kind of a file that is not read; ``None`` for others.

    Args:
        name: The file's name.

    Example:
        >>> kind_unread("sub-01_bold.nii.gz")
        ('.nii.gz', 'brain images: extract time series of regions first')
    """
    low = name.lower()
    if low.endswith(_READ):
        return None
    return next(((ending, what) for ending, what in _KINDS.items() if low.endswith(ending)), None)
