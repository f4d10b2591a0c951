from tiphys.core.template.tagscan import Tag, tags, unclosed


def test_kinds_and_places() -> None:
    text = "a {{ workflow.name }} b {{=1 + 1}}"
    assert tags(text) == [
        Tag("simple", " workflow.name ", 2, 21),
        Tag("expression", "1 + 1", 24, 34),
    ]
    assert text[2:21] == "{{ workflow.name }}"
    assert tags(text)[0].name == "workflow.name"


def test_first_closing_braces_end_a_tag() -> None:
    assert [tag.content for tag in tags("{{={a: {b: 1}}}}")] == ["{a: {b: 1"]
    assert [tag.content for tag in tags("{{{x}}}")] == ["{x"]
    assert tags("{{ = 1}}")[0].kind == "simple"
    assert tags("}} {{}}")[0].content == ""


def test_nested_tag_shows_its_inner_name() -> None:
    tag = tags("{{inputs.parameters.{{item}}}}")[0]
    assert tag.inner == "item"
    assert tags("{{item}}")[0].inner is None
    assert tags("{{=a{{b}}")[0].inner is None


def test_unclosed() -> None:
    assert unclosed("{{a}} {{b") == 6
    assert tags("{{a}} {{b")[0].content == "a"
    assert unclosed("{{a}} }}") is None
    assert unclosed("plain") is None
    assert unclosed("{{") == 0
