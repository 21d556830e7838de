"""A visitor's own text: read from every encoding that is promised, and hostile ones told or trained on."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.corpus import BYTES_LIMIT, BadCorpus, read_corpus, tidied
from rnnviz.language import BadValue
from rnnviz.settings.experiment import Experiment
from rnnviz.settings.own import CORPUS_LIMIT
from rnnviz.tasks.text import size_for
from rnnviz.training.trainer import Trainer

ENGLISH = "It is a truth universally acknowledged, that naïve “quotes” & dashes — stay.\nSo.\n" * 9
CHINESE = "学而时习之，不亦说乎？有朋自远方来，不亦乐乎？人不知而不愠，不亦君子乎？\n" * 9
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_text_is_read_in_every_unicode(text, encoding):
    assert read_corpus(text.encode(encoding)) == (text.strip(), None)
    big_endian = codecs.BOM_UTF16_BE + text.encode("utf-16-be")
    assert read_corpus(big_endian) == (text.strip(), None)


@pytest.mark.parametrize("encoding", ["gb18030", "gb2312", "gbk"])
def test_a_chinese_text_is_read_in_its_old_encodings(encoding):
    assert read_corpus(CHINESE.encode(encoding)) == (CHINESE.strip(), None)


@pytest.mark.parametrize("encoding", ["gb18030", "gbk"])
def test_so_is_one_in_traditional_characters(encoding):
    text = "學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？Confucius (551 BC)\n" * 9
    assert read_corpus(text.encode(encoding)) == (text.strip(), None)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no text"),
        (b" \n\t\r\n", "no text"),
        (b"\x01\x02\x7f", "no text"),
        ("﻿".encode(), "no text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a plain text"),
        ("Größe, été, naïveté: ".encode("latin-1") * 20, "neither in UTF-8 nor in GB18030"),
        ("für Bücher im Büro, schön grün\n".encode("latin-1") * 20, "neither in UTF-8 nor in GB18030"),
        ("всё это не по-китайски. ".encode("cp1251") * 20, "neither in UTF-8 nor in GB18030"),
        (b"x" * (BYTES_LIMIT + 1), "1 MB are allowed"),
    ],
)
def test_what_is_no_text_is_told(data, said):
    with pytest.raises(BadCorpus, match=said):
        read_corpus(data)


def test_lines_end_in_one_way_and_what_can_not_be_seen_is_gone():
    assert tidied("a\r\nb\rc\td\x00\x07\u202ee\ud800\ufefff")[0] == "a\nb\nc\tdef"
    family = "👩\u200d👩\u200d👧 e\u0301 \u05e9\u05dc\u05d5\u05dd"
    assert tidied(family)[0] == family  # joiners and marks belong to what is read


def test_of_a_long_text_the_beginning_is_used():
    text, remark = tidied("好" * CORPUS_LIMIT)
    assert text == "好" * (CORPUS_LIMIT // 3)
    assert str(remark) == "Of this text, the first 200 KB are used."
    assert tidied("好" * (CORPUS_LIMIT // 3))[1] is None


HOSTILE = st.one_of(
    st.binary(max_size=400),
    st.text(st.characters(), max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.builds(
        lambda part, times: (part * times).encode("utf-8", "surrogatepass")[:BYTES_LIMIT],
        st.sampled_from(
            [
                *(
                    "a",
                    "ab",
                    "\n",
                    "\x00",
                    "\x07",
                    "\u202e\u05d0",
                    "👩\u200d👧",
                    "<script>alert(1)</script>",
                    "$x^2$ `a` **b**",
                ),
                *("e\u0301", "\ud800", "[a](javascript:b)", "&lt;", "一二", "\U0010ffff", "%{x}{name}", "a\rb"),
            ]
        ),
        st.sampled_from([1, 3, 99, 500]),
    ),
    st.text(max_size=200).map(lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le", "surrogatepass")),
)


@settings(max_examples=500)
@given(HOSTILE)
def test_of_every_text_there_is_a_sentence_or_it_trains(data):
    trainer, corpus, said = None, "", []
    try:
        corpus, _remark = read_corpus(data)
        experiment = Experiment(
            task="text", corpus=corpus, embedding_size=size_for(corpus), seq_len=5, hidden_size=2, batch_size=2
        )
        trainer = Trainer(experiment, keeps_history=False)
    except BadValue as problem:
        said.append(str(problem.message))
    assert all(sentence.endswith(".") for sentence in said)
    if trainer is None:
        assert said
        return
    trainer.step()
    assert len(corpus.encode()) <= CORPUS_LIMIT
    assert tidied(corpus) == (corpus, None)
    assert all(str(name).isprintable() for name in trainer.task.vocabulary or ())
    assert len(trainer.generate(trainer.task.joined([0]), 5)) == 5
