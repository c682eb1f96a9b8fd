"""The one blueprint of the languages of an announcement."""

from flask import Blueprint

blueprint = Blueprint("translating", __name__)
