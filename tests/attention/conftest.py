"""The postman and the app's context of the tests of pushes; browsers that know nothing of the request before."""

from typing import Any

import pytest
from flask import Flask, g

from tests.conftest import Browser, Stage
from tests.house.ground import Ground
from tests.notifications.conftest import inside, postman

__all__ = ["inside", "postman"]


class Anew(Browser):
    """The whole test runs in one context: what a request left there is gone before the next."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        vars(g._get_current_object()).clear()  # type: ignore[attr-defined]
        return super().open(*args, **kwargs)


@pytest.fixture
def stage(app: Flask, ground: Ground) -> Stage:
    made = Stage(app, ground)
    app.test_client_class = Anew
    return made
