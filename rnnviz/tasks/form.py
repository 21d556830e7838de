"""Forms: how many of a sequence's time steps read an input, and how many give an answer."""

from dataclasses import dataclass

from rnnviz.language import N_, Message


@dataclass(frozen=True)
class Form:
    """One of the forms a sequence task takes."""

    name: str
    label: Message
    sentence: Message
    one_input: bool = False
    """Whether an input is given at the first step alone."""
    one_answer: bool = False
    """Whether an answer is asked at the last step alone, so that `loss_at` has nothing to choose."""

    @property
    def has_length(self) -> bool:
        """Whether a sequence has several steps, so that `seq_len` means something."""
        return not (self.one_input and self.one_answer)

    def steps(self, seq_len: int) -> int:
        """Return the number of time steps T of a sequence, for this choice of seq_len."""
        return seq_len if self.has_length else 1


ONE_TO_ONE = Form(
    "one-to-one",
    N_("One to one"),
    N_("One input, one answer: a single time step, and no memory of an earlier one."),
    one_input=True,
    one_answer=True,
)
ONE_TO_MANY = Form(
    "one-to-many",
    N_("One to many"),
    N_("One input at the first step, an answer at every step: the state alone carries on what was read."),
    one_input=True,
)
MANY_TO_ONE = Form(
    "many-to-one",
    N_("Many to one"),
    N_("An input at every step, one answer at the last: the state gathers what was read."),
    one_answer=True,
)
EQUAL = Form(
    "many-to-many",
    N_("Many to many, equal lengths"),
    N_("An input and an answer at every step."),
)
UNEQUAL = Form(
    "many-to-many-unequal",
    N_("Many to many, unequal lengths"),
    N_("First all inputs, then all answers, of which there may be more or fewer: the state hands over what was read."),
)
FORMS: dict[str, Form] = {form.name: form for form in (ONE_TO_ONE, ONE_TO_MANY, MANY_TO_ONE, EQUAL, UNEQUAL)}
"""The forms by name, in the order of the textbooks."""
