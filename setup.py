"""Puts two folders of the checkout inside the installed `fdc`; the rest is in pyproject.toml.

`pipelines` and `experiments` are names that others use too, so the wheel claims neither of them.
"""

from setuptools import find_packages, setup

INSIDE = {"fdc.pipelines": "pipelines", "fdc.experiments": "experiments"}

setup(packages=[*find_packages(include=["fdc", "fdc.*"]), *INSIDE], package_dir=INSIDE)
