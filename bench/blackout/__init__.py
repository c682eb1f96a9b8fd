"""What somebody does who can read nothing: screens with every word blacked out, and what the clips say.

`python -m bench.blackout serve FOLDER LANGUAGE JOURNEY` opens a phone. Who tries it sees pictures only, and says
`python -m bench.blackout FOLDER look`, `listen`, `hear X Y`, `tap X Y`, `scroll N`, `back` or `done`.
It is no test with people, and its figures say so.
"""
