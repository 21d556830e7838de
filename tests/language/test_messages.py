"""Messages: what is said as data, and how it becomes a sentence in a reader's language."""

import asyncio
import io
import pickle
from gettext import GNUTranslations

import loops
import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo

from rnnviz.language import (
    N_,
    OR,
    BadValue,
    Language,
    Rounded,
    counted,
    listed,
    reader,
    say,
    sentences,
    template,
)


def language(code: str, sentences: dict) -> Language:
    """A language of these translations, read as a compiled catalogue is."""
    catalogue, compiled = Catalog(locale=code), io.BytesIO()
    for msgid, said in sentences.items():
        catalogue.add(msgid, said)
    write_mo(compiled, catalogue)
    return Language(code, GNUTranslations(io.BytesIO(compiled.getvalue())))


POLISH = language(
    "pl",
    {
        ("one step", "{n} steps"): ("{n} krok", "{n} kroki", "{n} kroków"),
        "Take {things}.": "Weź {things}.",
        "{things} or {next}": "{things} lub {next}",
        "gates": "bramki",
    },
)


def test_places_are_filled_once_and_those_of_plotly_and_latex_are_left():
    message = N_("%{x}: {name} of {cell} in $W_{hh}$", name="{cell}", cell=N_("{a} and {name}", a="{name}", name=3))
    assert str(message) == "%{x}: {cell} of {name} and 3 in $W_{hh}$"


@pytest.mark.parametrize(
    ("value", "said"),
    [(12500, "12,500"), (0.01234, "0.012"), (Rounded(34.12, 3), "34.1"), (float("nan"), "–"), ("12500", "12500")],
)
def test_numbers_are_written_in_one_way(value, said):
    assert str(N_("{value}", value=value)) == said


@pytest.mark.parametrize(("n", "said"), [(1, "1 krok"), (3, "3 kroki"), (5, "5 kroków"), (22, "22 kroki")])
def test_the_language_chooses_the_plural(n, said):
    message = counted("one step", "{n} steps", n)
    assert POLISH.say(message) == said
    assert str(message) == ("one step" if n == 1 else f"{n} steps")


def test_values_that_are_messages_and_joints_are_translated_too():
    message = N_("Take {things}.", things=listed(["a", "b", N_("gates")], OR))
    assert str(message) == "Take a, b or gates."
    assert POLISH.say(message) == "Weź a, b lub bramki."


def test_what_is_not_said_is_left_out():
    assert sentences("", None) == ""
    assert str(sentences("A.", "", N_("B."))) == "A. B."
    assert listed([]) == ""


def test_a_place_without_a_value_is_an_error_unless_it_is_filled_later():
    with pytest.raises(KeyError):
        str(N_("{missing}"))
    assert str(template("{a} and {b}").given(a=1, c=2)) == "1 and {b}"


def test_it_travels_and_compares_and_is_no_part_of_a_text():
    message = counted("one {what}", "{n} {what}", 2, what=N_("steps"))
    assert pickle.loads(pickle.dumps(message)) == message
    assert len({message, counted("one {what}", "{n} {what}", 2, what=N_("steps"))}) == 1
    with pytest.raises(TypeError, match="no part of a text"):
        f"{message}"


def test_an_error_says_its_message():
    error = pickle.loads(pickle.dumps(BadValue(N_("too {what}", what="large"))))
    assert issubclass(BadValue, ValueError)
    assert (str(error), error.message) == ("too large", N_("too {what}", what="large"))


def test_two_readers_are_answered_side_by_side():
    async def answered(spoken: Language | None) -> str:
        if spoken:
            reader.set(spoken)
        await asyncio.sleep(0)
        return say(N_("gates"))

    async def both() -> tuple[str, str]:
        polish, english = await asyncio.gather(answered(POLISH), answered(None))
        return polish, english

    assert loops.run(both()) == ("bramki", "gates")
