"""Which addresses are on the public internet, however they are written."""

import pytest

from pipeline.core.addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.216.34",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "[2606:4700::1111]",
    ],
)
def test_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
        "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe", "fe80::1", "fe80::1%eth0", "fec0::1", "fd00:ec2::254",
        "ff02::1", "2001:db8::1", "192.88.99.1", "192.0.0.8", "64:ff9b:1::a00:1", "3fff::1",
        "127.1", "localhost", "",
    ],
)  # fmt: skip
def test_not_public(address):
    assert not is_public(address)
