"""Sentence: a visitor's own sentence, and at every step the word that comes next."""

from rnnviz.language import N_
from rnnviz.tasks.heart import ByHeart
from rnnviz.tasks.tokens import words


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
    taken_apart = staticmethod(words)
