"""The postman and the app's context of the tests of pushes."""

from tests.notifications.conftest import inside, postman

__all__ = ["inside", "postman"]
