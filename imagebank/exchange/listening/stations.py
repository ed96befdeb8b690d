"""Who may send: the allow-list of calling AE title and address, each with the service account that gives for it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Final

AE_TITLE: Final = 16
"""Most characters (PS3.5, VR AE)."""


@dataclass(frozen=True, slots=True)
class Station:
    """A device or PACS."""

    ae_title: str
    network: IPv4Network | IPv6Network
    account: str
    """E-mail of the service account, whose institution it gives for."""

    def fits(self, ae_title: str, address: str) -> bool:
        """Both must be the ones of the list (privacy.md 27)."""
        return ae_title == self.ae_title and ip_address(address) in self.network


class Stations:
    """The list."""

    def __init__(self, stations: Sequence[Station]) -> None:
        self._stations = stations

    @classmethod
    def read(cls, path: Path) -> Stations:
        """From TOML: `[[station]]` with `ae_title`, `address` (one, or a network), `account`. ValueError says where."""
        with path.open("rb") as file:
            return cls.listed(tomllib.load(file).get("station", []))

    @classmethod
    def listed(cls, listed: Sequence[Mapping[str, Any]]) -> Stations:
        """From what `read` reads, and what `saying` says."""
        return cls([_station(number, said) for number, said in enumerate(listed, 1)])

    def saying(self) -> list[dict[str, str]]:
        """As `listed` takes it."""
        return [{"ae_title": s.ae_title, "address": str(s.network), "account": s.account} for s in self._stations]

    @property
    def accounts(self) -> set[str]:
        """Addresses of the service accounts that give."""
        return {station.account for station in self._stations}

    def find(self, ae_title: str, address: str) -> Station | None:
        """The station that calls so from there."""
        return next((one for one in self._stations if one.fits(ae_title.strip(), address)), None)

    def __len__(self) -> int:
        return len(self._stations)


def _station(number: int, said: Mapping[str, Any]) -> Station:
    try:
        title, network, account = str(said["ae_title"]), ip_network(said["address"]), str(said["account"])
    except (KeyError, ValueError) as error:
        raise ValueError(f"station {number}: ae_title, address and account are needed ({error})") from None
    if not 0 < len(title.strip()) <= AE_TITLE or not title.isascii():
        raise ValueError(f"station {number}: an AE title has 1 to {AE_TITLE} ASCII characters")
    return Station(title.strip(), network, account.lower())
