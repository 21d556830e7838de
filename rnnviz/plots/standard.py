"""What standardised numbers are called, wherever they are drawn."""

from rnnviz.language import _
from rnnviz.settings.experiment import Experiment


def standard_title(experiment: Experiment) -> str:
    """Return the title of their axis."""
    return _("standardised change") if experiment.difference else _("standardised value")


def standard_note(experiment: Experiment) -> str:
    """Return the sentence that says what they mean."""
    return _("Drawn is the {value}: 0 is the mean of the training part, 1 its standard deviation.").format(
        value=standard_title(experiment)
    )
