"""Photos that belong together: one person's, copies, and pictures that look alike.

A group is never split, or a network is tested on what it has learned by heart.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def join(manifest: pd.DataFrame, alike: pd.Series | None = None) -> pd.Series:
    """Joins the rows that share a subject, identical bytes, or a cluster of near duplicates.

    Args:
        manifest: The rows that may be joined; leave out those whose metadata is not to be trusted.
        alike: The cluster of near duplicates of each row, None where it has none.

    Returns:
        The group's name per row. It is the smallest subject of the group, or the smallest
        `image_id` where no subject is known, so that it depends neither on the order of the rows
        nor, for known subjects, on photos that are added later.
    """
    keys = [manifest["subject"], manifest["image_id"], manifest["path"]]
    component = pd.Series(connect([*keys, alike] if alike is not None else keys), manifest.index)
    name: pd.Series = pd.Series(pd.NA, manifest.index, dtype="string")
    for column in ("subject", "image_id", "path"):
        cells = manifest[column].dropna().sort_values()
        smallest = cells.groupby(component[cells.index]).first()
        name = name.fillna(component.map(smallest).astype("string"))
    return name


def connect(keys: Sequence[pd.Series]) -> np.ndarray:
    """Labels rows that are connected by equal keys, directly or over others (union-find).

    Args:
        keys: Columns of equal length; rows with the same value in one of them are joined, rows
            without one are not.

    Returns:
        int32 component of each row, shape (rows,).

    Example:
        >>> person = pd.Series(["ann", "ann", None, "bob", None])
        >>> copy = pd.Series([None, 1, 1, None, None])
        >>> connect([person, copy]).tolist()
        [0, 0, 0, 1, 2]
    """
    rows = len(keys[0])
    ends, nodes = [], rows
    for key in keys:
        codes, values = pd.factorize(key)
        ends.append(np.where(codes >= 0, codes + nodes, np.arange(rows)))
        nodes += len(values)
    starts = np.tile(np.arange(rows), len(keys))
    links = coo_array((np.ones(len(starts), bool), (starts, np.concatenate(ends))), (nodes, nodes))
    return np.asarray(connected_components(links, directed=False)[1][:rows])
