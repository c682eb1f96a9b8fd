from tests.questions.conftest import desk  # noqa: F401  the school with somebody who answers
