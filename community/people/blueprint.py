"""Where the pages of people hang: each noun of this folder adds its own."""

from flask import Blueprint

blueprint = Blueprint("people", __name__)
