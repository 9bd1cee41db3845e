"""Where phones find the trainer's machine, also without the internet."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

import adoptsim
from adoptsim.workshop.addresses import address_of_this_machine, address_on_this_machine, own_addresses, url_of

LOOPBACK, HOTSPOT, DOCKER, LOST = (
    ("lo", "127.0.0.1"),
    ("wlan0", "10.42.0.1"),
    ("docker0", "172.17.0.1"),
    ("eth0", "169.254.7.7"),
)


def found(*own: tuple[str, str], way: str = "", host: str = "0.0.0.0") -> str:
    return address_of_this_machine(host, lambda: way, lambda: own)


def test_addresses_are_written_as_browsers_want_them():
    assert url_of("fe80::1", 80) == "http://[fe80::1]:80/"
    assert address_on_this_machine("0.0.0.0") == "127.0.0.1"


def test_an_address_that_was_given_is_used_as_it_is():
    assert found(HOTSPOT, way="192.168.0.9", host="192.168.0.7") == "192.168.0.7"


def test_the_way_out_tells_the_address_where_there_is_one():
    assert found(LOOPBACK, HOTSPOT, way="192.168.0.9") == "192.168.0.9"


@pytest.mark.parametrize(
    "own", [(LOOPBACK, HOTSPOT), (LOOPBACK, DOCKER, HOTSPOT), (LOST, HOTSPOT), (("", "127.0.1.1"), ("", "10.42.0.1"))]
)
def test_a_hotspot_without_a_way_out_is_found_by_the_machines_own_networks(own: Iterable[tuple[str, str]]):
    assert found(*own) == "10.42.0.1"


@pytest.mark.parametrize(("host", "loopback"), [("0.0.0.0", "127.0.0.1"), ("::", "::1")])
def test_a_machine_in_no_network_has_its_loopback_only(host: str, loopback: str):
    assert found(LOOPBACK, host=host) == loopback


def test_a_machine_knows_its_own_networks():
    assert all(address.count(".") == 3 for _, address in own_addresses())


IN_A_HOTSPOT = "ip link add hot0 type bridge && ip address add 10.42.0.1/24 dev hot0 && ip link set hot0 up && exec "
ASKS = "from adoptsim.workshop.addresses import address_of_this_machine; print(address_of_this_machine('0.0.0.0'))"


def test_a_real_machine_with_a_hotspot_and_no_default_route_is_found():
    alone = ["unshare", "-rn", "sh", "-ec"]
    if not shutil.which("unshare") or subprocess.run([*alone, f"{IN_A_HOTSPOT} true"], capture_output=True).returncode:
        pytest.skip("a network of one's own is not permitted here")
    asking = f"{IN_A_HOTSPOT} '{sys.executable}' -c \"{ASKS}\""
    folder = Path(adoptsim.__file__).parent.parent
    said = subprocess.run([*alone, asking], capture_output=True, text=True, cwd=folder, check=True)
    assert said.stdout.strip() == "10.42.0.1"
