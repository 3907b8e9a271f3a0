"""The addresses that a plugin is given where it can't use the client: judged as the client's are."""

import httpx
import pytest

from milepost_server.hosting.outside import Reach, Refused, judged


async def test_a_declared_host_leads_to_addresses_that_may_be_connected_to() -> None:
    assert "127.0.0.1" in await judged("LOCALHOST", ["localhost"], Reach(loopback=True))
    assert await judged("10.0.0.7", ["10.0.0.7"], Reach(private=True)) == ["10.0.0.7"]
    assert await judged("93.184.216.34", ["93.184.216.34"], Reach()) == ["93.184.216.34"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "::ffff:10.0.0.7"])
async def test_an_address_of_the_servers_network_is_refused(host: str) -> None:
    with pytest.raises(Refused, match="may not connect"):
        await judged(host, [host], Reach())


async def test_a_host_that_was_not_declared_is_refused() -> None:
    with pytest.raises(Refused, match=r"not among its `hosts`: other\.example"):
        await judged("localhost", ["other.example"], Reach(loopback=True))


async def test_a_host_that_is_not_there_is_said_to_be_none() -> None:
    with pytest.raises(httpx.ConnectError):
        await judged("nobody.invalid", ["nobody.invalid"], Reach())
