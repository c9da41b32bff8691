"""The options of ``pyg-siamex train``, in groups."""

import typer

from pyg_siamex.cli.option_group import OptionGroup
from pyg_siamex.cli.options import CONNECTOMES, LABELS, MOLECULES

TARGET = OptionGroup(
    "Label",
    label=typer.Option(
        help="Column of the class or of the measured value (in an .npz file an array). By default "
        "found by its name, or the one column beside the subjects' names."
    ),
    max_difference=typer.Option(
        "--max-difference",
        "--threshold",
        help="Two are alike if their measured values differ by at most this much. By default half "
        "a standard deviation.",
    ),
    measured=typer.Option(
        "--measured", help="The label is a measured value, whatever it looks like (an age)."
    ),
    classes=typer.Option(
        "--classes", help="The label is a class, whatever it looks like.", rich_help_panel=MOLECULES
    ),
    log=typer.Option(
        "--log",
        help="Take the decimal logarithm of the measured values.",
        rich_help_panel=MOLECULES,
    ),
    strict=typer.Option(
        "--strict", help="Stop at rows or subjects that cannot be used, do not skip."
    ),
    keep_names=typer.Option(
        "--keep-names",
        help="Keep the names of subjects in the model's file, which tell training subjects from "
        "new ones where their matrices have changed since.",
        rich_help_panel=CONNECTOMES,
    ),
)

PREPARATION = OptionGroup(
    MOLECULES,
    largest_fragment=typer.Option(
        "--largest-fragment", help="Strip salts and solvents, keep the largest organic fragment."
    ),
    neutral=typer.Option(
        "--neutral", help="Neutralise charges where a proton can be added or removed."
    ),
    no_isotopes=typer.Option("--no-isotopes", help="Leave out the marks of isotopes."),
    stereo=typer.Option("--stereo", help="Read stereochemistry: R, S, E and Z."),
)

MATRICES = OptionGroup(
    CONNECTOMES,
    labels=LABELS,
    subject=typer.Option(
        help="Column (in an .npz file an array) of the subjects' names, if not called "
        "'subject' or 'participant_id'."
    ),
    file_name=typer.Option(
        help="A subject's file without its ending, such as '{subject}_aal', or a pattern of BIDS "
        "files, such as `*_seg-Gordon_*_relmat`."
    ),
    array=typer.Option(help="Array of the matrices in an .npz file, or variable in .mat files."),
    atlas=typer.Option(
        help="aal, desikan, destrieux, dosenbach, power, schaefer-400 (-17), seitzman, yeo-7, or "
        "a table of regions (CSV, dseg.tsv, .node): name, and where known x, y, z (MNI mm), "
        "network and index."
    ),
    group=typer.Option(
        help="Column (array) of keys that stay together, such as families; by default the scans "
        "of a person."
    ),
    site=typer.Option(help="Column (array) of sites: each is left out once."),
    drop_regions=typer.Option(
        "--drop-regions/--fill-regions",
        help="Regions that some subjects lack are left out of all, or filled with 0. By default "
        "the subjects that lack regions are left out, or treated as in training. Of a trained "
        "model regions can only be filled.",
    ),
    kind=typer.Option(
        help="Made of time series: correlation, partial or tangent (fitted on training subjects)."
    ),
    triangle=typer.Option(
        help="Matrices are vectors, a file or a row of a table each: upper (1-2, 1-3, ..., 2-3) or "
        "lower (1-2, 1-3, 2-3, ...)."
    ),
)

EDGES = OptionGroup(
    CONNECTOMES,
    density=typer.Option(help="Keep this share of the connections, the strongest."),
    at_least=typer.Option(help="Keep connections of this strength."),
    neighbours=typer.Option(help="Keep each region's strongest connections, so many."),
    sign=typer.Option(
        help="weight (negative connections stay negative) or positive (they are left out)."
    ),
    asymmetric=typer.Option(
        help="Of asymmetric matrices take the mean, the upper or the lower triangle."
    ),
)

JUDGING = OptionGroup(
    CONNECTOMES,
    confounds=typer.Option(
        help="Columns whose linear effect is taken out of every connection, such as age,sex,site."
    ),
    permutations=typer.Option(
        help="Repeat the cross-validation so often with permuted labels, for a p value.", min=0
    ),
)

SETTINGS = OptionGroup(
    "Model and training",
    split=typer.Option(
        help="How molecules are held out: random (the default), scaffold, 'time COLUMN' (the "
        "latest judge), or a column that names the parts or what stays together.",
        rich_help_panel=MOLECULES,
    ),
    folds=typer.Option(
        help="Folds of the cross-validation over subjects, by default 5.",
        min=2,
        rich_help_panel=CONNECTOMES,
    ),
    encoder=typer.Option(help="Graph network. GIN for molecules, RoiGCN for connectomes."),
    hidden=typer.Option(help="Width of the network.", min=1),
    layers=typer.Option(
        help="How many edges far a node sees: 3 for molecules, 1 for connectomes.", min=1
    ),
    pool=typer.Option(
        help="From nodes to graph: add, mean or max; for connectomes also regions, which keeps "
        "them apart. add for molecules, regions for connectomes."
    ),
    similarity=typer.Option(help="cosine, dot, euclidean, rbf, bilinear or mlp."),
    biases=typer.Option(
        help="What relevance does with biases. nodes: each node has its share, and relevance sums "
        "to the similarity. apart: they are left out, as in the papers."
    ),
    loss=typer.Option(help="bce, contrastive, triplet, multi_similarity or nt_xent."),
    epochs=typer.Option(
        help="Most passes over the data: 50 for molecules, 10 for connectomes.", min=1
    ),
    lr=typer.Option(help="Learning rate."),
    seed=typer.Option(help="The same seed gives the same model."),
)
