"""The address to listen on, known to be free before a server starts."""

from __future__ import annotations

import errno
import socket
from ipaddress import ip_address

from challenge_neuralworks.errors import NeuralworksError


class CannotListen(NeuralworksError):
    """The address cannot be listened on."""

    code = "cannot-listen"

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"cannot listen on {host}, port {port}: {reason}")
        self.host = host
        self.port = port
        self.reason = reason


def is_loopback(host: str) -> bool:
    """Return whether only this machine can connect to a host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def free_address(host: str, port: int) -> str:
    """Return the numeric address of a host, on which nobody listens at that port.

    Raises
    ------
    CannotListen : somebody does, or the system forbids it.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # granian shares its port with whoever asks, so a second one would start and steal every other request.
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotListen(host, port, _reason(error, port)) from error
    return str(address[0])


def _reason(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return f"it is in use; stop what listens there or choose another port, such as PORT={other}"
    if error.errno == errno.EACCES:
        return "the system does not allow it; choose a port from 1024 on, such as PORT=8000"
    return error.strerror or str(error)
