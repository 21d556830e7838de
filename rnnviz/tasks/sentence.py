"""Sentence: a visitor's own sentence, and at every step the word that comes next."""

from rnnviz.language import N_
from rnnviz.settings.experiment import Experiment
from rnnviz.tasks.heart import ByHeart
from rnnviz.tasks.tokens import goes_by_letters, letters, tidied, words


class Sentence(ByHeart):
    """A visitor's own sentence, or the textbooks', word by word; Chinese without blanks goes by characters."""

    sentence = N_(
        "The network reads a sentence word by word and says, at every step, which word comes next. It learns this one "
        "sentence by heart: nothing is held out. Where a word stands in it twice, the words before have to tell what "
        "follows. Chinese, which has no blanks, is read character by character."
    )
    in_bits = N_("bits per word")
    usual = "I want to play basketball"
    too_short = N_("Type a sentence of three words or more: from fewer there is no next word to choose.")
    all_same = N_("Type another sentence: in this one the same word always follows, and nothing has to be learned.")

    def __init__(self, experiment: Experiment):
        super().__init__(experiment)
        self.between = "" if goes_by_letters(tidied(experiment.phrase or self.usual)) else " "

    @staticmethod
    def taken_apart(text: str) -> list[str]:
        """See ByHeart.taken_apart."""
        text = tidied(text)
        return letters(text) if goes_by_letters(text) else words(text)

    def split(self, text: str) -> list[str]:
        """See ByHeart.split: as its sentence is, by words or by characters."""
        return words(text) if self.between else letters("".join(text.split()))
