"""A visitor's file on the page, run without a browser."""

import pytest
from opened import chosen, page, run, series

from rnnviz.corpus import BYTES_LIMIT

pytestmark = pytest.mark.slow


def test_an_uploaded_series_is_trained_on():
    app = page(task="series")
    assert "Upload a file" in app.info[0].value
    assert chosen(app).task == "sine"  # the network before goes on
    app.file_uploader[0].upload("good.csv", series(200))
    run(app)
    assert not app.error
    assert chosen(app).task == "series"
    assert len(chosen(app).series) == 200


def test_the_columns_of_an_upload_can_be_chosen():
    app = page(task="series")
    table = "day,a,b\n" + "\n".join(f"mon,{i % 5},{i % 3}" for i in range(100))
    app.file_uploader[0].upload("two.csv", table.encode())
    run(app)
    [column] = [box for box in app.selectbox if box.label == "Column"]
    assert column.options == ["a", "b"]
    assert any("day" in caption.value for caption in app.caption)
    column.select("b")
    run(app)
    assert chosen(app).series[:4] == (0, 1, 2, 0)
    labels = chosen(app).labels
    assert (labels.name, labels.index, len(labels.dates)) == ("b", "day", 99)  # the first value is never said


def test_a_mere_counter_is_trained_on_only_if_chosen_by_hand():
    app = page(task="series")
    app.file_uploader[0].upload("n.csv", ("n,x [MW]\n" + "\n".join(f"{i},{i % 7},5" for i in range(99))).encode())
    run(app)
    assert "values where the first line has" in app.error[0].value
    app.file_uploader[0].upload("n.csv", ("n;x [MW]\n" + "\n".join(f"{i};{i % 7},5" for i in range(99))).encode())
    run(app)
    assert not app.error
    assert any(r"x \[MW\] looks like the data" in warning.value for warning in app.warning)
    assert chosen(app).task == "sine"
    [column] = [box for box in app.selectbox if box.label == "Column"]
    column.select("n")
    run(app)
    assert not app.warning
    assert chosen(app).series[:3] == (0, 1, 2)


def test_a_file_is_read_once(monkeypatch):
    app = page(task="series")
    app.file_uploader[0].upload("good.csv", series(200))
    run(app)
    monkeypatch.setattr("rnnviz.ui.shell.upload.read_table", lambda data: pytest.fail("the file is read again"))
    app.slider(key="hidden_size").set_value(9)
    run(app)
    assert len(chosen(app).series) == 200


BAD = (b"", b"word\nfoo\nbar\n", b"\xff\xfe\x00\x01\x02", b"value\n1\n\n3\n", series(10_001))


def test_a_bad_upload_gets_a_sentence_and_the_network_goes_on():
    app = page()
    before = app.session_state["run"].orders
    app.selectbox(key="task").select("series")
    run(app)
    said = set()
    for n, content in enumerate(BAD):
        app.file_uploader[0].upload(f"bad{n}.csv", content)
        run(app)
        [error] = app.error
        said.add(error.value)
        assert error.value.endswith(".")
        assert app.session_state["run"].orders.start == before.start
    assert len(said) == len(BAD)  # each is of the file uploaded last


def test_a_series_too_short_to_train_on_gets_a_sentence():
    app = page(task="series")
    app.file_uploader[0].upload("short.csv", b"value\n1\n2\n3\n")
    run(app)
    assert len(app.error) == 1
    assert chosen(app).task == "sine"


WORDS = "the rain in spain stays mainly in the plain, they say. " * 20


def test_a_text_file_is_trained_on_and_the_sample_comes_back():
    app = page(task="text")
    assert chosen(app).corpus == ""
    app.file_uploader(key="corpus_file").upload("own.txt", WORDS.encode("utf-16"))
    run(app)
    assert chosen(app).corpus == WORDS.strip()
    assert app.text[0].value == WORDS.strip()[:200]
    app.button(key="corpus_gone").click()
    run(app)
    assert chosen(app).corpus == ""


def test_a_text_file_too_large_to_be_read_gets_its_own_sentence():
    app = page(task="text")
    assert app.file_uploader(key="corpus_file").proto.max_upload_size_mb > BYTES_LIMIT / 1e6
    app.file_uploader(key="corpus_file").upload("large.txt", b"word " * (BYTES_LIMIT // 5 + 1))
    run(app)
    assert "1 MB are allowed" in app.error[0].value
    assert chosen(app).corpus == ""


def test_a_typed_text_is_kept_when_a_bad_one_follows_and_a_setting_changes():
    app = page(task="text")
    app.text_area(key="corpus_typed").set_value(WORDS)
    run(app)
    start = app.session_state["run"].orders.start
    for number, bad in enumerate((b"", b"a" * 500, b"\x00", b"too short")):
        app.file_uploader(key="corpus_file").upload(f"bad{number}.txt", bad)
        run(app)
        [error] = app.error
        assert error.value.endswith("The network before goes on\\.")
        assert app.session_state["run"].orders.start == start
        assert app.text_area(key="corpus_typed").value == WORDS
    app.text_area(key="corpus_typed").set_value(WORDS * 2)
    run(app)
    assert not app.error
    app.slider(key="hidden_size").set_value(9)
    run(app)
    assert chosen(app).corpus == (WORDS * 2).strip()


def test_a_chinese_text_brings_its_embedding_and_markup_stays_text():
    app = page(task="text")
    text = "".join(chr(0x4E00 + n % 400) for n in range(4000)) + "<b>$x$</b> **y**"
    app.text_area(key="corpus_typed").set_value(text)
    run(app)
    assert not app.error
    assert (chosen(app).corpus, chosen(app).embedding_size) == (text, 32)
