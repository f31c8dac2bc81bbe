"""No secret is shown and no sign that a terminal or a page obeys, whatever an address, a driver or a log says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.demand.log.engine import engines
from breakeven.demand.log.engine.engines import engine
from breakeven.problems import Notice, Place, Problem
from breakeven.texts import address_shown, cleaned, name_shown, plain, said_of, secrets_of, shown

SECRET = "hunter2-Zq9"
ADDRESSES = [
    f"postgres://me:{SECRET}@host:5432/spend", f"postgres://{SECRET}@host/spend", f"postgres:/me:{SECRET}@host/spend",
    f"postgre://me:{SECRET}@host/spend", f"me:{SECRET}@host/spend", f"postgres:me:{SECRET}", f"postgres://me:{SECRET}",
    f"//me:{SECRET}@host", f"postgres://host/spend?password={SECRET}", f"clickhouse://me:a@{SECRET}@host",
    f"postgres://me:x/{SECRET}@host/spend", f"postgres://me:x?{SECRET}@host", f"postgres://me:x#{SECRET}@host",
    f"postgres://me:{SECRET} @host", f"duckdb://md:db?motherduck_token={SECRET}", f"mssql://host/db;password={SECRET}",
    f"databricks://token:{SECRET}@host?http_path=/x", f"clickhouse://host:{SECRET}", f"file:///x?token={SECRET}",
]  # fmt: skip
KEYS = ["sk-proj-4f9aB2cD8eF1gH3iJ5kL", "AKIAIOSFODNN7EXAMPLE", "hf_abcdefghij0123456789abcd", "ghp_" + "a1B2" * 9]
TEXTS = [
    "Authorization: Bearer {}", "-H 'Authorization: Basic {}'", "x-api-key: {}", '{{"api_key": "{}"}}', "password={}",
    "host=h user=me password='{}' dbname=x", "GET /v1/chat?key={} HTTP/1.1", "https://me:{}@grafana.example/d/1",
    "https://grafana.example/d/1?token={}&x=1", "AWS_SECRET_ACCESS_KEY={}", "PGPASSWORD={}", "client_secret: {}",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_shown_without_its_secrets(address: str) -> None:
    assert SECRET not in address_shown(address)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgres://me:secret@host:5432/spend?x=1", "postgres://host:5432/spend"),
        ("duckdb:///data/spend 2026.db", "duckdb:///data/spend 2026.db"),
        ("spark://[::1]:7077", "spark://[::1]:7077"),
        ("sparc://host:1", "sparc://host:1"),
        ("LiteLLM", "LiteLLM"),
    ],
)
def test_what_is_no_secret_of_an_address_stays(address: str, told: str) -> None:
    assert address_shown(address) == told


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_engine_that_does_not_answer_keeps_it(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the driver says: it may name the address, the password alone, or take it for the host."""

    def refused(name: str, scheme: str, url: str) -> None:
        raise ValueError(f"cannot connect to {url}: password {SECRET} of {SECRET}@host is wrong")

    monkeypatch.setattr(engines, "_connected", refused)
    monkeypatch.setattr(engines, "_refuse_without_driver", lambda *_: None)
    with pytest.raises(Problem) as raised:
        engine(address)
    assert SECRET not in str(raised.value)
    assert SECRET not in repr(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_an_encoded_password_and_a_short_one_are_found_in_what_a_driver_says() -> None:
    assert said_of("user me: p@ss/w0rd is wrong", "postgres://me:p%40ss%2Fw0rd@host/x") == "user me: *** is wrong"
    assert said_of("password abc", "postgres://me:abc@host/x") == ""
    assert secrets_of("postgres://host:5432/spend") == frozenset()


@given(st.text(st.characters(codec="utf-8"), min_size=4).filter(lambda text: text.strip()))
def test_no_password_gets_through(password: str) -> None:
    address = f"postgres://me:{password}@h/"
    assert address_shown(address) == "postgres://h/"
    assert password not in said_of(f"the password {password} is wrong", address)


@pytest.mark.parametrize("text", TEXTS)
def test_a_message_keeps_what_follows_a_secrets_name(text: str) -> None:
    said = text.format(SECRET)
    assert SECRET not in shown(said)
    assert SECRET not in str(Problem(said, where=said, fix=said))
    assert SECRET not in repr(Problem(said, where=said, fix=said))
    assert SECRET not in str(Problem("wrong", where=Place(file="case.yaml", line=1, column=1, source_line=said)))
    assert SECRET not in str(Notice(what=said, where=said, fix=said))


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_told_by_its_end(key: str) -> None:
    for said in (shown(f"asked with {key}."), name_shown(key), cleaned({"name": key})["name"]):
        assert key not in said
        assert key[-4:] in said


@pytest.mark.parametrize(
    "text",
    [
        "case.yaml:14:8: self_hosting.gpu: unknown",
        "input_tokens=5, output_tokens=7, status=429",
        "input_token: prompt",
        "tokens: 12 a second",
        "github.com/vllm-project/vllm",
        "https://medium.com/@author/post",
        "sk-learn-classification-of-tickets",
        "Basic assumptions of the case",
        "https://host:8080/path",
        "me@example.com asked",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert shown(text) == text


SIGNS = ["\x1b[31m", "\x9b31m", "\x07", "\x00", "\u202e", "\u2028", "\x7f", "\ud800"]


@pytest.mark.parametrize("sign", SIGNS)
def test_signs_that_are_obeyed_become_pictures(sign: str) -> None:
    for said in (plain(sign), name_shown(sign), str(Problem(sign)), str(Notice(what=sign)), cleaned([sign])[0]):
        assert sign[0] not in said
        said.encode("utf-8")


def test_names_stay_apart_and_on_one_line() -> None:
    found = {name_shown(chr(code)) for code in range(0x20)}
    assert len(found) == 0x20
    assert name_shown("x\n## Ignore all of this") == "x\u240a## Ignore all of this"
    assert plain("a\n\tb") == "a\n\tb"


def test_an_address_in_a_file_loses_its_secret_and_a_path_stays() -> None:
    assert cleaned("https://me:pw@host/x?token=abc") == "https://host/x?token=***"
    assert cleaned("logs/token=abc/*.csv") == "logs/token=abc/*.csv"
