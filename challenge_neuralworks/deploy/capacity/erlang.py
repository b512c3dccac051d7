"""What share of random arrivals finds every environment busy.

Source: Erlang (1917), the B formula, by its recursion over the number of servers. It holds for any distribution of the
time that each takes; only its mean counts.
"""

from __future__ import annotations


def refused_share(busy: float, servers: int) -> float:
    """Return the share of arrivals that finds no environment free, in [0, 1].

    Parameters
    ----------
    busy : offered load: arrivals a second times seconds each takes.
    servers : how many environments there are.
    """
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = _next(blocked, busy, server)
    return blocked


def environments(busy: float, refused: float) -> int:
    """Return the least number of environments of which no more than a share of arrivals finds none free.

    Parameters
    ----------
    busy : as above.
    refused : the share, over 0.
    """
    blocked, servers = 1.0, 0
    while blocked > refused:
        servers += 1
        blocked = _next(blocked, busy, servers)
    return servers


def _next(blocked: float, busy: float, servers: int) -> float:
    return busy * blocked / (servers + busy * blocked)
