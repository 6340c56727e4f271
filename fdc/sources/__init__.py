"""Folders of photos to manifests: one reader for each dataset's format."""

from fdc.sources.reader import Options, Reader
from fdc.sources.readers import READERS, recognise
from fdc.sources.reading import read

__all__ = ["READERS", "Options", "Reader", "read", "recognise"]
