"""Which version of a task's model is in service."""

from collections.abc import Sequence

from rich.console import Console

from fdc import manifest, registry
from fdc.crops.store import CropStore, keys_of
from fdc.tracking import require, tracking_uri

from . import workspace

console = Console()


def promote(task: str, version: int | None = None, *, force: bool = False) -> None:
    """Makes a version the champion if it is no worse on the same test photos; says both figures.

    Args:
        task: Name of the task.
        version: Which one; the newest by default.
        force: Promote it even where it is worse, or cannot be compared.

    Raises:
        RegistryError: It is worse, cannot be compared, or does not exist.
        TrackingError: MLflow cannot be used.
    """
    uri = tracking_uri()
    require(uri)
    challenger = registry.version(task, None if version is None else str(version), uri)
    champion = registry.champion(task, uri)
    crops = None
    if champion is not None and champion.test_split != challenger.test_split:
        photos = registry.held_out_photos(challenger, uri)
        crops = find_crops(task, challenger.recipe, photos)
    promotion = registry.promote(
        task, challenger.number, crops=crops, force=force, tracking_uri=uri
    )
    console.print(str(promotion))
    console.print("Serve it: make serve", style="dim")


def rollback(task: str) -> None:
    """Puts the champion before the present one back.

    Raises:
        RegistryError: There was none before.
        TrackingError: MLflow cannot be used.
    """
    uri = tracking_uri()
    require(uri)
    console.print(str(registry.rollback(task, uri)))


def find_crops(task: str, recipe: str, image_ids: Sequence[str]) -> registry.PhotoCrops | None:
    """Crops of photos that were prepared on this machine.

    Args:
        task: Whose manifests are looked through.
        recipe: Fingerprint of the recipe of the crops.
        image_ids: The photos.

    Returns:
        Those crops that there are; None where no manifest has all the photos, or the recipe has no
        store.
    """
    folder = workspace.STORES / recipe
    if not folder.is_dir():
        return None
    for path in sorted((workspace.DATA / "manifests").glob(f"*/{task}.parquet")):
        clean = manifest.clean(manifest.read(path)).drop_duplicates("image_id")
        rows = clean[clean["image_id"].isin(image_ids)]
        if len(rows) == len(set(image_ids)):
            store = CropStore(folder)
            # Not by the manifest's own places: those are of the recipe that was used last.
            places = store.find(keys_of(rows))["position"]
            found = zip(rows["image_id"][places.notna()], places.dropna(), strict=True)
            positions = {str(image_id): int(place) for image_id, place in found}
            return registry.PhotoCrops(recipe, store.crops, positions)
    return None
