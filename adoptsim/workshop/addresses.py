"""Where phones find this machine: at the address of its way out or, with none, as on a hotspot, that in its own network."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address

ANYWHERE = ("0.0.0.0", "::", "")
_FAR_AWAY = ("192.0.2.1", 9)  # an address that nobody has (RFC 5737); nothing is sent there
_NOT_A_ROOMS = ("docker", "br-", "veth", "virbr", "vbox", "vmnet", "tun", "tap", "wg", "utun", "tailscale", "zt")
"""How networks of virtual machines and private tunnels are called: no phone in the room is in them."""
_ASKS_FOR_ADDRESS = {"linux": 0x8915, "darwin": 0xC0206921}  # SIOCGIFADDR

Own = Iterable[tuple[str, str]]
"""Networks that a machine is in: their names, and its address in each."""


def own_addresses() -> Iterator[tuple[str, str]]:
    """Yield the networks that this machine is in."""
    request = _ASKS_FOR_ADDRESS.get(sys.platform)
    if request is not None:
        yield from _by_interface(request)
    with contextlib.suppress(OSError):
        for _, _, _, _, there in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            yield "", str(there[0])


def _by_interface(request: int) -> Iterator[tuple[str, str]]:
    import fcntl  # not on Windows

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):  # a network without an address
                asked = struct.pack("256s", name.encode()[:15])
                yield name, socket.inet_ntoa(fcntl.ioctl(asking.fileno(), request, asked)[20:24])


def way_out() -> str:
    """Return this machine's address on its way to other networks, "" if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(_FAR_AWAY)  # chooses the way, sends nothing
            return str(asking.getsockname()[0])
        except OSError:
            return ""


def address_of_this_machine(host: str, way: Callable[[], str] = way_out, own: Callable[[], Own] = own_addresses) -> str:
    """Return the address by which others reach a server that listens on ``host``; a loopback's where nobody can."""
    if host not in ANYWHERE:
        return host
    return way() or _likeliest(own()) or ("::1" if host == "::" else "127.0.0.1")


def _likeliest(own: Own) -> str:
    """Return the address in the network that phones are likeliest to be in, "" if there is none."""

    def unlikely(network: tuple[str, str]) -> tuple[bool, bool, bool]:
        name, address = network
        return ip_address(address).is_link_local, name.startswith(_NOT_A_ROOMS), not ip_address(address).is_private

    return min((each for each in own if not ip_address(each[1]).is_loopback), key=unlikely, default=("", ""))[1]


def address_on_this_machine(host: str) -> str:
    """Return the address by which this machine reaches a server that listens on ``host``."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)


def names_of_this_machine(host: str) -> set[str]:
    """Return the names, besides addresses, by which pages may call a server that listens on ``host``."""
    own = socket.gethostname()
    return {"localhost", own, own.partition(".")[0], *(() if host in ANYWHERE else (host,))}


def url_of(address: str, port: int) -> str:
    """Return the address of the first page."""
    return f"http://{f'[{address}]' if ':' in address else address}:{port}/"
