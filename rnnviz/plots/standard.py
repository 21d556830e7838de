"""What standardised numbers are called, wherever they are drawn."""

from rnnviz.language import N_, Message
from rnnviz.settings.experiment import Experiment


def standard_title(experiment: Experiment) -> Message:
    """Return the title of their axis."""
    return N_("standardised change") if experiment.difference else N_("standardised value")


def standard_note(experiment: Experiment) -> Message:
    """Return the sentence that says what they mean."""
    return N_(
        "Drawn is the {value}: 0 is the mean of the training part, 1 its standard deviation.",
        value=standard_title(experiment),
    )
