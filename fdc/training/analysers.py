"""What AutoKeras' `fit` finds out about the labels of a task, and refuses."""

from typing import Any

from autokeras import analysers


class ClassAnalyser(analysers.ClassificationAnalyser):  # type: ignore[misc]
    """Looks at class indices (n,), of which a small set may lack some.

    AutoKeras would take the classes that it finds for all there are.

    Args:
        classes: How many there are.
        **kwargs: Arguments of AutoKeras' analyser.
    """

    def __init__(self, classes: int, **kwargs: Any) -> None:
        super().__init__(num_classes=classes, **kwargs)

    def finalize(self) -> None:
        """Refuses targets that are not each the index of a class.

        Raises:
            ValueError: Naming some of them.
        """
        unknown = sorted(self.labels - set(range(self.num_classes)))
        if unknown or len(self.shape) != 1:
            raise ValueError(
                f"{self.name}: targets must be class indices (n,) from 0 to "
                f"{self.num_classes - 1}, but have the shape {tuple(self.shape)} and hold "
                f"{[label.item() for label in unknown[:5]]}"
            )
