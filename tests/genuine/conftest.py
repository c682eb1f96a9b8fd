"""The stage of tests/announcements: a school in which one announces."""

from tests.announcements.conftest import app, house, stage

__all__ = ["app", "house", "stage"]
