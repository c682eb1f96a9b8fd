"""What a cookie has to prove besides that we sealed it."""

from community.database import db
from community.people.models import Session
from tests.conftest import Stage


def test_a_session_is_proven_by_its_token_also_under_our_own_seal(stage: Stage) -> None:
    """Whoever could seal cookies, or has one from before a number was given anew, still lacks the token of the session."""
    head = stage.browser("head")
    cookie = head.get_cookie("aangan")
    assert cookie
    told = stage.app.session_interface.get_signing_serializer(stage.app).loads(cookie.value)  # type: ignore[attr-defined]
    number, _, token = told["_user_id"].partition(":")
    with stage.app.app_context():
        assert token not in str(vars(db.session.get_one(Session, int(number)))), "the database has only its fingerprint"
    seal = stage.app.session_interface.get_signing_serializer(stage.app)  # type: ignore[attr-defined]
    for proof, status in ((token, 200), (token[:-1], 401), ("", 401), (token.swapcase(), 401)):
        client = stage.app.test_client()
        client.set_cookie("aangan", seal.dumps({**told, "_user_id": f"{number}:{proof}"}))
        assert client.get("/me").status_code == status
