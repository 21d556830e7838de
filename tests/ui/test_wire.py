"""Messages of arrays: what is sent is what is received, number by number, and nothing is sent that can't be read."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from received import received, sent

from rnnviz.language import N_
from rnnviz.ui.live.wire import encoded

NUMBERS = arrays.arrays(
    st.one_of(arrays.floating_dtypes(sizes=(32, 64)), arrays.integer_dtypes(sizes=(8, 16, 32))),
    arrays.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=3),
)


@settings(max_examples=200, derandomize=True)
@given(st.lists(NUMBERS, max_size=4), st.text(max_size=9))
def test_arrays_and_words_arrive_as_they_were_sent(numbers, words):
    found = sent({"words": words, "arrays": numbers, "turned": [array.T for array in numbers]})
    assert found["words"] == words
    for array, whole, turned in zip(numbers, found["arrays"], found["turned"], strict=True):
        assert whole.dtype == array.dtype.newbyteorder("<")
        np.testing.assert_array_equal(whole, array)
        np.testing.assert_array_equal(turned, array.T)


def test_the_bytes_are_those_of_the_description():
    message = encoded({"a": np.array([1.0, -2.0, np.nan], np.float32), "b": np.array([[2]], np.int32)})
    header = b'{"a": {"dtype": "f4", "shape": [3], "at": 0}, "b": {"dtype": "i4", "shape": [1, 1], "at": 16}}'
    assert message[:4] == bytes([100, 0, 0, 0])
    assert message[4:104].rstrip(b" ") == header
    assert message[104:] == bytes.fromhex("0000803f 000000c0 0000c07f 00000000 02000000 00000000")


@pytest.mark.parametrize("dtype", [np.int64, np.uint64, np.float16])
def test_numbers_of_which_a_browser_has_no_array_arrive_as_float64(dtype):
    found = sent(np.array([3, 0, 2000], dtype))
    assert (found.dtype, found.tolist()) == (np.float64, [3, 0, 2000])


def test_what_is_no_number_arrives_as_a_list_and_in_words():
    message = {"on": np.array([True, False]), "said": np.array([N_("Loss"), "x"], object), "n": np.int64(3)}
    assert sent(message | {"p": np.float32(0.5), "nested": ({"m": N_("Loss")},)}) == {
        "on": [True, False],
        "said": ["Loss", "x"],
        "n": 3,
        "p": 0.5,
        "nested": [{"m": "Loss"}],
    }


@pytest.mark.parametrize(("value", "error"), [(np.nan, ValueError), (np.float32("inf"), ValueError), ({1}, TypeError)])
def test_what_no_browser_could_read_is_not_sent(value: Any, error: type[Exception]):
    with pytest.raises(error):
        encoded({"value": value})


def test_a_message_without_arrays_is_its_header():
    assert received(encoded({})) == {}
    assert json.loads(encoded({"words": "é"})[4:]) == {"words": "é"}
