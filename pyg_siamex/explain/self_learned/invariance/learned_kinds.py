"""The masks that an invariance was learned for."""

from pyg_siamex.explain.engine.mask_kinds import MaskKinds


def check_kinds(learned: MaskKinds, asked: MaskKinds) -> None:
    """Raise ``ValueError`` if the requested masks differ from the masks of an invariance."""
    known = learned.plain()
    for name, value in asked.plain().items():
        if value != known[name]:
            raise ValueError(
                f"the invariance was learned for {name}={known[name]!r} and is asked for "
                f"{value!r}: learn another one"
            )
