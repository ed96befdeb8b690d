from tests.exchange.following.conftest import mirror

__all__ = ["mirror"]
