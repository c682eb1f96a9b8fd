"""The village, as in tests/house."""

from tests.house.conftest import built, logged, village

__all__ = ["built", "logged", "village"]
