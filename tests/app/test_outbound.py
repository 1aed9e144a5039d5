"""Nothing is asked that is not public, however its address is written or its name resolves."""

import asyncio
import ssl
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from shutil import which

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import outbound
from app.outbound import Refused, client, is_public
from tests.app.outside import Outside, Said, listening


def nobody(_: httpx2.URL) -> bool:
    return False


def anybody(_: httpx2.URL) -> bool:
    return True


def asked(url: str, private: outbound.Allows = nobody) -> int:
    """The status of the answer."""

    async def ask() -> int:
        async with client(private, redirects=0) as http:
            return (await http.get(url)).status_code

    return asyncio.run(ask())


@pytest.fixture
def outside() -> Iterator[Outside]:
    with listening(lambda _: Said()) as outside:
        yield outside


def port_of(outside: Outside) -> str:
    return outside.url.rpartition(":")[2]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.0.2",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "example.org@127.0.0.1",
        "１２７.０.０.１",  # noqa: RUF001 - full-width digits are meant
        "①②⑦.⓪.⓪.①",
    ],
)
def test_this_machine_is_not_asked_whatever_it_is_called(outside: Outside, host: str) -> None:
    with pytest.raises((httpx2.ConnectError, httpx2.InvalidURL)):
        asked(f"http://{host}:{port_of(outside)}/")
    assert outside.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.254",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:a9fe:a9fe::",
        "2002:c0a8:101::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_an_address_that_is_not_of_the_open_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])
def test_an_address_of_the_open_network_is_public(address: str) -> None:
    assert is_public(address)


@given(st.integers(0, 2**32 - 1))
def test_an_address_inside_another_is_as_public_as_it_is_alone(number: int) -> None:
    plain = str(ip_address(number))
    assert is_public(f"::ffff:{plain}") == is_public(f"64:ff9b::{plain}") == is_public(plain)
    assert is_public(f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1") == is_public(plain)


def test_an_allowed_host_is_asked(outside: Outside) -> None:
    assert asked(outside.url, anybody) == 200
    assert outside.asked[0].headers["host"] == outside.url.removeprefix("http://")


def test_a_name_is_resolved_once_and_the_connection_goes_where_it_was_looked_at(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    async def flipping(_host: str, _port: int) -> list[str]:
        return next(answers)

    monkeypatch.setattr(outbound, "resolved", flipping)
    monkeypatch.setattr(outbound, "is_public", lambda address: address == "127.0.0.1")
    assert asked(f"http://news.example:{port_of(outside)}/") == 200
    assert outside.asked[0].headers["host"] == f"news.example:{port_of(outside)}"
    with pytest.raises(Refused, match=r"news\.example is not at a public address"):
        asked(f"http://news.example:{port_of(outside)}/")
    assert len(outside.asked) == 1


def test_one_address_at_home_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    async def mixed(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14", "127.0.0.1"]

    monkeypatch.setattr(outbound, "resolved", mixed)
    with pytest.raises(Refused):
        asked("http://news.example/")


def test_where_one_address_does_not_answer_the_next_is_asked(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    async def several(_host: str, _port: int) -> list[str]:
        return ["127.0.0.99", "127.0.0.1"]

    monkeypatch.setattr(outbound, "resolved", several)
    assert asked(f"http://news.example:{port_of(outside)}/", anybody) == 200


@pytest.mark.parametrize("url", ["ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "http:///x"])
def test_only_http_is_spoken(url: str) -> None:
    with pytest.raises((httpx2.UnsupportedProtocol, httpx2.ConnectError)):
        asked(url, anybody)


@pytest.mark.skipif(which("openssl") is None, reason="makes a certificate with openssl")
def test_the_certificate_must_be_that_of_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=news.example", "-addext", "subjectAltName=DNS:news.example", "-keyout", key,
         "-out", certificate],
        check=True,
        capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    async def here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr(outbound, "resolved", here)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with listening(lambda _: Said(), context) as outside:
        assert asked(f"https://news.example:{port_of(outside)}/", anybody) == 200
        with pytest.raises(httpx2.ConnectError, match="other"):
            asked(f"https://other.example:{port_of(outside)}/", anybody)
    assert len(outside.asked) == 1
