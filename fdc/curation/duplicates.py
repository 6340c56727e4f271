"""Copies of a photo: identical bytes, and pictures that a perceptual hash cannot tell apart."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fdc import manifest as manifests

FLAT_BITS = 8
"""A hash with fewer bits set (or unset) is that of an empty picture and says nothing."""

_COMPRESS_AT = 1_000_000


def alike(manifest: pd.DataFrame, distance: int) -> pd.Series:
    """Clusters photos whose perceptual hashes, or one's and the other's mirrored, nearly agree.

    Multi-index hashing (Norouzi, Punjani, Fleet, 2012): of `distance + 1` blocks of bits at least
    one agrees exactly, so that only photos which share a block are compared.

    Args:
        manifest: `perceptual_hash` and `perceptual_hash_mirrored`, 16 hex digits each.
        distance: Bits of 64 that may differ.

    Returns:
        Int64 cluster per row, None where the row has no hash or looks like no other.
    """
    upright, known = _codes(manifest["perceptual_hash"])
    mirrored, known_mirrored = _codes(manifest["perceptual_hash_mirrored"])
    codes, nodes = np.unique(upright[known], return_inverse=True)
    both = known & known_mirrored
    turned = pd.DataFrame({"code": mirrored[both], "node": nodes[known_mirrored[known]]})
    turned = turned.drop_duplicates()
    points = np.concatenate([codes, turned["code"].to_numpy()])
    owners = np.concatenate([np.arange(len(codes)), turned["node"].to_numpy()])
    cluster = _cluster(points, owners, len(codes), distance)

    of_row = pd.Series(pd.NA, manifest.index, dtype="Int64")
    of_row[known] = cluster[nodes]
    return of_row.where(of_row.duplicated(keep=False) & of_row.notna())


def label_conflicts(
    manifest: pd.DataFrame, values: pd.Series, copies: pd.Series | None = None
) -> pd.DataFrame:
    """Sets aside all copies of a photo that disagree on its label: none of them can be trusted.

    Args:
        manifest: The manifest.
        values: The label of each row, in the form in which two of them count as different.
        copies: The cluster of near copies of each row (see `alike`); frames of one known subject
            may differ.

    Returns:
        A manifest of the same rows.
    """
    labelled = manifest["quarantine"].isna() & values.notna()
    for key in (manifest["image_id"], _without_series(manifest, copies)):
        if key is None:
            continue
        compared = labelled & key.notna()
        variants = values[compared].groupby(key[compared]).transform("nunique")
        differing = variants.reindex(manifest.index, fill_value=0) > 1
        listed = values[differing].groupby(key[differing]).unique().map(_listed)
        reasons = "copies of this photo say " + key.map(listed).astype("string")
        manifest = manifests.set_aside(manifest, differing, "label conflict", reasons)
    return manifest


def keep_one(manifest: pd.DataFrame, key: pd.Series, rule: str, reason: str) -> pd.DataFrame:
    """Sets aside all but one of the rows that share a key: the first path in order stays.

    Args:
        manifest: The manifest.
        key: One per row; missing ones share nothing.
        rule: The rule's name.
        reason: Ends in the path that stays.

    Returns:
        A manifest of the same rows.
    """
    open_rows = manifest[manifest["quarantine"].isna() & key.notna()].sort_values("path")
    first = open_rows["path"].groupby(key[open_rows.index]).transform("first")
    kept = first.reindex(manifest.index)
    spare = kept.notna() & (kept != manifest["path"])
    return manifests.set_aside(manifest, spare, rule, reason + " " + kept.astype("string"))


def one_of_each(manifest: pd.DataFrame, copies: pd.Series | None = None) -> pd.DataFrame:
    """Keeps one of the files with identical bytes, and one of the near copies.

    Near copies of one known subject are frames of a series and stay: they share a group anyway.
    """
    manifest = keep_one(
        manifest, manifest["image_id"], "exact duplicate", "identical to the bytes of"
    )
    near = _without_series(manifest, copies)
    if near is None:
        return manifest
    return keep_one(manifest, near, "near duplicate", "looks like")


def _without_series(manifest: pd.DataFrame, copies: pd.Series | None) -> pd.Series | None:
    if copies is None:
        return None
    subject = manifest["subject"]
    people = subject.groupby(copies).nunique(dropna=False)
    frames = copies.isin(people.index[people == 1]) & subject.notna()
    return copies.mask(frames)


def _listed(values: np.ndarray) -> str:
    texts = sorted({f"{value:g}" if isinstance(value, float) else str(value) for value in values})
    return " and ".join(texts[:4]) + (" and others" if len(texts) > 4 else "")


def _codes(hashes: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    texts = hashes.fillna("0").to_numpy(dtype=object)
    codes = np.fromiter((int(text, 16) for text in texts), np.uint64, len(texts))
    bits = np.bitwise_count(codes)
    return codes, (bits >= FLAT_BITS) & (bits <= 64 - FLAT_BITS)


def _cluster(points: np.ndarray, owners: np.ndarray, nodes: int, distance: int) -> np.ndarray:
    cluster = np.arange(nodes)
    pending: list[np.ndarray] = []
    waiting = 0
    for left, right in _close_pairs(points, distance):
        # Two mirrored hashes say no more than the two upright ones.
        has_upright = (left < nodes) | (right < nodes)
        pair = np.stack([cluster[owners[left[has_upright]]], cluster[owners[right[has_upright]]]])
        pair = pair[:, pair[0] != pair[1]]
        pending.append(pair)
        waiting += pair.shape[1]
        if waiting > _COMPRESS_AT:
            cluster, pending, waiting = _merge(cluster, pending), [], 0
    return _merge(cluster, pending)


def _merge(cluster: np.ndarray, pending: list[np.ndarray]) -> np.ndarray:
    if not pending:
        return cluster
    left, right = np.concatenate(pending, axis=1)
    size = len(cluster)
    links = coo_array((np.ones(len(left), bool), (left, right)), (size, size))
    merged: np.ndarray = connected_components(links, directed=False)[1]
    return np.asarray(merged[cluster])


def _close_pairs(points: np.ndarray, distance: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    # Neighbouring bits of the hash go together in faces: dealing them out evens the blocks.
    for block in range(distance + 1):
        mask = sum(1 << bit for bit in range(block, 64, distance + 1))
        keys = points & np.uint64(mask)
        order = np.argsort(keys, kind="stable")
        keys, codes = keys[order], points[order]
        left = np.arange(len(points))
        for step in range(1, len(points)):
            left = left[: np.searchsorted(left, len(points) - step)]
            left = left[keys[left] == keys[left + step]]
            if not len(left):
                break
            near = np.bitwise_count(codes[left] ^ codes[left + step]) <= distance
            if near.any():
                yield order[left[near]], order[left[near] + step]
