"""What is behind one weight of attention: its equations, with a place for every number."""

from latex2mathml.converter import convert

from rnnviz.cells.equations import at
from rnnviz.language import N_, Text, say
from rnnviz.settings.experiment import Experiment

KEY = r"\bar{h}_s"


def equations(experiment: Experiment) -> list[dict[str, str]]:
    """Return them as the browser shows them, in the order in which they are computed; none without attention.

    The names of the places are those that behind.js fills.
    """
    if experiment.attention == "none":
        return []
    query = "h_{t-1}" if experiment.attention == "additive" else "h_t"
    lines: list[tuple[str, Text, str, str]] = [
        ("query", _asks(experiment), query, at("query")),
        ("key", N_("what is looked at: the encoder's state"), KEY, at("key")),
        ("score", _scored(experiment), f"e_{{ts}} = {_score(experiment, query)}", f"{at('score')} = {at('products')}"),
        (
            "weight",
            N_("the weight: the softmax of the scores over the source"),
            r"a_{ts} = \dfrac{\exp(e_{ts})}{\sum_{s'} \exp(e_{ts'})}",
            rf"{at('weight')} = \dfrac{{\exp({at('score')})}}{{{at('exponentials')}}}",
        ),
        ("touched", N_("the weight after a hand was laid on it"), "a_{ts}", at("touched")),
        (
            "context",
            N_("the context: the source states, each by its weight"),
            rf"\mathrm{{ctx}}_t = \sum_s a_{{ts}} {KEY}",
            f"{at('weighted')} = {at('context')}",
        ),
    ]
    return [
        {"name": name, "does": say(does), "letters": convert(letters), "numbers": convert(numbers)}
        for name, does, letters, numbers in lines
    ]


def _asks(experiment: Experiment) -> Text:
    if experiment.attention == "additive":
        return N_("what asks: the decoder's state after the step before")
    return N_("what asks: the decoder's state at this step")


def _scored(experiment: Experiment) -> Text:
    if experiment.attention == "additive":
        return N_("the score: what each unit of a small network adds to it")
    return N_("the score: the products of the two states' numbers")


def _score(experiment: Experiment, query: str) -> str:
    if experiment.attention == "additive":
        return rf"v^\top \tanh(W_q {query} + W_k {KEY} + b)"
    return rf"{query}^\top {'W_a ' if experiment.bidirectional_encoder else ''}{KEY}"
