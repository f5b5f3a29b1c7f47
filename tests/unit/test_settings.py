"""Settings: read once, checked at start, all of them documented."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from infra.local.settings import Ports, port_variable
from pipeline.errors import ConfigError
from pipeline.settings import PREFIX, Settings, load

LOCAL = {
    "COPYDESK_STATE_DIR",
    "COPYDESK_CACHE_DIR",
    "COPYDESK_ELASTICSEARCH_HEAP",
    "COPYDESK_KAFKA_HEAP",
    "COPYDESK_MAVEN_URL",
    *(port_variable(port.name) for port in fields(Ports)),
}


def test_example_file_lists_every_setting_and_no_other():
    text = (Path(__file__).parents[2] / ".env.example").read_text(encoding="utf-8")
    listed = re.findall(r"^# (COPYDESK_[A-Z_]+)=", text, re.MULTILINE)
    assert {PREFIX + field.name.upper() for field in fields(Settings)} | LOCAL == set(listed)
    assert len(listed) == len(set(listed))


def test_defaults_need_no_environment():
    assert Settings() == load({})


def test_empty_variable_counts_as_not_given():
    assert Settings() == load({"COPYDESK_KAFKA_BOOTSTRAP": ""})


def test_host_table_is_read_as_pairs():
    made = load({"COPYDESK_HOST_TABLE": "*.Example=127.0.0.1:8099, desk.test=127.0.0.1:9000"})
    assert (("*.example", "127.0.0.1:8099"), ("desk.test", "127.0.0.1:9000")) == made.host_table


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COPYDESK_EPOCH", "two"),
        ("COPYDESK_BATCH_RECORDS", "0"),
        ("COPYDESK_HOST_TABLE", "*.example"),
        ("COPYDESK_CLEAN_WORKERS", "-1"),
        ("COPYDESK_KAFKA_SECURITY_PROTOCOL", "TLS"),
        ("COPYDESK_LOG_LEVEL", "loud"),
        ("COPYDESK_ELASTICSEARCH_URL", "https://elastic:s3cret@127.0.0.1:9200"),
    ],
)
def test_wrong_value_is_named_with_its_variable(name, value):
    with pytest.raises(ConfigError, match=name) as named:
        load({name: value})
    assert "s3cret" not in str(named.value)


def test_secret_may_come_from_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_text("s3cret\n")
    assert "s3cret" == load({"COPYDESK_KAFKA_PASSWORD_FILE": str(file)}).kafka_password


def test_secret_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ConfigError, match="COPYDESK_KAFKA_PASSWORD_FILE"):
        load({"COPYDESK_KAFKA_PASSWORD_FILE": str(tmp_path / "absent")})


def test_secret_file_that_is_empty_is_named(tmp_path):
    (tmp_path / "key").touch()
    with pytest.raises(ConfigError, match="COPYDESK_ELASTICSEARCH_API_KEY_FILE names an empty file"):
        load({"COPYDESK_ELASTICSEARCH_API_KEY_FILE": str(tmp_path / "key")})


def test_settings_written_out_show_no_secret():
    secrets = {field.name: "s3cret" for field in fields(Settings) if field.metadata["secret"]}
    assert {"kafka_password", "elasticsearch_api_key"} == secrets.keys()
    shown = repr(Settings(**secrets))
    assert "s3cret" not in shown
    assert "kafka_bootstrap='127.0.0.1:9092'" in shown


def test_words_of_a_closed_list_are_read_in_any_case():
    made = load({"COPYDESK_KAFKA_SECURITY_PROTOCOL": "sasl_ssl", "COPYDESK_LOG_LEVEL": "debug"})
    assert ("SASL_SSL", "DEBUG") == (made.kafka_security_protocol, made.log_level)
