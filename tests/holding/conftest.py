"""The stage of the announcements' tests, on an app of this folder's own."""

from tests.announcements.conftest import app, house, stage

__all__ = ["app", "house", "stage"]
